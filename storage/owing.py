"""The statements about what we owe Slack; those about the plans that part of it comes from are in storage.planning."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import (
    Text,
    and_,
    bindparam,
    case,
    delete,
    exists,
    false,
    func,
    literal_column,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.sql import ClauseElement, ColumnElement

from flows.asked import ARRIVED, REDRAW, REMINDERS, REVIEW_ASKED, SUMMARY, Owed
from storage.models import outbox, stopped, taken
from storage.statements import Insert, Statement, Unit

_READ: Mapping[str, Any] = {
    "tries": func.coalesce(taken.c.tries, literal_column("0")),
    "first_taken": func.coalesce(taken.c.first_at, literal_column("0.0")),
}
_OWED = [_READ[name] if name in _READ else outbox.c[name] for name in Owed.__struct_fields__]
KEPT = (*_OWED, outbox.c.settled_at, outbox.c.outcome)
IS_TAKEN = and_(taken.c.tenant == outbox.c.tenant, taken.c.key == outbox.c.key)
WITH_TAKEN = outbox.outerjoin(taken, IS_TAKEN)
NOT_SETTLED = outbox.c.settled_at.is_(None)
IS_OF_TENANT = outbox.c.tenant + literal_column("''") == bindparam("tenant", type_=outbox.c.tenant.type)
"""Asked in a way no index answers: SQLite takes a tenant to have ten rows, and would look through all of them before it
used the index of a firm, a person or a message."""
_TURN = 2_024_053_2
"""Of PostgreSQL's advisory locks, the one for claims (storage.migrate has another)."""

_NEW = {"settled_at": None, "outcome": None, "failed": False}
keep_owed = Statement(lambda insert: insert(outbox).on_conflict_do_nothing())


def owe(owed: Iterable[Owed]) -> Unit[None]:
    """Part of the unit of work that a debt comes from, so that neither is there without the other."""
    rows = [
        {**msgspec.structs.asdict(one), **_NEW, "slot": one.slot or one.key, "reminds": one.kind in REMINDERS}
        for one in owed
    ]
    if rows:
        yield keep_owed, rows


def _turn(_: Insert) -> ClauseElement:
    """Two replicas that claim at once would each get a part of a slot; SQLite has one writer anyway.

    Until the transaction ends, all is looked up by its index, row by row: of what is due PostgreSQL believes much
    to be not settled, as it knows how many are either but not that hardly any are both, and would read all there is.
    So it would of the table of what is taken, which is mostly what was let go and is not cleared away yet.
    """
    ways = ("hashjoin", "mergejoin", "seqscan", "bitmapscan")
    off = [literal_column(f"set_config('enable_{way}', 'off', true)", Text) for way in ways]
    return select(func.pg_advisory_xact_lock(literal_column(str(_TURN))), *off)


take_turn = Statement(_turn)


_NOW = bindparam("now", type_=taken.c.until.type)


def _is_due() -> Any:
    return and_(NOT_SETTLED, outbox.c.due_at <= bindparam("due"))


def _free() -> Any:
    # As lists, each made once: of a table whose rows come and go PostgreSQL never knows how many there are.
    not_held = tuple_(outbox.c.tenant, outbox.c.key).not_in(
        select(taken.c.tenant, taken.c.key).where(taken.c.until > _NOW)
    )
    not_stopped = outbox.c.tenant.not_in(select(stopped.c.tenant))
    return and_(_is_due(), not_held, not_stopped)


# In order, so that PostgreSQL takes the index: it believes that much of what is due is not settled, and would look
# through the whole table for the first.
is_any_due = Statement(
    lambda _: select(outbox.c.key).where(_free()).order_by(outbox.c.due_at, outbox.c.key).limit(literal_column("1"))
)


def _take(insert: Insert) -> ClauseElement:
    """The slots of the earliest rows that are free, each with all of its rows that are.

    Looked for from `since` on: what was settled before it stays in the index until PostgreSQL clears up, and each
    claim of many would walk past all of that anew.
    """
    earliest = (
        select(outbox.c.tenant, outbox.c.person, outbox.c.slot)
        .where(_free(), outbox.c.due_at >= bindparam("since"))
        .order_by(outbox.c.due_at, outbox.c.key)
        .limit(bindparam("limit"))
        .subquery()
    )
    slots = select(*earliest.c).distinct()
    until = bindparam("until", type_=taken.c.until.type)
    rows = select(outbox.c.tenant, outbox.c.key, until, literal_column("1"), _NOW).where(
        _is_due(), tuple_(outbox.c.tenant, outbox.c.person, outbox.c.slot).in_(slots)
    )
    new = insert(taken).from_select(["tenant", "key", "until", "tries", "first_at"], rows)
    # Nobody looks for a message that was surely not sent: the next to take it up is the first.
    first = case((taken.c.tries == literal_column("0"), new.excluded.first_at), else_=taken.c.first_at)
    took: ClauseElement = new.on_conflict_do_update(
        index_elements=list(taken.primary_key.columns),
        set_={
            taken.c.until: new.excluded.until,
            taken.c.tries: taken.c.tries + literal_column("1"),
            taken.c.first_at: first,
        },
        where=taken.c.until <= _NOW,
    ).returning(taken.c.tenant, taken.c.key)
    return took


take = Statement(_take)
# Asked in a way no index answers: PostgreSQL, too, would begin with all that is not settled, where it believes that
# this is little.
_IS_STILL_OWED = func.coalesce(outbox.c.settled_at, literal_column("-1.0")) == literal_column("-1.0")
read_taken = Statement(
    lambda _: (
        select(*_OWED)
        .select_from(taken.join(outbox, IS_TAKEN))
        .where(taken.c.until == bindparam("until"), _IS_STILL_OWED)
    )
)


def is_row() -> Any:
    return and_(outbox.c.tenant == bindparam("of_tenant"), outbox.c.key == bindparam("of_key"))


settle = Statement(
    lambda _: (
        update(outbox)
        .values(
            {
                outbox.c.settled_at: bindparam("now"),
                outbox.c.outcome: bindparam("result"),
                outbox.c.message: bindparam("stands_in"),
                outbox.c.failed: bindparam("is_failed"),
                outbox.c.said_at: bindparam("sent_at"),
                outbox.c.said_in: bindparam("sent_in"),
            }
        )
        .where(is_row(), NOT_SETTLED)
    )
)


def is_taken_row() -> Any:
    return and_(taken.c.tenant == bindparam("of_tenant"), taken.c.key == bindparam("of_key"))


let_go = Statement(lambda _: delete(taken).where(is_taken_row()))


def _release(tries_left: ColumnElement[int], *more: ColumnElement[bool]) -> Statement:
    return Statement(
        lambda _: (
            update(taken)
            .values({taken.c.until: bindparam("free_from"), taken.c.tries: tries_left})
            .where(is_taken_row(), taken.c.tries > literal_column("0"), *more)
        )
    )


release = _release(taken.c.tries - literal_column("1"))
release_own = _release(taken.c.tries - literal_column("1"), taken.c.until == bindparam("taken_until"))
release_untouched = _release(literal_column("0"))
# Left behind where one settled what another was just taking up.
tidy = Statement(lambda _: delete(taken).where(~exists().where(IS_TAKEN, NOT_SETTLED)))
drop = Statement(lambda _: delete(outbox).where(is_row()))
get = Statement(lambda _: select(*KEPT).select_from(WITH_TAKEN).where(is_row()))
of_message = Statement(
    lambda _: (
        select(*KEPT)
        .select_from(WITH_TAKEN)
        .where(
            IS_OF_TENANT,
            outbox.c.message == bindparam("stands_in"),
            outbox.c.message != literal_column("''"),
        )
        .order_by(outbox.c.due_at, outbox.c.key)
    )
)


def _of_slot(kind: str, *order: Any) -> Statement:
    """All rows of this kind in one slot, whether settled or not; each kind has its own index."""
    return Statement(
        lambda _: (
            select(*KEPT)
            .select_from(WITH_TAKEN)
            .where(
                outbox.c.kind == literal_column(f"'{kind}'"),
                outbox.c.tenant == bindparam("tenant"),
                outbox.c.person == bindparam("person"),
                outbox.c.slot == bindparam("of_slot"),
            )
            .order_by(*order)
        )
    )


summaries = _of_slot(SUMMARY, outbox.c.key)
reviews_asked = _of_slot(REVIEW_ASKED, outbox.c.due_at, outbox.c.key)


def _last_summary(*whose: Any) -> Any:
    return select(func.max(outbox.c.due_at)).where(
        *whose,
        outbox.c.kind == literal_column(f"'{SUMMARY}'"),
        outbox.c.tenant == bindparam("tenant"),
        outbox.c.person == bindparam("person"),
        outbox.c.slot >= bindparam("first_slot", type_=outbox.c.slot.type),
        outbox.c.slot < bindparam("of_slot", type_=outbox.c.slot.type),
        outbox.c.outcome.in_([literal_column(f"'{outcome}'") for outcome in ARRIVED]),
    )


last_summary = Statement(lambda _: _last_summary())
last_summary_of_firm = Statement(lambda _: _last_summary(outbox.c.firm == bindparam("firm")))
overdue = Statement(
    lambda _: (
        select(outbox.c.tenant, outbox.c.due_at)
        .where(NOT_SETTLED, outbox.c.due_at < bindparam("before"), outbox.c.tenant.not_in(select(stopped.c.tenant)))
        .order_by(outbox.c.due_at)
        .limit(bindparam("limit"))
    )
)
next_due = Statement(
    lambda _: (
        select(outbox.c.due_at)
        .where(NOT_SETTLED, outbox.c.due_at > bindparam("after"), outbox.c.tenant.not_in(select(stopped.c.tenant)))
        .order_by(outbox.c.due_at)
        .limit(literal_column("1"))
    )
)
snoozed = Statement(
    lambda _: (
        select(*_OWED)
        .select_from(WITH_TAKEN)
        .where(
            NOT_SETTLED,
            IS_OF_TENANT,
            outbox.c.person == bindparam("person"),
            outbox.c.kind == literal_column("'snooze'"),
        )
        .order_by(outbox.c.due_at, outbox.c.key)
    )
)
in_doubt = Statement(
    lambda _: (
        select(*_OWED)
        .select_from(taken.join(outbox, IS_TAKEN))
        .where(
            NOT_SETTLED,
            taken.c.tries > literal_column("0"),
            IS_OF_TENANT,
            outbox.c.person == bindparam("person"),
        )
        .order_by(outbox.c.due_at, outbox.c.key)
    )
)
undelivered = Statement(
    lambda _: (
        select(*KEPT)
        .select_from(WITH_TAKEN)
        .where(
            outbox.c.failed == true(),
            outbox.c.tenant == bindparam("tenant"),
            outbox.c.kind != literal_column(f"'{REDRAW}'"),
        )
        .order_by(outbox.c.settled_at.desc(), outbox.c.key)
        .limit(bindparam("limit"))
    )
)
_TELLS_OF_A_PERSON = and_(outbox.c.failed == false(), outbox.c.key.contains("|unreachable|"))
"""That an owner cannot be reached is told once, however long it lasts: these few rows are how we know it was."""

forget = Statement(
    lambda _: (
        delete(outbox)
        .where(
            outbox.c.reminds == bindparam("which", type_=outbox.c.reminds.type),
            outbox.c.settled_at < bindparam("settled_before"),
            ~_TELLS_OF_A_PERSON,
        )
        .returning(outbox.c.key)
    )
)
detach = Statement(
    lambda _: (
        update(outbox)
        .values(message="")
        .where(
            outbox.c.reminds == true(),
            outbox.c.settled_at < bindparam("settled_before"),
            outbox.c.message != literal_column("''"),
        )
    )
)
"""What outlasts the others of its message does not have that drawn anew without them."""


def _stop(insert: Insert) -> ClauseElement:
    new = insert(stopped)
    stops: ClauseElement = new.on_conflict_do_update(
        index_elements=list(stopped.primary_key.columns),
        set_={stopped.c.reason: new.excluded.reason, stopped.c.stopped_at: new.excluded.stopped_at},
        where=stopped.c.reason == bindparam("instead_of", type_=stopped.c.reason.type),
    )
    return stops


stop = Statement(_stop)
resume = Statement(lambda _: delete(stopped).where(stopped.c.tenant == bindparam("tenant")))
look_again = Statement(
    lambda _: (
        update(stopped)
        .values(stopped_at=bindparam("now"))
        .where(stopped.c.tenant == bindparam("of_tenant"), stopped.c.stopped_at <= bindparam("before"))
        .returning(stopped.c.tenant)
    )
)
list_stopped = Statement(lambda _: select(stopped.c.tenant, stopped.c.reason))
