"""Passages are found by their firm: each firm that goes would else look through those of all workspaces."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_passages_firm", "passages", ["tenant", "firm_id"])


def downgrade() -> None:
    op.drop_index("ix_passages_firm", "passages")
