"""Requests to review: those of one firm to one person are found by their slot, so that they can be one message."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("kind = 'review_asked'")
    op.create_index("ix_outbox_review", "outbox", ["person", "slot"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_outbox_review", table_name="outbox")
