"""What a database's URL says: which database it is, where, and how it is connected to.

No sentence of these has anything of a URL in it but words that are no password.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

NO_SCHEME = (
    "A database URL is sqlite+aiosqlite:///path/to/file.db or postgresql+asyncpg://user:password@host/name, and this "
    "one does not begin like that. For a file, put sqlite+aiosqlite:/// before its path."
)
UNREADABLE = (
    "The database URL cannot be read: it is postgresql+asyncpg://user:password@host:port/name, and in a password these "
    "signs are written as %2F (/), %3F (?), %23 (#), %40 (@), %3A (:) and %25 (%)."
)
TLS = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
"""How a connection may ask for TLS, in PostgreSQL's words."""

_KNOWN = {"sslmode": "sslmode", "ssl": "sslmode", "sslrootcert": "sslrootcert", "host": "host", "port": "port"}
"""Parameters of a PostgreSQL URL, and what they are to asyncpg; `ssl` is SQLAlchemy's name."""


def sqlite_path(url: str) -> Path | None:
    """The file a URL (`sqlite+aiosqlite:///path`, `sqlite:///path`) means; None for PostgreSQL.

    Raises ValueError for anything else, and for a database in memory, which would not outlive a click.
    """
    kind, separator, rest = url.partition("://")
    if not separator or not kind.replace("+", "").isalnum():
        raise ValueError(NO_SCHEME)
    if kind == "postgres" or kind.partition("+")[0] == "postgresql":
        return None
    if kind not in ("sqlite", "sqlite+aiosqlite"):
        raise ValueError(f"The database URL begins with {kind}, and only sqlite and postgresql are known.")
    name = rest.partition("?")[0]
    if name and not name.startswith("/"):
        raise ValueError(NO_SCHEME)
    if not name.removeprefix("/") or ":memory:" in name:
        raise ValueError("The database URL names no file; a database in memory would forget everything.")
    return Path(name.removeprefix("/").replace("%3F", "?"))


def sqlite_url(path: Path) -> str:
    """The URL that means this file; `sqlite_path` of it is the path."""
    return f"sqlite+aiosqlite:///{str(path).replace('?', '%3F')}"  # else its parameters would begin there


def shown(url: str) -> str:
    """Which database that is, for people: the path of its file, or the URL without its password. Raises ValueError."""
    path = sqlite_path(url)
    if path is not None:
        return str(path.absolute())
    parts = urlsplit(url)
    user = f"{parts.username}@" if parts.username else ""
    port = f":{parts.port}" if parts.port else ""
    return f"postgresql://{user}{parts.hostname or ''}{port}{parts.path}"


def plain_url(url: str) -> str:
    """A PostgreSQL URL as asyncpg knows it, without SQLAlchemy's name for the driver or for TLS.

    Raises ValueError where it cannot be read: asyncpg would quote what it stumbles over, often half of a password. And
    where it asks for what is not known here: asyncpg would take that for a setting of the server's.
    """
    plain = "postgresql://" + url.partition("://")[2]
    try:
        parts = urlsplit(plain)
        _ = parts.port
        asked = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise ValueError(UNREADABLE) from None
    if "@" in parts.path + parts.query + parts.fragment:
        raise ValueError(UNREADABLE)
    _check(asked)
    return _with(parts, {_KNOWN[name]: value for name, value in asked})


def _check(asked: Sequence[tuple[str, str]]) -> None:
    for name, value in asked:
        if name not in _KNOWN:
            which = name if name.isidentifier() else "one"
            known = "sslmode (or ssl), sslrootcert, host and port"
            raise ValueError(f"The database URL has a parameter that is not known here, {which}. Known are {known}.")
        if _KNOWN[name] == "sslmode" and value not in TLS:
            raise ValueError(f"In the database URL, {name} is one of {', '.join(TLS)}.")
        if name == "sslrootcert" and not os.access(value, os.R_OK):
            raise ValueError("In the database URL, sslrootcert names a file that is not there, or cannot be read.")
    if len({_KNOWN[name] for name, _ in asked}) < len(asked):
        raise ValueError("The database URL has the same parameter twice; sslmode and ssl are the same.")


def _with(parts: SplitResult, parameters: dict[str, str]) -> str:
    query = f"?{urlencode(parameters)}" if parameters else ""
    return f"postgresql://{parts.netloc}{parts.path}{query}"
