"""When a message was sent, by business time: one that is drawn anew keeps its day, whatever became of the clock."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("said_at", sa.Double(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("outbox", "said_at")
