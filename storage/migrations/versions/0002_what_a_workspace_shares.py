"""What a workspace shares: its own revisions of industry dates, and edits of the trading calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workspace_entries",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "sequence", name=op.f("pk_workspace_entries")),
        sqlite_with_rowid=False,
    )
    op.create_index("ux_workspace_entries_cause", "workspace_entries", ["tenant", "cause"], unique=True)
    op.add_column("people", sa.Column("standing", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("people", "standing")
    op.drop_table("workspace_entries")
