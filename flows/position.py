"""A firm's position: what its events add up to, kept as one snapshot row."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Literal

import msgspec

from flows.agent_file import AgentFile
from flows.events import Every, FirmKey, RoleName, Situation
from flows.habits import Rules

TaskState = Literal["open", "waiting", "done", "set_aside"]
AgentStatus = Literal["active", "leaving", "removed"]

SHAPE = 17
"""Stored with every snapshot. Raise it whenever what events add up to changes: older snapshots are then folded anew."""


class Moment(msgspec.Struct, frozen=True):
    """The event something dates from: its sequence, when it was recorded, and who did it."""

    sequence: int
    at: datetime
    by: str


class Undoing(msgspec.Struct, frozen=True):
    """An undo that counts: when what it took back was recorded, the first of it, and when it was taken back."""

    clicked: datetime
    undone: datetime


class Member(msgspec.Struct, frozen=True):
    """A Slack user's part in a firm."""

    person: str
    name: str
    role: RoleName


def works(member: Member | None) -> bool:
    """Whether somebody who is that to a firm, or nothing where None, can do its tasks."""
    return member is not None and member.role != "viewer"


class Answer(msgspec.Struct, frozen=True):
    """What the firm said to a question. `sequence` is the event that said it."""

    value: tuple[str, ...]
    by: str
    by_name: str
    at: datetime
    sequence: int
    basis: str = ""
    happened_on: date | None = None
    recheck_on: date | None = None
    grounds: tuple[str, ...] = ()
    attester: str = ""
    attester_name: str = ""
    known: Moment | None = None
    """When the question was answered first."""
    turned: Mapping[str, Moment] = {}
    """For each value that came or went since: when it last did."""

    def since(self, value: str) -> Moment | None:
        """Since when the answer holds this value, or does not, whichever is so now."""
        return self.turned.get(value, self.known)


class Attestation(msgspec.Struct, frozen=True):
    """What a second person said to the answer that the event `of` gave."""

    of: int
    agrees: bool
    reason: str
    by: str
    by_name: str
    at: datetime
    sequence: int


class Agent(msgspec.Struct, frozen=True):
    """A CAT Reporting Agent of the firm. Ids are never used again; `sequence` is the event that added it last."""

    id: str
    name: str
    sequence: int
    status: AgentStatus = "active"
    ended_at: datetime | None = None
    """When it was taken off, where it was."""


class KeptFile(msgspec.Struct, frozen=True):
    """An agent's supervision file, and who said last what it says."""

    file: AgentFile
    by: str
    by_name: str
    at: datetime
    sequence: int


class Change(msgspec.Struct, frozen=True):
    """A change of agent or clearing firm: the ids of the agent that leaves and the one that comes.

    `knew`: the facts answered and the tasks done when it began, so that what comes later does not change its tasks.
    """

    id: str
    old: str
    new: str
    sequence: int
    knew: tuple[str, ...] = ()


class TaskRecord(msgspec.Struct, frozen=True):
    """What is recorded of one task, or of one repeat of it. `sequence` is the last event that changed it."""

    state: TaskState
    sequence: int
    by: str
    by_name: str
    at: datetime
    outcome: str = ""
    happened_on: date | None = None
    earlier: bool = False
    whom: str = ""
    since: date | None = None
    follow_up_on: date | None = None
    reason: str = ""
    sent_back_to: str = ""
    """Whoever had finished it, where a review sent it back; they are told so."""


class ReviewRule(msgspec.Struct, frozen=True):
    """That what is finished needs a second pair of eyes: `reviewer`'s, or where it is empty any other member's.

    `since` is the event that first asked for it, `sequence` the last that changed it.
    """

    reviewer: str
    name: str
    since: int
    sequence: int
    by: str
    by_name: str
    at: datetime


class Approval(msgspec.Struct, frozen=True):
    """Somebody looked at a task that the event `of` finished."""

    of: int
    by: str
    by_name: str
    at: datetime
    sequence: int


class Due(msgspec.Struct, frozen=True):
    """A day the firm set itself. `sequence` is the event that set it: each setting of a date is one of its own."""

    on: date
    sequence: int
    at: datetime
    by: str


class Owner(msgspec.Struct, frozen=True):
    """Who a task belongs to. `name` as it was when it was assigned; `sequence` is the event that did it."""

    person: str
    name: str
    sequence: int
    at: datetime
    by: str
    by_name: str


class Recurring(msgspec.Struct, frozen=True):
    """A date of the firm's own that comes back every year. Ids are never used again.

    `sequence` and `at` are of the event that set its day: another spelling of its name leaves them.
    """

    id: str
    name: str
    month: int
    day: int
    sequence: int
    at: datetime


class YearDone(msgspec.Struct, frozen=True):
    """A day of a recurring date that is done, and the event that said so."""

    on: date
    sequence: int
    by: str
    by_name: str
    at: datetime


class FirmAnswer(msgspec.Struct, frozen=True):
    """What a lead answered to a question the roadmap does not answer, and who said last that it holds.

    `id` is the question's. One that was withdrawn is shown to nobody, and its question stays answered.
    """

    id: str
    question: str
    text: str
    by: str
    by_name: str
    at: datetime
    check_on: date
    sequence: int
    withdrawn: bool = False


class KnownDocument(msgspec.Struct, frozen=True):
    """A document of the firm's own, as it was added. `sequence` is the event that added it."""

    id: str
    name: str
    by: str
    by_name: str
    at: datetime
    sequence: int


class Posted(msgspec.Struct, frozen=True):
    """A channel in which the firm's summary is posted, and who set that up. `sequence` is the event that did."""

    every: Every
    hour: time
    time_zone: str
    shared: bool
    by: str
    by_name: str
    at: datetime
    sequence: int


class Hold(msgspec.Struct, frozen=True):
    """A legal hold that stands: why, and who set it. `sequence` is the event that did."""

    reason: str
    by: str
    by_name: str
    at: datetime
    sequence: int


class Nudge(msgspec.Struct, frozen=True):
    """The last time somebody was asked to look at a task: when, and by which click."""

    at: datetime
    nudge: str


def nudge_key(task: str, person: str) -> str:
    """By what a firm keeps who was nudged about what."""
    return f"{task} {person}"


class Position(msgspec.Struct, frozen=True):
    """Where a firm is. `version` is the sequence of its last event, `head` that event's hash."""

    key: FirmKey
    version: int = 0
    head: str = ""
    edition: str = ""
    name: str = ""
    situation: Situation = "new"
    time_zone: str = "America/New_York"
    target: date | None = None
    target_sequence: int = 0
    """The event that set or cleared the target last, 0 where none did."""
    target_at: datetime | None = None
    set_up_at: datetime | None = None
    precheck: str = ""
    profile: str = ""
    crd: str = ""
    """The firm's CRD number, digits only; empty where nobody entered it."""
    practice: bool = False
    members: Mapping[str, Member] = {}
    channels: tuple[str, ...] = ()
    answers: Mapping[str, Answer] = {}
    agents: tuple[Agent, ...] = ()
    changes: tuple[Change, ...] = ()
    tasks: Mapping[str, TaskRecord] = {}
    evidence: Mapping[str, int] = {}
    """How many pieces of evidence each task has; the pieces themselves are in the history."""
    weak_evidence: Mapping[str, int] = {}
    """How many of them are weak by themselves; see `flows.proof.is_weak`."""
    covered: Mapping[str, tuple[str, ...]] = {}
    """By task: what of our suggestions its evidence is said to be, once for each piece that says so."""
    notes: Mapping[str, int] = {}
    task_due: Mapping[str, Due] = {}
    """By the task's key; see `flows.own_dates.due_of` for a task whose step has a date."""
    step_due: Mapping[str, Due] = {}
    """By the step's or part's id."""
    owners: Mapping[str, Owner] = {}
    """By the task's key."""
    recurring: tuple[Recurring, ...] = ()
    years_done: Mapping[str, tuple[YearDone, ...]] = {}
    """By the recurring date's id: those of its days that are done."""
    reminders: Rules = Rules()
    changed_at: Mapping[str, datetime] = {}
    """When something changed that keeps no time of its own, by `flows.subjects`: whatever an undo touched, an owner
    taken away, a member who came, left or got another role. `works` of a person: when they came to be a member or lead,
    or were one no more; from the one to the other is no change of that."""
    undoings: tuple[Undoing, ...] = ()
    """The newest of them, oldest first; see `flows.evolve.UNDOINGS_KEPT`."""
    firm_answers: Mapping[str, FirmAnswer] = {}
    posted: Mapping[str, Posted] = {}
    """By the channel."""
    nudged: Mapping[str, Nudge] = {}
    """By the task's key and the person asked to look at it; see `nudge_key`."""
    documents: Mapping[str, KnownDocument] = {}
    """The firm's own documents that count, by id."""
    hold: Hold | None = None
    """The legal hold, while one stands."""
    agent_files: Mapping[str, KeptFile] = {}
    """By the agent's id; one that was taken off keeps its own."""
    review_rules: Mapping[str, ReviewRule] = {}
    """By the scope, as in `flows.events.ReviewSet`."""
    approvals: Mapping[str, Approval] = {}
    """By the task's key; see `flows.reviews.of_item` for whether one still counts."""
    attestations: Mapping[str, Attestation] = {}
    """By the fact; see `flows.memos.memo_of` for whether one still counts."""

    @property
    def recurring_done(self) -> Mapping[str, tuple[date, ...]]:
        """By the recurring date's id: those of its days that are done."""
        return {recurring: tuple(done.on for done in years) for recurring, years in self.years_done.items()}

    def agent(self, agent_id: str) -> Agent | None:
        """The agent with this id, whatever its status."""
        return next((a for a in self.agents if a.id == agent_id), None)

    @property
    def knows(self) -> tuple[str, ...]:
        """The facts answered and the tasks done by now."""
        return (*self.answers, *(key for key, task in self.tasks.items() if task.state == "done"))

    def value(self, fact: str) -> tuple[str, ...]:
        """The answer's value, empty while there is none."""
        answer = self.answers.get(fact)
        return answer.value if answer else ()
