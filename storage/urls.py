"""What a database's URL says: which database it is, and where."""

from pathlib import Path
from urllib.parse import urlsplit


def sqlite_path(url: str) -> Path | None:
    """The file a URL (`sqlite+aiosqlite:///path`, `sqlite:///path`) or plain path means; None for PostgreSQL.

    Raises ValueError for any other database, and for one in memory, which would not outlive a click.
    """
    if url.startswith(("postgresql", "postgres:")):
        return None
    kind, separator, rest = url.partition("://")
    if separator and kind not in ("sqlite", "sqlite+aiosqlite"):
        raise ValueError(f"The database URL begins with {kind}, and only sqlite and postgresql are known.")
    name = rest.removeprefix("/").partition("?")[0] if separator else url
    if not name or ":memory:" in name:
        raise ValueError("The database URL names no file; a database in memory would forget everything.")
    return Path(name)


def shown(url: str) -> str:
    """Which database that is, for people: the path of its file, or the URL without its password. Raises ValueError."""
    path = sqlite_path(url)
    if path is not None:
        return str(path.absolute())
    parts = urlsplit(url)
    user = f"{parts.username}@" if parts.username else ""
    port = f":{parts.port}" if parts.port else ""
    return f"postgresql://{user}{parts.hostname or ''}{port}{parts.path}"
