"""Puts the pieces together: the listeners in their router, the use cases on their database, the pack from its files."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bot.errors import NotedEvents
from bot.listeners import (
    answers,
    copying,
    dates,
    deadlines,
    documents,
    evidence,
    exports,
    firm_lists,
    firms,
    habits,
    history,
    home,
    legal_hold,
    memos,
    notes,
    nudges,
    onboarding,
    owners,
    plans,
    posted,
    questions,
    queue,
    records,
    reminders,
    reviews,
    rules,
    saved_messages,
    sent_files,
    steps,
    summaries,
    supervision,
    tasks,
    undoing,
    waiting,
)
from bot.listeners import help as helping
from bot.pack_files import read_deadlines, read_pack
from bot.router import Router
from flows.asking import Engine
from flows.deadlines import load_ledger
from flows.lead_queue import CHECK_AGAIN_DAYS
from flows.roadmap import Pack
from flows.services import Services
from storage.database import Database

if TYPE_CHECKING:
    from flows.questions.asking import Asker

CONVERSATIONS = (
    onboarding,
    steps,
    tasks,
    dates,
    owners,
    plans,
    deadlines,
    undoing,
    answers,
    memos,
    supervision,
    reviews,
    firms,
    firm_lists,
    copying,
    documents,
    records,
    history,
    legal_hold,
    evidence,
    saved_messages,
    sent_files,
    exports,
    questions,
    queue,
    notes,
    reminders,
    habits,
    rules,
    waiting,
    summaries,
    posted,
    home,
    nudges,
    helping,
)


class LazyAsker:
    """Makes the one that answers questions when the first is asked, off the loop: it takes most of a second."""

    def __init__(self, pack: Pack, path: Path | None = None) -> None:
        self._pack = pack
        self._path = path
        self._made: asyncio.Future[Asker] | None = None

    async def __call__(self) -> "Asker":
        """Waits for it where it is still being made; made once, whoever asks, and anew only where that failed."""
        if self._made is None or _failed(self._made):
            self._made = asyncio.ensure_future(asyncio.to_thread(_ready_asker, self._pack, self._path))
        return await asyncio.shield(self._made)


def _failed(made: asyncio.Future[Any]) -> bool:
    return made.done() and (made.cancelled() or made.exception() is not None)


def _ready_asker(pack: Pack, path: Path | None) -> "Asker":
    from bot.asker import make_asker  # what reads questions: a start does not pay for it

    return make_asker(pack, path)


def build_router() -> Router:
    """The table with every conversation in it. Raises ValueError where two listen to the same."""
    router = Router()
    for conversation in CONVERSATIONS:
        conversation.register(router)
    return router


def build_services(
    database: Database,
    pack: Pack,
    clock: Callable[[], datetime],
    *,
    practice: bool = False,
    check_again_days: int = CHECK_AGAIN_DAYS,
    engine: Engine | None = None,
    pack_path: Path | None = None,
) -> Services:
    """The use cases on this database. `clock` is business time; `practice` marks everything as a practice run.

    `pack_path` is where an operator's own pack was read from.
    """
    ledger = load_ledger(read_deadlines())
    return Services(
        events=NotedEvents(database.events),
        gists=database.gists,
        directory=database.directory,
        inbox=database.inbox,
        workspaces=database.workspaces,
        ledger=ledger,
        questions=database.questions,
        notes=database.notes,
        outbox=database.outbox,
        plans=database.plans,
        engine=engine or LazyAsker(pack, pack_path),
        knowledge=database.knowledge,
        intake=database.intake,
        pack=pack,
        clock=clock,
        new_id=lambda: uuid4().hex[:12],
        source=lambda: read_pack(pack_path)[1],
        practice=practice,
        check_again_days=check_again_days,
    )
