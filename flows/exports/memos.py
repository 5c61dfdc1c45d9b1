"""The rows of the table of decision memos: the one that stands, and those that a newer answer superseded."""

from collections.abc import Iterator, Mapping
from datetime import date

from flows import events as e
from flows.events import Record
from flows.exports.record import Reading
from flows.exports.rows import Cell, Row
from flows.memos import lines_of, memo_of, reasoned

NOTHING: tuple[Cell, ...] = ("", "", "", None)
"""Nobody said anything to it."""


def memos(reading: Reading) -> Iterator[Row]:
    """Every answer that needs its reason, each with what the second attester said to it."""
    said = _said(reading)
    for row in reading.rows:
        event = row.event
        if not isinstance(event, e.AnswerGiven):
            continue
        question = reading.pack.questions.get(event.fact)
        option = reasoned(question, event.value) if question else None
        if question is None or option is None:
            continue
        standing = reading.position.answers.get(event.fact)
        stands = standing is not None and standing.sequence == row.sequence
        yield (
            question.ask,
            option.label,
            "; ".join(f"{g.label} ({lines_of(g)})" for g in option.grounds if g.id in event.grounds),
            event.basis,
            row.actor_name,
            row.at,
            date.fromisoformat(row.happened_on) if row.happened_on else None,
            event.recheck_on,
            event.attester_name,
            *_as_it_counts(said.get(row.sequence, NOTHING), stands and not _attested(reading)),
            "undone" if row.sequence in reading.undone else "yes" if stands else "superseded",
            row.sequence,
        )


def _attested(reading: Reading) -> bool:
    memo = memo_of(reading.pack, reading.position)
    return memo is not None and memo.attestation is not None


def _as_it_counts(said: tuple[Cell, ...], asked_anew: bool) -> tuple[Cell, ...]:
    """What was said to an answer that was taken back and brought back since does not stand under it any more."""
    words, *rest = said
    return (f"{words}, before an undo", *rest) if words and asked_anew else said


def _said(reading: Reading) -> Mapping[int, tuple[Cell, ...]]:
    """By the event that answered: what was said to it, why not, by whom and when."""
    counted = [row for row in reading.rows if row.sequence not in reading.undone]
    return {event.of: _words(row, event) for row in counted if isinstance(event := row.event, e.MemoAttested)}


def _words(row: Record, event: e.MemoAttested) -> tuple[Cell, ...]:
    return "attests" if event.agrees else "does not agree", event.reason, row.actor_name, row.at
