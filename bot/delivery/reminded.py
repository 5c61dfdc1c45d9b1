"""Reads rows of the outbox as reminders: what each is about, whether it still holds, and how things stand now."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from bot.actions import Forged, unpack
from bot.buttons import SnoozeReminded
from bot.clock import real_time
from bot.delivery.arrivals import keys_in, short
from bot.views.reminded import Reminded
from bot.views.scene import Scene, scene_of
from flows.asked import Kept, Owed
from flows.deadlines import Revision
from flows.events import FirmKey
from flows.reminders.rung import Found
from flows.reminders.rungs import Rung, every
from flows.reminders.snoozing import comes_back, lasting, put_off_until
from flows.reminders.standing import Standing, is_said
from flows.reminders.telling import People
from flows.services import Services
from flows.taken_off import OF_AGENTS, OF_RECURRING, agent_taken_off, recurring_taken_off
from flows.trading_days import Calendar
from flows.workspace import fold

FIRST = ("moved", "late", "before", "wait", "possible", "given", "unreachable")
"""Which of several reminders of one subject is shown: the one that says most."""

AHEAD = timedelta(60)
"""How far ahead it is looked what is to be said later: longer than plans go."""


class FirmNow(msgspec.Struct, frozen=True):
    """A firm as its recipient sees it now; what its people are to be told, and whether what was said holds."""

    scene: Scene
    calendar: Calendar
    told: Mapping[str, Found]
    standing: Standing
    people: People


async def read(owed: Sequence[Owed], services: Services) -> list[Reminded]:
    """One for each row, in order. Rows of firms that are not there any more are left out."""
    now = services.now()
    rungs = [(row, rung) for row in owed if (rung := rung_of(row))]
    told = _told([row for row, _ in rungs], now)
    said_in = {row.message: row.said_in for row, _ in rungs if row.message and row.said_in}
    whose: dict[tuple[str, str, str], list[Rung]] = {}
    for row, rung in rungs:
        whose.setdefault((row.tenant, row.firm, row.person), []).append(rung)
    firms = {
        firm: await _firm(FirmKey(tenant, firm), person, of, services, now)
        for (tenant, firm, person), of in whose.items()
    }
    found = [
        (row, _as_said(_reminded(row, rung, firm, now), told.get(row.message), said_in.get(row.message, "")))
        for row, rung in rungs
        if (firm := firms[row.firm])
    ]
    return _moves_together([(row, await _with_its_end(it, services)) for row, it in found])


def _as_said(it: Reminded, at: datetime | None, zone: str) -> Reminded:
    """One that stands in a message keeps the day of that, wherever its recipient is by now."""
    return replace(it, now=at, said_in=zone) if at else it


async def _with_its_end(it: Reminded, services: Services) -> Reminded:
    """A date of every year that the firm has no more is named as its history has it; so is an agent of a task."""
    kind, _, which = it.rung.subject.partition(":")
    if kind == "recurring" and not it.recurring:
        history = await services.events.history(it.scene.position.key, types=OF_RECURRING)
        return replace(it, taken_off=recurring_taken_off(history, which))
    if it.without_agent:
        history = await services.events.history(it.scene.position.key, types=OF_AGENTS)
        return replace(it, taken_off=agent_taken_off(history, it.without_agent))
    return it


def _moves_together(found: Sequence[tuple[Owed, Reminded]]) -> list[Reminded]:
    """Moves of one industry date that are told in one message are one; where nothing came of them, none is said."""
    first: dict[tuple[str, str, str], Revision] = {}
    for row, it in found:
        if it.move and (it.said or row.message):
            place = row.firm, row.message, it.rung.subject
            first[place] = min(it.move, first.get(place, it.move), key=lambda move: (move.to, move.number))
    return [_since(first.get((row.firm, row.message, it.rung.subject)), row, it) for row, it in found]


def _since(first: Revision | None, row: Owed, it: Reminded) -> Reminded:
    if first is None or it.move is None:
        return it
    told = replace(it, moved_since=str(first.number))
    return told if told.notice or row.message else replace(told, said=False)


def _told(owed: Sequence[Owed], now: datetime) -> dict[str, datetime]:
    """When each message that these rows stand in already was sent, by business time."""
    due: dict[str, float] = {}
    said: dict[str, float] = {}
    for row in owed:
        if row.message:
            due[row.message] = max(row.due_at, due.get(row.message, 0.0))
            said[row.message] = max(row.said_at, said.get(row.message, 0.0))
    return {
        message: datetime.fromtimestamp(said[message], UTC) if said[message] else _sent(message, last, now)
        for message, last in due.items()
    }


def _sent(message: str, due: float, now: datetime) -> datetime:
    """Where nobody wrote it down: not before all of it was due. Slack's stamp says so, unless the clock was moved."""
    try:
        stamp = float(message.rpartition("/")[2])
    except ValueError:
        stamp = due
    return datetime.fromtimestamp(stamp if due <= stamp <= now.timestamp() else due, UTC)


def _reminded(row: Owed, rung: Rung, firm: FirmNow, now: datetime) -> Reminded:
    one = firm.told.get(lasting(row.key))
    if one:  # the exchange may have closed on a day since it was planned; an owner may be out of reach otherwise
        rung = replace(rung, skipped=one.rung.skipped, revision=one.rung.revision)
    holds, hours = firm.standing.holds(rung), firm.people.hours(rung.person)
    if (comes := comes_back(row, hours)) is not None:
        due = comes if holds and _comes_again(row, one, firm) else None
    else:
        due = _due(one, now) if one and is_said(row, one) else None
    night = hours.late(datetime.fromtimestamp(row.due_at, UTC), now) > now
    waits = due is not None and (night or due > now)
    owner_lost, lost_since = _owner_lost(rung, firm.people)
    return Reminded(
        firm.scene,
        rung,
        row=short(row.key),
        calendar=firm.calendar,
        now=now,
        holds=holds,
        said=due is not None and not waits,
        stands=bool(row.message),
        later=waits,
        put_off_until=put_off_until(row, hours),
        lost=not firm.people.reach(rung.person).reachable,
        owner_lost=owner_lost,
        owner_lost_since=lost_since,
    )


def _comes_again(row: Owed, one: Found | None, firm: FirmNow) -> bool:
    """What was put off does, though none comes on the day on which it was said, as numbers and days are now."""
    return not firm.people.reach(row.person).habits.off and (one is None or one.said_by(row.due_at))


def _owner_lost(rung: Rung, people: People) -> tuple[str, datetime | None]:
    """Why the owner of its task counts as none, and since when; empty where they do not, or nobody owns it."""
    kind, _, key = rung.subject.partition(":")
    owner = people.position.owners.get(key) if kind == "task" else None
    return (people.lost(owner.person), people.lost_since(owner.person)) if owner else ("", None)


async def _firm(key: FirmKey, person: str, of: Sequence[Rung], services: Services, now: datetime) -> FirmNow | None:
    grounds = await services.reminders.grounds(key, person)
    if grounds is None:
        return None
    position, people, workspace = grounds.position, grounds.people, fold(services.ledger, grounds.entries)
    found = every(services.pack, position, workspace, people, until=now + AHEAD, now=now, of=of)
    off = {p for p, reach in people.items() if reach.habits.off}
    told = {lasting(f.rung.key(key)): f for f in found if f.rung.person not in off}
    scene = scene_of(services, position, person, people[person].time_zone, workspace.ledger)
    there = People(position, people, workspace.calendar)
    standing = Standing(services.pack, there, workspace.ledger, found, now)
    return FirmNow(scene, workspace.calendar, told, standing, there)


def _due(found: Found, now: datetime) -> datetime:
    """Since when an owner cannot be reached may not be known: it is worked out from now then, and its row decides."""
    undated = found.rung.kind == "unreachable" and found.since == now
    return now if undated else found.rung.due_at


async def there(tenant: str, at: str, person: str, clicked: Mapping[str, Any], services: Services) -> Sequence[Kept]:
    """This person's rows that stand in the message `at`. Where its receipt was lost, `clicked` itself is one."""
    rows = await _of_person(tenant, at, person, services)
    if rows or not (keys := {*keys_in(clicked), *_in_blocks(clicked)}):
        return rows
    arrived = [row.key for row in await services.outbox.in_doubt(tenant, person) if short(row.key) in keys]
    # By real time, as all are: settled in a practice of years ago it would be forgotten with the next round.
    await services.outbox.settle(tenant, dict.fromkeys(arrived, "sent"), now=real_time(), message=at)
    return await _of_person(tenant, at, person, services)


async def _of_person(tenant: str, at: str, person: str, services: Services) -> Sequence[Kept]:
    return [r for r in await services.outbox.of_message(tenant, at) if r.owed.person == person]


def _in_blocks(message: Mapping[str, Any]) -> Iterator[str]:
    """Slack may leave out the metadata of what was clicked; each item's own block names its row too."""
    for block in message.get("blocks") or ():
        with suppress(Forged):
            yield unpack(SnoozeReminded, str(block.get("block_id") or "")).row


def rung_of(row: Owed) -> Rung | None:
    """What a row is about; None where a later version wrote it."""
    try:
        return msgspec.json.decode(row.about, type=Rung)
    except msgspec.DecodeError:
        return None


def once_each(found: Sequence[Reminded]) -> list[Reminded]:
    """Each subject once: what says most, and of two alike the later one."""
    subjects: dict[tuple[str, str], list[Reminded]] = {}
    for it in found:
        subjects.setdefault((it.scene.position.key.firm, it.rung.subject), []).append(it)
    return [_most(same) for same in subjects.values()]


def _most(same: Sequence[Reminded]) -> Reminded:
    """What says most, with what else is new: who gave a task is said once, and so not lost where its date comes too."""
    best = same[0]
    for it in same[1:]:
        best = it if _rank(it) >= _rank(best) else best
    return replace(best, besides=tuple(it.rung.kind for it in same if it is not best and it.holds))


def _rank(it: Reminded) -> tuple[bool, int, datetime]:
    kind = it.rung.kind
    return it.holds, -FIRST.index(kind) if kind in FIRST else -len(FIRST), it.rung.due_at.astimezone(UTC)
