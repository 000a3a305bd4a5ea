"""Repurchase notices: a list that can be taken, kept with its evidence, the last one of a month counting."""

from pathlib import Path

import pytest

from flows.entries.evidence import EntryRefused
from flows.entries.notices import Notice, land_notice, last_notice, read_list
from flows.refusals import CloseRefused
from tapes import TapeError

LIST = "loan_id,reason\nL1,the signature is forged\nL2,no contract\n"


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def land(folder: Path, text: str = LIST, evidence: str = "a letter") -> Notice:
    return land_notice(
        written(folder, "loans.csv", text),
        written(folder, "letter.pdf", evidence),
        "deal",
        "2017-07",
        folder / "repurchases",
    )


def last(folder: Path) -> Notice | None:
    return last_notice(folder / "repurchases", "deal", "2017-07")


def test_a_list_is_read_in_its_order_whatever_the_order_of_its_columns(tmp_path: Path) -> None:
    text = '\ufeffreason, loan_id \r\n"forged, twice", L2 \r\n\r\nno contract,L1\r\n'
    loans = read_list(written(tmp_path, "loans.csv", text))
    assert [(loan.line, loan.loan_id, loan.reason) for loan in loans] == [
        (2, "L2", "forged, twice"),
        (4, "L1", "no contract"),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "columns (none), expected loan_id, reason"),
        ("loan,reason\nL1,x\n", "columns loan, reason, expected loan_id, reason"),
        ("loan_id,reason\nL1,x\n,y\n", "line 3: no loan_id, expected a loan_id and a reason"),
        ("loan_id,reason\nL1,\n", "line 2 of loan L1: no reason"),
        ("loan_id,reason\nL1\n", "line 2 of loan L1: no reason"),
        ("loan_id,reason\nL1,x,y\n", "line 2 of loan L1: 3 cells"),
        (LIST + "L1,again\n", "line 4: loan L1 stands in line 2 already, expected each loan once"),
        ("loan_id,reason\nL1,不合格\n".encode("gb18030"), "no CSV in UTF-8"),
        ('loan_id,reason\nL1,"open\n', "no CSV in UTF-8"),
        (
            "loan_id,reason\nL1,a\x07\n",
            "line 2: reason: character 2 is U+0007, a control character",
        ),
        ('loan_id,reason\nL1,"two\nlines"\n', "line 3: reason: character 4 is U+000A"),
        (f"loan_id,reason\nL1,{'x' * 2001}\n", "reason: 2,001 characters, expected 2,000 at most"),
    ],
)
def test_a_list_that_cannot_be_taken_is_refused_in_one_line(
    tmp_path: Path, content: bytes | str, expected: str
) -> None:
    with pytest.raises((TapeError, CloseRefused)) as refused:
        read_list(written(tmp_path, "loans.csv", content))
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_notice_is_kept_byte_for_byte_with_its_evidence(tmp_path: Path) -> None:
    notice = land(tmp_path)
    assert (notice.folder / "list" / "loans.csv").read_text() == LIST
    assert (notice.folder / "evidence" / "letter.pdf").read_text() == "a letter"
    assert last(tmp_path) == notice


def test_the_list_and_the_evidence_are_both_part_of_what_a_notice_is(tmp_path: Path) -> None:
    notices = [land(tmp_path), land(tmp_path, LIST + "L3,x\n"), land(tmp_path, LIST, "two letters")]
    assert len({notice.sha256 for notice in notices}) == 3
    assert last(tmp_path) == notices[-1]


def test_an_earlier_notice_that_is_given_again_counts_again(tmp_path: Path) -> None:
    first = land(tmp_path)
    land(tmp_path, LIST + "L3,x\n")
    again = land(tmp_path)
    assert again.sha256 == first.sha256
    found = last(tmp_path)
    assert found is not None
    assert (found.sha256, found.order) == (first.sha256, 3)


def test_a_month_without_a_notice_has_none(tmp_path: Path) -> None:
    assert last(tmp_path) is None


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ("", "letter.pdf: the file is empty (0 bytes)"),
        (None, "no such file, expected the evidence"),
    ],
)
def test_a_notice_without_evidence_is_refused_and_not_kept(
    tmp_path: Path, evidence: str | None, expected: str
) -> None:
    path = tmp_path / "letter.pdf"
    if evidence is not None:
        path.write_text(evidence)
    loans = written(tmp_path, "loans.csv", LIST)
    with pytest.raises(TapeError) as refused:
        land_notice(loans, path, "deal", "2017-07", tmp_path / "repurchases")
    assert expected in str(refused.value)
    assert last(tmp_path) is None


@pytest.mark.parametrize(("part", "name"), [("list", "loans.csv"), ("evidence", "letter.pdf")])
def test_what_was_kept_and_changed_since_is_refused(tmp_path: Path, part: str, name: str) -> None:
    notice = land(tmp_path)
    (notice.folder / part / name).write_text(LIST + "L3,x\n")
    expected = rf"the {part} of the repurchase notice, .*{name}, is [0-9a-f]{{64}}, expected"
    with pytest.raises(EntryRefused, match=expected):
        last(tmp_path)
