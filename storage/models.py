"""The tables, in SQLAlchemy Core; every key begins with the tenant, and with the firm where there is one.

In code the column `firm_id` is called `firm`, as flows call it. Names in the database outlive names in the code.
Text stays text: the chained hash covers an event's columns byte for byte, so no database may re-write them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    false,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _tenant() -> Column[str]:
    return Column("tenant", Text, nullable=False)


def _firm() -> Column[str]:
    return Column("firm_id", Text, key="firm", nullable=False)


def _of_a_firm() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", "firm"], ["firms.tenant", "firms.firm"])


firms = Table(
    "firms",
    metadata,
    _tenant(),
    _firm(),
    Column("name", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "firm"),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    # The columns stand in the order of flows.events.Record.
    _tenant(),
    _firm(),
    Column("sequence", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("happened_on", Text),
    Column("payload", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("practice", Boolean, nullable=False),
    Column("cause", Text),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "firm", "sequence"),
    _of_a_firm(),
    sqlite_with_rowid=False,
)

snapshots = Table(
    "snapshots",
    metadata,
    _tenant(),
    _firm(),
    Column("version", Integer, nullable=False),
    Column("head", Text, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "firm"),
    _of_a_firm(),
)

members = Table(
    "members",
    metadata,
    _tenant(),
    Column("person", Text, nullable=False),
    _firm(),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    # In this order because every request asks for the firms of a person.
    PrimaryKeyConstraint("tenant", "person", "firm"),
    _of_a_firm(),
    sqlite_with_rowid=False,
)

channels = Table(
    "channels",
    metadata,
    _tenant(),
    Column("channel", Text, nullable=False),
    _firm(),
    PrimaryKeyConstraint("tenant", "channel"),
    _of_a_firm(),
    sqlite_with_rowid=False,
)

people = Table(
    "people",
    metadata,
    _tenant(),
    Column("person", Text, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("time_zone", Text, nullable=False, server_default=""),
    Column("admin", Boolean, nullable=False, server_default=false()),
    Column("checked_at", Double, nullable=False, server_default="0"),
    Column("current_firm", Text, nullable=False, server_default=""),
    Column("standing", Text, nullable=False, server_default=""),
    Column("habits", Text, nullable=False, server_default=""),
    Column("blocked", Text, nullable=False, server_default=""),
    # Business time since which they are what they are to the workspace, and take messages or not; 0 where not known.
    Column("reach_since", Double, nullable=False, server_default="0"),
    PrimaryKeyConstraint("tenant", "person"),
    sqlite_with_rowid=False,
)

inbox = Table(
    "inbox",
    metadata,
    _tenant(),
    Column("id", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("told_at", Double, nullable=False),
    Column("taken_until", Double, nullable=False),
    Column("settled_at", Double),
    Column("tries", Integer, nullable=False, server_default="1"),
    PrimaryKeyConstraint("tenant", "id"),
    sqlite_with_rowid=False,
)

workspace_entries = Table(
    "workspace_entries",
    metadata,
    # The columns stand in the order of flows.workspace.Entry.
    _tenant(),
    Column("sequence", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("practice", Boolean, nullable=False),
    PrimaryKeyConstraint("tenant", "sequence"),
    sqlite_with_rowid=False,
)

# A question may be asked where no firm is meant; its firm is empty then, so there is no key to point with.
questions = Table(
    "questions",
    metadata,
    # The columns stand in the order of flows.asked.Asked.
    _tenant(),
    _firm(),
    Column("id", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("asked_at", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("cited", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("practice", Boolean, nullable=False),
    Column("waiting", Boolean, nullable=False),
    Column("pressed_at", Text, nullable=False),
    Column("closed_by", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "firm", "id"),
    sqlite_with_rowid=False,
)

votes = Table(
    "votes",
    metadata,
    _tenant(),
    _firm(),
    Column("question", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("voted_at", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "firm", "question", "person"),
    sqlite_with_rowid=False,
)

update_notes = Table(
    "update_notes",
    metadata,
    # The columns stand in the order of flows.asked.UpdateNote.
    _tenant(),
    Column("id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_by_name", Text, nullable=False),
    Column("added_at", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("removed_by", Text),
    Column("removed_at", Text),
    PrimaryKeyConstraint("tenant", "id"),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    _tenant(),
    Column("key", Text, nullable=False),
    _firm(),
    Column("kind", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("due_at", Double, nullable=False),
    Column("settled_at", Double),
    Column("outcome", Text),
    Column("slot", Text, nullable=False, server_default=""),
    Column("message", Text, nullable=False, server_default=""),
    # Said once by what writes the row, so that the indexes need not know any words.
    Column("reminds", Boolean, nullable=False, server_default=false()),
    Column("failed", Boolean, nullable=False, server_default=false()),
    Column("said_at", Double, nullable=False, server_default="0"),
    Column("said_in", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("tenant", "key"),
    sqlite_with_rowid=False,
)  # its indexes are in storage.indexes

# What somebody took up and did not settle yet. Apart from the outbox, whose rows are long and lie far from each other:
# a claim writes a few pages here, and not one of a million rows' for each row it takes.
taken = Table(
    "taken",
    metadata,
    _tenant(),
    Column("key", Text, nullable=False),
    Column("until", Double, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("first_at", Double, nullable=False),
    PrimaryKeyConstraint("tenant", "key"),
    sqlite_with_rowid=False,
)

# A firm's plan: the version it was made from (-1 where something else changed since), and until when it is good. `seen`
# is the version it was made from, whatever changed since.
plans = Table(
    "plans",
    metadata,
    _tenant(),
    _firm(),
    Column("version", Integer, nullable=False),
    Column("planned_at", Double, nullable=False),
    Column("again_at", Double, nullable=False),
    Column("seen", Integer, nullable=False, server_default="-1"),
    PrimaryKeyConstraint("tenant", "firm"),
    _of_a_firm(),
    sqlite_with_rowid=False,
)

# A firm in a few numbers, made from the version it names: thousands are compared by them, and no snapshot is read.
gists = Table(
    "gists",
    metadata,
    _tenant(),
    _firm(),
    Column("version", Integer, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "firm"),
    _of_a_firm(),
    sqlite_with_rowid=False,
)

stopped = Table(
    "stopped_workspaces",
    metadata,
    _tenant(),
    Column("reason", Text, nullable=False),
    Column("stopped_at", Double, nullable=False),
    PrimaryKeyConstraint("tenant"),
    sqlite_with_rowid=False,
)

# Where the app was installed by OAuth. The token is sealed (storage.sealing) under the key of this name.
installations = Table(
    "installations",
    metadata,
    # The columns stand in the order of storage.installations.Installation.
    _tenant(),
    Column("name", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("bot_user", Text, nullable=False),
    Column("bot_id", Text, nullable=False),
    Column("app", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("installer", Text, nullable=False),
    Column("installed_at", Double, nullable=False),
    Column("sealed_with", Text, nullable=False),
    PrimaryKeyConstraint("tenant"),
    sqlite_with_rowid=False,
)

# An installation that was begun: whose it is, only Slack will say, so there is no tenant yet. Both are hashes.
oauth_states = Table(
    "oauth_states",
    metadata,
    Column("state", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Column("expires_at", Double, nullable=False),
    PrimaryKeyConstraint("state"),
    sqlite_with_rowid=False,
)

# Events without a cause do not meet here: to both databases one null is not another.
Index("ux_events_cause", events.c.tenant, events.c.firm, events.c.cause, unique=True)
Index("ux_workspace_entries_cause", workspace_entries.c.tenant, workspace_entries.c.cause, unique=True)
Index(None, inbox.c.settled_at, inbox.c.taken_until)
Index("ix_questions_place", questions.c.tenant, questions.c.channel, questions.c.asked_at)
Index("ix_questions_queue", questions.c.tenant, questions.c.firm, questions.c.waiting, questions.c.asked_at)


# A firm's own documents. A passage's id is its firm's shelf, its document's number there and its own number in one, so
# that what is a firm's is a range of ids: full-text search knows no other column (storage.fulltext).
shelves = Table(
    "shelves",
    metadata,
    _tenant(),
    _firm(),
    Column("number", Integer, nullable=False),
    PrimaryKeyConstraint("tenant", "firm"),
    _of_a_firm(),
    sqlite_with_rowid=False,
)

documents = Table(
    "documents",
    metadata,
    _tenant(),
    _firm(),
    Column("document_id", Text, key="id", nullable=False),
    Column("number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("person", Text, key="by", nullable=False),
    Column("person_name", Text, key="by_name", nullable=False),
    Column("added_at", Text, nullable=False),
    Column("replaces", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("pages", Integer),
    Column("pages_read", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("notice", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("taken_by", Text, nullable=False),
    Column("taken_until", Double, nullable=False),
    PrimaryKeyConstraint("tenant", "firm", "id"),
    _of_a_firm(),
    sqlite_with_rowid=False,
)

passages = Table(
    "passages",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    _tenant(),
    _firm(),
    Column("document_id", Text, key="document", nullable=False),
    Column("page", Integer),
    Column("heading", Text, nullable=False),
    Column("text", Text, nullable=False),
    _of_a_firm(),  # not of a document: SQLite would look through all passages for each one that goes
)

Index("ix_passages_firm", passages.c.tenant, passages.c.firm)  # a firm that goes is looked for here
Index("ux_shelves_number", shelves.c.number, unique=True)
Index("ux_documents_number", documents.c.tenant, documents.c.firm, documents.c.number, unique=True)
Index(None, documents.c.state, documents.c.taken_until)

# Files handed over as evidence, still to be fetched; `body` is flows.evidence.intake.Coming as JSON.
evidence_coming = Table(
    "evidence_coming",
    metadata,
    _tenant(),
    _firm(),
    Column("coming_id", Text, key="id", nullable=False),
    Column("added_at", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("taken_by", Text, nullable=False),
    Column("taken_until", Double, nullable=False),
    PrimaryKeyConstraint("tenant", "firm", "id"),
    _of_a_firm(),
    sqlite_with_rowid=False,
)
Index(None, evidence_coming.c.taken_until)


def in_models(name: str | None, kind: str, _: object = None) -> bool:
    """For alembic: the full-text table, and what SQLite keeps of it beside it, are made by hand in their migration."""
    return not (kind == "table" and name is not None and name.startswith("passage_words"))
