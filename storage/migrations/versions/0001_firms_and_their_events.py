"""Firms and their events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "firms",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("firm_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "firm_id", name=op.f("pk_firms")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "inbox",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("told_at", sa.Double(), nullable=False),
        sa.Column("taken_until", sa.Double(), nullable=False),
        sa.Column("settled_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_inbox")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_inbox_settled_at_taken_until"), "inbox", ["settled_at", "taken_until"], unique=False)

    op.create_table(
        "people",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="", nullable=False),
        sa.Column("admin", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("checked_at", sa.Double(), server_default="0", nullable=False),
        sa.Column("current_firm", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tenant", "person", name=op.f("pk_people")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "channels",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("firm_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "firm_id"], ["firms.tenant", "firms.firm_id"], name=op.f("fk_channels_firms")
        ),
        sa.PrimaryKeyConstraint("tenant", "channel", name=op.f("pk_channels")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "events",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("firm_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "firm_id"], ["firms.tenant", "firms.firm_id"], name=op.f("fk_events_firms")),
        sa.PrimaryKeyConstraint("tenant", "firm_id", "sequence", name=op.f("pk_events")),
        sqlite_with_rowid=False,
    )
    op.create_index("ux_events_cause", "events", ["tenant", "firm_id", "cause"], unique=True)

    op.create_table(
        "members",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("firm_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "firm_id"], ["firms.tenant", "firms.firm_id"], name=op.f("fk_members_firms")
        ),
        sa.PrimaryKeyConstraint("tenant", "person", "firm_id", name=op.f("pk_members")),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "snapshots",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("firm_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "firm_id"], ["firms.tenant", "firms.firm_id"], name=op.f("fk_snapshots_firms")
        ),
        sa.PrimaryKeyConstraint("tenant", "firm_id", name=op.f("pk_snapshots")),
    )


def downgrade() -> None:
    for table in ("snapshots", "members", "events", "channels", "people", "inbox", "firms"):
        op.drop_table(table)
