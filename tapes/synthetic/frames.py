"""Columns of the files of a synthetic book out of whole numbers."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from tapes.synthetic.chance import Integers
from tapes.synthetic.loans import Flags

if TYPE_CHECKING:
    import polars as pl


def decimals(values: Integers, precision: int, scale: int) -> "pl.Series":
    """Shift whole numbers `scale` digits to the right, exactly."""
    import polars as pl

    unit = pl.lit(Decimal(1).scaleb(-scale), dtype=pl.Decimal(precision, scale))
    whole = pl.Series(values).cast(pl.Decimal(precision, 0))
    return pl.select((whole * unit).cast(pl.Decimal(precision, scale))).to_series()


def money(fen: Integers) -> "pl.Series":
    """Amounts in yuan with two decimals."""
    return decimals(fen, 18, 2)


def counts(values: Integers) -> "pl.Series":
    """Whole numbers of 32 bits."""
    import polars as pl

    return pl.Series(values.astype(np.int32))


def dates(days: Integers) -> "pl.Series":
    """Turn days since 1970-01-01 into dates."""
    import polars as pl

    return pl.Series(days.astype(np.int32)).cast(pl.Date)


def codes(names: Sequence[str], indexes: Integers | Flags) -> "pl.Series":
    """The names at the indexes."""
    import polars as pl

    return pl.Series(list(names)).gather(indexes.astype(np.int64))


def identifiers(prefix: str, digits: int, numbers: Integers) -> "pl.Series":
    """The prefix and the number, with zeros before it up to so many digits."""
    import polars as pl

    text = pl.lit(pl.Series(numbers)).cast(pl.String).str.zfill(digits)
    return pl.select(pl.lit(prefix) + text).to_series()
