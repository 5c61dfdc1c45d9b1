"""A firm in a few numbers, so that thousands can be compared; they are made anew from its position."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gists",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("firm_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "firm_id"], ["firms.tenant", "firms.firm_id"], name=op.f("fk_gists_firms")),
        sa.PrimaryKeyConstraint("tenant", "firm_id", name=op.f("pk_gists")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("gists")
