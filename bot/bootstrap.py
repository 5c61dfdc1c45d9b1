"""Puts the pieces together: the listeners in their router, the use cases on their database, the pack from its files."""

from collections.abc import Callable
from datetime import datetime
from importlib import resources
from pathlib import Path
from uuid import uuid4

from bot.errors import NotedEvents
from bot.listeners import answers, documents, firms, home, onboarding, records, steps, tasks, undoing
from bot.listeners import help as helping
from bot.router import Router
from flows.packs import source_file
from flows.roadmap import Pack
from flows.services import Services
from storage.database import Database

SHIPPED = "cais-small-firm.yaml"

CONVERSATIONS = (onboarding, steps, tasks, undoing, answers, firms, documents, records, home, helping)


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


def build_router() -> Router:
    """The table with every conversation in it. Raises ValueError where two listen to the same."""
    router = Router()
    for conversation in CONVERSATIONS:
        conversation.register(router)
    return router


def build_services(
    database: Database, pack: Pack, clock: Callable[[], datetime], *, practice: bool = False
) -> Services:
    """The use cases on this database. `clock` is business time; `practice` marks everything as a practice run."""
    return Services(
        events=NotedEvents(database.events),
        directory=database.directory,
        inbox=database.inbox,
        knowledge=database.knowledge,
        pack=pack,
        clock=clock,
        new_id=lambda: uuid4().hex[:12],
        practice=practice,
    )
