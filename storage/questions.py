"""What was asked and what came of it, what people thought of the answers, and the update notes beside them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from flows.asked import Asked, Owed, Place, UpdateNote, Voted
from flows.ports import Remembered
from storage import statements
from storage.event_store import Runner
from storage.owing import owe
from storage.statements import Unit

_PRACTICE, _WAITING = (Asked.__struct_fields__.index(name) for name in ("practice", "waiting"))


class Questions:
    """flows.ports.Questions on a database."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    async def remembered(self, tenant: str, firm: str, person: str, place: Place, *, since: str) -> Remembered:
        return await self._runner.glance(_remembered(tenant, firm, person, place, since))

    async def keep(self, asked: Asked) -> None:
        await self._runner.write(lambda: _keep(asked))

    async def get(self, tenant: str, firm: str, question: str) -> Asked | None:
        return await self._runner.read(_get(tenant, firm, question))

    async def waiting(self, tenant: str, firm: str, *, person: str = "", limit: int) -> Sequence[Asked]:
        return await self._runner.read(_waiting(tenant, firm, person, limit))

    async def all(self, tenant: str, firm: str) -> Sequence[Asked]:
        return await self._runner.read(_all(tenant, firm))

    async def press(self, asked: Asked, owed: Sequence[Owed], *, at: str) -> bool:
        return await self._runner.write(lambda: _press(asked, owed, at))

    async def close(self, tenant: str, firm: str, question: str, *, by: str) -> bool:
        return await self._runner.write(lambda: _close(tenant, firm, question, by))

    async def vote(self, tenant: str, firm: str, question: str, person: str, *, helpful: bool, at: str) -> Voted:
        key = {"tenant": tenant, "firm": firm, "question": question, "person": person}
        return await self._runner.write(lambda: _vote(key, helpful, at))


class Notes:
    """flows.ports.Notes on a database."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    async def standing(self, tenant: str) -> Sequence[UpdateNote]:
        return await self._runner.read(_standing(tenant))

    async def add(self, note: UpdateNote) -> None:
        await self._runner.write(lambda: _add(note))

    async def remove(self, tenant: str, note: str, *, by: str, at: str) -> bool:
        return await self._runner.write(lambda: _remove(tenant, note, by, at))


def _asked(row: Sequence[Any]) -> Asked:
    values = list(row)
    for place in (_PRACTICE, _WAITING):
        values[place] = bool(values[place])  # SQLite has no booleans
    return Asked(*values)


def _remembered(tenant: str, firm: str, person: str, place: Place, since: str) -> Unit[Remembered]:
    here = {"tenant": tenant, "firm": firm, "channel": place.channel}
    if place.replied:
        rows = yield statements.last_in_thread, {**here, "thread": place.thread}
    else:
        rows = yield statements.last_of_person, {**here, "person": person, "since": since}
    notes = yield from _standing(tenant)
    return Remembered(_asked(rows[0]) if rows else None, notes)


def _keep(asked: Asked) -> Unit[None]:
    yield statements.keep_question, msgspec.structs.asdict(asked)


def _get(tenant: str, firm: str, question: str) -> Unit[Asked | None]:
    rows = yield statements.read_question, {"tenant": tenant, "firm": firm, "question": question}
    return _asked(rows[0]) if rows else None


def _waiting(tenant: str, firm: str, person: str, limit: int) -> Unit[Sequence[Asked]]:
    whose = {"tenant": tenant, "firm": firm, "limit": limit}
    if person:
        rows = yield statements.waiting_questions_of, {**whose, "person": person}
    else:
        rows = yield statements.waiting_questions, whose
    return [_asked(row) for row in rows]


def _all(tenant: str, firm: str) -> Unit[Sequence[Asked]]:
    rows = yield statements.all_questions, {"tenant": tenant, "firm": firm}
    return [_asked(row) for row in rows]


def _press(asked: Asked, owed: Sequence[Owed], at: str) -> Unit[bool]:
    pressed = yield (
        statements.press_question,
        {"tenant": asked.tenant, "firm": asked.firm, "question": asked.id, "at": at},
    )
    if pressed:
        yield from owe(owed)
    return bool(pressed)


def _close(tenant: str, firm: str, question: str, by: str) -> Unit[bool]:
    closed = yield statements.close_question, {"tenant": tenant, "firm": firm, "question": question, "by": by}
    return bool(closed)


def _vote(key: dict[str, str], helpful: bool, at: str) -> Unit[Voted]:
    before = yield statements.read_vote, key
    if before and bool(before[0][0]) == helpful:
        return "same"
    yield statements.save_vote, {**key, "helpful": helpful, "voted_at": at}
    return "changed" if before else "new"


def _standing(tenant: str) -> Unit[tuple[UpdateNote, ...]]:
    rows = yield statements.standing_notes, {"tenant": tenant}
    return tuple(UpdateNote(*row) for row in rows)


def _add(note: UpdateNote) -> Unit[None]:
    yield statements.add_note, {**msgspec.structs.asdict(note), "removed_by": None, "removed_at": None}


def _remove(tenant: str, note: str, by: str, at: str) -> Unit[bool]:
    gone = yield statements.remove_note, {"tenant": tenant, "note": note, "by": by, "at": at}
    return bool(gone)
