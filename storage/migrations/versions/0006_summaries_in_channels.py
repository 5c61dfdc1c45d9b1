"""Summaries in channels: all firms' rows of one message are found by their slot."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("kind = 'summary'")
    op.create_index("ix_outbox_summary", "outbox", ["person", "slot"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_outbox_summary", table_name="outbox")
