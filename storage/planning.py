"""The statements about plans: how old each firm's is, what it is made from, and what it changes in the outbox."""

from functools import cache
from typing import Any

from sqlalchemy import Text, and_, bindparam, delete, exists, literal, literal_column, or_, select, true, update
from sqlalchemy.sql import ClauseElement

from storage.models import events, firms, members, outbox, people, plans, snapshots, stopped, taken
from storage.owing import IS_OF_TENANT, IS_TAKEN, KEPT, NOT_SETTLED, WITH_TAKEN, is_row, is_taken_row
from storage.statements import Insert, Statement, is_firm

NEVER = {"version": -1, "planned_at": 0.0, "again_at": 0.0, "seen": -1}
"""A plan that has not been made."""


# The table is named in so many words: what is returned from an insert names its columns alone.
_FIRST_UNSEEN = (
    select(events.c.recorded_at)
    .where(
        events.c.tenant == literal_column("plans.tenant"),
        events.c.firm == literal_column("plans.firm_id"),
        events.c.sequence == literal_column("plans.seen + 1"),
    )
    .scalar_subquery()
)


def _begin(*more: Any) -> Statement:
    """Makes the row where there is none, and has it to ourselves: who makes it stale meanwhile waits, and does then."""

    def build(insert: Insert) -> ClauseElement:
        new = insert(plans)
        begun: ClauseElement = new.on_conflict_do_update(
            index_elements=list(plans.primary_key.columns), set_={plans.c.planned_at: plans.c.planned_at}
        ).returning(plans.c.planned_at, _FIRST_UNSEEN, *more)
        return begun

    return Statement(build)


begin_plan = _begin()
# A plan that a power cut takes away is made again, and whatever is built on it is kept only with it: PostgreSQL's log
# goes to the disk in order.
begin_without_waiting = _begin(literal_column("set_config('synchronous_commit', 'off', true)", Text))
"""On PostgreSQL, where the commit of this transaction need not wait for the disk."""
end_plan = Statement(
    lambda _: (
        update(plans)
        .values(
            {
                **{name: bindparam(f"new_{name}") for name in ("version", "planned_at", "again_at")},
                plans.c.seen: bindparam("new_version"),
            }
        )
        .where(is_firm(plans))
    )
)


told_elsewhere = Statement(lambda insert: insert(plans))
"""A firm comes with its history: what was due before is told, and its plan is to be made."""


def _stale_plans(whose: Any) -> Statement:
    return Statement(
        lambda _: (
            select(snapshots.c.tenant, snapshots.c.firm)
            .join(plans, and_(plans.c.tenant == snapshots.c.tenant, plans.c.firm == snapshots.c.firm), isouter=True)
            .where(
                or_(
                    plans.c.version.is_(None),
                    plans.c.version != snapshots.c.version,
                    plans.c.again_at <= bindparam("now"),
                    plans.c.planned_at > bindparam("now"),  # the clock was moved back, for practice
                ),
                whose,
            )
            .limit(bindparam("limit"))
        )
    )


stale_plans = _stale_plans(snapshots.c.tenant.not_in(select(stopped.c.tenant)))
stale_plans_of = _stale_plans(snapshots.c.tenant == bindparam("tenant"))


def _stale(of: Any, *where: Any) -> Statement:
    """Makes plans stale, those too that are being made for the first time and are not there for others yet."""

    def build(insert: Insert) -> ClauseElement:
        never = [literal(value).label(name) for name, value in NEVER.items()]
        whose = select(of.c.tenant, of.c.firm, *never).where(of.c.tenant == bindparam("tenant"), *where)
        names = ["tenant", "firm", *NEVER]
        made: ClauseElement = (
            insert(plans)
            .from_select(names, whose)
            .on_conflict_do_update(
                index_elements=list(plans.primary_key.columns), set_={plans.c.version: literal(NEVER["version"])}
            )
        )
        return made

    return Statement(build)


stale_of_person = _stale(members, members.c.person == bindparam("person"))
stale_of_tenant = _stale(firms)

# SQLite knows no FOR UPDATE and leaves it out: its one writer has begun IMMEDIATE.
hold_firm = Statement(lambda _: select(snapshots.c.firm).where(is_firm(snapshots)).with_for_update())
"""Whoever plans the firm, or changes it, waits until we are done; nothing where there is no such firm."""
read_rows = Statement(
    lambda _: (
        select(*KEPT)
        .select_from(WITH_TAKEN)
        .where(IS_OF_TENANT, outbox.c.firm == bindparam("firm"), outbox.c.reminds == true())
    )
)
# What was taken up and not let go of may have been sent.
_IS_UNTOUCHED = and_(NOT_SETTLED, ~exists().where(IS_TAKEN, taken.c.tries > literal_column("0")))
move = Statement(
    lambda _: update(outbox).values({outbox.c.due_at: bindparam("new_due_at")}).where(is_row(), _IS_UNTOUCHED)
)
_IS_SETTLED = outbox.c.settled_at.is_not(None)
drop = Statement(lambda _: delete(outbox).where(is_row(), _IS_UNTOUCHED))
forget_release = Statement(lambda _: delete(taken).where(is_taken_row(), taken.c.tries == literal_column("0")))
change_outcome = Statement(
    lambda _: (
        update(outbox)
        .values({outbox.c.outcome: bindparam("result"), outbox.c.failed: bindparam("is_failed")})
        .where(is_row(), _IS_SETTLED)
    )
)
change_about = Statement(
    lambda _: (
        update(outbox).values({outbox.c.about: bindparam("new_about")}).where(is_row(), or_(_IS_SETTLED, _IS_UNTOUCHED))
    )
)

# --- people ---------------------------------------------------------------------------------------------------

_REACH = (
    people.c.person,
    people.c.time_zone,
    people.c.standing,
    people.c.blocked,
    people.c.habits,
    people.c.reach_since,
)


@cache
def read_reach(number: int) -> Statement:
    """How `person_0`, `person_1` ... can be reached, those of them that are known."""

    return Statement(lambda _: select(*_REACH).where(_are_persons(number)))


@cache
def read_blocked(number: int) -> Statement:
    """Those of `person_0`, `person_1` ... whose last message was refused, be it that they were heard of since."""
    refused = people.c.blocked != literal_column("''")
    return Statement(lambda _: select(people.c.person).where(_are_persons(number), refused))


def _are_persons(number: int) -> Any:
    named = [bindparam(f"person_{n}", type_=people.c.person.type) for n in range(number)]
    return and_(people.c.tenant == bindparam("tenant"), people.c.person.in_(named))
