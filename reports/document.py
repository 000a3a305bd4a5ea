"""The report in one language: every heading, cell and notice worded, nothing yet laid out."""

from collections.abc import Iterator
from dataclasses import dataclass
from shlex import quote

from reports.characters import legible_pack
from reports.cover import Figure, draw_charts, key_figures
from reports.formatting import Kind, format_date, format_month, number_chapter
from reports.forms.charts import Chart
from reports.forms.curves import draw_curves
from reports.masthead import (
    declare,
    find_issuer,
    find_report_date,
    find_state,
    list_documents,
    word_edition,
)
from reports.names import read_names
from reports.pack import CHAPTERS, ChapterCode, Language, ReportPack
from reports.sections import Section, word_table
from reports.words import Words


@dataclass(frozen=True)
class Chapter:
    """A numbered part of the report; its number is as the language counts: "一" or "1"."""

    code: ChapterCode
    number: str
    title: str
    sections: tuple[Section, ...]

    @property
    def anchor(self) -> str:
        return f"chapter-{self.code}"


@dataclass(frozen=True)
class Document:
    """What every written form shows; `notices` stand on each page and sheet."""

    language: Language
    deal_name: str
    month: str
    title: str
    edition: str
    declaration: tuple[str, ...]
    notices: tuple[str, ...]
    amounts_in: str
    dates: tuple[Figure, ...]
    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    chapters: tuple[Chapter, ...]
    documents: tuple[Figure, ...]
    facts: tuple[Figure, ...]
    words: Words
    place: str
    """Deal and month, as a command names them."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """Every table, chapter by chapter."""
        return tuple(section for chapter in self.chapters for section in chapter.sections)

    @property
    def has_behind(self) -> bool:
        """Whether it says what is behind its figures."""
        return any(section.behind for section in self.sections)

    def name_chapter(self, chapter: Chapter) -> str:
        """Its number and title, as they head it."""
        return self.say("chapter").format(number=chapter.number, title=chapter.title)

    def say(self, sentence: str) -> str:
        return self.words.sentence(sentence, self.language)

    @property
    def period(self) -> str:
        return f"{self.say('collection_period')} {self.month}"


def compose(pack: ReportPack, words: Words, language: Language) -> Document:
    """Word the whole pack; ReportError names the first heading, code or value that has none."""
    pack = legible_pack(pack)
    currency = words.currency(pack.currency, language)
    return Document(
        language=language,
        deal_name=pack.deal_name(language),
        month=format_month(pack.as_of_date, language),
        title=words.sentence("report_title", language),
        edition=word_edition(pack, words, language),
        declaration=declare(pack, words, language),
        notices=_notices(pack, words, language),
        amounts_in=words.sentence("amounts_in", language).format(currency=currency),
        dates=_dates(pack, words, language),
        figures=key_figures(pack, words, language),
        charts=(*draw_charts(pack, words, language), *draw_curves(pack, words, language)),
        chapters=tuple(_chapters(pack, words, language)),
        documents=tuple(list_documents(pack, words, language)),
        facts=_facts(pack, words, language),
        words=words,
        place=f"{quote(pack.deal_id)} {pack.month}",
    )


def _chapters(pack: ReportPack, words: Words, language: Language) -> Iterator[Chapter]:
    """The chapters that have a table this month, numbered as they come."""
    names = read_names(pack, words, language)
    told: list[ChapterCode] = [
        code for code in CHAPTERS if any(table.chapter == code for table in pack.tables)
    ]
    for number, code in enumerate(told, start=1):
        yield Chapter(
            code=code,
            number=number_chapter(number, language),
            title=words.code("chapter", code, language),
            sections=tuple(
                word_table(table, names) for table in pack.tables if table.chapter == code
            ),
        )


def warn(pack: ReportPack, words: Words, language: Language) -> str:
    """What no page of the report may leave out: that it is a draft, or of data that are not real."""
    return "  ·  ".join(_warnings(pack, words, language))


def _notices(pack: ReportPack, words: Words, language: Language) -> tuple[str, ...]:
    return (*_warnings(pack, words, language), words.sentence("layout_note", language))


def _warnings(pack: ReportPack, words: Words, language: Language) -> list[str]:
    notice = words.data_notice(pack.is_synthetic, pack.scale, language)
    draft = words.sentence("draft_notice", language) if pack.state == "draft" else ""
    return [text for text in (draft, notice) if text]


def _dates(pack: ReportPack, words: Words, language: Language) -> tuple[Figure, ...]:
    days = {"cut_off_date": pack.as_of_date, "payment_date": pack.payment_date}
    dates = [
        *find_state(pack, words, language),
        find_issuer(pack, words, language),
        find_report_date(pack, words, language),
        Figure(
            words.sentence("collection_period", language), format_month(pack.as_of_date, language)
        ),
        *(
            Figure(words.sentence(key, language), format_date(day, language), day, Kind.DATE)
            for key, day in days.items()
        ),
    ]
    calendar = pack.table("tr_2")
    for phase in calendar.values("phase_code") if calendar else ():
        if isinstance(phase, str):
            text = words.code("phase_code", phase, language)
            dates.append(Figure(words.sentence("phase", language), text))
    return tuple(date for date in dates if date)


def _facts(pack: ReportPack, words: Words, language: Language) -> tuple[Figure, ...]:
    synthetic = words.sentence("yes" if pack.is_synthetic else "no", language)
    facts = {
        "fact_deal_id": pack.deal_id,
        "fact_run_id": pack.run_id,
        "fact_code_version": pack.code_version,
        "fact_lake_snapshot": str(pack.lake_snapshot),
        "fact_is_synthetic": synthetic,
        "fact_scale": f"1:{pack.scale}",
        "fact_terms_sha256": pack.terms_sha256,
    }
    tape = words.sentence("fact_tape", language)
    return (
        *(Figure(words.sentence(key, language), text) for key, text in facts.items()),
        *(Figure(tape.format(file_name=name), sha256) for name, sha256 in pack.tapes),
    )
