"""Pages on the verdicts for a reader: the rules in their words with what failed them, and an index of months.

They stand beside the pages of Great Expectations (`expectations.site`) and ask nothing of a network.

<deal>/index.html                 the months of the deal, with the score of each tape and what failed
<deal>/<month>/<site>/rules.html  every rule of a site: those that failed first
<deal>/<month>/<site>/rules.json  the same in numbers, of which the index is made
"""

import json
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from expectations.rule import LEVELS, Verdict, score

PAGE, SUMMARY = "rules.html", "rules.json"
SITES = {"tape": "文件 / Tape", "figures": "数据 / Figures"}
_STYLE = """
body { font: 14px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 2em auto;
  max-width: 76em; padding: 0 1em; color: #222; }
table { border-collapse: collapse; width: 100%; margin: 0.5em 0 2em; }
th, td { text-align: left; vertical-align: top; padding: 0.35em 0.7em; border-bottom: 1px solid #ddd; }
th { border-bottom: 2px solid #888; } td.n, th.n { text-align: right; white-space: nowrap; }
code { font-size: 12px; color: #555; } .failed { color: #a40000; font-weight: 600; }
.passed { color: #2b6a2b; } .error { color: #a40000; } small { color: #666; }
"""


def write_rules_page(folder: Path, place: str, verdicts: Sequence[Verdict]) -> None:
    """Write `rules.html` and `rules.json` on these verdicts into the site's folder.

    place: deal, month and, of a tape, its files. OSError as the disk raises it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    failed = [verdict for verdict in verdicts if verdict.outcome != "passed"]
    parts = [f"<p>{_summary_words(verdicts)}</p>"]
    if failed:
        parts.append("<h2>未通过 / Failed</h2>" + _table(failed))
    passed = [verdict for verdict in verdicts if verdict.outcome == "passed"]
    for (stop, family), own in groupby(sorted(passed, key=_part), key=_part):
        heading = f"{stop}: {family}" if family else stop
        parts.append(f"<h2>通过 / Passed · {escape(heading)}</h2>{_table(list(own))}")
    links = (
        '<a href="../../index.html">各月 / Months</a> · <a href="index.html">Great Expectations</a>'
    )
    _write(folder / PAGE, place, links + "".join(parts))
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
    lines = [
        line
        for month in sorted(path for path in deal_folder.glob("*-*") if path.is_dir())
        for line in _month_lines(month)
    ]
    heads = (
        '<tr><th>月份 / Month</th><th></th><th class="n">得分 / Score</th>'
        '<th class="n">通过 / Passed</th><th>未通过（失败行数） / Failed (rows)</th></tr>'
    )
    _write(
        deal_folder / "index.html",
        f"{deal_folder.name}: 各月数据检查 / Checks by month",
        f"<table>{heads}{''.join(lines)}</table>",
    )


def _month_lines(month: Path) -> Iterable[str]:
    for site, words in SITES.items():
        file = month / site / SUMMARY
        if not file.is_file():
            continue
        summary = json.loads(file.read_text(encoding="utf-8"))
        failed = ", ".join(
            f'<span class="failed">{escape(rule_id)}</span> ({_number(count)})'
            for rule_id, _, count in summary["failed"]
        )
        yield (
            f"<tr><td>{escape(month.name)}</td>"
            f'<td><a href="{escape(month.name)}/{site}/{PAGE}">{words}</a></td>'
            f'<td class="n">{float(summary["score"]):.2%}</td>'
            f'<td class="n">{summary["passed_count"]} / {summary["rule_count"]}</td><td>{failed}</td></tr>'
        )


def _part(verdict: Verdict) -> tuple[str, str]:
    return verdict.stop_code, verdict.family


def _summary_words(verdicts: Sequence[Verdict]) -> str:
    passed = sum(verdict.outcome == "passed" for verdict in verdicts)
    by_level = ", ".join(
        f"{level} {count}"
        for level in LEVELS
        if (count := sum(v.level == level and v.outcome != "passed" for v in verdicts))
    )
    words = f"通过 / passed {passed} of {len(verdicts)}; 得分 / score {score(verdicts):.2%}"
    return f"{words}; 未通过 / failed: {by_level}" if by_level else words


def _table(verdicts: Sequence[Verdict]) -> str:
    heads = (
        '<tr><th>规则 / Rule</th><th>级别 / Level</th><th class="n">失败 / Failing</th>'
        '<th class="n">占比 / Share</th><th class="n">较上月 / Change</th><th>首几行 / First rows</th></tr>'
    )
    return f"<table>{heads}{''.join(map(_row, verdicts))}</table>"


def _row(verdict: Verdict) -> str:
    share = "" if verdict.failing_share is None else f"{verdict.failing_share:.2%}"
    change = "" if verdict.failing_change is None else f"{verdict.failing_change:+,}"
    counts = f"{_number(verdict.failing_count)} / {_number(verdict.row_count)}"
    return (
        f"<tr><td>{escape(verdict.words_zh)}<br>{escape(verdict.words_en)}<br>"
        f"<code>{escape(verdict.stop_code)}/{escape(verdict.rule_id)}</code></td>"
        f'<td class="{verdict.outcome}">{verdict.level}</td>'
        f'<td class="n">{counts}</td><td class="n">{share}</td><td class="n">{change}</td>'
        f"<td>{escape(verdict.error or ', '.join(verdict.keys))}</td></tr>"
    )


def _number(count: int | None) -> str:
    return "?" if count is None else f"{count:,}"


def _write(path: Path, title: str, body: str) -> None:
    page = (
        f'<!doctype html>\n<html lang="zh"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style>\n<h1>{escape(title)}</h1>\n{body}</html>\n"
    )
    path.write_text(page, encoding="utf-8")
