"""The first form: rooms, students, their runs, answers and drawings."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "first", None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "room",
        sa.Column("code", sa.String, primary_key=True),
        sa.Column("host", sa.String, nullable=False),
        sa.Column("opened", sa.Float, nullable=False),
        sa.Column("ends", sa.Float, nullable=False),
        sa.Column("is_closed", sa.Boolean, nullable=False),
        sa.Column("rung", sa.String, nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("locked", sa.JSON, nullable=False),
        sa.Column("presets", sa.Integer, nullable=False),
        sa.Column("task", sa.JSON, nullable=False),
        sa.Column("page", sa.String, nullable=False),
        sa.Column("sendings", sa.Integer, nullable=False),
        sa.Column("is_paused", sa.Boolean, nullable=False),
        sa.Column("shown", sa.String, nullable=False),
    )
    op.create_table(
        "student",
        sa.Column("id", sa.Integer, primary_key=True),
        _of_room(),
        sa.Column("visitor", sa.String, nullable=False, index=True),
        sa.Column("nickname", sa.String, nullable=False),
        sa.Column("folded", sa.String, nullable=False),
        sa.Column("joined", sa.Float, nullable=False),
        sa.Column("is_refused", sa.Boolean, nullable=False),
        sa.UniqueConstraint("room", "visitor"),
        sa.UniqueConstraint("room", "folded"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "room_run",
        sa.Column("run_id", sa.String, primary_key=True),
        _of_room(),
        _of_student(optional=True),
        _of_student("left_out", optional=True),
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer, primary_key=True),
        _of_room(),
        _of_student(),
        sa.Column("lesson", sa.String, nullable=False),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("is_right", sa.Boolean, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "drawing",
        sa.Column("id", sa.Integer, primary_key=True),
        _of_room(),
        _of_student(),
        sa.Column("digit", sa.Integer, nullable=False),
        sa.Column("image", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("student", "digit", "image"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "spent",
        _of_room(),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
    )
    op.create_index("spent_once", "spent", ["room", "what"], unique=True)


def _of_room() -> sa.Column[str]:
    return sa.Column("room", sa.String, sa.ForeignKey("room.code", ondelete="CASCADE"), nullable=False, index=True)


def _of_student(name: str = "student", *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.ForeignKey("student.id", ondelete="CASCADE"), nullable=optional, index=True)
