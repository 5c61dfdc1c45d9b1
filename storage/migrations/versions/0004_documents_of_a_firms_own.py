"""Documents of a firm's own."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("firm_id", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.Column("replaces", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("pages_read", sa.Integer(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("taken_until", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "firm_id"], ["firms.tenant", "firms.firm_id"], name=op.f("fk_documents_firms")
        ),
        sa.PrimaryKeyConstraint("tenant", "firm_id", "document_id", name=op.f("pk_documents")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_documents_state_taken_until"), "documents", ["state", "taken_until"], unique=False)
    op.create_index("ux_documents_number", "documents", ["tenant", "firm_id", "number"], unique=True)

    op.create_table(
        "shelves",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("firm_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "firm_id"], ["firms.tenant", "firms.firm_id"], name=op.f("fk_shelves_firms")
        ),
        sa.PrimaryKeyConstraint("tenant", "firm_id", name=op.f("pk_shelves")),
        sqlite_with_rowid=False,
    )
    op.create_index("ux_shelves_number", "shelves", ["number"], unique=True)

    op.create_table(
        "passages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("firm_id", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "firm_id"], ["firms.tenant", "firms.firm_id"], name=op.f("fk_passages_firms")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE passage_words USING fts5(words, columnsize = 0, tokenize = 'ascii')")
        # What FTS5 would do on its own now and then, storage does after each batch, in steps that hold up nobody.
        op.execute("INSERT INTO passage_words (passage_words, rank) VALUES ('automerge', 0)")
        op.execute("INSERT INTO passage_words (passage_words, rank) VALUES ('crisismerge', 200)")
    else:
        op.execute(
            "CREATE TABLE passage_words (id bigint PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,"
            " words tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_passage_words_words ON passage_words USING gin (words)")
