"""Kinds of dirt in one cell: text that is no number, sentinels, ids and codes in other spellings."""

from datetime import date
from decimal import Decimal

from tapes.synthetic.dirt.kind import Kind, Row, Sent, beside, put

_IDENTITY, _TELEPHONE = "110101199003077758", "13912345678"


def _cut_short(row: Row) -> list[Sent]:
    return [dict(list(row.items())[:-5])]


def _too_long(row: Row) -> list[Sent]:
    return [row | {"": "x"}]


def _header(row: Row) -> list[Sent]:
    return [",".join(row), row]


TEXT = (
    Kind(
        "unreadable_number",
        "critical_cell_unreadable",
        "closing_balance",
        put(closing_balance="1O0.00"),
        only_in_text=True,
    ),
    Kind(
        "amount_with_currency",
        "critical_cell_unreadable",
        "contract_amount",
        put(contract_amount="65000 EUR"),
        only_in_text=True,
    ),
    Kind(
        "countdown_for_a_date",
        "critical_cell_unreadable",
        "maturity_date",
        put(maturity_date="19天08时57分"),
        only_in_text=True,
    ),
    Kind(
        "date_of_another_shape",
        "critical_cell_unreadable",
        "origination_date",
        put(origination_date=lambda row: f"{row['origination_date']:%m-%d-%Y}"),
        only_in_text=True,
    ),
    Kind(
        "rate_with_per_cent_sign",
        "critical_cell_unreadable",
        "annual_rate",
        put(annual_rate="15%"),
        only_in_text=True,
    ),
    Kind(
        "word_for_a_number",
        "cell_unreadable",
        "borrower_age",
        put(borrower_age="unknown"),
        only_in_text=True,
    ),
    Kind(
        "formula_text",
        "cell_unreadable",
        "annual_income",
        put(annual_income="=SUM(A1:A9)"),
        only_in_text=True,
    ),
    Kind(
        "more_decimals",
        "critical_cell_unreadable",
        "contract_amount",
        put(contract_amount=lambda row: f"{row['contract_amount']}37"),
        only_in_text=True,
    ),
    Kind("short_row", "row_malformed", "", _cut_short, only_in_text=True),
    Kind("long_row", "row_malformed", "", _too_long, only_in_text=True),
    Kind("header_in_the_middle", "critical_cell_unreadable", "", _header, only_in_text=True),
    Kind("garbled_text", "text_garbled", "region_code", put(region_code="浙\ufffd")),
    Kind(
        "line_break_in_a_cell",
        "text_garbled",
        "occupation_code",
        put(occupation_code="self\nemployed"),
    ),
    Kind("word_for_nothing", "text_placeholder", "gender_code", put(gender_code="NA")),
)

IDS = (
    Kind("missing_loan_id", "loan_id_missing", "loan_id", put(loan_id=None)),
    Kind("loan_id_for_nothing", "loan_id_placeholder", "loan_id", put(loan_id="None")),
    Kind("loan_id_in_exponents", "loan_id_in_exponents", "loan_id", put(loan_id="1.23457E+17")),
    Kind(
        "blank_in_loan_id",
        "loan_id_with_blanks",
        "loan_id",
        put(loan_id=lambda row: f"L {row['loan_id'][1:]}"),
    ),
    Kind(
        "two_cells_in_loan_id",
        "loan_id_too_long",
        "loan_id",
        put(loan_id=lambda row: row["loan_id"] * 7),
    ),
    Kind(
        "loan_id_spelt_twice",
        "loan_id_spelt_twice",
        "loan_id",
        beside(loan_id=lambda row: row["loan_id"].lower()),
    ),
    Kind(
        "identity_number_for_loan_id",
        "loan_id_is_identity_number",
        "loan_id",
        put(loan_id=_IDENTITY),
    ),
    Kind(
        "telephone_for_loan_id",
        "loan_id_is_telephone",
        "loan_id",
        put(loan_id=_TELEPHONE),
    ),
    Kind(
        "identity_number_for_borrower",
        "borrower_id_is_identity_number",
        "borrower_id",
        put(borrower_id=_IDENTITY),
    ),
    Kind(
        "telephone_for_borrower",
        "borrower_id_is_telephone",
        "borrower_id",
        put(borrower_id=_TELEPHONE),
    ),
)

CODES = (
    Kind("unknown_code", "status_code_unknown", "status_code", put(status_code="99")),
    Kind(
        "class_of_another_list",
        "five_class_code_unknown",
        "five_class_code",
        put(five_class_code="7"),
    ),
    Kind(
        "code_in_capitals",
        "product_code_unknown",
        "product_code",
        put(product_code=lambda row: row["product_code"].upper()),
    ),
    Kind(
        "code_in_full_width",
        "repayment_method_code_unknown",
        "repayment_method_code",
        put(repayment_method_code="ｂｕｌｌｅｔ（1）"),
    ),
)

NUMBERS = (
    Kind(
        "sentinel_days",
        "days_past_due_above_ten_years",
        "max_days_past_due",
        put(max_days_past_due=365243),
    ),
    Kind(
        "sentinel_amount",
        "amount_of_nines",
        "contract_amount",
        put(contract_amount=Decimal("99999999.99")),
    ),
    Kind("sentinel_score", "credit_score_out_of_range", "credit_score", put(credit_score=0)),
    Kind(
        "zero_for_an_amount",
        "contract_amount_not_positive",
        "contract_amount",
        put(contract_amount=Decimal("0.00")),
    ),
    Kind(
        "sentinel_date",
        "date_placeholder",
        "origination_date",
        put(origination_date=date(1900, 1, 1)),
    ),
    Kind(
        "year_read_wrongly",
        "maturity_too_far",
        "maturity_date",
        put(maturity_date=lambda row: row["maturity_date"].replace(year=2117, day=1)),
    ),
    Kind("bad_age", "borrower_age_out_of_range", "borrower_age", put(borrower_age=199)),
    Kind(
        "rate_in_per_cent",
        "annual_rate_out_of_range",
        "annual_rate",
        put(annual_rate=lambda row: row["annual_rate"] * 100 / 2),
        "bearing",
    ),
    Kind(
        "rate_of_a_ten_thousandth",
        "annual_rate_tiny",
        "annual_rate",
        put(annual_rate=Decimal("0.000015")),
    ),
    Kind(
        "rate_above_the_cap",
        "annual_rate_above_cap",
        "annual_rate",
        put(annual_rate=Decimal("0.900000")),
    ),
    Kind(
        "negative_income",
        "annual_income_below_zero",
        "annual_income",
        put(annual_income=lambda row: -row["annual_income"] - 1),
    ),
    Kind("term_of_zero", "term_out_of_range", "term_months", put(term_months=0)),
    Kind(
        "term_in_days",
        "term_contradicts_dates",
        "term_months",
        put(term_months=lambda row: row["term_months"] * 30),
    ),
    Kind(
        "negative_days",
        "days_past_due_negative",
        "days_past_due",
        put(days_past_due=-3),
    ),
    Kind(
        "negative_longest_arrears",
        "max_days_past_due_negative",
        "max_days_past_due",
        put(max_days_past_due=-1),
    ),
    Kind(
        "negative_count",
        "past_due_count_negative",
        "past_due_count",
        put(past_due_count=-1),
    ),
    Kind(
        "negative_remaining_months",
        "remaining_months_negative",
        "remaining_months",
        put(remaining_months=-2),
    ),
)
