"""The sandbox works on nothing but its own: a database with something of another workspace in it is not opened."""

from pathlib import Path

from bot.settings import Settings
from storage.urls import sqlite_path
from storage.whose import other_tenant

TENANT = "-/T0SANDBOX"
"""The pretend Slack's workspace, as the bot's database calls it."""

NAMED = (
    "The database that CAIS_DATABASE_URL names holds something of the workspace {other}, and the sandbox works on "
    "nothing but its own. Nothing was opened or changed. For Slack, put its tokens into .env, or into the environment. "
    "For the sandbox, start it without that database: CAIS_DATABASE_URL= cais sandbox."
)
BROUGHT = (
    "{path} is the sandbox's, but it holds something of the workspace {other}: a backup or an export was brought here "
    "that is not the sandbox's. Nothing was opened or changed. For Slack, put its tokens into .env, or into the "
    "environment, and bring it once more. For the sandbox, give this file another name; it begins anew then."
)


def slacks_beside(settings: Settings) -> Path | None:
    """What is kept for Slack beside the sandbox's own database. Raises StorageError where that cannot be seen."""
    from storage.sqlite import is_there  # it takes most of a second to import, and the sandbox does not ask

    return settings.slacks_file if not settings.names_database and is_there(settings.slacks_file) else None


async def not_its_own(settings: Settings) -> str:
    """Why the sandbox would not open on this database, as a sentence; empty where it would.

    Raises StorageError where that cannot be seen, ValueError for a URL we do not know.
    """
    other = await other_tenant(settings.database, TENANT)
    if not other:
        return ""
    if settings.names_database:
        return NAMED.format(other=other)
    return BROUGHT.format(other=other, path=sqlite_path(settings.database))
