"""A SQLite database and the copies of evidence as one file, taken while the bot runs, and put back again.

The file is a zip: `cais.db`, as it was at one moment, and `evidence/` with the copies as they were just after it, so
that whatever the database names is among them.
"""

import hashlib
import os
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Literal, TypeVar

from storage import sqlite
from storage.errors import Locked, StorageError
from storage.migrate import HEAD, is_newer
from storage.models import in_models, metadata

T = TypeVar("T")
DATABASE = "cais.db"
COPIES = "evidence"
_ASIDE = ".before-restore-"
PAGES = 2_000
"""Pages copied at once."""
_AT_ONCE = 1_000_000
UNFINISHED = "cais-unfinished-"
"""How the name of a folder begins in which a file is made; one that is left is of a command that was killed."""
_RESTORING = ".restoring"
"""How the name ends of what an earlier version's restore left that was killed."""
Came = Literal["missing", "mended", "altered", "spoilt", "there"]
"""What became of a copy of evidence: it was missing, or altered, and is there; it is altered in the backup as it is
here; it was missing, and is there as altered as the backup has it; or it was there, as it should be."""


class NotCopied(StorageError):
    """Nothing was written or changed; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What is in a backup, or was put back from one: its bytes, and how many copies of evidence."""

    size: int
    copies: int
    altered: tuple[str, ...] = ()
    """Copies of evidence that are not what their names, their SHA-256, say: on the disk and in this backup."""
    spoilt: tuple[str, ...] = ()
    """Such copies that were missing on the disk, and were put back as the backup has them."""
    mended: int = 0
    """Copies that were altered and are as they were recorded again."""
    aside: Path | None = None
    """Where the database that was there before was put."""


def back_up(database: Path, copies: Path, into: Path) -> BackedUp:
    """Copies the database as it is at one moment, and then the copies of evidence. The bot may work meanwhile.

    Raises NotCopied where there is a file already, or the copy is not sound.
    """
    if not (sqlite.is_there(database) and database.is_file()):
        raise NotCopied(f"There is no database at {database}.")
    _must_be_new(into)
    try:
        # In a folder of its own: a file of somebody's, even the database, may have any name beside the backup's.
        with _scratch(into) as scratch:
            snapshot = Path(scratch) / DATABASE
            _copy(database, snapshot)
            _must_be_sound(snapshot, database)
            found = [path for path in sorted(copies.rglob("*")) if path.is_file() and not _is_on_its_way(path)]
            altered = write_whole(into, lambda file: _pack_all(file, snapshot, copies, found))
        return BackedUp(into.stat().st_size, len(found), altered)
    except FileExistsError:
        raise NotCopied(f"{into} is there already, and a backup never overwrites anything.") from None
    except OSError as error:
        where = into if UNFINISHED in str(error.filename or UNFINISHED) else error.filename
        raise NotCopied(f"{where} could not be read or written: {error.strerror}.") from error


def _is_on_its_way(path: Path) -> bool:
    """Whether it is no copy of evidence yet: the bot fetches it, or a restore that was killed was putting it back."""
    return path.parent.name == "incoming" or path.parent.name.startswith(UNFINISHED) or path.suffix == _RESTORING


def _scratch(into: Path) -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=into.parent, ignore_cleanup_errors=True)


def write_whole(into: Path, write: Callable[[IO[bytes]], T]) -> T:
    """Writes a file that has its name only once it is whole and on the disk; what `write` returns.

    It is made in a folder of its own beside it, which is all that somebody who kills the program leaves. Raises
    FileExistsError where there is one of that name, else OSError.
    """
    if into.exists():
        raise FileExistsError(into)
    with _scratch(into) as scratch:
        partial = Path(scratch) / "partial"
        with _new(partial) as file:
            result = write(file)
            _be_on_disk(file)
        _name(partial, into)
    return result


def _name(partial: Path, into: Path) -> None:
    """Gives the whole file its name. Raises FileExistsError where there is one by now."""
    try:
        os.link(partial, into)
    except FileExistsError:
        raise
    except OSError:  # many a stick or network share has no hard links
        _new(into).close()
        partial.replace(into)


def _pack_all(into: IO[bytes], snapshot: Path, copies: Path, found: Sequence[Path]) -> tuple[str, ...]:
    """Puts the database and the copies of evidence into the zip; the names of those that are not what these say."""
    # Of before 1980, as of a machine that had no clock, a zip cannot say: then it is of 1980.
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as packed:
        packed.write(snapshot, DATABASE)
        names = [f"{COPIES}/{path.relative_to(copies).as_posix()}" for path in found]
        return tuple(name for name, path in zip(names, found, strict=True) if not _pack(packed, path, name))


def _pack(packed: zipfile.ZipFile, path: Path, name: str) -> bool:
    """Puts a copy of evidence into the zip as it is; whether it is what its name says."""
    # Stored: most are packed already, such as PDFs.
    about = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    with path.open("rb") as read, packed.open(about, "w") as written:
        return _copied(read, written) == path.name or not _is_digest(path.name)


def _copied(read: IO[bytes], written: IO[bytes]) -> str:
    """Copies the rest of a file; the SHA-256 of what came."""
    found = hashlib.sha256()
    while part := read.read(_AT_ONCE):
        found.update(part)
        written.write(part)
    return found.hexdigest()


def _is_digest(name: str) -> bool:
    return len(name) == 64


def _must_be_new(into: Path) -> None:
    """Raises NotCopied where there is a file of that name, or where that cannot be seen."""
    try:
        there = into.exists()
    except OSError as error:
        raise NotCopied(f"{into} could not be written: {error.strerror}.") from error
    if there:
        raise NotCopied(f"{into} is there already, and a backup never overwrites anything. Give another name.")


def restore(backup: Path, database: Path, copies: Path) -> BackedUp:
    """Puts a backup in the place of the database, which is put aside; copies that are not well are put back.

    Where the database's name is a link, it stays one: the backup takes the place of the file that it leads to. Raises
    NotCopied where the bot has the database open, or the backup is not one: the database is as it was then.
    """
    database = _behind_links(database)
    try:
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # In a folder of its own: another restore may be at work, and a file of somebody's may have any other name.
        with zipfile.ZipFile(backup) as packed, _scratch(database) as scratch:
            kept = _copies_in(packed)
            new = Path(scratch) / DATABASE
            with packed.open(DATABASE) as read, _new(new) as file:
                shutil.copyfileobj(read, file)
                _be_on_disk(file)
            _must_be_sound(new, backup)
            _must_not_be_newer(new, backup)
            _must_be_alone(database)
            came = {name: _put_back(packed, name, copies) for name in kept}
            _must_be_alone(database)  # many copies take minutes, in which somebody may have started the bot
            aside = _put_aside(database)
            new.replace(database)
        altered, spoilt = (tuple(name for name, how in came.items() if how == one) for one in ("altered", "spoilt"))
        back = Counter(came.values())
        return BackedUp(database.stat().st_size, back["missing"], altered, spoilt, back["mended"], aside)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, KeyError) as error:
        raise NotCopied(f"{backup} is not a backup of `cais backup`, or a damaged one.") from error
    except OSError as error:
        # Of what is made on the way the folder is named that it was to be in.
        where = str(error.filename or database).partition(UNFINISHED)[0]
        raise NotCopied(f"{where} could not be read or written: {error.strerror}.") from error


def _behind_links(database: Path) -> Path:
    """The file itself: SQLite keeps what is beside it there, too."""
    return Path(os.path.realpath(database))


def _copies_in(packed: zipfile.ZipFile) -> list[str]:
    """The names of the copies. Raises NotCopied where the file is damaged, or a name leads out of its folder."""
    if damaged := packed.testzip():
        raise NotCopied(f"The backup is damaged ({damaged}). Take another one.")
    names = [name for name in packed.namelist() if name != DATABASE]
    for name in names:
        parts = PurePosixPath(name).parts
        if parts[:1] != (COPIES,) or len(parts) < 2 or ".." in parts or "\\" in name or name.endswith("/"):
            raise NotCopied("The backup holds something that is none of ours, so nothing was taken out of it.")
    return names


def _put_back(packed: zipfile.ZipFile, name: str, copies: Path) -> Came:
    """Puts a copy where it is missing, or is not what its name says, as that one in the backup is. All else stays.

    A missing one comes back as the backup has it: it may be all there is.
    """
    target = copies.joinpath(*PurePosixPath(name).parts[1:])
    there = target.exists()
    if there and (not _is_digest(target.name) or _is_well(target)):
        return "there"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _scratch(target) as scratch:
        draft = Path(scratch) / "partial"
        with packed.open(name) as read, _new(draft) as file:
            digest = _copied(read, file)
            _be_on_disk(file)
        well = digest == target.name or not _is_digest(target.name)
        if there and not well:
            return "altered"
        draft.replace(target)  # the next restore would take a part of one for the whole
    if there:
        return "mended"
    return "missing" if well else "spoilt"


def _is_well(copy: Path) -> bool:
    """Whether a copy is what its name says; one that cannot be read is not, as on a disk that went bad."""
    try:
        with copy.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == copy.name
    except OSError:
        return False


def _copy(source: Path, target: Path) -> None:
    _new(target).close()
    try:
        with closing(_open(source)) as read, closing(_open(target)) as written:
            # A copy begins anew wherever somebody wrote since its last step: beside a busy bot it would never end. So
            # it is read as of one moment, which in WAL keeps nobody from writing.
            read.execute("BEGIN")
            read.execute("SELECT 1 FROM sqlite_master").fetchone()
            read.backup(written, pages=PAGES)
            read.execute("COMMIT")
            written.execute("PRAGMA journal_mode = DELETE")  # one file and nothing beside it
    except sqlite3.Error as error:
        raise sqlite.unavailable(error) from error


def _new(path: Path) -> IO[bytes]:
    """For nobody else on this machine to read. Raises FileExistsError."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b")


def _named(database: Path, aside: Path) -> bool:
    """Whether it has this name now, too; False where another restore has just given it to what it put aside."""
    try:
        os.link(database, aside)
    except FileExistsError:
        return False
    except OSError:
        database.rename(aside)
    return True


def _be_on_disk(file: IO[bytes]) -> None:
    """Before it gets its name: a power cut must not leave a short file under it."""
    file.flush()
    os.fsync(file.fileno())


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=30)
    connection.execute("PRAGMA busy_timeout = 30000")
    return connection


def _must_be_sound(path: Path, known: Path) -> None:
    """Raises NotCopied where this is no database of ours, or a damaged one. `known`: the file it came out of."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            said = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise NotCopied(f"{known} holds no database, or a damaged one ({error}).") from error
    if "alembic_version" not in there or not {"firms", "events"} <= there:
        raise NotCopied(f"{known} holds a database, but not one of this program.")
    if said != "ok":
        raise NotCopied(f"{known} is damaged ({said}). A backup of an earlier day may be whole.")
    strange = {name for name in there if in_models(name, "table")} - {*metadata.tables, "alembic_version"}
    if strange:
        raise NotCopied(f"{known} has tables this version does not know: it is from a newer one.")


def _must_not_be_newer(path: Path, backup: Path) -> None:
    """Raises NotCopied where this version could not use it, though it may know all of its tables."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    if is_newer(version):
        raise NotCopied(
            f"{backup} is of a newer version of this program: its tables are at migration {version}, and this one "
            f"knows {HEAD}. Restore it with that version. Nothing was changed."
        )


def _must_be_alone(database: Path) -> None:
    """Raises NotCopied where another process has the database open."""
    if not database.exists():
        return
    try:
        with closing(_open(database)) as connection:
            connection.execute("PRAGMA busy_timeout = 1000")
            # Out of the write-ahead log only who is alone can go: whoever else has it open is noticed here.
            if connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
                raise NotCopied(f"{database} is open in another program. Stop the bot first.")
    except sqlite3.OperationalError as error:
        said = sqlite.unavailable(error)
        if isinstance(said, Locked):
            raise NotCopied(f"{database} is open in another program ({error}). Stop the bot first.") from error
        raise NotCopied(f"{said} It is {database}.") from error
    except sqlite3.DatabaseError:
        pass  # a damaged one is what a restore is for; it is put aside


def put_aside_before(database: Path) -> tuple[Path, ...]:
    """Databases that a restore put aside and that stand beside this one still."""
    database = _behind_links(database)
    return tuple(sorted(p for p in database.parent.glob(f"{database.name}{_ASIDE}*") if p.name[-1].isdigit()))


def left_unfinished(database: Path) -> tuple[Path, ...]:
    """What a restore or a backup that was killed left beside the database: it may be a whole copy of it.

    Nothing takes it away, since it may be of a command that is still at work.
    """
    database = _behind_links(database)
    names = (f"{UNFINISHED}*", f"{database.name}{_RESTORING}*")
    return tuple(sorted(path for name in names for path in database.parent.glob(name)))


def _put_aside(database: Path) -> Path | None:
    """Gives it another name; where the disk has hard links it keeps its own until the new one takes that.

    Who is killed between leaves a database in its place, and nobody begins an empty one.
    """
    if not database.exists():
        return None
    nth = 1
    while (aside := database.with_name(f"{database.name}{_ASIDE}{nth}")).exists() or not _named(database, aside):
        nth += 1
    for end in sqlite.BESIDE:
        left = database.with_name(database.name + end)
        if left.exists():
            left.rename(aside.with_name(aside.name + end))
    return aside
