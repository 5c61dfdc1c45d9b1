"""Puts the pieces together: the listeners in their router, the use cases on their database, the pack from its files."""

import secrets
from collections.abc import Callable
from datetime import datetime
from importlib import import_module, resources
from importlib.resources.abc import Traversable
from pathlib import Path
from pkgutil import iter_modules

from bot import listeners
from bot.router import Router
from flows.packs import source_file
from flows.roadmap import Pack
from flows.services import Services
from storage.database import Database

SHIPPED = "cais-small-firm.yaml"


def build_router() -> Router:
    """The table with every conversation of `bot/listeners` in it."""
    router = Router()
    for module in iter_modules(listeners.__path__):
        import_module(f"{listeners.__name__}.{module.name}").register(router)
    return router


def build_services(
    database: Database, pack: Pack, clock: Callable[[], datetime], *, practice: bool = False
) -> Services:
    """The use cases on an open database. `clock` gives business time, aware; `practice` marks what is recorded."""
    return Services(
        events=database.events,
        directory=database.directory,
        inbox=database.inbox,
        pack=pack,
        clock=clock,
        new_id=lambda: secrets.token_hex(8),
        practice=practice,
    )


def read_pack(path: Path | None = None) -> tuple[str, str]:
    """The YAML text of a pack and the text it quotes: the shipped pack, or one of the operator's own.

    The quoted text is in the file that the pack names under `source`, in the same folder. Raises PackError where the
    pack names none, OSError where a file cannot be read, UnicodeDecodeError where one is not UTF-8.
    """
    shipped = resources.files("flows") / "roadmaps" / SHIPPED
    folder: Path | Traversable = path.parent if path else resources.files("flows") / "roadmaps"
    yaml_text = (path or shipped).read_text(encoding="utf-8")
    return yaml_text, (folder / source_file(yaml_text)).read_text(encoding="utf-8")
