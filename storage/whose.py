"""Whose a database is: looked at before anybody works on it, and nothing is changed, made or migrated.

It imports little, as it is asked at each start of the sandbox. Whatever table names a tenant counts, ours or not.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.urls import sqlite_path

_IN_SQLITE = """
SELECT tables.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
WHERE tables.type = 'table' AND columns.name = 'tenant' ORDER BY tables.name
"""


async def other_tenant(url: str, tenant: str) -> str:
    """A tenant other than this one of whom something is kept there; empty where there is none, or no database yet.

    Raises StorageError where that cannot be seen, ValueError for a URL we do not know.
    """
    path = sqlite_path(url)
    if path is not None:
        return _in_sqlite(path, tenant)
    from storage import postgres  # asyncpg is an extra: whoever uses SQLite need not have it

    return await postgres.other_tenant(url, tenant)


def _in_sqlite(path: Path, tenant: str) -> str:
    try:
        if not path.exists():
            return ""
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=5)) as connection:
            for (name,) in connection.execute(_IN_SQLITE).fetchall():
                others = connection.execute(f'SELECT tenant FROM "{name}" WHERE tenant <> ? LIMIT 1', (tenant,))  # noqa: S608 - a table that is there
                if found := others.fetchone():
                    return str(found[0])
    except (OSError, sqlite3.Error) as error:
        from storage import sqlite  # it takes most of a second to import, and most starts need no words of its

        sqlite.is_there(path)
        raise sqlite.unavailable(error) from error
    return ""
