"""Full-text search in each database's own words: SQLite's FTS5, PostgreSQL's tsvector. A row per passage, by its id.

The table `passage_words` is not among the models: SQLAlchemy knows neither kind. What is found by which expression is
the same on both, since we hand them words that are stemmed already (flows.documents.words).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from sqlalchemy import text

from storage.statements import Statement


class FullText(Protocol):
    """What the database has for it."""

    add: Statement
    """Takes `id`, `words` (separated by spaces) and `shelf`."""
    drop: Statement
    """Takes `first` and `last`, ids."""
    tidy: Statement | None
    """To be run after some hundred passages, where the database does not see to it itself."""
    purge: Statement | None
    """After a deletion that is to leave no word behind, where the database does not see to it itself."""
    find: Statement
    """Takes `first`, `last`, `expression` and `most`; gives ids."""

    def all_and_any(self, shelf: int, every: Iterable[str], some: Iterable[str] = ()) -> str:
        """The expression for passages with every one of these words, and at least one of `some` where there are any."""


class Fts5:
    """One table for all firms. A firm's passages are a range of ids, which FTS5 takes as a bound on its own lists."""

    add = Statement(lambda _: text("INSERT INTO passage_words (rowid, words) VALUES (:id, :words)"))
    drop = Statement(lambda _: text("DELETE FROM passage_words WHERE rowid BETWEEN :first AND :last"))
    # In small steps after each batch, since FTS5's own way now and then holds the one writer for most of a second.
    tidy: Statement | None = Statement(
        lambda _: text("INSERT INTO passage_words (passage_words, rank) VALUES ('merge', 300)")
    )
    # What was deleted is marked as such, and its words stay until the parts of the index are merged: all of them now.
    purge: Statement | None = Statement(lambda _: text("INSERT INTO passage_words (passage_words) VALUES ('optimize')"))
    find = Statement(
        lambda _: text(
            "SELECT rowid FROM passage_words WHERE passage_words MATCH :expression"
            " AND rowid BETWEEN :first AND :last LIMIT :most"
        )
    )

    def all_and_any(self, shelf: int, every: Iterable[str], some: Iterable[str] = ()) -> str:
        parts = [f'"{word}"' for word in every]
        either = " OR ".join(f'"{word}"' for word in some)
        return " AND ".join([*parts, f"({either})"] if either else parts)


class Tsvector:
    """A table with a GIN index. The firm's shelf is one more word of each passage, so that the index sees to it too."""

    add = Statement(
        lambda _: text(
            "INSERT INTO passage_words (id, words)"
            " VALUES (:id, array_to_tsvector(array_append(string_to_array(CAST(:words AS text), ' '), :shelf)))"
        )
    )
    drop = Statement(lambda _: text("DELETE FROM passage_words WHERE id BETWEEN :first AND :last"))
    tidy: Statement | None = None
    purge: Statement | None = None
    find = Statement(
        lambda _: text(
            "SELECT id FROM passage_words WHERE words @@ CAST(CAST(:expression AS text) AS tsquery)"
            " AND id BETWEEN :first AND :last LIMIT :most"
        )
    )

    def all_and_any(self, shelf: int, every: Iterable[str], some: Iterable[str] = ()) -> str:
        parts = [f"'#{shelf}'", *(f"'{word}'" for word in every)]
        either = " | ".join(f"'{word}'" for word in some)
        return " & ".join([*parts, f"({either})"] if either else parts)


def row(passage_id: int, words: Iterable[str], shelf: int) -> Mapping[str, Any]:
    """What `add` takes. No word can close a quotation or be empty: `flows.documents.words` knows letters and digits."""
    return {"id": passage_id, "words": " ".join(words), "shelf": f"#{shelf}"}
