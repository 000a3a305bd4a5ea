"""The buckets of the distribution tables, with what they are called."""

from typing import Any

from deals.buckets.bucket_set import Bucket, BucketSet
from deals.buckets.labels import name_bucket
from deals.terms.deal import Terms

BUCKET_COLUMNS = {
    "dimension_code": "varchar",
    "bucket_set_code": "varchar",
    "bucket_number": "integer",
    "bucket_code": "varchar",
    "bucket_zh": "varchar",
    "bucket_en": "varchar",
    "bucket_order": "decimal(18, 6)",
    "is_stated": "boolean",
}
"""`bucket_order` is the largest value in the bucket; a bucket that is not `is_stated` stands in a table only
where it has loans."""


def bucket_rows(terms: Terms) -> list[tuple[Any, ...]]:
    """Every bucket of every dimension, numbered from the lowest up."""
    return [
        (
            dimension,
            chosen.code,
            number,
            bucket.code,
            *_names(bucket, chosen, terms.currency),
            bucket.most,
            _is_stated(bucket),
        )
        for dimension, chosen in terms.buckets.items()
        for number, bucket in enumerate(chosen.buckets(), start=1)
    ]


def _names(bucket: Bucket, chosen: BucketSet, currency: str) -> tuple[str, str]:
    name = name_bucket(bucket, chosen.unit, currency)
    return name.zh, name.en


def _is_stated(bucket: Bucket) -> bool:
    """What lies below the first edge is expected to be empty."""
    return not bucket.is_below
