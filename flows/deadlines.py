"""The ledger of industry dates: each revision supersedes the one before, and what was known on a day can be asked."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Literal

import msgspec

ValueType = Literal["date", "month", "window", "from", "tbd", "unknown", "recurring"]
Kind = Literal["set", "refined", "postponed", "advanced", "no_change"]
TELLING: frozenset[Kind] = frozenset({"set", "postponed", "advanced"})
"""Kinds of revision that people are told of, where something was known before. The others tell nobody."""

UNCONFIRMED = "a date we could not confirm"


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename={"on": "date"}):
    """What a deadline was said to be: a day, a month, a window, a beginning, or no date yet, with its bounds."""

    type: ValueType
    on: date | None = None
    month: str = ""
    """`2022-07`."""
    start: date | None = None
    end: date | None = None
    not_before: date | None = None
    not_after: date | None = None
    announce_by: date | None = None
    first_report: date | None = None
    first_due: date | None = None

    @property
    def bounds(self) -> tuple[date | None, date | None]:
        """The first and the last day it can be, None where that is not known."""
        match self.type:
            case "date" | "from":
                return self.on, self.on
            case "month":
                return month_span(self.month)
            case "window":
                return self.start, self.end
            case "tbd":
                return self.not_before, self.not_after
            case "recurring":
                return self.first_due, None
        return None, None

    @property
    def day(self) -> date | None:
        """The one day that counts: of a window its last. None where there is no such day."""
        return self.end if self.type == "window" else self.on if self.type in ("date", "from") else None

    def has_passed(self, today: date) -> bool:
        """Whether the last day it can have been is behind us. What has no date yet has not passed."""
        last = self.bounds[1]
        return last is not None and last < today


def month_span(month: str) -> tuple[date, date]:
    """The first and the last day of `2022-07`. Raises ValueError where it is no month."""
    first = date.fromisoformat(f"{month}-01")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, date.fromordinal(following.toordinal() - 1)


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a revision was published. The address is shown and never fetched."""

    title: str
    url: str = ""


class Revision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """One announcement about a deadline, made on a day or some day from `from_` to `to`; it counts from the latest."""

    deadline: str
    number: int
    from_: date
    to: date
    value: Value
    kind: Kind
    reason: str
    sources: tuple[Source, ...]
    basis: str = ""
    """How the range is known."""
    note: str = ""
    unverified: bool = False
    """Never shown but as a date we could not confirm."""
    likely: bool = False
    added_by: str = ""
    """Name of the workspace admin who added it; empty for what is shipped."""
    added_at: datetime | None = None

    @property
    def on_a_day(self) -> bool:
        """Whether the day of the announcement is known."""
        return self.from_ == self.to

    def is_known(self, at: datetime, today: date) -> bool:
        """Whether it counts by then, which is on `today` where somebody is; what an admin adds, from then on."""
        return self.to <= today and (self.added_at is None or self.added_at <= at)


class Deadline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An industry date. `milestone` is its id in the roadmap's pack, empty where the roadmap does not name it."""

    id: str
    title: str
    applies_to: str = ""
    milestone: str = ""
    note: str = ""


class AsOf(msgspec.Struct, frozen=True):
    """What was known of a deadline on a day."""

    revision: Revision
    maybe: tuple[Revision, ...] = ()
    """Revisions announced some day around then, which may or may not have been known yet."""


class Notice(msgspec.Struct, frozen=True):
    """A real change of a deadline, to be told once to the people it touches. `old` is unknown where unconfirmed."""

    deadline: Deadline
    old: Value
    revision: Revision


class TakenBack(msgspec.Struct, frozen=True):
    """A real change that an admin entered and that was taken back, as a mistake, at this time."""

    was: Notice
    by: str
    at: datetime


class Ledger(msgspec.Struct, frozen=True, dict=True):
    """Every deadline with its revisions; a workspace's own follow what is shipped. What was taken back is beside it."""

    deadlines: tuple[Deadline, ...]
    revisions: tuple[Revision, ...]
    taken_back: tuple[TakenBack, ...] = ()

    def deadline(self, deadline_id: str) -> Deadline | None:
        """The deadline with this id."""
        return next((d for d in self.deadlines if d.id == deadline_id), None)

    def story(self, deadline_id: str) -> tuple[Revision, ...]:
        """All of a deadline's revisions, in the order in which they count."""
        return self._stories.get(deadline_id, ())

    @cached_property
    def _stories(self) -> Mapping[str, tuple[Revision, ...]]:
        """Each deadline's story, put in order once: plans ask for them again and again."""
        stories: dict[str, list[Revision]] = {}
        for revision in sorted(self.revisions, key=lambda r: (r.to, r.number)):
            stories.setdefault(revision.deadline, []).append(revision)
        return {deadline: tuple(story) for deadline, story in stories.items()}

    def as_of(self, deadline_id: str, day: date) -> AsOf | None:
        """What was known on that day; None where nothing was yet."""
        story = self.story(deadline_id)
        counted = [r for r in story if r.to <= day and not _cleared_up(r, story)]
        maybe = tuple(r for r in story if r.from_ <= day < r.to and not _cleared_up(r, story))
        return AsOf(counted[-1], maybe) if counted else None

    def times_moved(self, deadline_id: str, day: date) -> int:
        """How often it had been moved by then: refinements and what was announced as unchanged do not count."""
        counted = [r for r in self.story(deadline_id) if r.to <= day and not r.unverified]
        return sum(1 for r in counted if r.kind in ("postponed", "advanced"))

    def before(self, revision: Revision) -> Revision | None:
        """The revision that this one superseded."""
        story = self.story(revision.deadline)
        earlier = [r for r in story[: story.index(revision)] if not _cleared_up(r, story)]
        return earlier[-1] if earlier else None

    def notice(self, revision: Revision) -> Notice | None:
        """What people are to be told of this revision; None where it tells nobody anything new.

        That is so for refinements, for what stays as it is, for what we could not confirm, and for a first value.
        """
        before, deadline = self.before(revision), self.deadline(revision.deadline)
        if before is None or deadline is None or revision.unverified or revision.kind not in TELLING:
            return None
        old = Value(type="unknown") if before.unverified else before.value
        return Notice(deadline, old, revision)

    def told(self, first: Revision, at: datetime, today: date) -> Notice | None:
        """What people are to be told then of this change and all since: from what held before it to what holds.

        None where that comes to nothing new. `today` is the day it is where they are.
        """
        notice = self.notice(first)
        known = [r for r in self.story(first.deadline) if not r.unverified and r.is_known(at, today)]
        if notice is None or not known or known[-1] == first:
            return notice
        kind = kind_of(notice.old, known[-1].value)
        holds = msgspec.structs.replace(known[-1], kind=kind)
        return Notice(notice.deadline, notice.old, holds) if kind in TELLING else None


def _cleared_up(revision: Revision, story: Sequence[Revision]) -> bool:
    """Whether somebody since entered, with a source, what we could not confirm."""
    return revision.unverified and any(
        r.added_by and r.from_ <= revision.to and r.to >= revision.from_ for r in story if not r.unverified
    )


def kind_of(old: Value | None, new: Value) -> Kind:
    """What a new value does to the old one."""
    if old is None or old.type == "unknown":
        return "set"
    if old == new:
        return "no_change"
    if new.type == "tbd":
        return _kind_of_bounds(old, new)
    (old_first, old_last), (first, last) = old.bounds, new.bounds
    if old.type == "tbd" or old_first is None or old_last is None or first is None or last is None:
        return "set"
    if old_first <= first and last <= old_last:
        return "refined"
    if first >= old_first and last >= old_last:
        return "postponed"
    return "advanced" if last <= old_last and first <= old_first else "set"


def _kind_of_bounds(old: Value, new: Value) -> Kind:
    """A value to be announced: taken back from a date it is a postponement, else the bounds tell."""
    if old.type != "tbd" or not (old.not_before and new.not_before):
        return "postponed"
    if new.not_before > old.not_before:
        return "postponed"
    return "advanced" if new.not_before < old.not_before else "refined"


AFTER_IT = "Your own target lies after it: look whether it still fits."


def effect(notice: Notice, today: date, target: date | None) -> str:
    """What a change means for a firm with this target of its own."""
    value = notice.revision.value
    if value.day is None:
        return "There is no day to be reminded of until one is announced. Your firm's own dates stay as they are."
    if value.day < today:
        return "That day has passed, so it brings no reminders. Your firm's own dates stay as they are."
    if value.day == today:
        return "That day is today, so no more reminders follow. Your firm's own dates stay as they are."
    after = f" {AFTER_IT}" if target and target > value.day else ""
    return f"Reminders follow this date from now on. Your firm's own dates stay as they are.{after}"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: Literal["cais-deadlines/1"]
    compiled_on: date
    deadlines: tuple[Deadline, ...]
    revisions: tuple[Revision, ...]


def load_ledger(text: str | bytes) -> Ledger:
    """The published history from its file. Raises msgspec.ValidationError where the text is no such file."""
    read = msgspec.json.decode(text, type=_File)
    return Ledger(read.deadlines, read.revisions)
