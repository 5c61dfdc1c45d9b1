"""A record as tables: the same rows for a workbook, for CSV and for whoever reads the JSON document."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from flows.exports import rows
from flows.exports.memos import memos
from flows.exports.record import Export, Reading
from flows.exports.rows import Cell, Row

__all__ = ["TABLE_NAMES", "Cell", "Column", "Kind", "Row", "Table", "tables"]

Kind = Literal["text", "date", "moment", "number"]


class Column(msgspec.Struct, frozen=True):
    """`width` is in characters, for whoever draws it."""

    name: str
    kind: Kind = "text"
    width: int = 18


class Table(msgspec.Struct, frozen=True):
    """`name` is for files and sheets. Moments are UTC; days are the firm's own."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


FIRM = Column("Firm", width=24)
ENTRY = Column("Entry", "number", 8)
RECORDED = Column("Recorded at (UTC)", "moment", 19)
HAPPENED = Column("Happened on", "date", 13)
BY = Column("By", width=20)
COUNTS = Column("Counts", width=10)


def tables(export: Export) -> tuple[Table, ...]:
    """Every table there is, in the order in which one would read them."""
    readings = export.readings()
    return tuple(
        Table(name, title, (FIRM, *columns), tuple(_rows(readings, of))) for name, title, columns, of in _TABLES
    )


Rows = Callable[[Reading], Iterable[Row]]


def _rows(readings: Sequence[Reading], of: Rows) -> Iterator[Row]:
    for reading in readings:
        for row in of(reading):
            yield (reading.name, *row)


_TABLES: tuple[tuple[str, str, tuple[Column, ...], Rows], ...] = (
    (
        "firms",
        "Where each firm is",
        (
            Column("Situation", width=24),
            Column("Tasks done", "number", 11),
            Column("Tasks in all", "number", 11),
            Column("Next", width=40),
            Column("Waiting for", width=40),
            Column("Target", "date", 12),
            Column("Time zone", width=20),
            Column("Reminders", width=60),
            Column("Practice run", width=12),
            Column("Events", "number", 8),
            Column("Head of the chain", width=68),
            Column("Legal hold", width=40),
        ),
        rows.firms,
    ),
    (
        "tasks",
        "Tasks",
        (
            Column("Step", width=8),
            Column("Task", width=10),
            Column("Title", width=48),
            Column("State", width=18),
            Column("Outcome", width=24),
            Column("Owner"),
            Column("Due", "date", 12),
            BY,
            RECORDED,
            HAPPENED,
            Column("Done earlier", width=12),
            Column("Review", width=28),
            Column("Reviewed at (UTC)", "moment", 19),
            Column("Waiting for"),
            Column("Waiting since", "date", 13),
            Column("Look again on", "date", 13),
            Column("Reason, basis or note", width=40),
            Column("Evidence", "number", 9),
            Column("Notes", "number", 8),
        ),
        rows.tasks,
    ),
    (
        "answers",
        "Answers to the roadmap's questions",
        (
            Column("Question", width=48),
            Column("Answer", width=32),
            Column("Basis", width=40),
            BY,
            RECORDED,
            HAPPENED,
            Column("Look again on", "date", 13),
            COUNTS,
            ENTRY,
        ),
        rows.answers,
    ),
    (
        "decision-memos",
        "Decision memos",
        (
            Column("Question", width=48),
            Column("Answer", width=12),
            Column("Grounds the roadmap names", width=48),
            Column("Basis", width=48),
            BY,
            RECORDED,
            HAPPENED,
            Column("Look again on", "date", 13),
            Column("Second attester"),
            Column("Said", width=16),
            Column("Why not", width=40),
            Column("Said by"),
            Column("Said at (UTC)", "moment", 19),
            COUNTS,
            ENTRY,
        ),
        memos,
    ),
    (
        "agents",
        "CAT Reporting Agents",
        (Column("Agent", width=32), Column("Status", width=22), BY, RECORDED, Column("Id", width=8)),
        rows.agents,
    ),
    (
        "agent-files",
        "Supervision files of the agents",
        (
            Column("Agent", width=32),
            Column("Ended on", "date", 12),
            Column("Agreement on hand", width=10),
            Column("Where it is kept", width=32),
            Column("Agreement since", "date", 13),
            Column("Who repairs errors", width=32),
            Column("Contact", width=24),
            Column("Mail", width=28),
            Column("Phone"),
            Column("Certified for production", width=10),
            Column("Certified since", "date", 13),
            Column("Note", width=40),
            BY,
            RECORDED,
            COUNTS,
            ENTRY,
        ),
        rows.agent_files,
    ),
    (
        "reviews",
        "Reviews by a second pair of eyes",
        (
            Column("Task", width=10),
            Column("Title", width=40),
            Column("Said", width=12),
            Column("Reason", width=48),
            Column("Of entry", "number", 9),
            BY,
            RECORDED,
            COUNTS,
            ENTRY,
        ),
        rows.reviews,
    ),
    (
        "evidence",
        "Evidence",
        (
            Column("Task", width=10),
            Column("Title", width=40),
            Column("Kind", width=20),
            Column("Name", width=32),
            Column("Link or words", width=48),
            Column("File", width=32),
            Column("Bytes", "number", 12),
            Column("Type as claimed", width=24),
            Column("Type as seen", width=24),
            Column("SHA-256", width=68),
            Column("Copy", width=24),
            Column("Came from", width=40),
            Column("Weak", width=8),
            Column("Said to be", width=32),
            HAPPENED,
            BY,
            RECORDED,
            COUNTS,
            Column("Removed because", width=32),
            ENTRY,
        ),
        rows.evidence,
    ),
    (
        "notes",
        "Notes",
        (Column("Task", width=10), Column("About", width=40), Column("Note", width=60), BY, RECORDED, COUNTS, ENTRY),
        rows.notes,
    ),
    (
        "dates",
        "Dates of the firm's own, with their revisions",
        (
            Column("Kind", width=14),
            Column("What", width=48),
            Column("Day", "date", 12),
            Column("In words", width=30),
            BY,
            RECORDED,
            COUNTS,
            ENTRY,
        ),
        rows.dates,
    ),
    (
        "questions",
        "Questions asked, and what the app answered",
        (
            Column("Question", width=48),
            Column("Outcome", width=26),
            Column("What was said", width=60),
            BY,
            Column("Asked at (UTC)", "moment", 19),
        ),
        rows.questions,
    ),
    (
        "firm-answers",
        "The firm's own answers",
        (
            Column("Question", width=48),
            Column("Answer", width=60),
            BY,
            RECORDED,
            Column("Check again on", "date", 14),
            COUNTS,
            ENTRY,
        ),
        rows.firm_answers,
    ),
    (
        "documents",
        "Documents of the firm's own",
        (
            Column("Name", width=40),
            Column("Kind", width=8),
            Column("Bytes", "number", 12),
            Column("Pages", "number", 8),
            Column("SHA-256", width=68),
            BY,
            RECORDED,
            COUNTS,
            ENTRY,
        ),
        rows.documents,
    ),
    (
        "members",
        "People",
        (Column("Name", width=24), Column("Role", width=10), Column("Id", width=36)),
        rows.members,
    ),
    (
        "history",
        "Everything that was recorded",
        (
            ENTRY,
            RECORDED,
            BY,
            Column("What", width=80),
            Column("How", width=18),
            HAPPENED,
            Column("Back-dated", width=11),
            COUNTS,
            Column("Practice run", width=12),
            Column("Edition", width=12),
            Column("By (id)", width=36),
            Column("Hash", width=68),
        ),
        rows.history,
    ),
)

TABLE_NAMES = tuple(name for name, *_ in _TABLES)
