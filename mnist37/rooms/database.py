"""The SQLite file with the rooms: its tables, its connections, its migrations."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    event,
)
from sqlalchemy.exc import DBAPIError

from mnist37.errors import RoomError
from mnist37.home import home

FILE = "rooms.sqlite"
"""The file in the home folder."""
WAIT_S = 15.0
"""Maximum wait for another process that writes."""
_MIGRATIONS = Path(__file__).parent / "migrations"

TABLES = MetaData()

ROOM = Table(
    "room",
    TABLES,
    Column("code", String, primary_key=True),
    Column("host", String, nullable=False),
    Column("opened", Float, nullable=False),
    Column("ends", Float, nullable=False),
    Column("is_closed", Boolean, nullable=False, default=False),
    Column("rung", String, nullable=False, default=""),
    Column("settings", JSON, nullable=False, default=dict),
    Column("locked", JSON, nullable=False, default=list),
    Column("presets", Integer, nullable=False, default=0),
    Column("task", JSON, nullable=False),
    Column("page", String, nullable=False, default=""),
    Column("sendings", Integer, nullable=False, default=0),
    Column("is_paused", Boolean, nullable=False, default=False),
    Column("shown", String, nullable=False, default=""),
)


def _of_room() -> Column[str]:
    return Column("room", ForeignKey("room.code", ondelete="CASCADE"), nullable=False, index=True)


def _of_student(name: str = "student", *, optional: bool = False) -> Column[int]:
    return Column(name, ForeignKey("student.id", ondelete="CASCADE"), nullable=optional, index=True)


STUDENT = Table(
    "student",
    TABLES,
    Column("id", Integer, primary_key=True),
    _of_room(),
    Column("visitor", String, nullable=False, index=True),
    Column("nickname", String, nullable=False),
    Column("folded", String, nullable=False),  # the nickname without capitals: "Ada" and "ada" are one
    Column("joined", Float, nullable=False),
    Column("is_refused", Boolean, nullable=False, default=False),
    UniqueConstraint("room", "visitor"),
    UniqueConstraint("room", "folded"),
    sqlite_autoincrement=True,  # the id of a student who left is not used again
)
RUN = Table(
    "room_run",
    TABLES,
    Column("run_id", String, primary_key=True),
    _of_room(),
    _of_student(optional=True),
    _of_student("left_out", optional=True),
)
ANSWER = Table(
    "answer",
    TABLES,
    Column("id", Integer, primary_key=True),
    _of_room(),
    _of_student(),
    Column("lesson", String, nullable=False),
    Column("answer", String, nullable=False),
    Column("is_right", Boolean, nullable=False),
    Column("at", Float, nullable=False),
)
DRAWING = Table(
    "drawing",
    TABLES,
    Column("id", Integer, primary_key=True),
    _of_room(),
    _of_student(),
    Column("digit", Integer, nullable=False),
    Column("image", LargeBinary, nullable=False),  # 784 greys
    UniqueConstraint("student", "digit", "image"),  # a drawing that is sent twice is kept once
    sqlite_autoincrement=True,
)
SPENT = Table(
    "spent",
    TABLES,
    _of_room(),
    Column("what", String, nullable=False),
    Column("times", Integer, nullable=False),
    Index("spent_once", "room", "what", unique=True),
)


def rooms_file() -> Path:
    """Return the file with the rooms; it need not exist."""
    return home() / FILE


class Database:
    """The connections to the file with the rooms; any thread, and several processes, may use it.

    SQLite keeps a log beside the file (WAL), so that reading waits for nobody. One connection writes at a time.

    Args:
        path: the file; it is made, or brought to the present form, when it is used first.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Return a connection that sees one state of the file.

        Raises:
            RoomError: the file cannot be read.
        """
        with self._errors(), self._open().begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Return a connection whose changes are all made at its end, or none.

        Raises:
            RoomError: the file cannot be written.
        """
        with self._errors(), self._open().execution_options(writes=True).begin() as connection:
            yield connection

    def write_back(self) -> None:
        """Empty the log, which holds what was deleted until then; do nothing if somebody reads or writes now."""
        with self._errors():
            connection = self._open().raw_connection()
            try:
                connection.execute("PRAGMA busy_timeout=0")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.execute(f"PRAGMA busy_timeout={1000 * WAIT_S:.0f}")
                connection.close()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _open(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self.path.touch(mode=0o600)  # readable for its owner only, as are SQLite's files beside it
                engine = create_engine(
                    f"sqlite:///{self.path}", connect_args={"timeout": WAIT_S}, pool_size=4, max_overflow=-1
                )
                event.listen(engine, "connect", _set_up)
                event.listen(engine, "begin", _begin)
                _migrate(engine)
                self._engine = engine
            return self._engine

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, OSError) as error:
            why = error.orig if isinstance(error, DBAPIError) else error.strerror
            raise RoomError(
                f"The class rooms in {self.path} cannot be used ({why}).",
                "Make room on the disk and check that the file may be written; a damaged one must be moved away.",
            ) from error


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # SQLAlchemy begins transactions, see `_begin`
    # NORMAL: a commit waits for no disk. A killed app loses nothing; a power cut may cost the last changes.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Begin a transaction; one that writes takes its turn at once, as it could not after it has read."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _migrate(engine: Engine) -> None:
    """Bring the file to the present form with Alembic; another process that does the same waits for its turn."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
