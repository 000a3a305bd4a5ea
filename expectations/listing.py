"""The rules on a tape as a page that a servicer can read, in Markdown."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from expectations.rule import Rule

_HEAD = """# Rules on a tape

What a servicer's tape is asked: {count} rules in {family_count} families. Written by
`tapehouse rules --markdown`; each rule is declared in the module of its family in `expectations/rules/tape`,
those on the servicing of a loan in `servicing.py`.

A rule of level **stop** refuses the tape, one of level **quarantine** sets the row aside (a loan that a deal
owns is then held at its last balance), a **warn** stops nothing. A value that cannot be decided fails, unless
the words say what it needs. Up to the tolerance rows may fail before the rule does. What last month said is
compared from a deal's second month on. The last column is a case that argues for the rule: seen in real files
(Ally: auto loans of SEC ABS-EE; card status, Taiwan cards, PPDai, SuperLender, LendingClub, Berka, Fannie,
Freddie, CMBS: published sets), reported by users of such systems, or reasoned.
"""


def markdown(rules: Sequence[Rule], families: Mapping[str, tuple[str, str]]) -> str:
    """The page: a table for each of the `families` (words in both languages), in the order of `rules`."""
    parts = [_HEAD.format(count=len(rules), family_count=len(families))]
    for family, own in groupby(rules, key=lambda rule: rule.family):
        words_zh, words_en = families[family]
        listed = list(own)
        parts.append(f"## {family}: {words_en} ({words_zh}), {len(listed)} rules\n")
        parts.append(
            "| Rule | Level | Tolerance | What must hold | 要求 | The case |\n|---|---|---|---|---|---|"
        )
        parts += [_row(rule) for rule in listed]
        parts.append("")
    return "\n".join(parts)


def describe_tolerance(rule: Rule) -> str:
    """How many rows may fail the rule; empty when none may."""
    shares = [f"{rule.tolerance_share.normalize():.2%}"] if rule.tolerance_share else []
    counts = [f"{rule.tolerance_count} rows"] if rule.tolerance_count else []
    return " or ".join(shares + counts)


def _row(rule: Rule) -> str:
    cells = (
        f"`{rule.id}`",
        rule.level,
        describe_tolerance(rule),
        rule.words_en,
        rule.words_zh,
        rule.case,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
