"""How often an event of Slack's was taken up: one that ends its process each time is given up some day."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("tries", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("inbox", "tries")
