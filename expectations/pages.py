"""Pages on the verdicts for a reader: the rules in their words with what failed them, and an index of months.

They stand beside the pages of Great Expectations (`expectations.site`) and ask nothing of a network.

<deal>/index.html                 the months of the deal, with the score of each tape and what failed
<deal>/<month>/<site>/rules.html  every rule of a site: those that failed first
<deal>/<month>/<site>/lists/      the failing rows of a rule that failed, linked from its line
<deal>/<month>/<site>/rules.json  the same in numbers, of which the index is made
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.failing_keys import KeyList
from expectations.rule import LEVELS, Verdict, score

if TYPE_CHECKING:
    from jinja2 import Environment

PAGE, SUMMARY = "rules.html", "rules.json"
SITES = {"tape": "文件 / Tape", "figures": "数据 / Figures"}
TEMPLATES = Path(__file__).with_name("templates")


def write_rules_page(
    folder: Path,
    place: str,
    verdicts: Sequence[Verdict],
    lists: Mapping[str, KeyList] | None = None,
) -> None:
    """Write `rules.html` and `rules.json` on these verdicts into the site's folder.

    place: deal, month and, of a tape, its files. lists: those in the folder, by rule id.
    OSError as the disk raises it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    failed = [verdict for verdict in verdicts if verdict.outcome != "passed"]
    passed = sorted((verdict for verdict in verdicts if verdict.outcome == "passed"), key=_part)
    parts = [(_heading(part), list(own)) for part, own in groupby(passed, key=_part)]
    linked = {
        rule_id: {"link": one.path.relative_to(folder).as_posix(), **one._asdict()}
        for rule_id, one in (lists or {}).items()
    }
    page = {"title": place, "summary": _summary(verdicts), "failed": failed, "passed": parts}
    page["lists"] = linked
    _write(folder / PAGE, "rules.html", page)
    summary = {
        "rule_count": len(verdicts),
        "passed_count": len(passed),
        "score": str(score(verdicts)),
        "failed": [[verdict.rule_id, verdict.level, verdict.failing_count] for verdict in failed],
    }
    text = json.dumps(summary, ensure_ascii=False, indent=1)
    (folder / SUMMARY).write_text(text + "\n", encoding="utf-8")


def write_months_page(deal_folder: Path) -> None:
    """Write the index of a deal's months, of all whose pages are there."""
    months = sorted(path for path in deal_folder.glob("*-*") if path.is_dir())
    sites = [site for month in months for site in _sites_of(month)]
    title = f"{deal_folder.name}: 各月数据检查 / Checks by month"
    _write(deal_folder / "index.html", "months.html", {"title": title, "sites": sites})


def _sites_of(month: Path) -> Iterator[dict[str, Any]]:
    for site, words in SITES.items():
        file = month / site / SUMMARY
        if file.is_file():
            summary = json.loads(file.read_text(encoding="utf-8"))
            place = {"month": month.name, "words": words, "link": f"{month.name}/{site}/{PAGE}"}
            yield summary | place | {"score": Decimal(summary["score"])}


def _part(verdict: Verdict) -> tuple[str, str]:
    return verdict.stop_code, verdict.family


def _heading(part: tuple[str, str]) -> str:
    stop, family = part
    return f"{stop}: {family}" if family else stop


def _summary(verdicts: Sequence[Verdict]) -> str:
    passed = sum(verdict.outcome == "passed" for verdict in verdicts)
    by_level = ", ".join(
        f"{level} {count}"
        for level in LEVELS
        if (count := sum(v.level == level and v.outcome != "passed" for v in verdicts))
    )
    words = f"通过 / passed {passed} of {len(verdicts)}; 得分 / score {score(verdicts):.2%}"
    return f"{words}; 未通过 / failed: {by_level}" if by_level else words


@cache
def _pages() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {
        "number": lambda count: "?" if count is None else f"{count:,}",
        "share": lambda share: "" if share is None else f"{share:.2%}",
        "change": lambda change: "" if change is None else f"{change:+,}",
    }
    return pages


def _write(path: Path, template: str, values: dict[str, Any]) -> None:
    path.write_text(_pages().get_template(template).render(values), encoding="utf-8")
