"""What flows need from outside: what keeps events and documents, and what knows who and what belongs where."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from flows.asked import Asked, Kept, Owed, Place, Slot, UpdateNote, Voted
from flows.events import FirmKey, Record, RoleName
from flows.firms import Refusal
from flows.gist import Gist
from flows.habits import Habits, Reach, Standing
from flows.position import Position
from flows.workspace import Entry


class Changed(msgspec.Struct, frozen=True):
    """What a decision came to: the rows to append (none where nothing is new) and the position they lead to."""

    records: tuple[Record, ...]
    position: Position
    owed: tuple[Owed, ...] = ()
    """What is owed to people because of it; kept in the same transaction as the rows, and only with them."""
    gist: Gist | None = None
    """The position in a few numbers, kept beside it in the same transaction; where there is none, the next plan brings
    it."""
    told_until: float | None = None
    """Of a firm that comes from another installation: people were told there of what was due up to then, by business
    time, and are not told again. Kept in the same transaction."""


Decide = Callable[[Position, Sequence[Record]], Changed]
"""Takes the position (version 0 where the firm is new) and, where asked for, the history; may raise Refusal."""


class FirmSummary(msgspec.Struct, frozen=True):
    """A firm in a list: what a person needs to pick it."""

    key: FirmKey
    name: str
    role: RoleName | None
    """None for a workspace admin who is no member."""
    apart: str = ""
    """What tells it from another one of this name; empty where it was not looked up, or there is none."""


class Known(msgspec.Struct, frozen=True):
    """What users.info said of a person. `time_zone` is an IANA name, `checked_at` a UNIX time in seconds."""

    person: str
    name: str = ""
    time_zone: str = ""
    admin: bool = False
    checked_at: float = 0.0
    standing: Standing = ""


class Sighting(msgspec.Struct, frozen=True):
    """What a request starts from, read at once: the person, the firms in reach, and where the firm that is meant is."""

    known: Known
    firms: tuple[FirmSummary, ...]
    """Firms the person is a member of, by name."""
    linked: str
    """Id of the firm this channel is linked to, empty where none."""
    current: str
    """Id of the person's current firm, empty where none."""
    position: Position | None
    """Of the firm asked for by id, else of the linked, the current or the only one, in that order; None where none is.

    A firm the person is no member of is never here, unless the person is a workspace admin."""
    any_firm: bool
    """Whether this workspace has any firm yet."""
    blocked: str = ""
    """The word for why a message to this person was not taken last; empty where none was refused."""


class ChannelTaken(Refusal):
    """A channel means one firm only. A store raises it within the unit, so that nothing of the change is written."""

    def __init__(self) -> None:
        super().__init__("This channel is linked to another firm. Unlink it there first. Nothing was changed.")


class EventStore(Protocol):
    """Keeps each firm's events and its snapshot, in one transaction. Every key holds the tenant and the firm's id."""

    async def change(
        self, key: FirmKey, decide: Decide, *, cause: str | None = None, with_history: bool = False
    ) -> Changed:
        """Load, decide, append, snapshot and commit as one unit; returns after the commit.

        Somebody else was faster: decides again on the new position. A `cause` that this firm already has: nothing is
        decided, and Changed holds no records and the position as it is. Raises what `decide` raises, and ChannelTaken
        where it would link a channel of another firm; nothing is written then.
        """

    async def position(self, key: FirmKey) -> Position | None:
        """The snapshot, or None where there is no such firm."""

    async def positions(self, keys: Sequence[FirmKey]) -> Sequence[Position]:
        """The snapshots of these firms, in their order; those that are not there are left out."""

    async def history(
        self, key: FirmKey, *, types: Sequence[str] = (), limit: int | None = None, before: int | None = None
    ) -> Sequence[Record]:
        """Rows of one firm, oldest first, of these types where given; the last `limit` of them below `before`."""

    async def firm_keys(self) -> Sequence[FirmKey]:
        """All firms of all tenants, for checks an operator runs."""


class Listed(msgspec.Struct, frozen=True, gc=False):
    """A firm of a person's, and its gist; None where none was made of it as it is now."""

    key: FirmKey
    name: str
    role: RoleName | None
    """None where all of a workspace are listed, for one of its admins."""
    gist: Gist | None


class Gists(Protocol):
    """Keeps a few numbers of each firm beside its position; `EventStore.change` keeps them with what it appends."""

    async def of_person(self, tenant: str, person: str) -> Sequence[Listed]:
        """The firms this person is a member of, in no order; without a gist where none was made of it as it is."""

    async def of_workspace(self, tenant: str) -> Sequence[Listed]:
        """Every firm of a workspace, for its admins; `role` is None throughout."""

    async def missing(self, made_by: str, *, limit: int) -> Sequence[FirmKey]:
        """Firms that have no gist of them as they are, made by this maker."""

    async def keep(self, gists: Mapping[FirmKey, Gist]) -> None:
        """Keep these, each beside its firm; one of a later version that is there already stays."""


class Directory(Protocol):
    """Knows people, which firm is whose, and which a channel or a person means."""

    async def sight(self, tenant: str, person: str, channel: str = "", firm: str = "") -> Sighting:
        """Read what a request starts from in one go. `firm` is the id a button or command named."""

    async def use(self, tenant: str, person: str, firm: str) -> None:
        """Make this the person's current firm."""

    async def remember(self, tenant: str, known: Known, *, at: float = 0.0) -> None:
        """Keep what users.info said of a person. A new zone or standing makes the plans of their firms stale.

        Whom a message was refused for a closed account counts as heard of, where the account is open again.

        `at` is business time, 0 where it is not known.
        """

    async def all_firms(self, tenant: str) -> Sequence[FirmSummary]:
        """Every firm of a workspace, for its admins; `role` is None throughout."""

    async def reach(self, tenant: str, persons: Sequence[str]) -> Mapping[str, Reach]:
        """How each of these people can be reached; somebody we do not know yet is taken to be reachable."""

    async def set_habits(self, tenant: str, person: str, habits: Habits) -> None:
        """Keep a person's own settings; the plans of their firms become stale."""

    async def blocked(self, tenant: str, person: str, reason: str, *, at: float = 0.0) -> None:
        """Slack takes no messages for this person, or (an empty reason) one arrived; plans become stale.

        `at` is business time, 0 where it is not known. Of somebody who was only heard of since the last refusal, it is
        the time of that one that is kept.
        """

    async def heard_of(self, tenant: str, person: str) -> None:
        """Whoever takes no messages is there: they are reachable until one is refused again; plans become stale."""


class Told(msgspec.Struct, frozen=True):
    """A Slack event we were told of. `body` is its JSON until it is settled, then empty."""

    tenant: str
    id: str
    body: str


class Inbox(Protocol):
    """What Slack already told us, so that a retry changes nothing, after a restart too."""

    async def take(self, told: Told, *, now: float, lease: float) -> int:
        """How often it was taken up by now, where it is ours to handle: new, or its taker's lease (seconds) ran out.

        0 where it is not.
        """

    async def put_off(self, tenant: str, event_id: str, *, until: float) -> None:
        """Its taker lets go of it, and this time does not count: from `until` (UNIX seconds) on it is anybody's."""

    async def settle(self, tenant: str, event_id: str, *, now: float) -> None:
        """It has been handled and answered; its body is forgotten."""

    async def unsettled(self, *, now: float) -> Sequence[Told]:
        """Deliveries whose lease has run out, taken over a crash: at most a hundred.

        First the oldest of each tenant, the oldest of these before the others, then each one's second, and so on.
        """

    async def forget(self, *, settled_before: float) -> int:
        """Drop rows settled before this UNIX time; returns how many. Slack retries for 24 hours: keep 48 and more."""


DecideEntry = Callable[[Sequence[Entry]], Entry | None]
"""Takes all entries of a workspace, oldest first; the one to append, None where nothing is new; may raise Refusal."""


class Workspaces(Protocol):
    """Keeps what a whole workspace shares: its own revisions of industry dates, its edits of the trading calendar."""

    async def entries(self, tenant: str) -> Sequence[Entry]:
        """Everything that was entered, oldest first."""

    async def append(
        self, tenant: str, decide: DecideEntry, *, cause: str | None = None
    ) -> tuple[Sequence[Entry], Entry | None]:
        """Decide on what is there and append, as one unit; returns all entries then, and the new one.

        A `cause` that this workspace already has: nothing is decided. Raises what `decide` raises; keeps nothing.
        """


class Remembered(msgspec.Struct, frozen=True):
    """What a question starts from, read at once: the one before it here, and the update notes that stand."""

    before: Asked | None
    notes: tuple[UpdateNote, ...]


class Questions(Protocol):
    """Keeps what was asked, what came of it, and what people thought of it."""

    async def remembered(self, tenant: str, firm: str, person: str, place: Place, *, since: str) -> Remembered:
        """The last question of this thread, where there is one; else this person's last one here after `since`."""

    async def keep(self, asked: Asked) -> None:
        """Keep a question. The same id again: only what came of it is written anew."""

    async def get(self, tenant: str, firm: str, question: str) -> Asked | None:
        """A question by its id."""

    async def waiting(self, tenant: str, firm: str, *, person: str = "", limit: int) -> Sequence[Asked]:
        """The firm's queue, those asked of the lead first, then the oldest first; only `person`'s where given."""

    async def all(self, tenant: str, firm: str) -> Sequence[Asked]:
        """Every question that was asked where this firm was meant, oldest first."""

    async def press(self, asked: Asked, owed: Sequence[Owed], *, at: str) -> bool:
        """The asker wants the lead to see it. False where that was said before; nothing new is owed then."""

    async def close(self, tenant: str, firm: str, question: str, *, by: str) -> bool:
        """Take it off the queue. False where it is not there any more."""

    async def vote(self, tenant: str, firm: str, question: str, person: str, *, helpful: bool, at: str) -> Voted:
        """One vote per person and answer, which may be changed."""


class Notes(Protocol):
    """Keeps a workspace's update notes. What is removed is not shown any more, and stays in the table."""

    async def standing(self, tenant: str) -> Sequence[UpdateNote]:
        """Those that stand, in the roadmap's order, newest first within a place."""

    async def add(self, note: UpdateNote) -> None:
        """Keep a note; the same id again changes nothing."""

    async def remove(self, tenant: str, note: str, *, by: str, at: str) -> bool:
        """False where it is not there any more."""


class Rearranged(msgspec.Struct, frozen=True):
    """What somebody who puts a reminder off, or wakes it, changes in the outbox."""

    needless: tuple[str, ...] = ()
    """What slept and is not to come back any more."""
    owed: tuple[Owed, ...] = ()


DecideRearranged = Callable[[Sequence[Kept]], Rearranged]


class Outbox(Protocol):
    """What we owe Slack: claimed for a lease, sent, settled. Leases are real time in UNIX seconds."""

    async def owe(self, owed: Sequence[Owed]) -> None:
        """Keep these; a key that is there already stays as it is."""

    async def claim(self, *, due: float, now: float, lease: float, limit: int) -> Sequence[Slot]:
        """Take up at most `limit` slots, the earliest first: of each, all that is due by business time and free.

        Nobody else gets a part of it meanwhile. Workspaces that are stopped are passed over. While there is more than
        claims take, what is let go of, or comes too late, may wait ten seconds for the rest.
        """

    async def settle(
        self,
        tenant: str,
        outcomes: Mapping[str, str],
        *,
        now: float,
        message: str = "",
        reached: str = "",
        at: float = 0.0,
        zone: str = "",
    ) -> None:
        """They were sent, or need not or cannot be: each key's outcome says which. The first one that says so counts.

        `message` is where those that arrived stand since business time `at`, which was a day in this `zone`, and
        `reached` whom it got to then: that Slack took no messages for them does not count any more, as in
        `Directory.blocked`.
        """

    async def release(
        self, tenant: str, keys: Sequence[str], *, until: float, looked: bool = False, lease: float | None = None
    ) -> None:
        """They were surely not sent: free again from `until` on, and the try does not count.

        `looked`: nor does any before it, as Slack was asked and none of them is there. `lease`: where they were taken
        until then, and by nobody since; else any that is taken.
        """

    async def swap(self, tenant: str, key: str, owed: Sequence[Owed]) -> None:
        """Owe these in the stead of this row, of which nothing is kept: both, or neither. It need not be there."""

    async def get(self, tenant: str, key: str) -> Kept | None:
        """A row by its key."""

    async def of_message(self, tenant: str, message: str) -> Sequence[Kept]:
        """What stands in this message, in the order in which it was due."""

    async def summaries(self, tenant: str, channel: str, slot: str) -> Sequence[Kept]:
        """The rows of all firms whose summaries are one message in this channel, in the order of their keys."""

    async def last_summary(self, tenant: str, channel: str, slot: str, *, firm: str = "") -> float | None:
        """When the newest message that stands before this one was due: in the channel, as often, an earlier period's.

        With `firm`, the newest in which that one stands.

        Business time in UNIX seconds. None where none came, and where it is so long ago that it is forgotten.
        """

    async def reviews_asked(self, tenant: str, person: str, slot: str) -> Sequence[Kept]:
        """What this person was asked to review in this slot and is not forgotten, in the order in which it was due."""

    async def next_due(self, *, after: float = 0.0) -> float | None:
        """The earliest business time later than `after` at which something unsettled is due; None where nothing is."""

    async def overdue(self, *, before: float) -> Mapping[str, tuple[int, float]]:
        """By workspace that is not stopped: how much was due before this business time and waits, and since when.

        The ten thousand that have waited longest are counted.
        """

    async def snoozed(self, tenant: str, person: str) -> Sequence[Owed]:
        """What this person put off and what has not come back yet, the earliest first."""

    async def rearrange(self, key: FirmKey, decide: DecideRearranged, *, now: float) -> None:
        """Have `decide` read the firm's reminders, settled ones too, and do as it says: all of it or nothing.

        Nobody else rearranges or plans the firm meanwhile. Where it is not there any more, nothing is.
        """

    async def in_doubt(self, tenant: str, person: str) -> Sequence[Owed]:
        """What was taken up for this person and is not settled: it may stand in a message already."""

    async def stop(self, tenant: str, reason: str, *, now: float, instead_of: str = "") -> None:
        """Nothing of this workspace is claimed or planned any more: the app was removed, or its token revoked.

        Where it was stopped before, that reason stays, but for the one that this is `instead_of`.
        """

    async def resume(self, tenant: str) -> None:
        """It can be written to again."""

    async def look_again(self, tenant: str, *, now: float, before: float) -> bool:
        """Whether we are to see now if a stopped one can go on: not where it was stopped, or seen to, after `before`.

        Whoever asks after us is not to, until as much time has passed again.
        """

    async def stopped(self) -> Mapping[str, str]:
        """The workspaces that are stopped, each with its reason."""

    async def undelivered(self, tenant: str, *, limit: int) -> Sequence[Kept]:
        """What could not be brought, the newest first; a message that stands there and only stays as it is was."""

    async def forget(self, *, settled_before: float, letters_before: float) -> int:
        """Drop reminders settled before the one time and everything else settled before the other; returns how many."""


class Grounds(msgspec.Struct, frozen=True):
    """What it goes by whether a firm's reminders hold, read at one moment."""

    position: Position
    entries: tuple[Entry, ...]
    """The workspace's."""
    people: Mapping[str, Reach]
    """Every member of the firm, and who was asked about."""


class Facts(msgspec.Struct, frozen=True):
    """What a firm's plan is made from, read in one transaction."""

    position: Position
    entries: tuple[Entry, ...]
    """The workspace's."""
    people: Mapping[str, Reach]
    """Every member of the firm."""
    rows: tuple[Kept, ...]
    """The firm's reminders in the outbox: what is owed, and what is settled and still kept."""
    planned_at: float
    """Business time of the last plan, 0 where there was none."""
    first_unseen: datetime | None = None
    """When the first event was recorded that the last plan did not see; None where it saw all, or there was none."""


class Replan(msgspec.Struct, frozen=True):
    """What a new plan changes in the outbox."""

    add: tuple[Owed, ...] = ()
    move: Mapping[str, float] = {}
    """Rows that are due at another time now: key to `due_at`."""
    drop: tuple[str, ...] = ()
    """Rows that do not hold any more."""
    outcomes: Mapping[str, str] = {}
    """Rows in a message whose item changed: `closed` where it is done, given away or gone; `sent` where it is not."""
    about: Mapping[str, str] = {}
    """Rows whose date is another one now: key to `about`."""
    redraw: tuple[Owed, ...] = ()
    """One for each message that shows something else now."""
    again_at: float = 0.0
    """Business time at which it must be planned again at the latest."""
    gist: Gist | None = None
    """The position in a few numbers, kept beside it."""


DecidePlan = Callable[[Facts], Replan]


class Plans(Protocol):
    """Keeps each firm's plan of reminders: the rows in the outbox that follow from what is known of the firm."""

    async def stale(self, *, now: float, limit: int, tenant: str = "") -> Sequence[FirmKey]:
        """Firms whose plan was made from something else than what is known, is a day old by business time `now`, or was
        made at a time that is still to come; none of a workspace that is stopped.

        `tenant`: only those of this workspace, be it stopped.
        """

    async def grounds(self, key: FirmKey, person: str) -> Grounds | None:
        """What reminders of the firm to this person go by; None where there is no such firm."""

    async def replan(self, key: FirmKey, decide: DecidePlan, *, now: float) -> Replan | None:
        """Read the facts, decide, and write rows, gist and plan, as one unit; None where there is no such firm.

        A row that somebody took up and did not settle is neither moved nor dropped: it may have been sent. `now` is
        business time. Raises what `decide` raises; nothing is written then.
        """


DocumentState = Literal["waiting", "reading", "ready", "failed", "removing"]


class Document(msgspec.Struct, frozen=True):
    """A document of a firm's own, and how far it has been read."""

    key: FirmKey
    id: str
    name: str
    kind: str
    """`txt`, `md`, `pdf` or `docx`."""
    file: str
    """Where the adapter finds its content: opaque here."""
    by: str
    by_name: str
    added_at: str
    """Business time, UTC, ISO."""
    replaces: str = ""
    """Id of the document whose place it takes once it is ready."""
    state: DocumentState = "waiting"
    reason: str = ""
    """Where it failed, or waits for this machine: the sentence that says why."""
    size: int = 0
    digest: str = ""
    """SHA-256 of its content in hex; empty until it was fetched."""
    pages: int | None = None
    pages_read: int = 0
    passages: int = 0
    """Passages kept so far; they can be found at once."""
    notice: str = ""
    """Where its progress is shown: opaque here."""
    tries: int = 0


class Passage(msgspec.Struct, frozen=True):
    """A piece of a document that can be quoted; `heading` is the path to it, `page` None where there are no pages."""

    document: str
    page: int | None
    heading: str
    text: str


class Hits(msgspec.Struct, frozen=True):
    """What a search came to: the likeliest passages, and how rare each word is among the firm's passages."""

    passages: tuple[Passage, ...]
    counts: Mapping[str, int]
    """In how many passages each word stands; words in very many are counted no further than the store cares to."""
    total: int


class Knowledge(Protocol):
    """Keeps each firm's documents, cut into passages, and finds passages by words. No firm meets another's."""

    async def expect(self, document: Document) -> bool:
        """Keep that this document is to be read; False where its id is known already."""

    async def documents(self, key: FirmKey) -> Sequence[Document]:
        """All of the firm's, in the order they came."""

    async def take(self, *, by: str, now: float, lease: float, after: str = "") -> Document | None:
        """The next document that waits, is being read or goes, and whose lease (seconds) ran out: ours from now on.

        Workspaces take turns, in the order of their names: the first one behind `after` is next.
        """

    async def hold(self, document: Document, *, by: str, until: float) -> None:
        """Still at it, or (`until` now) no longer; nothing happens where it is not ours."""

    async def save(self, document: Document, *, by: str, until: float) -> bool:
        """Keep how it stands (state, reason, size, digest, pages, notice) and the lease; False where it is not ours."""

    async def shelve(
        self, document: Document, passages: Sequence[Passage], *, pages_read: int, by: str, until: float
    ) -> bool:
        """Add passages after the `document.passages` there are; False where it is not ours or others were added."""

    async def discard(self, key: FirmKey, document: str) -> bool:
        """It goes: nothing of it is found any more, and `clear` takes its passages. False where there is none."""

    async def clear(self, document: Document, *, by: str, until: float) -> bool:
        """Drop some of the passages of a document that goes, and in the end the document; True where more is left."""

    async def search(self, key: FirmKey, words: Sequence[str], *, most: int = 30) -> Hits:
        """The passages of this firm that have most of these stemmed words, the rare ones first."""
