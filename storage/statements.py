"""Every statement storage makes, written once in SQLAlchemy Core and compiled once to SQL text for a dialect."""

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    false,
    func,
    literal_column,
    null,
    select,
    true,
    union,
    update,
)
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql import ClauseElement, Select
from sqlalchemy.sql.compiler import SQLCompiler

from storage.models import (
    channels,
    events,
    firms,
    gists,
    inbox,
    installations,
    members,
    people,
    questions,
    snapshots,
    update_notes,
    votes,
    workspace_entries,
)

SIGHTED = 50
"""Firms of a person that are read with every request in one statement; whoever has more is read in two."""

T = TypeVar("T")
Insert = Callable[[Table], Any]
"""`insert` of a dialect: both know on_conflict_do_update, but there is no common type for it."""


class Statement:
    """A statement in Core; `build` is given the dialect's own insert()."""

    __slots__ = ("build",)

    def __init__(self, build: Callable[[Insert], ClauseElement]) -> None:
        self.build = build


Rows = Sequence[Sequence[Any]]
Step = tuple[Statement, Mapping[str, Any] | Sequence[Mapping[str, Any]]]
Unit = Generator[Step, Rows, T]
"""A unit of work: it yields statements, is sent their rows, and returns its result. A driver runs it as a whole.

A statement with a list of parameters is run for each of them, in one go; no rows come back then.
"""


class Compiled(NamedTuple):
    sql: str
    bind: Callable[[Mapping[str, Any]], Sequence[Any]]
    """Puts named parameters into the order the SQL wants them in."""


class Language:
    """Compiles statements for one dialect, each the first time it is used."""

    def __init__(self, dialect: Dialect, insert: Insert) -> None:
        self._dialect = dialect
        self._insert = insert
        self._compiled: dict[Statement, Compiled] = {}

    def __getitem__(self, statement: Statement) -> Compiled:
        found = self._compiled.get(statement)
        if found is None:
            found = self._compiled[statement] = self._compile(statement)
        return found

    def _compile(self, statement: Statement) -> Compiled:
        compiled = statement.build(self._insert).compile(dialect=self._dialect)
        assert isinstance(compiled, SQLCompiler)
        order = compiled.positiontup or []
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        return Compiled(compiled.string, _binder(order, fixed))


def _binder(order: Sequence[str], fixed: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    if fixed:
        return lambda given: [{**fixed, **given}[name] for name in order]
    if len(order) > 1:
        return itemgetter(*order)
    return lambda given: [given[name] for name in order]


def sqlite_language() -> Language:
    """SQLite's SQL, with question marks."""
    from sqlalchemy.dialects import sqlite  # a start pays for one dialect only

    return Language(sqlite.dialect(paramstyle="qmark"), sqlite.insert)


def postgres_language() -> Language:
    """PostgreSQL's SQL as asyncpg wants it, with numbered parameters."""
    from sqlalchemy.dialects import postgresql

    return Language(postgresql.asyncpg.dialect(), postgresql.insert)  # type: ignore[no-untyped-call]


def is_firm(table: Table) -> Any:
    """The rows of this table that are the firm's."""
    return and_(table.c.tenant == bindparam("tenant"), table.c.firm == bindparam("firm"))


def upsert(table: Table, *overwritten: str) -> Statement:
    """Inserts a row, or overwrites these columns of the one that is there."""

    def build(insert: Insert) -> ClauseElement:
        new = insert(table)
        keys = list(table.primary_key.columns)
        built: ClauseElement = new.on_conflict_do_update(
            index_elements=keys, set_={table.c[name]: new.excluded[name] for name in overwritten}
        )
        return built

    return Statement(build)


def _snapshot() -> Select[Any]:
    # Whoever names the head he holds already is spared the body.
    body = case((snapshots.c.head == bindparam("known"), null()), else_=snapshots.c.body)
    return select(snapshots.c.head, body).where(is_firm(snapshots))


# SQLite knows no FOR UPDATE and leaves it out: its one writer has begun IMMEDIATE.
load_snapshot = Statement(lambda _: _snapshot().with_for_update())
read_snapshot = Statement(lambda _: _snapshot())
save_snapshot = upsert(snapshots, "version", "head", "body")

find_cause = Statement(lambda _: select(events.c.sequence).where(is_firm(events), events.c.cause == bindparam("cause")))
append_event = Statement(lambda insert: insert(events))
# From all three, so that a firm whose row was taken away is still seen.
list_firms = Statement(lambda _: union(*(select(t.c.tenant, t.c.firm) for t in (firms, events, snapshots))))


@cache
def read_history(types: int) -> Statement:
    """The newest rows first, of `type_0`, `type_1` ... for as many types as said, of all where none."""

    def build(_: Insert) -> ClauseElement:
        query = select(*events.c).where(is_firm(events), events.c.sequence < bindparam("before"))
        if types:
            query = query.where(
                events.c.type.in_([bindparam(f"type_{n}", type_=events.c.type.type) for n in range(types)])
            )
        return query.order_by(events.c.sequence.desc()).limit(bindparam("limit"))

    return Statement(build)


def _save_gist(insert: Insert) -> ClauseElement:
    """Whoever comes with an older version, after another was faster, changes nothing."""
    new = insert(gists)
    saved: ClauseElement = new.on_conflict_do_update(
        index_elements=list(gists.primary_key.columns),
        set_={gists.c[name]: new.excluded[name] for name in ("version", "made_by", "body")},
        where=gists.c.version <= new.excluded.version,
    )
    return saved


save_gist = Statement(_save_gist)
save_firm = upsert(firms, "name")
rename_firm = Statement(lambda _: update(firms).values({firms.c.name: bindparam("name")}).where(is_firm(firms)))
save_member = upsert(members, "name", "role")
drop_members = Statement(lambda _: delete(members).where(is_firm(members)))
drop_member = Statement(lambda _: delete(members).where(is_firm(members), members.c.person == bindparam("person")))


def _link_channel(insert: Insert) -> ClauseElement:
    """Gives the row back where the channel is the firm's now, nothing where it is another's."""
    new = insert(channels)
    linked: ClauseElement = new.on_conflict_do_update(
        index_elements=[channels.c.tenant, channels.c.channel],
        set_={channels.c.firm: new.excluded.firm},
        where=channels.c.firm == new.excluded.firm,
    ).returning(channels.c.channel)
    return linked


touch_none = Statement(lambda _: update(firms).where(false()).values(name=firms.c.name))
"""Changes no row, and is refused all the same where nothing may be written."""

link_channel = Statement(_link_channel)
unlink_channels = Statement(lambda _: delete(channels).where(is_firm(channels)))
unlink_channel = Statement(
    lambda _: delete(channels).where(is_firm(channels), channels.c.channel == bindparam("channel"))
)

audit_sequences = Statement(lambda _: select(events.c.sequence).where(is_firm(events)).order_by(events.c.sequence))
audit_firm = Statement(lambda _: select(firms.c.name).where(is_firm(firms)))
audit_workspace = Statement(lambda _: select(installations.c.name).where(installations.c.tenant == bindparam("tenant")))
audit_snapshot = Statement(
    lambda _: select(snapshots.c.version, snapshots.c.head, snapshots.c.body).where(is_firm(snapshots))
)
audit_members = Statement(lambda _: select(members.c.person, members.c.name, members.c.role).where(is_firm(members)))
audit_channels = Statement(lambda _: select(channels.c.channel).where(is_firm(channels)))

_KNOWN = ("name", "time_zone", "admin", "checked_at", "standing", "reach_since")


def _remember(insert: Insert) -> ClauseElement:
    """What Slack said of a person; what they chose themselves stays as it is."""
    new = insert(people).values({name: bindparam(name) for name in ("tenant", "person", *_KNOWN)})
    kept: ClauseElement = new.on_conflict_do_update(
        index_elements=[people.c.tenant, people.c.person],
        set_={people.c[name]: new.excluded[name] for name in _KNOWN},
    )
    return kept


remember_person = Statement(_remember)
use_firm = Statement(
    lambda insert: (
        insert(people)
        .values({name: bindparam(name) for name in ("tenant", "person", "current_firm")})
        .on_conflict_do_update(
            index_elements=[people.c.tenant, people.c.person], set_={people.c.current_firm: bindparam("current_firm")}
        )
    )
)


def _set_of_person(name: str, *beside: str) -> Statement:
    """Gives the row back where it was something else before; what is beside it changes with it."""

    def build(insert: Insert) -> ClauseElement:
        column, names = people.c[name], (name, *beside)
        new = insert(people).values({each: bindparam(each) for each in ("tenant", "person", *names)})
        kept: ClauseElement = new.on_conflict_do_update(
            index_elements=[people.c.tenant, people.c.person],
            set_={people.c[each]: new.excluded[each] for each in names},
            where=column != new.excluded[name],
        ).returning(people.c.person)
        return kept

    return Statement(build)


set_habits = _set_of_person("habits")
set_blocked = _set_of_person("blocked", "reach_since")
all_firms = Statement(lambda _: select(firms.c.firm, firms.c.name).where(firms.c.tenant == bindparam("tenant")))


def _sighting() -> Select[Any]:
    """One row per firm of the person, one with nulls where there is none; what is known of the person on each.

    Of somebody with more than `SIGHTED` firms there are that many and one more: `all_memberships` has all of them,
    without repeating on thousands of rows what is known of the person.
    The head of the firm that is probably meant is on each row too: where we hold its position, that is all we need.
    """
    tenant = bindparam("tenant", type_=firms.c.tenant.type)
    one = select(literal_column("1").label("one")).subquery()
    memberships = (
        select(members.c.person, members.c.firm, firms.c.name, members.c.role)
        .join(firms, and_(firms.c.tenant == members.c.tenant, firms.c.firm == members.c.firm))
        .where(members.c.tenant == tenant, members.c.person == bindparam("person"))
        .limit(literal_column(str(SIGHTED + 1)))
        .subquery()
    )
    link = select(channels.c.firm).where(channels.c.tenant == tenant, channels.c.channel == bindparam("channel"))
    person = and_(people.c.tenant == tenant, people.c.person == bindparam("person"))
    guess = and_(snapshots.c.tenant == tenant, snapshots.c.firm == bindparam("firm"))
    columns = (people.c.name, people.c.time_zone, people.c.admin, people.c.checked_at, people.c.current_firm)
    of_person = (people.c.standing, people.c.blocked)
    return select(
        *columns,
        link.scalar_subquery(),
        exists().where(firms.c.tenant == tenant),
        memberships.c.firm,
        memberships.c.name,
        memberships.c.role,
        snapshots.c.head,
        *of_person,
    ).select_from(one.outerjoin(people, person).outerjoin(memberships, true()).outerjoin(snapshots, guess))


sight_person = Statement(lambda _: _sighting())
all_memberships = Statement(
    lambda _: (
        select(members.c.firm, firms.c.name, members.c.role)
        .join(firms, and_(firms.c.tenant == members.c.tenant, firms.c.firm == members.c.firm))
        .where(members.c.tenant == bindparam("tenant"), members.c.person == bindparam("person"))
    )
)


def _take(insert: Insert) -> ClauseElement:
    new = insert(inbox)
    taken: ClauseElement = new.on_conflict_do_update(
        index_elements=[inbox.c.tenant, inbox.c.id],
        set_={inbox.c.taken_until: new.excluded.taken_until, inbox.c.tries: inbox.c.tries + literal_column("1")},
        where=and_(inbox.c.settled_at.is_(None), inbox.c.taken_until <= bindparam("now")),
    ).returning(inbox.c.tries)
    return taken


workspace = Statement(
    lambda _: (
        select(*workspace_entries.c)
        .where(workspace_entries.c.tenant == bindparam("tenant"))
        .order_by(workspace_entries.c.sequence)
    )
)
append_to_workspace = Statement(lambda insert: insert(workspace_entries))

take_told = Statement(_take)
put_off_told = Statement(
    lambda _: (
        update(inbox)
        .values({inbox.c.taken_until: bindparam("until"), inbox.c.tries: inbox.c.tries - literal_column("1")})
        .where(inbox.c.tenant == bindparam("tenant"), inbox.c.id == bindparam("event"), inbox.c.settled_at.is_(None))
    )
)
settle_told = Statement(
    lambda _: (
        update(inbox)
        .values({inbox.c.settled_at: bindparam("now"), inbox.c.body: bindparam("nothing")})
        .where(inbox.c.tenant == bindparam("tenant"), inbox.c.id == bindparam("event"))
    )
)


def _nth_of_its_tenant() -> Any:
    return func.row_number().over(partition_by=inbox.c.tenant, order_by=(inbox.c.told_at, inbox.c.id))


unsettled_told = Statement(
    lambda _: (
        select(inbox.c.tenant, inbox.c.id, inbox.c.body)
        .where(inbox.c.settled_at.is_(None), inbox.c.taken_until <= bindparam("now"))
        .order_by(_nth_of_its_tenant(), inbox.c.told_at, inbox.c.id)
        .limit(bindparam("limit"))
    )
)
forget_told = Statement(
    lambda _: delete(inbox).where(inbox.c.settled_at < bindparam("settled_before")).returning(inbox.c.id)
)


# --- questions ------------------------------------------------------------------------------------------------


def _here() -> Any:
    return and_(is_firm(questions), questions.c.channel == bindparam("channel"))


def _last(*where: Any) -> Select[Any]:
    newest = questions.c.asked_at.desc(), questions.c.id.desc()
    return select(*questions.c).where(_here(), *where).order_by(*newest).limit(1)


last_in_thread = Statement(lambda _: _last(questions.c.thread == bindparam("thread")))
last_of_person = Statement(
    lambda _: _last(questions.c.person == bindparam("person"), questions.c.asked_at >= bindparam("since"))
)


def _keep_question(insert: Insert) -> ClauseElement:
    """Asked once more by a replay, it does not come back to the queue it was taken off."""
    new = insert(questions)
    came_of = {questions.c[name]: new.excluded[name] for name in ("outcome", "said", "cited")}
    waiting = case((questions.c.closed_by == "", new.excluded.waiting), else_=false())
    kept: ClauseElement = new.on_conflict_do_update(
        index_elements=list(questions.primary_key.columns), set_={**came_of, questions.c.waiting: waiting}
    )
    return kept


keep_question = Statement(_keep_question)


def _is_question() -> Any:
    return and_(is_firm(questions), questions.c.id == bindparam("question"))


read_question = Statement(lambda _: select(*questions.c).where(_is_question()))


all_questions = Statement(
    lambda _: select(*questions.c).where(is_firm(questions)).order_by(questions.c.asked_at, questions.c.id)
)


def _queue(*where: Any) -> Select[Any]:
    order = (questions.c.pressed_at == "").asc(), questions.c.asked_at, questions.c.id
    waits = select(*questions.c).where(is_firm(questions), questions.c.waiting == true(), *where)
    return waits.order_by(*order).limit(bindparam("limit"))


waiting_questions = Statement(lambda _: _queue())
waiting_questions_of = Statement(lambda _: _queue(questions.c.person == bindparam("person")))
press_question = Statement(
    lambda _: (
        update(questions)
        .values({questions.c.pressed_at: bindparam("at"), questions.c.waiting: true()})
        .where(_is_question(), questions.c.pressed_at == "", questions.c.closed_by == "")
        .returning(questions.c.id)
    )
)
close_question = Statement(
    lambda _: (
        update(questions)
        .values({questions.c.closed_by: bindparam("by"), questions.c.waiting: false()})
        .where(_is_question(), questions.c.closed_by == "", questions.c.waiting == true())
        .returning(questions.c.id)
    )
)


def _is_vote() -> Any:
    return and_(is_firm(votes), votes.c.question == bindparam("question"))


read_vote = Statement(lambda _: select(votes.c.helpful).where(_is_vote(), votes.c.person == bindparam("person")))
save_vote = upsert(votes, "helpful", "voted_at")
# --- update notes ---------------------------------------------------------------------------------------------

standing_notes = Statement(
    lambda _: (
        select(*list(update_notes.c)[:-2])
        .where(update_notes.c.tenant == bindparam("tenant"), update_notes.c.removed_at.is_(None))
        .order_by(update_notes.c.step, update_notes.c.first, update_notes.c.as_of.desc(), update_notes.c.id)
    )
)
add_note = Statement(lambda insert: insert(update_notes).on_conflict_do_nothing())
remove_note = Statement(
    lambda _: (
        update(update_notes)
        .values({update_notes.c.removed_by: bindparam("by"), update_notes.c.removed_at: bindparam("at")})
        .where(
            update_notes.c.tenant == bindparam("tenant"),
            update_notes.c.id == bindparam("note"),
            update_notes.c.removed_at.is_(None),
        )
        .returning(update_notes.c.id)
    )
)
