"""What can have happened to a firm: append-only facts in the past tense, and the row each is kept in."""

from datetime import date, datetime, time
from typing import Literal

import msgspec

from flows.agent_file import AgentFile
from flows.habits import Rules

Situation = Literal["new", "reporting", "changing"]
RoleName = Literal["lead", "member", "viewer"]
EvidenceKind = Literal["link", "note", "message", "file"]
Every = Literal["once", "daily", "weekly"]


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


class Event(msgspec.Struct, frozen=True, tag_field="type", tag=_snake, omit_defaults=True):
    """A fact about a firm. `happened_on` is the day people claim, kept apart from when it was recorded."""


class FirmSetUp(Event, frozen=True):
    name: str
    situation: Situation
    time_zone: str
    target: date | None = None


class FirmRenamed(Event, frozen=True):
    name: str


class SituationChanged(Event, frozen=True):
    situation: Situation


class TargetSet(Event, frozen=True):
    """`target` None clears it."""

    target: date | None


class TimeZoneSet(Event, frozen=True):
    """An IANA name."""

    time_zone: str


class PrecheckAnswered(Event, frozen=True):
    value: str


class ProfileAnswered(Event, frozen=True):
    value: str


class CrdEntered(Event, frozen=True):
    """The firm's CRD number, digits only; empty clears it."""

    crd: str


class MemberSet(Event, frozen=True):
    person: str
    name: str
    role: RoleName


class MemberRemoved(Event, frozen=True):
    person: str


class ChannelLinked(Event, frozen=True):
    channel: str


class ChannelUnlinked(Event, frozen=True):
    channel: str


class AnswerGiven(Event, frozen=True):
    fact: str
    value: tuple[str, ...]
    basis: str = ""
    happened_on: date | None = None
    recheck_on: date | None = None
    grounds: tuple[str, ...] = ()
    """Ids of those the roadmap names, for an answer that needs its reason."""
    attester: str = ""
    """Who is asked to attest to it as the second person; `attester_name` as it was then."""
    attester_name: str = ""


class MemoAttested(Event, frozen=True):
    """A second person attests to an answer, or does not agree. `of` is the event that gave it, `doer` who did."""

    fact: str
    of: int
    agrees: bool
    doer: str
    reason: str = ""


class AnswersCopied(Event, frozen=True):
    """So many answers and agents come from another firm that this person leads; which one is nobody else's to know."""

    answers: int
    agents: int


class AgentAdded(Event, frozen=True):
    agent: str
    name: str


class AgentRenamed(Event, frozen=True):
    agent: str
    name: str


class AgentRemoved(Event, frozen=True):
    agent: str
    reason: str = ""


class AgentReturned(Event, frozen=True):
    """An agent that was taken off reports for the firm again; its old records count again."""

    agent: str


class AgentFileKept(Event, frozen=True):
    """The agent's supervision file as it is from then on."""

    agent: str
    file: AgentFile


class ChangeOfAgentStarted(Event, frozen=True):
    change: str
    old: str
    new: str


class TaskCompleted(Event, frozen=True):
    task: str
    outcome: str = ""
    happened_on: date | None = None
    earlier: bool = False
    note: str = ""


class TaskWaiting(Event, frozen=True):
    """`since` and `follow_up_on` are days in the firm's zone."""

    task: str
    whom: str
    since: date
    follow_up_on: date | None = None
    note: str = ""


class WaitEnded(Event, frozen=True):
    task: str


class TaskSetAside(Event, frozen=True):
    """A person said the task does not apply to this firm, and why."""

    task: str
    reason: str


class TaskReopened(Event, frozen=True):
    task: str
    reason: str


class ReviewSet(Event, frozen=True):
    """What is finished in this scope from then on needs a second pair of eyes; no `reviewer`: any other member's.

    `scope` is `all`, `step 3`, `step 6-II-A` or `task s3e`; `name` is the reviewer's as it was then.
    """

    scope: str
    reviewer: str = ""
    name: str = ""


class ReviewCleared(Event, frozen=True):
    scope: str


class TaskApproved(Event, frozen=True):
    """Somebody else looked at a finished task. `of` is the event that finished it, `doer` who did."""

    task: str
    of: int
    doer: str


class TaskSentBack(Event, frozen=True):
    """Somebody else looked at a finished task, and it is open again."""

    task: str
    of: int
    doer: str
    reason: str


class EvidenceAdded(Event, frozen=True):
    """`digest` is a SHA-256 in hex: of a file's content, or of a saved message's text, which itself is not copied.

    `text` is the link, the note, the message's address, or the file's address in Slack; `came_from` the address of the
    message that a file was in. `claimed` and `seen` are MIME types: what Slack says it is, and what its bytes show.
    """

    task: str
    kind: EvidenceKind
    text: str
    label: str = ""
    digest: str = ""
    happened_on: date | None = None
    name: str = ""
    size: int | None = None
    claimed: str = ""
    seen: str = ""
    copied: bool = False
    """Whether a copy of the content was kept here; it is found by its digest."""
    not_copied: str = ""
    """Why a file has no copy, a key of `flows.proof.NOT_COPIED`."""
    came_from: str = ""
    covers: tuple[str, ...] = ()
    """What of our suggestions for the task it is said to be, as they were worded then."""


class EvidenceRemoved(Event, frozen=True):
    """A piece of evidence counts no more, and why. `evidence` is the sequence of the event that added it."""

    task: str
    evidence: int
    name: str
    reason: str
    weak: bool = False
    covers: tuple[str, ...] = ()


class NoteAdded(Event, frozen=True):
    """A comment on a task, or on the firm where `task` is empty."""

    text: str
    task: str = ""


class FirmAnswerGiven(Event, frozen=True):
    """A lead's answer to a member's question; with the id of one that is there, it takes its place.

    `answer` is the id of the question it was given to. From `check_on` on it asks to be looked at again.
    """

    answer: str
    question: str
    text: str
    check_on: date


class FirmAnswerConfirmed(Event, frozen=True):
    """A lead looked at it again, and it still holds."""

    answer: str
    check_on: date


class FirmAnswerWithdrawn(Event, frozen=True):
    answer: str
    reason: str = ""


class DocumentAdded(Event, frozen=True):
    """A document of the firm's own. `digest` is the SHA-256 of its content in hex; `pages` None where it has none."""

    document: str
    name: str
    kind: str
    size: int
    digest: str
    pages: int | None = None


class DocumentRemoved(Event, frozen=True):
    """Nothing of it is found any more, and why. `replaced_by` is the name of the one that took its place, if any."""

    document: str
    name: str
    replaced_by: str = ""
    reason: str = ""


class TextRefused(Event, frozen=True):
    """Text that looked like personal data was refused; only that it happened is kept."""

    looked_like: str
    task: str = ""


class TaskDueSet(Event, frozen=True):
    """The day the firm wants a task finished by; None clears it."""

    task: str
    due: date | None


class StepDueSet(Event, frozen=True):
    """The day for every task of a step, or of a part such as `6-II-A`, that has none of its own; None clears it."""

    step: str
    due: date | None


class TaskAssigned(Event, frozen=True):
    """A member owns the task. `name` as it was then."""

    task: str
    person: str
    name: str


class TaskUnassigned(Event, frozen=True):
    """Nobody owns the task any more."""

    task: str


class RecurringSet(Event, frozen=True):
    """A date of the firm's own that comes back every year. Ids are never used again; the same id changes it."""

    recurring: str
    name: str
    month: int
    day: int


class RecurringRemoved(Event, frozen=True):
    recurring: str


class RecurringDone(Event, frozen=True):
    """What comes back every year is done for its day `on`."""

    recurring: str
    on: date


class RemindersSet(Event, frozen=True):
    """When the firm's people are reminded."""

    rules: Rules


class RecordExported(Event, frozen=True):
    """The record was written out for somebody. `digest` is the file's SHA-256 in hex, `size` its bytes."""

    format: str
    digest: str
    size: int


class SummarySet(Event, frozen=True):
    """The firm's summary is to be posted to a channel, at this hour of that zone; whether it could be is not in it.

    `shared`: though other companies see it. `name`: what the channel was called, empty where that was not known.
    """

    channel: str
    every: Every
    hour: time
    time_zone: str
    shared: bool = False
    name: str = ""


class SummaryStopped(Event, frozen=True):
    """The firm's summary is posted to this channel no more."""

    channel: str


class HoldSet(Event, frozen=True):
    """A legal hold: from now on nothing that the firm keeps can be removed."""

    reason: str


class HoldLifted(Event, frozen=True):
    """The hold ends."""

    reason: str


class Told(msgspec.Struct, frozen=True):
    """One owner who was asked to look at one task; `name` as it was then."""

    task: str
    person: str
    name: str


class Nudged(Event, frozen=True):
    """A lead asked owners to look at their tasks. `nudge` is the same in all firms that one click reached."""

    nudge: str
    told: tuple[Told, ...]


class Undone(Event, frozen=True):
    """The events with these sequences, all of one click, no longer count. Undoing an undo makes them count again."""

    of: tuple[int, ...]


AnyEvent = (
    FirmSetUp
    | FirmRenamed
    | SituationChanged
    | TargetSet
    | TimeZoneSet
    | PrecheckAnswered
    | ProfileAnswered
    | CrdEntered
    | MemberSet
    | MemberRemoved
    | ChannelLinked
    | ChannelUnlinked
    | AnswerGiven
    | AnswersCopied
    | MemoAttested
    | AgentAdded
    | AgentRenamed
    | AgentRemoved
    | AgentReturned
    | AgentFileKept
    | ChangeOfAgentStarted
    | TaskCompleted
    | TaskWaiting
    | WaitEnded
    | TaskSetAside
    | TaskReopened
    | ReviewSet
    | ReviewCleared
    | TaskApproved
    | TaskSentBack
    | EvidenceAdded
    | EvidenceRemoved
    | NoteAdded
    | FirmAnswerGiven
    | FirmAnswerConfirmed
    | FirmAnswerWithdrawn
    | DocumentAdded
    | DocumentRemoved
    | TextRefused
    | TaskDueSet
    | StepDueSet
    | TaskAssigned
    | TaskUnassigned
    | RecurringSet
    | RecurringRemoved
    | RecurringDone
    | RemindersSet
    | RecordExported
    | SummarySet
    | SummaryStopped
    | Nudged
    | HoldSet
    | HoldLifted
    | Undone
)

_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


class FirmKey(msgspec.Struct, frozen=True):
    """`tenant` is `enterprise/team`, with `-` where there is none; a firm's id means nothing without it."""

    tenant: str
    firm: str


class Record(msgspec.Struct, frozen=True):
    """One row of a firm's history, as stored: text that the chained hash covers byte for byte.

    Times are UTC in ISO form; `happened_on` is a day without a zone; `payload`, `before` and `after` are JSON text.
    """

    tenant: str
    firm: str
    sequence: int
    type: str
    actor: str
    actor_name: str
    recorded_at: str
    happened_on: str | None
    payload: str
    before: str
    after: str
    source: str
    edition: str
    practice: bool
    cause: str | None
    """What Slack called the click or message that brought this; unique per firm, so that a replay adds nothing.

    Where one click brings several rows, those after the first have `+1`, `+2` ... behind it."""
    previous_hash: str
    hash: str

    @property
    def event(self) -> AnyEvent:
        """The payload as an event. Raises msgspec.ValidationError where the text is no event of ours."""
        return _decoder.decode(self.payload)

    @property
    def at(self) -> datetime:
        """When it was recorded, aware, UTC."""
        return datetime.fromisoformat(self.recorded_at)
