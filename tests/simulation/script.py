"""What happens to firms and people, as plain values that the oracle reads and the world plays."""

from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens at an instant (aware, UTC). `by` is who does it; people are named by their Slack id."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class InFirm(Happening):
    """Something within one firm. Tasks are named by their key, with an agent's name in brackets: `s5[Alder]`."""

    firm: str


@dataclass(frozen=True, slots=True)
class SetsUp(InFirm):
    zone: str
    target: date | None = None


@dataclass(frozen=True, slots=True)
class Adds(InFirm):
    """Somebody becomes a member, or gets another role."""

    person: str
    role: str


@dataclass(frozen=True, slots=True)
class Removes(InFirm):
    person: str


@dataclass(frozen=True, slots=True)
class Answers(InFirm):
    """`fact` is `fdid_duty` (yes, no, unsure) or `methods`; with `agent` among the methods, `agents` names them."""

    fact: str
    value: tuple[str, ...]
    agents: tuple[str, ...] = ()
    again: date | None = None
    """The day to look at the answer again."""


@dataclass(frozen=True, slots=True)
class Does(InFirm):
    task: str


@dataclass(frozen=True, slots=True)
class SetsAside(InFirm):
    task: str


@dataclass(frozen=True, slots=True)
class OpensAgain(InFirm):
    task: str


@dataclass(frozen=True, slots=True)
class Waits(InFirm):
    task: str
    since: date
    look_again: date | None = None


@dataclass(frozen=True, slots=True)
class EndsWait(InFirm):
    task: str


@dataclass(frozen=True, slots=True)
class Dates(InFirm):
    """A task's day; None clears it."""

    task: str
    day: date | None


@dataclass(frozen=True, slots=True)
class DatesStep(InFirm):
    """A step's or a part's day; None clears it."""

    step: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Targets(InFirm):
    day: date | None


@dataclass(frozen=True, slots=True)
class Gives(InFirm):
    """A task goes to somebody; None: to nobody."""

    task: str
    to: str | None


@dataclass(frozen=True, slots=True)
class DatesYearly(InFirm):
    name: str
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class FinishesYearly(InFirm):
    name: str
    on: date


@dataclass(frozen=True, slots=True)
class RemovesYearly(InFirm):
    name: str


@dataclass(frozen=True, slots=True)
class SetsRules(InFirm):
    """The firm's own numbers; None leaves one as it is."""

    before: tuple[int, ...] | None = None
    hour: time | None = None


@dataclass(frozen=True, slots=True)
class Undoes(InFirm):
    """Takes back what this person did last in this firm."""


@dataclass(frozen=True, slots=True)
class Snoozes(InFirm):
    """`by` snoozes what the last message that spoke of `subject` said: for an `hour`, until `tomorrow` or a `week`."""

    subject: str
    choice: str


@dataclass(frozen=True, slots=True)
class Moves(Happening):
    """`by` is in another time zone from now on."""

    zone: str


@dataclass(frozen=True, slots=True)
class Leaves(Happening):
    """The account of `by` is closed. Not `noted`: nobody wrote down since when, as before that was kept."""

    noted: bool = True


@dataclass(frozen=True, slots=True)
class TakesNoMessages(Happening):
    """Slack refuses messages of apps to `by` from now on, as the first one that is sent finds out."""


@dataclass(frozen=True, slots=True)
class PicksHour(Happening):
    hour: time


@dataclass(frozen=True, slots=True)
class Pauses(Happening):
    until: date


@dataclass(frozen=True, slots=True)
class TurnsOff(Happening):
    off: bool


@dataclass(frozen=True, slots=True)
class ClosesExchange(Happening):
    """A workspace admin enters that the exchange is closed on a day."""

    day: date


@dataclass(frozen=True, slots=True)
class Revises(Happening):
    """A workspace admin enters what was announced of an industry date, on some day from `first` to `last`.

    It is a day, or the end of a window that `opens` before.
    """

    deadline: str
    first: date
    last: date
    day: date
    opens: date | None = None


@dataclass(frozen=True, slots=True)
class Down:
    """The bot is down from one instant to another; or, `revoked`, it runs, and its token does not count."""

    since: datetime
    until: datetime
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """`zones` is what Slack says of each person at the beginning; who is not in it has none."""

    happenings: tuple[Happening, ...]
    zones: dict[str, str]
    until: datetime
    down: tuple[Down, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A direct message: to whom, when, and of what, as (firm, subject) pairs."""

    person: str
    at: datetime
    items: frozenset[tuple[str, str]]
