"""For which zone's day a message was sent: drawn anew it keeps that day, wherever its recipient is by then."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("said_in", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("outbox", "said_in")
