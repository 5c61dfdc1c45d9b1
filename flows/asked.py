"""What is kept of questions: what was asked and answered, votes, update notes, and what is owed to people in Slack."""

from typing import Literal

import msgspec

Outcome = Literal["answered", "firm", "ambiguous", "declined"]
"""`firm`: the roadmap does not say, and an answer of the firm's own stood in."""

Voted = Literal["new", "same", "changed"]


class Place(msgspec.Struct, frozen=True):
    """Where a question was asked. `channel` is opaque; `thread` is empty where what follows cannot be told by it."""

    channel: str = ""
    thread: str = ""
    replied: bool = False
    """Whether it was asked within a thread that was there, and not as the beginning of one."""


class Asked(msgspec.Struct, frozen=True):
    """A question and what came of it. `firm` is the firm's id, empty where none was meant.

    `before`: what it followed. `subject`: the question with what it left out, for the next one to follow.
    `asked_at`, `pressed_at`: UTC in ISO form. `said`, `cited`: the direct lines, and the passages as JSON.
    """

    tenant: str
    firm: str
    id: str
    person: str
    name: str
    channel: str
    thread: str
    asked_at: str
    question: str
    outcome: Outcome
    said: str
    cited: str
    edition: str
    step: str = ""
    before: str = ""
    subject: str = ""
    practice: bool = False
    waiting: bool = False
    """In the lead's queue."""
    pressed_at: str = ""
    """When the asker asked the lead in so many words; empty where not."""
    closed_by: str = ""
    """Who took it off the queue, by an answer or without one."""


class UpdateNote(msgspec.Struct, frozen=True):
    """What a workspace admin says has changed since the edition. `as_of`: the day it was true, in ISO form.

    It touches the whole roadmap where `step` is empty, a whole step where `first` is 0, else those lines.
    """

    tenant: str
    id: str
    text: str
    source: str
    as_of: str
    added_by: str
    added_by_name: str
    added_at: str
    step: str = ""
    first: int = 0
    last: int = 0


class Owed(msgspec.Struct, frozen=True):
    """A message we owe somebody in Slack, until it is settled. The same key is owed once.

    `kind` says which conversation draws it when it is sent, from `about`; `due_at` is business time in UNIX seconds.
    """

    tenant: str
    key: str
    firm: str
    kind: str
    person: str
    about: str
    due_at: float
    tries: int = 0
    """How often somebody took it up; more than one means that an earlier try may have been sent. 0 once settled."""
    slot: str = ""
    """What is due for one person in the same slot is one message. Empty: alone; its key is its slot then."""
    message: str = ""
    """The message it stands in, once it was sent: opaque here."""
    first_taken: float = 0.0
    """Real time it was first taken up, so that one knows from where on to look for it; 0 where nobody did."""
    said_at: float = 0.0
    """Business time at which it was sent; 0 where it was not, or nobody knows when."""
    said_in: str = ""
    """The zone whose day it was sent for, as an IANA name; empty where it is for none, or nobody knows."""


REDRAW = "redraw"
"""A message that is to be drawn anew."""

SUMMARY = "summary"
"""What is posted to a channel; its `person` is the channel."""

REVIEW_ASKED = "review_asked"
"""What asks somebody to look at a finished task; those of one firm that come about the same time are one message."""

REMINDERS = ("reminder", "snooze", SUMMARY)
"""Kinds that a firm's plan is about. They are kept longer than letters: what was said once is not said again."""

ARRIVED = ("sent", "sent before")
CLOSED = "closed"
FINE = (*ARRIVED, CLOSED, "needless")
"""Outcomes that are as they should be: sent, sent by an earlier try, sent and its item done since, or not wanted any
more. Any other outcome is the word for why it could not be brought."""


class Kept(msgspec.Struct, frozen=True):
    """A row of the outbox as it stands; `outcome` is empty until it is settled."""

    owed: Owed
    settled: bool = False
    outcome: str = ""
    settled_at: float = 0.0
    """Real time; the rows of one message are settled at one."""


class Slot(msgspec.Struct, frozen=True):
    """Everything that is due for one person at one time, the earliest first: one message."""

    tenant: str
    person: str
    slot: str
    owed: tuple[Owed, ...]
