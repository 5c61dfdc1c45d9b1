"""Files handed over as evidence that are still to be fetched."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_coming",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("firm_id", sa.Text(), nullable=False),
        sa.Column("coming_id", sa.Text(), nullable=False),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("taken_until", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "firm_id"], ["firms.tenant", "firms.firm_id"], name=op.f("fk_evidence_coming_firms")
        ),
        sa.PrimaryKeyConstraint("tenant", "firm_id", "coming_id", name=op.f("pk_evidence_coming")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_evidence_coming_taken_until"), "evidence_coming", ["taken_until"], unique=False)


def downgrade() -> None:
    op.drop_table("evidence_coming")
