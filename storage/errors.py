"""What can go wrong between us and a database, in sentences that may be shown."""


class StorageError(Exception):
    """The database did not do what was asked; nothing of the unit of work was kept."""


class StorageUnavailable(StorageError):
    """The database cannot be reached, is locked by another program, or has no room left. Trying later may help."""


class Locked(StorageUnavailable):
    """Another program, such as the bot, has a SQLite file for itself just now."""


class Unusable(StorageUnavailable):
    """Trying later is of no use: it lets this user not in, or not write, or there is no database that we could read."""


class Gone(Unusable):
    """A SQLite file has its name no more: what is written into it is there for nobody who opens that name later."""


class NotAllowed(Unusable):
    """The database lets this user in, but not to its tables."""


NOT_THE_OWNER = (
    "This user does not own the tables, as where another user put a dump back: they belong to that one then. Put it "
    "back as the user whom CAIS_DATABASE_URL names, or give each table to that one: ALTER TABLE ... OWNER TO ..."
)
"""Rights on the tables are not enough: an update changes them, which only their owner may."""

NO_ROOM = (
    "This user may not make tables there: make the user the owner of the database, or GRANT CREATE ON SCHEMA public TO "
    "that one."
)
"""As a new user since PostgreSQL 15."""


def not_allowed(said: str) -> str:
    """What to do where PostgreSQL said that this user may not."""
    return NO_ROOM if "for schema" in said else NOT_THE_OWNER


class Undecodable(StorageUnavailable):
    """What stands in the database is no text in UTF-8: something else than this program wrote it."""


class Conflict(StorageError):
    """What was to be written breaks a rule of the schema, or others kept being faster."""


def may_pass(error: Exception) -> bool:
    """A server that is starting itself, a lock and a full disk pass: who is started again will find it so."""
    return isinstance(error, StorageUnavailable) and not isinstance(error, Unusable)
