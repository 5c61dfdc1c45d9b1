"""Puts the pieces together: the listeners in their router, the use cases on their database, the pack from its files."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.errors import NotedEvents
from bot.listeners import (
    answers,
    dates,
    deadlines,
    documents,
    firms,
    home,
    notes,
    onboarding,
    owners,
    questions,
    queue,
    records,
    steps,
    tasks,
    undoing,
)
from bot.listeners import help as helping
from bot.pack_files import read_deadlines, read_english, read_examples, read_questions
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
    deadlines,
    undoing,
    answers,
    firms,
    documents,
    records,
    questions,
    queue,
    notes,
    home,
    helping,
)


class LazyAsker:
    """Makes the one that answers questions when the first is asked, off the loop: it takes most of a second."""

    def __init__(self, pack: Pack, path: Path | None = None) -> None:
        self._pack = pack
        self._path = path
        self._made: asyncio.Future[Asker] | None = None

    async def __call__(self) -> "Asker":
        """Waits for it where it is still being made; made once, whoever asks."""
        if self._made is None:
            self._made = asyncio.ensure_future(asyncio.to_thread(make_asker, self._pack, self._path))
        return await asyncio.shield(self._made)


def make_asker(pack: Pack, path: Path | None = None) -> "Asker":
    """Answers questions about this pack: the shipped one, or the one at `path` with its `.questions.yaml` beside it.

    A pack without that file answers nothing, and says so. Raises PackError where the file is wrong. What reads
    questions is imported here, so that a start does not pay for it.
    """
    from flows.questions import knowledge
    from flows.questions.asking import Asker

    texts = read_questions(path)
    if texts is None:
        no_words = knowledge.Vocabulary({}, {}, {}, {})
        nothing = knowledge.Knowledge(knowledge.SCHEMA, pack.id, {}, no_words, {}, {}, next(iter(pack.contacts)))
        return Asker(nothing, knowledge.load_english(read_english()), pack)
    examples_yaml = read_examples(path)
    examples = knowledge.load_examples(examples_yaml) if examples_yaml else knowledge.NO_EXAMPLES
    return Asker(knowledge.load_knowledge(texts[0]), knowledge.load_english(texts[1]), pack, examples)


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
) -> Services:
    """The use cases on this database. `clock` is business time; `practice` marks everything as a practice run."""
    ledger = load_ledger(read_deadlines())
    return Services(
        events=NotedEvents(database.events),
        directory=database.directory,
        inbox=database.inbox,
        workspaces=database.workspaces,
        ledger=ledger,
        questions=database.questions,
        notes=database.notes,
        outbox=database.outbox,
        engine=engine or LazyAsker(pack),
        knowledge=database.knowledge,
        pack=pack,
        clock=clock,
        new_id=lambda: uuid4().hex[:12],
        practice=practice,
        check_again_days=check_again_days,
    )
