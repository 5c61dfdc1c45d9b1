"""The statements about documents and their passages; those about everything else are in storage.statements."""

from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, bindparam, case, cast, delete, func, literal, literal_column, select, update
from sqlalchemy.sql import ClauseElement

from storage.models import documents, passages, shelves
from storage.statements import Insert, Statement, is_firm

READ = (
    *("tenant", "firm", "id", "name", "kind", "file", "by", "by_name", "added_at", "replaces", "state", "reason"),
    *("size", "digest", "pages", "pages_read", "passages", "notice", "tries"),
)
"""The columns as flows.ports.Document has them, the firm's key first."""

_UNFINISHED = ("waiting", "reading", "removing")
_COLUMNS = [documents.c[name] for name in READ]


def _is_document() -> Any:
    return and_(is_firm(documents), documents.c.id == bindparam("id"))


def _is_ours() -> Any:
    return and_(_is_document(), documents.c.taken_by == bindparam("by"))


def _make_shelf(insert: Insert) -> ClauseElement:
    """The next number for a firm that has none. Two firms at once: the second to commit looks again."""
    next_number = select(func.coalesce(func.max(shelves.c.number), 0) + 1).scalar_subquery()
    new = insert(shelves).values(tenant=bindparam("tenant"), firm=bindparam("firm"), number=next_number)
    kept: ClauseElement = new.on_conflict_do_nothing(index_elements=[shelves.c.tenant, shelves.c.firm])
    return kept


make_shelf = Statement(_make_shelf)
read_shelf = Statement(lambda _: select(shelves.c.number).where(is_firm(shelves)))


def _expect(insert: Insert) -> ClauseElement:
    used = select(func.coalesce(func.max(documents.c.number), 0) + 1).where(is_firm(documents)).scalar_subquery()
    given: dict[str, Any] = {name: bindparam(name) for name in (*READ, "taken_by", "taken_until")}
    new = insert(documents).values({**given, "number": used})
    kept: ClauseElement = new.on_conflict_do_nothing(
        index_elements=[documents.c.tenant, documents.c.firm, documents.c.id]
    ).returning(documents.c.id)
    return kept


expect_document = Statement(_expect)
list_documents = Statement(lambda _: select(*_COLUMNS).where(is_firm(documents)).order_by(documents.c.number))


def _due() -> Any:
    return and_(documents.c.state.in_([literal(s) for s in _UNFINISHED]), documents.c.taken_until <= bindparam("now"))


# A workspace that handed over two hundred keeps no other one waiting for them all.
_NEXT = case((documents.c.tenant > bindparam("after"), literal_column("0")), else_=literal_column("1"))

due_document = Statement(
    lambda _: (
        select(documents.c.tenant, documents.c.firm, documents.c.id)
        .where(_due())
        .order_by(_NEXT, documents.c.tenant, documents.c.taken_until, documents.c.added_at)
        .limit(literal(1))
    )
)
take_document = Statement(
    lambda _: (
        update(documents)
        .values(
            {
                documents.c.taken_by: bindparam("new_taker"),
                documents.c.taken_until: bindparam("new_until"),
                documents.c.tries: documents.c.tries + literal(1),
            }
        )
        .where(_is_document(), _due())
        .returning(*_COLUMNS)
    )
)


def _changed(*names: str) -> dict[Any, Any]:
    return {documents.c[name]: bindparam(f"new_{name}", type_=documents.c[name].type) for name in names}


_LEASE: dict[Any, Any] = {documents.c.taken_until: bindparam("new_until")}

save_document = Statement(
    lambda _: (
        update(documents)
        .values({**_changed("state", "reason", "size", "digest", "pages", "notice", "tries"), **_LEASE})
        .where(_is_ours(), documents.c.state != literal("removing"))
        .returning(documents.c.id)
    )
)
grow_document = Statement(
    lambda _: (
        update(documents)
        .values({**_changed("passages", "pages_read"), **_LEASE})
        .where(_is_ours(), documents.c.passages == bindparam("there"), documents.c.state != literal("removing"))
        .returning(documents.c.number)
    )
)
keep_lease = Statement(lambda _: update(documents).values(_LEASE).where(_is_ours()).returning(documents.c.number))
discard_document = Statement(
    lambda _: (
        update(documents)
        .values({documents.c.state: literal("removing"), documents.c.taken_until: literal(0.0)})
        .where(_is_document(), documents.c.state != literal("removing"))
        .returning(documents.c.id)
    )
)
drop_document = Statement(lambda _: delete(documents).where(_is_ours()))

add_passage = Statement(lambda insert: insert(passages))


def _between() -> Any:
    return passages.c.id.between(bindparam("first"), bindparam("last"))


some_passages = Statement(
    lambda _: select(passages.c.id).where(_between()).order_by(passages.c.id).limit(bindparam("most"))
)
drop_passages = Statement(lambda _: delete(passages).where(is_firm(passages), _between()))
count_passages = Statement(lambda _: select(cast(func.sum(documents.c.passages), Integer)).where(is_firm(documents)))


@cache
def read_passages(number: int) -> Statement:
    """These passages, where they are the firm's: an id alone opens nothing."""

    def build(_: Insert) -> ClauseElement:
        ids = passages.c.id.in_([bindparam(f"id_{n}", type_=passages.c.id.type) for n in range(number)])
        columns = (passages.c.id, passages.c.document, passages.c.page, passages.c.heading, passages.c.text)
        return select(*columns).where(is_firm(passages), ids)

    return Statement(build)
