"""The tables with all their indexes, for alembic: partial ones make SQLAlchemy load dialects, which a start spares."""

from typing import Any

from sqlalchemy import Index, literal_column, true

from flows.asked import REVIEW_ASKED, SUMMARY
from storage.models import metadata, outbox, taken

__all__ = ["metadata"]


def _some_of_outbox(name: str, where: Any, *columns: Any) -> None:
    """A partial index: a million rows that are neither due nor looked for are to cost nothing."""
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


_OWED = outbox.c.settled_at.is_(None)
_SETTLED = outbox.c.settled_at.is_not(None)
_SLOT = (outbox.c.person, outbox.c.tenant, outbox.c.slot)
# With all that a claim asks for, and the null that SQLite looks for again, the rows themselves are left alone.
_some_of_outbox("ix_outbox_due", _OWED, outbox.c.due_at, outbox.c.key, *_SLOT, outbox.c.settled_at)
_some_of_outbox("ix_outbox_slot", _OWED, *_SLOT, outbox.c.due_at, outbox.c.settled_at)
_some_of_outbox("ix_outbox_firm", outbox.c.reminds == true(), outbox.c.firm)
_some_of_outbox("ix_outbox_settled", _SETTLED, outbox.c.reminds, outbox.c.settled_at)
_some_of_outbox("ix_outbox_message", outbox.c.message != literal_column("''"), outbox.c.message)
_some_of_outbox("ix_outbox_summary", outbox.c.kind == literal_column(f"'{SUMMARY}'"), outbox.c.person, outbox.c.slot)
_some_of_outbox(
    "ix_outbox_review", outbox.c.kind == literal_column(f"'{REVIEW_ASKED}'"), outbox.c.person, outbox.c.slot
)
_some_of_outbox("ix_outbox_failed", outbox.c.failed == true(), outbox.c.tenant, outbox.c.settled_at)
# PostgreSQL keeps what was let go until it clears up: without it a claim would read all that.
Index("ix_taken_until", taken.c.until)
