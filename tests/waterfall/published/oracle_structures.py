"""The structures of shared/oracles/waterfall as files that `tapehouse waterfall` reads.

Amounts, rates and dates come from the case; its priorities, which it has in plain words, are
written here as a deal's terms would say them.
"""

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

Case = dict[str, Any]

CLASSES = {"senior": "senior", "mezzanine": "mezzanine", "subordinated": "equity"}

TAX = """
[[fees]]
code = "tax"
name_zh = "税"
name_en = "Tax"
basis = "interest_collections"
rate = { value = 0.0326, source = "assumed: the case" }
"""
SERVICER = """
[[fees]]
code = "svc"
name_zh = "服务费"
name_en = "Servicer fee"
basis = "opening_note_balance"
rate = { value = 0.001, source = "assumed: the case" }
day_count = "ACT/365F"
"""
TRUSTEE = """
[[fees]]
code = "trustee"
name_zh = "受托费"
name_en = "Trustee fee"
amount = { value = 400000.00, source = "assumed: the case" }
"""
SPLIT_ACCOUNTS = """
[[accounts]]
code = "prin"
name_zh = "本金账户"
name_en = "Principal account"
receives = ["principal", "prepayment", "repurchase", "clean_up"]

[[accounts]]
code = "int"
name_zh = "收入账户"
name_en = "Income account"
receives = ["interest", "fee", "recovery"]
"""
PURCHASE = """
[purchase]
price = "par"
funding = "all_remaining"
draw_seed = { value = 1, source = "assumed: any" }
"""
CHARGES = ("fee tax", "fee svc", "interest A", "interest M")
REPAYMENT = ("principal A", "principal M", "principal S", "residual S")

PRIORITIES = {
    "HS01_sequential_combined": {"allocation": [*CHARGES, *REPAYMENT]},
    "HS05_split_interest_principal": {
        "allocation": [
            'fee tax | account = "int", cover = ["prin"]',
            'fee svc | account = "int", cover = ["prin"]',
            'interest A | account = "int", cover = ["prin"]',
            'interest M | account = "int"',
            'transfer prin | account = "int", cap = { of = "defaulted" }',
            'principal A | account = "prin"',
            'principal M | account = "prin"',
            'principal S | account = "prin"',
            'residual S | account = "int"',
            'residual S | account = "prin"',
        ]
    },
    "HS10_fee_cap": {
        "allocation": [
            "fee tax",
            'fee trustee | cap = { amount = { value = 250000.00, source = "assumed: the case" } }',
            "interest A",
            "interest M",
            "principal A",
            "principal M",
            "fee trustee",
            "principal S",
            "residual S",
        ]
    },
    "HS20_revolving_par": {
        "revolving": [*CHARGES, "purchase"],
        "allocation": [*CHARGES, *REPAYMENT],
    },
}
EXTRAS = {
    "HS01_sequential_combined": TAX + SERVICER,
    "HS05_split_interest_principal": SPLIT_ACCOUNTS + TAX + SERVICER,
    "HS10_fee_cap": TAX + TRUSTEE,
    "HS20_revolving_par": TAX + SERVICER + PURCHASE,
}
REVOLVING_MONTHS = {"HS20_revolving_par": 12}
"""The terms of the case say that the twelfth payment date still is a revolving one."""


def read_case(shared: Path, name: str) -> Case:
    """A case, its amounts as exact decimals."""
    text = (shared / "oracles" / "waterfall" / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text, parse_float=Decimal)


def write_structure(folder: Path, name: str, case: Case) -> tuple[Path, Path]:
    """The case's terms and collections as files."""
    terms_file, collections_file = folder / f"{name}.toml", folder / f"{name}.csv"
    terms_file.write_text(_terms(name, case), encoding="utf-8")
    columns = ("collection_end", "payment_date", "principal", "interest")
    columns = (*columns, "prepayment", "defaulted", "recovery")
    with collections_file.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(case["inputs"]["collections"])
    return terms_file, collections_file


def _terms(name: str, case: Case) -> str:
    months = REVOLVING_MONTHS.get(name, 0)
    issued = sum(tranche["balance"] for tranche in case["terms"]["tranches"])
    head = f"""
deal_id = "{name}"
name_zh = "外部算例"
name_en = "{name}"

[structure]
has_continued_purchase = {str(months > 0).lower()}
issue_amount = {_sourced(issued)}
revolving_months = {_sourced(months)}
expected_term_months = {_sourced(400)}

[dates]
initial_cut_off_date = {_sourced(case["terms"]["previous_collection_date"])}
closing_date = {_sourced(case["terms"]["previous_payment_date"])}
legal_final_date = {_sourced("2030-12-31")}

[payment]
interest_on_unpaid_interest = "simple"
rounding = "down"
"""
    notes = [_note(tranche) for tranche in case["terms"]["tranches"]]
    phases = [_phase(phase, steps) for phase, steps in PRIORITIES[name].items()]
    return "\n".join([head, *notes, EXTRAS[name], "[priority]", *phases])


def _note(tranche: Case) -> str:
    return f"""
[[notes]]
code = "{tranche["name"]}"
tranche_class = "{CLASSES[tranche["class"]]}"
name_zh = "{tranche["name"]}"
name_en = "{tranche["name"]}"
notional = {_sourced(tranche["balance"])}
annual_rate = {_sourced(Decimal(tranche["rate"]) + Decimal("0.0"))}
day_count = "{tranche["day_count"] or "ACT/365F"}"
initial_rating_code = "unrated"
current_rating_code = "unrated"
"""


def _phase(phase: str, steps: list[str]) -> str:
    return "\n".join(
        [f"{phase} = [", *(_step(number, words) for number, words in enumerate(steps, 1)), "]"]
    )


def _step(number: int, words: str) -> str:
    """ "kind target | other keys" as a table of the list."""
    what, _, others = words.partition(" | ")
    kind, _, target = what.partition(" ")
    keys = [f'kind = "{kind}"', f'clause = "{number}"']
    keys += [f'target = "{target}"'] if target else []
    return "    { " + ", ".join(keys + ([others] if others else [])) + " },"


def _sourced(value: Any) -> str:
    if isinstance(value, Decimal):
        value = f"{value:.2f}" if value >= 1 else f"{value}"
    return f'{{ value = {value}, source = "assumed: the case" }}'
