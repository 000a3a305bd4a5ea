"""One row per scope of loans, dimension and bucket or code that has loans: how many, and their balance.

Their borrowers are counted where the deal leaves out groups of a few: it takes much longer than the rest. Those
of unknown name count as one.

One pass over the loans divides them by every dimension. `bucket_number` 0 and the code `unknown` are of
unknown values. The edges stand in the statement as they are: DuckDB compares with constants many times
faster than with the elements of a list.
"""

CODES = (
    "five_class_code",
    "product_code",
    "repayment_method_code",
    "region_code",
    "occupation_code",
    "gender_code",
)


def model(dbt, session):
    edges: dict[str, list] = {}
    buckets = dbt.source("deal", "bucket").order("dimension_code, bucket_number")
    for dimension, most in buckets.project("dimension_code, bucket_order").fetchall():
        edges.setdefault(dimension, []).append(most)
    numbers = {dimension: bucket_number(dimension, mosts) for dimension, mosts in edges.items()}
    codes = {code: f"coalesce(nullif(trim({code}), ''), 'unknown')" for code in CODES}
    loans = dbt.ref("scope_loan")
    [asked] = dbt.source("deal", "term").project("suppress_below_count").fetchone()
    borrowers = "count(distinct borrower_id) + max((borrower_id is null)::integer)" if asked else "null"
    divided = ", ".join(f"{value} as {name}" for name, value in (numbers | codes).items())
    names = [*numbers, *codes]
    # A relation of this session is written in the model's own transaction.
    return loans.query(
        "loan",
        f"""
        select
            scope_code,
            case {" ".join(f"when grouping({name}) = 0 then '{name}'" for name in names)} end as dimension_code,
            coalesce({", ".join(numbers)}) as bucket_number,
            coalesce({", ".join(codes)}) as value_code,
            count(*) as loan_count,
            ({borrowers})::bigint as borrower_count,
            coalesce(sum(balance), 0)::decimal(18, 2) as outstanding_balance
        from (select scope_code, outstanding_balance as balance, borrower_id, {divided} from loan)
        group by grouping sets ({", ".join(f"(scope_code, {name})" for name in names)})
        """,
    )


def bucket_number(value: str, mosts: list) -> str:
    """The number of a value's bucket, 1 that of the lowest; `mosts` are their largest values, the last has none."""
    below = " ".join(
        f"when {value} <= {most} then {number}"
        for number, most in enumerate(mosts, start=1)
        if most is not None
    )
    return f"(case when {value} is null then 0 {below} else {len(mosts)} end)::integer"
