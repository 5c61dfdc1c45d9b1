"""Puts the pieces together: the listeners in their router, the use cases on their database, the pack from its files."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from bot.errors import NotedEvents
from bot.listeners import answers, firms, home, onboarding, records, steps, tasks, undoing
from bot.listeners import help as helping
from bot.router import Router
from flows.roadmap import Pack
from flows.services import Services
from storage.database import Database

CONVERSATIONS = (onboarding, steps, tasks, undoing, answers, firms, records, home, helping)


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
        pack=pack,
        clock=clock,
        new_id=lambda: uuid4().hex[:12],
        practice=practice,
    )
