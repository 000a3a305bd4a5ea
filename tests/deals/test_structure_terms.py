"""Terms of a structure without loans that cannot stand together, each beside the form that can."""

from pathlib import Path

import pytest

from deals.load import DEALS_FOLDER, check_structure, load_structure
from deals.terms.deal import TermsError
from deals.terms.payments import COLLECTION_KINDS
from deals.words import describe_deal
from tests.deals.faulty_terms import ProblemsOf

STRUCTURE = (DEALS_FOLDER / "structures" / "two_accounts.toml").read_text(encoding="utf-8")
TRANSFER = '{ kind = "transfer", account = "income", target = "principal", clause = "A.2" },'
BACK = '{ kind = "transfer", account = "principal", target = "income", clause = "A.2b" },'
CAPPED_BACK = BACK.replace(
    " clause", ' cap = { amount = { value = 1.00, source = "assumed: any" } }, clause'
)
RESERVE_TARGET = 'of = "note_balance", codes = ["senior"] },\n] }'
OF_ITSELF = 'of = "account_balance", codes = ["reserve"] },\n] }'
OF_INCOME = 'of = "account_balance", codes = ["income"] },\n] }'
AMOUNT = 'amount = { value = 40_000.00, source = "assumed: a payment date" }\n'
CLOSING = "value = 2018-09-12"
FINAL = "value = 2021-09-13"


def once(day: str) -> str:
    """A fee that falls due on that day alone."""
    return (
        f'{AMOUNT}frequency = "once"\nstart_date = {{ value = {day}, source = "assumed: any" }}\n'
    )


def problems_of(folder: Path, old: str, new: str) -> list[str]:
    """The problems of the example with one text in the place of another."""
    assert STRUCTURE.count(old) == 1
    path = folder / "two_accounts.toml"
    path.write_text(STRUCTURE.replace(old, new), encoding="utf-8")
    return check_structure(path)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            TRANSFER,
            TRANSFER + BACK,
            "priority.accelerated moves all the cash of account principal to income to principal,",
        ),
        (
            RESERVE_TARGET,
            OF_ITSELF,
            "accounts: the target of account reserve is measured by that of reserve, expected targets",
        ),
        (
            CLOSING,
            "value = 2018-08-30",
            "dates.closing_date = 2018-08-30, expected the initial cut-off",
        ),
        (AMOUNT, once("2018-09-11"), "fees[1].start_date has 2018-09-11, on which nothing is paid"),
        (FINAL, "value = 2018-09-12", "dates.legal_final_date = 2018-09-12, expected a day after"),
    ],
)
def test_contradictions_of_a_structure_are_listed(
    old: str, new: str, expected: str, tmp_path: Path
) -> None:
    (problem,) = problems_of(tmp_path, old, new)

    assert expected in problem


BARE = """
deal_id = "bare"

[structure]
issue_amount = 100.00

[dates]
initial_cut_off_date = 2021-03-31
closing_date = 2021-04-15
legal_final_date = 2030-01-01

[payment]
interest_on_unpaid_interest = "none"
rounding = "half_up"

[[notes]]
code = "A"
tranche_class = "senior"
notional = 90.00
annual_rate = 0.05
day_count = "30/360"

[[notes]]
code = "E"
tranche_class = "equity"
notional = 10.00
annual_rate = 0.0
day_count = "30/360"

[priority]
allocation = [
    { kind = "interest", target = "A" },
    { kind = "principal", targets = ["A", "E"] },
    { kind = "residual", target = "E" },
]
"""


def write_bare(folder: Path, *edits: tuple[str, str]) -> Path:
    text = BARE
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = folder / "bare.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_structure_needs_no_names_ratings_clauses_sources_and_no_expected_term(
    tmp_path: Path,
) -> None:
    terms = load_structure(write_bare(tmp_path))

    assert (terms.name_zh, terms.notes[0].name_en) == ("bare", "A")
    assert terms.notes[0].initial_rating_code == "unrated"
    assert [step.clause for step in terms.priority["allocation"]] == ["1", "2", "3"]
    assert terms.structure.expected_term_months is None
    assert "no expected maturity" in "\n".join(describe_deal(terms, "en", is_structure=True))


def test_a_structure_may_leave_the_issue_amount_to_the_sum_of_its_notes(tmp_path: Path) -> None:
    stated = ("issue_amount = 100.00\n", "initial_pool_ratio = 1.05\n")
    share = ("notional = 90.00\n", "notional = 90.00\nshare = 0.8\n")
    (problem,) = check_structure(write_bare(tmp_path, stated, share))

    assert load_structure(write_bare(tmp_path, stated)).structure.initial_pool_fen == 105_00
    assert "notes[1].share = 0.8, expected notional / the sum of the notionals, 0.900000" in problem


def test_a_structure_that_says_it_is_sourced_has_a_source_for_every_figure(tmp_path: Path) -> None:
    path = write_bare(tmp_path, ("[structure]\n", "[structure]\nis_sourced = true\n"))
    problems = check_structure(path)

    assert len(problems) == 8
    assert all("stands without a source" in problem for problem in problems)


@pytest.mark.parametrize(("keeps", "problems"), [("true", 0), ("false", 1)])
def test_an_account_that_keeps_its_cash_needs_no_step_that_empties_it_and_no_equity(
    keeps: str, problems: int, tmp_path: Path
) -> None:
    account = f"""
[[accounts]]
code = "cash"
receives = {list(COLLECTION_KINDS)}
keeps_cash = {keeps}

[priority]
""".replace("'", '"')
    text = BARE.replace("100.00", "90.00").replace("[priority]\n", account)
    start, end = text.index('[[notes]]\ncode = "E"'), text.index("\n[[accounts]]")
    text = text[:start] + text[end:]
    text = text.replace('targets = ["A", "E"]', 'target = "A"')
    text = text.replace('    { kind = "residual", target = "E" },\n', "")
    path = tmp_path / "bare.toml"
    path.write_text(text, encoding="utf-8")
    found = check_structure(path)

    assert len(found) == problems
    assert all("has 0 residual steps, expected one residual as the last" in it for it in found)


def test_two_accounts_need_no_dummy_step_for_cash_that_is_kept(tmp_path: Path) -> None:
    last = '    { kind = "residual", account = "principal", target = "equity", clause = "11" },\n'
    kept = 'code = "principal"\nkeeps_cash = true\n'
    text = STRUCTURE.replace(last, "")
    path = tmp_path / "two_accounts.toml"
    path.write_text(text, encoding="utf-8")
    (problem,) = check_structure(path)
    assert "leaves the cash of account principal" in problem
    path.write_text(text.replace('code = "principal"\n', kept), encoding="utf-8")
    assert check_structure(path) == []


def test_the_error_of_a_structure_names_the_command_that_lists_the_others(tmp_path: Path) -> None:
    path = write_bare(tmp_path, ("notional = 90.00", "notional = 90"), ("0.05", "5.0"))
    with pytest.raises(TermsError) as error:
        load_structure(path)

    assert str(error.value).endswith(
        f"; correct the value (1 more: `tapehouse check {path}` lists all)"
    )


def test_no_advice_shows_a_header_that_toml_does_not_know(tmp_path: Path) -> None:
    edits = ("annual_rate = 0.05", "floating = 1\nrate_steps = 2")
    first, second = check_structure(write_bare(tmp_path, edits))

    assert first.endswith("notes[1].floating = 1, expected a table; write it as { … }")
    assert second.endswith(
        "notes[1].rate_steps = 2, expected an array of tables; write it as [{ … }]"
    )


INTEREST = '{ kind = "interest", target = "A" }'
RESERVE = INTEREST + ',\n    { kind = "reserve", target = "reserve" }'
ALLOCATION = BARE[BARE.index("allocation = [") :]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            INTEREST,
            INTEREST.replace(" }", ', targets = ["A"] }'),
            "allocation[1].target stands beside targets, expected one of them; remove the other",
        ),
        (
            INTEREST,
            INTEREST.replace(" }", ', while_acting = ["trap"] }'),
            "expected a code of the triggers, (none); add the triggers, or do without them",
        ),
        (INTEREST, RESERVE, "expected a code of the accounts, collection; correct the code"),
        (
            "[payment]\n",
            '[payment]\ndeficiency_basis = "net_loss"\n',
            "payment.deficiency_basis stands without deficiency_notes, expected deficiency_notes beside it; "
            "add it, or remove this",
        ),
        (
            ALLOCATION,
            'allocation = "none"\n',
            "priority.allocation = 'none', expected an array of tables; write it as [[priority.allocation]]",
        ),
        (
            'deal_id = "bare"\n',
            'deal_id = "bare"\nextends = "nothing"\n',
            "expected one of (none); remove it, or add programmes/<name>.toml",
        ),
    ],
)
def test_what_a_problem_advises_can_be_done(
    old: str, new: str, expected: str, tmp_path: Path
) -> None:
    (problem,) = check_structure(write_bare(tmp_path, (old, new)))
    assert expected in problem


def test_a_file_that_no_deal_can_be_named_after_is_to_be_renamed(tmp_path: Path) -> None:
    path = write_bare(tmp_path, ("0.05", "5.0")).rename(tmp_path / "bare deal.toml")
    first, _ = check_structure(path)
    assert first.endswith("expected the file's name, 'bare deal'; name the file bare.toml")
    with pytest.raises(TermsError) as error:
        load_structure(path)
    assert str(error.value).endswith(f"(1 more: `tapehouse check '{path}'` lists all)")


def test_a_deal_with_loans_has_sources(problems_of: ProblemsOf) -> None:
    (problem,) = problems_of(("[structure]\n", "[structure]\nis_sourced = false\n"))
    assert "structure.is_sourced = false, expected true in a deal with loans" in problem


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TRANSFER, TRANSFER + CAPPED_BACK),
        (RESERVE_TARGET, OF_INCOME),
        (CLOSING, "value = 2018-08-31"),
        (FINAL, "value = 2018-09-13"),
        (AMOUNT, once("2018-09-12")),
    ],
)
def test_a_structure_that_can_stand_has_no_problem(old: str, new: str, tmp_path: Path) -> None:
    assert problems_of(tmp_path, old, new) == []
