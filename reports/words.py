"""The report's words in Chinese and English, all from words.toml: headings, codes, items, sentences."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from reports.formatting import Kind, kind_of, strip_language
from reports.pack import LANGUAGES, Language, ReportError

WORDS_FILE = Path(__file__).with_name("words.toml")
SECTIONS = ("heading", "code", "item", "sentence", "note", "behind")


@dataclass(frozen=True)
class Words:
    """Looks up one word in one language; a missing one is a ReportError that names it."""

    file_name: str
    headings: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, Mapping[str, Mapping[str, str]]]
    items: Mapping[str, Mapping[str, Mapping[str, str]]]
    sentences: Mapping[str, Mapping[str, str]]
    notes: Mapping[str, Mapping[str, str]]
    phrases: Mapping[str, Mapping[str, str]]

    def heading(self, table: str, column: str, language: Language) -> str:
        """The table's own heading, "<table>.<column>", where it has one, else the column's."""
        column = strip_language(column)
        own = f"{table}.{column}"
        key = own if own in self.headings else column
        return self._word(self.headings, "heading", key, language)

    def find_heading(self, table: str, column: str, language: Language) -> str:
        """The heading, empty of a column that is never shown and so may have none."""
        name = strip_language(column)
        words = self.headings.get(f"{table}.{name}") or self.headings.get(name, {})
        return words.get(language, "")

    def code(self, column: str, value: str, language: Language) -> str:
        return self._word(self.codes.get(column, {}), f"code.{column}", value, language)

    def name_code(self, column: str, value: str, language: Language) -> str:
        """The word of a code, or the code where it has none: what tapes state may be anything."""
        return self.codes.get(column, {}).get(value, {}).get(language) or value

    def identify(self, column: str, value: str, language: Language) -> str:
        """A name of its own as it is, but for what the tables of codes that its heading lists have words for.

        "CN-ZJ / bill_instalment" and "30/360, ACT/365F" are several, each by itself; `<=` of a band is `≤`.
        """
        tables = self.headings.get(strip_language(column), {}).get("codes", "").split()
        if not tables:
            return value
        mark = " / " if " / " in value else ", "
        return mark.join(self._known(part, tables, language) for part in value.split(mark))

    def _known(self, value: str, tables: Sequence[str], language: Language) -> str:
        found = next((table for table in tables if value in self.codes.get(table, {})), "")
        return self.name_code(found, value, language).replace("<=", "≤")

    def currency(self, code: str, language: Language) -> str:
        """The word of a currency, or its code (ISO 4217) where there is none."""
        return self.name_code("currency", code, language)

    def item_rows(self) -> list[tuple[str, ...]]:
        """Table, code, Chinese and English of what each line of a table is called, for the models."""
        return [
            (table, code, *(self._word(items, f"item.{table}", code, each) for each in LANGUAGES))
            for table, items in self.items.items()
            for code in items
        ]

    def code_rows(self) -> list[tuple[Any, ...]]:
        """Column, code, Chinese and English of each value of a code column, and its place among those of the
        column, 1 first; for the models that put words in a line."""
        return [
            (
                column,
                code,
                *(self._word(codes, f"code.{column}", code, each) for each in LANGUAGES),
                place,
            )
            for column, codes in self.codes.items()
            for place, code in enumerate(codes, start=1)
        ]

    def sentence(self, key: str, language: Language) -> str:
        return self._word(self.sentences, "sentence", key, language)

    def note(self, table: str, language: Language) -> str:
        """What stands under the table of that model, or under all of its family; empty where nothing does."""
        key = table if table in self.notes else table.rpartition("_")[0]
        return self._word(self.notes, "note", key, language) if key in self.notes else ""

    def data_notice(self, is_synthetic: bool, scale: int, language: Language) -> str:
        """What a page says of data that are not real, or scaled; empty of real ones at scale 1."""
        if not is_synthetic and scale == 1:
            return ""
        key = "synthetic" if is_synthetic else "scaled"
        return self.sentence(key, language).format(scale=scale)

    def behind(self, phrase: str, language: Language) -> str:
        """A phrase of `sql/behind.toml`, as a reader is told."""
        return self._word(self.phrases, "behind", phrase, language)

    def kind(self, column: str) -> Kind:
        """The kind of a column: what its heading declares, else what its name says."""
        declared = self.headings.get(strip_language(column), {}).get("kind")
        kind = Kind(declared) if declared else kind_of(column)
        if kind is None:
            raise ReportError(
                f"{self.file_name}: the suffix of column {column!r} says no kind of value; "
                f'give [heading.{strip_language(column)}] a kind, as in kind = "text"'
            )
        return kind

    def _word(
        self, words: Mapping[str, Mapping[str, str]], section: str, key: str, language: Language
    ) -> str:
        word = words.get(key, {}).get(language)
        if not word:
            raise ReportError(
                f"{self.file_name}: no {language} word for [{section}.{key}]; "
                f'add it, as in {key} = {{ zh = "…", en = "…" }}'
            )
        return word


@lru_cache
def load_words(path: Path = WORDS_FILE) -> Words:
    """Read and check words.toml; ReportError names the file and the entry."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ReportError(f"{path.name}: cannot be read as TOML: {error}; mend the file") from error
    for section in content.keys() ^ set(SECTIONS):
        raise ReportError(f"{path.name}: section [{section}]: expected exactly {sorted(SECTIONS)}")
    for column, entry in content["heading"].items():
        _check_kind(column, entry, path)
    return Words(path.name, *(content[section] for section in SECTIONS))


def _check_kind(column: str, entry: Mapping[str, Any], path: Path) -> None:
    kinds = {kind.value for kind in Kind}
    if "kind" in entry and entry["kind"] not in kinds:
        raise ReportError(
            f"{path.name}: [heading.{column}] has kind {entry['kind']!r}; "
            f"expected one of {', '.join(sorted(kinds))}"
        )
