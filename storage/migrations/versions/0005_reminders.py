"""Reminders: slots in the outbox, each firm's plan, people's own settings, workspaces that are stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("slot", sa.Text(), server_default="", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("reminds", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("failed", sa.Boolean(), server_default=sa.false(), nullable=False),
    ):
        op.add_column("outbox", column)
    # What is owed already is a letter each, alone in its slot.
    op.execute("UPDATE outbox SET slot = key")
    op.create_table(
        "taken",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key", name=op.f("pk_taken")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO taken SELECT tenant, key, taken_until, tries, 0 FROM outbox WHERE settled_at IS NULL AND tries > 0"
    )
    op.drop_column("outbox", "tries")
    op.drop_column("outbox", "taken_until")
    op.drop_index(op.f("ix_outbox_settled_at_due_at"), table_name="outbox")
    _index("ix_outbox_due", "settled_at IS NULL", "due_at", "key", "person", "tenant", "slot", "settled_at")
    _index("ix_outbox_slot", "settled_at IS NULL", "person", "tenant", "slot", "due_at", "settled_at")
    _index("ix_outbox_firm", "reminds = true", "firm_id")
    _index("ix_outbox_settled", "settled_at IS NOT NULL", "reminds", "settled_at")
    _index("ix_outbox_message", "message != ''", "message")
    _index("ix_outbox_failed", "failed = true", "tenant", "settled_at")

    op.create_table(
        "plans",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("firm_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.Double(), nullable=False),
        sa.Column("again_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "firm_id"], ["firms.tenant", "firms.firm_id"], name=op.f("fk_plans_firms")),
        sa.PrimaryKeyConstraint("tenant", "firm_id", name=op.f("pk_plans")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stopped_workspaces",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_stopped_workspaces")),
        sqlite_with_rowid=False,
    )
    op.add_column("people", sa.Column("habits", sa.Text(), server_default="", nullable=False))
    op.add_column("people", sa.Column("blocked", sa.Text(), server_default="", nullable=False))
    op.add_column("people", sa.Column("reach_since", sa.Double(), server_default="0", nullable=False))


def _index(name: str, where: str, *columns: str) -> None:
    # SQLite takes a partial index only where the query says the same, and there a boolean is asked for as a number.
    lite = sa.text(where.replace("= true", "= 1"))
    op.create_index(name, "outbox", list(columns), unique=False, sqlite_where=lite, postgresql_where=sa.text(where))


def downgrade() -> None:
    for column in ("reach_since", "blocked", "habits"):
        op.drop_column("people", column)
    for table in ("stopped_workspaces", "plans", "taken"):
        op.drop_table(table)
    for index in ("due", "slot", "firm", "settled", "message", "failed"):
        op.drop_index(f"ix_outbox_{index}", table_name="outbox")
    for column in ("failed", "reminds", "message", "slot"):
        op.drop_column("outbox", column)
    # Who was at it is not known any more: the messages are looked for before they are sent again.
    op.add_column("outbox", sa.Column("tries", sa.Integer(), server_default="1", nullable=False))
    op.add_column("outbox", sa.Column("taken_until", sa.Double(), server_default="0", nullable=False))
    op.create_index(op.f("ix_outbox_settled_at_due_at"), "outbox", ["settled_at", "due_at"], unique=False)
