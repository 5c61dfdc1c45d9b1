"""Everything from one database into an empty other one, row by row, and then counted and compared on both sides."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Table, and_, func, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.documents.words import stems
from storage import sqlite
from storage.database import is_current, open_database
from storage.engines import engine
from storage.errors import StorageError, StorageUnavailable
from storage.fulltext import Fts5, FullText, Tsvector, row
from storage.models import events, in_models, metadata, passages, shelves
from storage.urls import shown, sqlite_path

BATCH = 1_000


class NotMoved(StorageError):
    """The other database holds nothing of it; the text says why."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What arrived: rows by table, and the head of each firm's chain by firm."""

    rows: dict[str, int]
    heads: dict[tuple[str, str], str]


async def move(source: str, target: str) -> Moved:
    """Copies all tables in one transaction; nothing of it is there unless the counts and heads agree in the end.

    The source stays as it is; nobody may write to it meanwhile. Raises NotMoved, StorageError or ValueError.
    """
    if not await is_current(source):
        raise NotMoved("The tables there are not up to date, or there is no database: `cais migrate` first.")
    await _must_be_nobodys(target)
    await (await open_database(target)).close()  # makes and migrates its tables
    first, second = engine(source, patient=True), engine(target, patient=True)
    try:
        async with first.connect() as read, second.begin() as written:
            await _must_be_empty(written)
            rows = {table.name: await _copy(read, written, table) for table in metadata.sorted_tables}
            await _index_words(written)
            heads = await _compare(read, written)
    except (DBAPIError, OSError) as error:
        raise StorageUnavailable(f"It could not be copied: {getattr(error, 'orig', error)}. Nothing was.") from error
    finally:
        await first.dispose()
        await second.dispose()
    return Moved(rows, heads)


async def _must_be_nobodys(url: str) -> None:
    """Raises NotMoved where it is another program's: ours among its tables would be no database of either."""
    path = sqlite_path(url)
    if path is None:
        from storage import postgres  # asyncpg is an extra: whoever uses SQLite need not have it

        there = await postgres.tables(url)
    else:
        there = _tables(path)
    if strange := {name for name in there if in_models(name, "table")} - {*metadata.tables, "alembic_version"}:
        raise NotMoved(
            f"{shown(url)} is not empty: there are tables of another program in it, such as {min(strange)}. "
            "Nothing was copied."
        )


def _tables(path: Path) -> set[str]:
    if not sqlite.is_there(path):
        return set()
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=5)) as connection:
            return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise sqlite.unavailable(error) from error


async def _must_be_empty(target: AsyncConnection) -> None:
    for table in metadata.sorted_tables:
        if await target.scalar(select(func.count()).select_from(select(table).limit(1).subquery())):
            raise NotMoved(f"The other database is not empty: there is something in {table.name}. Nothing was copied.")


async def _copy(source: AsyncConnection, target: AsyncConnection, table: Table) -> int:
    count = 0
    async with source.stream(select(table)) as rows:
        async for part in rows.mappings().partitions(BATCH):
            # By the columns' own keys, which are what code calls them.
            batch = [{column.key: row[column] for column in table.c} for row in part]
            await target.execute(insert(table), batch)
            count += len(batch)
    return count


async def _index_words(target: AsyncConnection) -> None:
    """Full-text search is each database's own, and is made from the passages."""
    fulltext: FullText = Fts5() if target.dialect.name == "sqlite" else Tsvector()
    add = fulltext.add.build(insert)
    where = and_(shelves.c.tenant == passages.c.tenant, shelves.c.firm == passages.c.firm)
    found = select(passages.c.id, passages.c.heading, passages.c.text, shelves.c.number).join(shelves, where)
    last = -1
    while rows := (await target.execute(found.where(passages.c.id > last).order_by(passages.c.id).limit(BATCH))).all():
        words = [row(at, stems(f"{heading} {text}"), shelf) for at, heading, text, shelf in rows]
        await target.execute(add, words)  # type: ignore[call-overload]  # text(), which takes parameters
        last = rows[-1][0]


async def _compare(source: AsyncConnection, target: AsyncConnection) -> dict[tuple[str, str], str]:
    """The head of each firm's chain. Raises NotMoved where the two do not hold the same."""
    for table in metadata.sorted_tables:
        counted = select(func.count()).select_from(table)
        one, other = await source.scalar(counted), await target.scalar(counted)
        if one != other:
            raise NotMoved(
                f"{table.name} has {one} rows here and {other} there. Was something still writing? Nothing was kept."
            )
    heads = await _heads(source)
    if heads != await _heads(target):
        raise NotMoved("The chains do not end alike on both sides. Nothing was kept.")
    return heads


async def _heads(connection: AsyncConnection) -> dict[tuple[str, str], str]:
    last = select(events.c.tenant, events.c.firm, func.max(events.c.sequence).label("last"))
    ends = last.group_by(events.c.tenant, events.c.firm).subquery()
    of_end = and_(events.c.tenant == ends.c.tenant, events.c.firm == ends.c.firm, events.c.sequence == ends.c.last)
    found = await connection.execute(select(events.c.tenant, events.c.firm, events.c.hash).join(ends, of_end))
    return {(tenant, firm): head for tenant, firm, head in found.all()}
