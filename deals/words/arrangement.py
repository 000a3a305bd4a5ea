"""The arrangement of the continued purchase in words: what PP-0 of the report states."""

from collections.abc import Iterator
from dataclasses import replace

from deals.dates.calendar import next_month, period_of
from deals.terms.deal import Terms
from deals.words.numbers import SayCode, Sentence, day, plain_code
from deals.words.pool import say_eligibility, say_limits, say_purchase
from deals.words.triggers import say_triggers


def describe_arrangement(
    terms: Terms, say_code: SayCode = plain_code
) -> Iterator[tuple[str, Sentence]]:
    """Topic and statement, line by line; nothing for a deal that buys no loans after closing."""
    if not terms.structure.has_continued_purchase:
        return
    topics = {
        "period": _say_period(terms),
        "purchase": say_purchase(terms, tells_codes=False),
        "eligibility": say_eligibility(terms, say_code),
        "limit": say_limits(terms, say_code),
        # Whatever a trigger does ends the purchases; the call of the pool is another matter.
        "early_end": say_triggers(replace(terms, clean_up_call=None), tells_codes=False),
    }
    for topic, sentences in topics.items():
        for sentence in sentences:
            yield topic, sentence


def _say_period(terms: Terms) -> Iterator[Sentence]:
    """The payment dates from which the first and the last period's cash may buy."""
    month = f"{terms.dates.initial_cut_off_date:%Y-%m}"
    dates = []
    for _ in range(terms.structure.revolving_months):
        month = next_month(month)
        dates.append(period_of(terms, month).payment_date)
    first, last = day(dates[0]), day(dates[-1])
    yield Sentence(
        f"自支付日{first.zh}起，至支付日{last.zh}止，共{len(dates)}期",
        f"from the payment date {first.en} to that of {last.en}, {len(dates)} periods",
    )
