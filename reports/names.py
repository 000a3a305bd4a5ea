"""What codes are called in the report: a deal's notes, accounts and triggers, and the rules on its tape."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from reports.formatting import Kind, format_number
from reports.pack import Language, ReportPack, Value
from reports.words import Words


@dataclass(frozen=True)
class Names:
    """`own` has, by column, the name of each code that the report itself, or a rule, tells."""

    words: Words
    language: Language
    own: Mapping[str, Mapping[Value, str]]

    def say(self, column: str, value: str) -> str:
        """The name of an identifier; itself where nothing names it."""
        own = self.own.get(column, {}).get(value)
        return own or self.words.identify(column, value, self.language)


def read_names(pack: ReportPack, words: Words, language: Language) -> Names:
    return Names(
        words,
        language,
        {
            "note_code": _pair(pack, "tr_3_1", "note_code", f"note_name_{language}"),
            "account_code": _pair(pack, "tr_9", "account_code", f"account_name_{language}"),
            "trigger_code": _name_triggers(pack, words, language),
            "reason_code": _name_rules(pack, language),
        },
    )


def _pair(pack: ReportPack, name: str, code: str, called: str) -> dict[Value, str]:
    table = pack.table(name)
    if table is None:
        return {}
    pairs = zip(table.values(code), table.values(called), strict=False)
    return {key: str(value) for key, value in pairs if value}


def _name_triggers(pack: ReportPack, words: Words, language: Language) -> dict[Value, str]:
    """What is tested and the bound that it may not pass, or the event that is waited for."""
    table = pack.table("tr_15_2")
    if table is None:
        return {}
    columns = ("trigger_code", "metric_code", "event_code", "breached_when_code", "threshold_rate")
    rows = zip(*(table.values(column) for column in columns), strict=False)
    return {
        code: _name_trigger(metric, event, when, threshold, words, language)
        for code, metric, event, when, threshold in rows
    }


def _name_trigger(
    metric: Value, event: Value, when: Value, threshold: Value, words: Words, language: Language
) -> str:
    if event:
        return words.code("event_code", str(event), language)
    named = words.code("metric_code", str(metric), language)
    if not when or not isinstance(threshold, Decimal):
        return named
    return words.sentence("trigger_name", language).format(
        metric=named,
        when=words.code("breached_when_code", str(when), language),
        threshold=format_number(threshold, Kind.RATE, language),
    )


def _name_rules(pack: ReportPack, language: Language) -> dict[Value, str]:
    """The words of the rules that set rows aside; read only where the report names one."""
    held = pack.table("hl_1")
    if held is None or not any(held.values("reason_code")):
        return {}
    from expectations.rules.tape import every_rule

    return {rule.id: rule.words_zh if language == "zh" else rule.words_en for rule in every_rule()}
