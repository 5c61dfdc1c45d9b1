"""What a database's URL says: which database it is, and where."""

from pathlib import Path


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
