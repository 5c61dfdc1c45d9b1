"""What a whole workspace shares, kept append-only: its own revisions of industry dates, and edits of the calendar."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Literal

import msgspec

from flows import guard
from flows.deadlines import Deadline, Kind, Ledger, Revision, Source, TakenBack, Value, kind_of, month_span
from flows.firms import Person, Refusal
from flows.same import Same
from flows.trading_days import NYSE, Calendar

LONGEST_REASON = 500
FIRST_OWN = 1000
"""Numbers of a workspace's own revisions begin above those of what is shipped."""

EARLIEST = date(2012, 7, 18)
"""Rule 613 was adopted on this day: nothing of CAT was announced before."""


class Fact(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    """Something a workspace admin entered."""


class DeadlineRevised(Fact, frozen=True, tag="deadline_revised", rename={"from_": "from"}):
    """`title` names a new industry date, where `deadline` is none we know. Announced some day from `from_` to `to`."""

    deadline: str
    from_: date
    to: date
    value: Value
    source: Source
    reason: str
    title: str = ""


class TradingDayEdited(Fact, frozen=True, tag="trading_day_edited"):
    """The exchange was closed that day without notice, or is open although it would be a holiday."""

    day: date
    state: Literal["closed", "open"]
    reason: str


class Withdrawn(Fact, frozen=True, tag="withdrawn"):
    """An entry was a mistake and does not count; it stays in the story."""

    of: int


AnyFact = DeadlineRevised | TradingDayEdited | Withdrawn
_decoder: msgspec.json.Decoder[AnyFact] = msgspec.json.Decoder(AnyFact)
_encode = msgspec.json.Encoder(order="deterministic").encode


class Entry(msgspec.Struct, frozen=True):
    """One row, as stored. `recorded_at` is UTC in ISO form, `payload` JSON text."""

    tenant: str
    sequence: int
    type: str
    actor: str
    actor_name: str
    recorded_at: str
    payload: str
    cause: str
    practice: bool = False

    @property
    def fact(self) -> AnyFact:
        """What was entered."""
        return _decoder.decode(self.payload)


class Workspace(msgspec.Struct, frozen=True):
    """What holds for a workspace: shipped history and its own, one ledger, and the calendar it counts by."""

    ledger: Ledger
    calendar: Calendar = NYSE
    entries: tuple[Entry, ...] = ()
    withdrawn: frozenset[int] = frozenset()


def fold(shipped: Ledger, entries: Sequence[Entry]) -> Workspace:
    """What these entries, all of a workspace in order, add up to; the same object again for the same entries."""
    return _fold(Same(shipped), tuple(entries))


@lru_cache(maxsize=256)
def _fold(kept: Same, entries: tuple[Entry, ...]) -> Workspace:
    assert isinstance(kept.it, Ledger)
    shipped = kept.it
    if not entries:
        return Workspace(shipped)
    facts = [(entry, entry.fact) for entry in entries]
    backs = {fact.of: entry for entry, fact in facts if isinstance(fact, Withdrawn)}
    withdrawn = frozenset(backs)
    titles = _titles(fact for _, fact in facts)
    taken_back: list[TakenBack] = []
    ledger, closed, opened = shipped, dict(NYSE.closed), dict(NYSE.opened)
    for entry, fact in facts:
        if entry.sequence in withdrawn:
            taken_back += _taken_back(ledger, entry, fact, backs[entry.sequence], titles)
            continue
        if isinstance(fact, DeadlineRevised):
            ledger = _with(ledger, entry, fact, titles)
        elif isinstance(fact, TradingDayEdited):
            now, before = (closed, opened) if fact.state == "closed" else (opened, closed)
            now[fact.day] = fact.reason
            before.pop(fact.day, None)
    ledger = msgspec.structs.replace(ledger, taken_back=tuple(taken_back))
    return Workspace(ledger, Calendar(closed, opened), entries, withdrawn)


def _titles(facts: Iterable[AnyFact]) -> Mapping[str, str]:
    """What own industry dates are called: only the first entry says it, and may be taken back before the others."""
    named = [fact for fact in facts if isinstance(fact, DeadlineRevised) and fact.title]
    return {fact.deadline: fact.title for fact in reversed(named)}


def _with(ledger: Ledger, entry: Entry, fact: DeadlineRevised, titles: Mapping[str, str]) -> Ledger:
    deadlines = ledger.deadlines
    if ledger.deadline(fact.deadline) is None:
        deadlines = (*deadlines, Deadline(fact.deadline, titles[fact.deadline]))
    revision = Revision(
        deadline=fact.deadline,
        number=FIRST_OWN + entry.sequence,
        from_=fact.from_,
        to=fact.to,
        value=fact.value,
        kind="set",
        reason=fact.reason,
        sources=(fact.source,),
        added_by=(entry.actor_name or "a workspace admin") + (" in a practice run" if entry.practice else ""),
        added_at=datetime.fromisoformat(entry.recorded_at),
    )
    return _weighed(Ledger(deadlines, (*ledger.revisions, revision)), revision)


def _weighed(ledger: Ledger, entered: Revision) -> Ledger:
    """What the entry does to the value before it, and what comes after it does to the entry's: perhaps nothing."""
    concerned = [r for r in ledger.story(entered.deadline) if r == entered or ledger.before(r) == entered]
    kinds = {r.number: _kind(ledger.before(r), r.value) for r in concerned}
    revisions = (msgspec.structs.replace(r, kind=kinds[r.number]) if r.number in kinds else r for r in ledger.revisions)
    return Ledger(ledger.deadlines, tuple(revisions))


def _kind(before: Revision | None, value: Value) -> Kind:
    return kind_of(before.value if before and not before.unverified else None, value)


def _taken_back(
    ledger: Ledger, entry: Entry, fact: AnyFact, back: Entry, titles: Mapping[str, str]
) -> Sequence[TakenBack]:
    """What people may have been told of an entry that does not count any more; nothing where it told nothing."""
    if not isinstance(fact, DeadlineRevised):
        return ()
    with_it = _with(ledger, entry, fact, titles)
    notice = with_it.notice(with_it.revisions[-1])
    by = back.actor_name or "a workspace admin"
    return (TakenBack(notice, by, datetime.fromisoformat(back.recorded_at)),) if notice else ()


def revision_of(workspace: Workspace, entry: Entry) -> Revision | None:
    """The revision an entry brought; None where it brought none, or was withdrawn."""
    return next((r for r in workspace.ledger.revisions if r.number == FIRST_OWN + entry.sequence), None)


def days_miscounted_since(workspace: Workspace, planned: datetime) -> datetime | None:
    """Since when trading days were counted otherwise than now; None where none was changed since `planned`.

    What was taken back since was wrong from its entry on; what was entered since is counted from then on.
    """
    edits = {e.sequence: _at(e) for e in workspace.entries if isinstance(e.fact, TradingDayEdited)}
    backs = [e.fact.of for e in workspace.entries if isinstance(e.fact, Withdrawn) and _at(e) >= planned]
    wrong = [edits[of] for of in backs if of in edits]
    return min([*wrong, *(planned for at in edits.values() if at >= planned)], default=None)


def days_edited_since(workspace: Workspace, planned: datetime) -> frozenset[date]:
    """The trading days that were changed since, or whose change was taken back."""
    edits = {e.sequence: e.fact.day for e in workspace.entries if isinstance(e.fact, TradingDayEdited)}
    new = [e for e in workspace.entries if _at(e) >= planned]
    of_days = (edits.get(e.fact.of if isinstance(e.fact, Withdrawn) else e.sequence) for e in new)
    return frozenset(day for day in of_days if day)


def deadlines_revised_since(workspace: Workspace, planned: datetime) -> frozenset[str]:
    """The industry dates of which something was entered since, or taken back."""
    of = {e.sequence: e.fact.deadline for e in workspace.entries if isinstance(e.fact, DeadlineRevised)}
    new = [e for e in workspace.entries if _at(e) >= planned]
    dates = (of.get(e.fact.of if isinstance(e.fact, Withdrawn) else e.sequence) for e in new)
    return frozenset(deadline for deadline in dates if deadline)


def entered_of(workspace: Workspace) -> Mapping[str, tuple[Entry, ...]]:
    """By industry date: every entry about it, also those that were taken back, and that they were."""
    of = {e.sequence: e.fact.deadline for e in workspace.entries if isinstance(e.fact, DeadlineRevised)}
    found: dict[str, tuple[Entry, ...]] = {}
    for one in workspace.entries:
        deadline = of.get(one.fact.of if isinstance(one.fact, Withdrawn) else one.sequence)
        if deadline:
            found[deadline] = (*found.get(deadline, ()), one)
    return found


def _at(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.recorded_at)


def withdrawn_revisions(workspace: Workspace) -> frozenset[int]:
    """The numbers that revisions had which do not count any more."""
    return frozenset(FIRST_OWN + sequence for sequence in workspace.withdrawn)


def entry(
    tenant: str,
    entries: Sequence[Entry],
    fact: Fact,
    who: Person,
    *,
    at: datetime,
    cause: str | None,
    practice: bool = False,
) -> Entry:
    """The row for this fact."""
    sequence = entries[-1].sequence + 1 if entries else 1
    return Entry(
        tenant=tenant,
        sequence=sequence,
        type=str(type(fact).__struct_config__.tag),
        actor=who.id,
        actor_name=who.name,
        recorded_at=at.astimezone(UTC).isoformat(timespec="milliseconds"),
        payload=_encode(fact).decode(),
        cause=cause or f"#{sequence}",
        practice=practice,
    )


def decide(
    shipped: Ledger, entries: Sequence[Entry], who: Person, fact: Fact, *, today: date, ticket: bool = False
) -> Fact | None:
    """The fact as it is kept, or None where it says nothing new. Raises Refusal; only workspace admins may.

    `today` is New York's: what is announced has been announced by then.
    """
    if not who.admin:
        raise Refusal(
            "Only somebody who runs this workspace can do that: it holds for every firm in it. Nothing was changed.",
            kind="rights",
        )
    there = fold(shipped, entries)
    match fact:
        case DeadlineRevised():
            return _revise(there, fact, today, ticket)
        case TradingDayEdited():
            return _edit(there, fact, today, ticket)
        case Withdrawn():
            known = {e.sequence for e in entries if not isinstance(e.fact, Withdrawn)}
            return fact if fact.of in known - there.withdrawn else None
    raise AssertionError(f"no fact of ours: {type(fact).__name__}")


def _revise(there: Workspace, fact: DeadlineRevised, today: date, ticket: bool) -> DeadlineRevised | None:
    title, reason = " ".join(fact.title.split()), fact.reason.strip()
    source = Source(" ".join(fact.source.title.split()), fact.source.url.strip())
    guard.check([title, reason, source.title], ticket=ticket)
    if there.ledger.deadline(fact.deadline) is None and not title:
        raise Refusal("Give the new date a name.", kind="title")
    if not source.title:
        raise Refusal("Say where it was published: a date without a source cannot be relied on.", kind="source")
    if source.url and not source.url.startswith(("https://", "http://")):
        raise Refusal("A link starts with https://. It can be left empty.", kind="url")
    if not reason:
        raise Refusal("Say why it changed, or what the notice said.", kind="reason")
    if fact.to < fact.from_:
        raise Refusal("The last day it can have been announced is before the first.", kind="to")
    if fact.to > today:
        raise Refusal("That day is still to come: enter what has been announced.", kind="to")
    if fact.from_ < EARLIEST:
        raise Refusal("That day is before CAT existed. Check the year.", kind="from")
    _must_have_a_value(fact.value)
    announced = (fact.value, fact.from_, fact.to)
    same = any(r.added_by and (r.value, r.from_, r.to) == announced for r in there.ledger.story(fact.deadline))
    return None if same else msgspec.structs.replace(fact, title=title, reason=reason, source=source)


def _must_have_a_value(value: Value) -> None:
    first, last = value.bounds
    if value.type == "month":
        month_span(value.month)
    if value.type in ("date", "from") and value.on is None:
        raise Refusal("Pick the day.", kind="day")
    if value.type == "window" and not (first and last):
        raise Refusal("A window has a first and a last day.", kind="day")
    if first and last and last < first:
        raise Refusal("The last day is before the first.", kind="until")


def _edit(there: Workspace, fact: TradingDayEdited, today: date, ticket: bool) -> TradingDayEdited | None:
    reason = " ".join(fact.reason.split())
    guard.check([reason], ticket=ticket)
    if not reason:
        raise Refusal("Say why: the reason is shown where the day is skipped.", kind="reason")
    if abs(fact.day.year - today.year) > 5:
        raise Refusal("That is more than five years off. Check the year.", kind="day")
    calendar = there.calendar
    kept = (calendar.closed if fact.state == "closed" else calendar.opened).get(fact.day)
    if kept is None and calendar.is_trading_day(fact.day) == (fact.state == "open"):
        word = "is open" if fact.state == "open" else "is closed"
        raise Refusal(f"The exchange {word} on that day anyway, so there is nothing to change.", kind="day")
    return None if kept == reason else msgspec.structs.replace(fact, reason=reason)
