"""Up to which event a firm's last plan looked, also once it is out of date: what came later may be owed."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A plan made before this, or by a replica of before, looked up to where it was made from, if that is known.
    op.add_column("plans", sa.Column("seen", sa.Integer(), server_default="-1", nullable=False))
    op.execute(sa.text("UPDATE plans SET seen = version"))


def downgrade() -> None:
    op.drop_column("plans", "seen")
