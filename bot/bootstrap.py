"""Puts the pieces together: the listeners in their router, the use cases on their database, the pack from its files."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.errors import NotedEvents
from bot.listeners import answers, firms, home, notes, onboarding, questions, queue, records, steps, tasks, undoing
from bot.listeners import help as helping
from bot.router import Router
from flows.asking import Engine
from flows.lead_queue import CHECK_AGAIN_DAYS
from flows.packs import source_file
from flows.roadmap import Pack
from flows.services import Services
from storage.database import Database

if TYPE_CHECKING:
    from flows.questions.asking import Asker

SHIPPED = "cais-small-firm.yaml"
QUESTIONS = "cais-small-firm.questions.yaml"
ENGLISH = "english.yaml"

CONVERSATIONS = (onboarding, steps, tasks, undoing, answers, firms, records, questions, queue, notes, home, helping)


def read_pack(path: Path | None = None) -> tuple[str, str]:
    """The YAML text of a pack and the text it quotes: the shipped pack, or one of the operator's own.

    The quoted text is the file that the pack names under `source`, in the same folder. Raises PackError where the pack
    names none, OSError where a file cannot be read, and UnicodeDecodeError where one is not UTF-8.
    """
    if path is None:
        folder = resources.files("flows") / "roadmaps"
        yaml_text = (folder / SHIPPED).read_text(encoding="utf-8")
        return yaml_text, (folder / source_file(yaml_text)).read_text(encoding="utf-8")
    yaml_text = path.read_text(encoding="utf-8")
    return yaml_text, (path.parent / source_file(yaml_text)).read_text(encoding="utf-8")


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

    folder = resources.files("flows") / "roadmaps"
    beside = folder / QUESTIONS if path is None else path.with_suffix(".questions.yaml")
    known = knowledge.Knowledge(knowledge.SCHEMA, pack.id, {}, knowledge.Vocabulary({}, {}, {}, {}), {}, {})
    if beside.is_file():
        known = knowledge.load_knowledge(beside.read_text(encoding="utf-8"))
    return Asker(known, knowledge.load_english((folder / ENGLISH).read_text(encoding="utf-8")), pack)


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
    return Services(
        events=NotedEvents(database.events),
        directory=database.directory,
        inbox=database.inbox,
        questions=database.questions,
        notes=database.notes,
        outbox=database.outbox,
        engine=engine or LazyAsker(pack),
        pack=pack,
        clock=clock,
        new_id=lambda: uuid4().hex[:12],
        practice=practice,
        check_again_days=check_again_days,
    )
