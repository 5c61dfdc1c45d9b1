"""What is taken is found by its lease: PostgreSQL keeps what was let go until it clears up, and would read it all."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_taken_until", "taken", ["until"])


def downgrade() -> None:
    op.drop_index("ix_taken_until", "taken")
