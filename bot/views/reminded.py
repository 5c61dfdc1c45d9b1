"""A reminder of one firm as its recipient sees it now, and how it is called."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from bot.views import dated
from bot.views.blocks import clip, day, literal
from bot.views.scene import Scene
from flows.deadlines import Deadline, Notice, Revision, TakenBack
from flows.own_dates import in_year
from flows.position import Recurring, YearDone
from flows.reminders.redating import date_now, set_by
from flows.reminders.rungs import Rung
from flows.roadmap import Question
from flows.taken_off import TakenOff
from flows.time_words import clock, zone_name
from flows.trading_days import Calendar
from flows.walk import LEFT, Item, titled
from flows.zones import zone_of

LONGEST_TITLE = 200


class Reminded(msgspec.Struct, frozen=True):
    """A reminder of one firm as its recipient sees it now. `row` stands for its row in the outbox.

    `now` is when it is said; of one that stands in a message already, when it was said: that day is the message's.
    """

    scene: Scene
    rung: Rung
    row: str
    calendar: Calendar
    now: datetime
    holds: bool = True
    """Whether it is still to be done, and theirs."""
    said: bool = True
    """Whether it is to be said now."""
    stands: bool = False
    """Whether it stands in a message already."""
    later: bool = False
    """Whether it is to be said, but not yet."""
    said_in: str = ""
    """The zone whose day it was said for, of one that stands in a message: its recipient may be in another by now."""
    asleep_until: datetime | None = None
    put_off_until: datetime | None = None
    """The end of the snooze that brought it back."""
    lost: bool = False
    """Whether messages do not get to its recipient."""
    owner_lost: str = ""
    """Why the owner of its task counts as none by now, in a word; empty where they do not, or nobody owns it."""
    owner_lost_since: datetime | None = None
    """Since when that is so; None where that is not known."""
    moved_since: str = ""
    """Of an industry date that was moved more than once before it is told: the revision that was the first."""
    taken_off: TakenOff | None = None
    """Of a date of every year, or a task's agent, that the firm has no more: how it was called, who took it off."""
    besides: tuple[str, ...] = ()
    """Kinds of further reminders of the same subject, which are not said by themselves."""

    @property
    def item(self) -> Item | None:
        """The task it is about, if it is about one."""
        kind, _, key = self.rung.subject.partition(":")
        return self.scene.walk.item(key) if kind == "task" else None

    @property
    def without_agent(self) -> str:
        """The id of its task's agent, where that does not report for the firm any more; empty otherwise."""
        kind, _, key = self.rung.subject.partition(":")
        if kind != "task" or (self.item and self.item.state != "not_applicable"):
            return ""
        each = key.partition("[")[2].rstrip("]")
        agent = self.scene.position.agent(each)
        return "" if agent and agent.status == "active" else each

    @property
    def recurring(self) -> Recurring | None:
        """The date of every year it is about."""
        kind, _, wanted = self.rung.subject.partition(":")
        return next((r for r in self.scene.position.recurring if kind == "recurring" and r.id == wanted), None)

    @property
    def year_done(self) -> YearDone | None:
        """Who marked the day of that year as done, if somebody did."""
        recurring = self.recurring
        on = self.rung.on or (in_year(recurring, self.today.year) if recurring else None)
        done = self.scene.position.years_done.get(recurring.id, ()) if recurring else ()
        return next((year for year in done if year.on == on), None)

    @property
    def deadline(self) -> Deadline | None:
        """The industry date it is about."""
        kind, _, wanted = self.rung.subject.partition(":")
        return self.scene.ledger.deadline(wanted) if kind == "milestone" else None

    @property
    def withdrawn(self) -> TakenBack | None:
        """Who took back the change that it tells, or that set its date."""
        told = self.scene.ledger.taken_back if self.rung.subject.startswith("milestone:") else ()
        return next((t for t in told if str(t.was.revision.number) == self.rung.revision), None)

    @property
    def move(self) -> Revision | None:
        """The revision of an industry date that it is owed for."""
        return self._revision(self.rung.revision)

    @property
    def notice(self) -> Notice | None:
        """The change that it tells: to what held when it was said."""
        first = self._first_move
        return self.scene.ledger.told(first, self.now, self.today) if first else None

    @property
    def told_of(self) -> tuple[Revision, ...]:
        """The move, and what came of it by the time it was said, where that is another."""
        first, last = self._first_move, self.notice.revision if self.notice else None
        return tuple(dict.fromkeys(revision for revision in (first, last) if revision))

    @property
    def _first_move(self) -> Revision | None:
        return self._revision(self.moved_since) if self.moved_since else self.move

    def _revision(self, number: str) -> Revision | None:
        story = self.scene.ledger.story(self.deadline.id) if self.deadline and self.rung.kind == "moved" else ()
        return next((r for r in story if str(r.number) == number), None)

    @property
    def answered(self) -> Question | None:
        """The question whose answer is to be looked at again."""
        kind, _, fact = self.rung.subject.partition(":")
        return self.scene.pack.questions.get(fact) if kind == "recheck" else None

    @property
    def zone(self) -> ZoneInfo:
        """The recipient's own, else the firm's."""
        return zone_of(self.scene.zone, self.scene.position.time_zone)

    @property
    def today(self) -> date:
        """The day on which it is said, where the recipient is, or was when it was said."""
        return self.day_then(self.now)

    def day_then(self, at: datetime) -> date:
        """The day it is at that time, by the clock that its recipient had when it was said."""
        return at.astimezone(zone_of(self.said_in, self.zone.key)).date()

    @property
    def leads_it(self) -> bool:
        """Whether it comes to a lead about what is not their own."""
        item = self.item
        kept = dated.owner(self.scene, item) if item else None
        return self.to_a_lead and (kept is None or kept.person != self.rung.person)

    @property
    def date_now(self) -> date | None:
        """The day of what it is about as the firm has it now."""
        return date_now(self.scene.pack, self.scene.position, self.rung)

    @property
    def is_moved(self) -> bool:
        """Whether its date was set anew, or taken off, since it was said, and it is still its recipient's to see to.

        Also set anew to the day that was said: that date has reminders of its own, and this one does not go by it.
        """
        if not self.stands or self.lost or self.has_left or self.rung.on is None or self.rung.kind == "wait":
            return False
        if self.rung.on == self.date_now and not self.is_set_anew:
            return False
        if self.rung.subject == "target":
            return self.to_a_lead and self.date_now is not None
        return self._is_to_do and (self._is_their_own or self._is_told_as_a_lead)

    @property
    def is_set_anew(self) -> bool:
        """Whether its date, or its wait, was set by another act than what it goes by."""
        return set_by(self.scene.pack, self.scene.position, self.rung) != self.rung.revision

    @property
    def is_old_news(self) -> bool:
        """Whether it was given to them, or became possible, by what is not so any more, and is still theirs to do."""
        told = self.stands and not self.lost and not self.holds and self.is_news
        return told and self._is_to_do and self._is_their_own

    @property
    def is_news(self) -> bool:
        """Whether it tells what became of a task, and goes by no date."""
        return self.rung.kind in ("given", "possible")

    @property
    def _is_to_do(self) -> bool:
        return self.item is not None and self.item.state in LEFT

    @property
    def _is_their_own(self) -> bool:
        return self.owns_it and not self.owner_lost

    @property
    def _is_told_as_a_lead(self) -> bool:
        """A lead is told of what is late, also of somebody else's; before its date only where nobody can be told."""
        kept = dated.owner(self.scene, self.item) if self.item else None
        return self.to_a_lead and (self.rung.kind == "late" or kept is None or bool(self.owner_lost))

    @property
    def owns_it(self) -> bool:
        """Whether its task was given to its recipient, be it that they only look on by now."""
        kept = dated.owner(self.scene, self.item) if self.item else None
        return kept is not None and kept.person == self.rung.person

    @property
    def has_left(self) -> bool:
        """Whether its recipient is not in the firm any more, and so is to see nothing of it."""
        return self.rung.person not in self.scene.position.members

    @property
    def is_left(self) -> bool:
        """Whether there is still something to do about it, be it by another day."""
        return self.holds or self.is_moved or self.is_old_news

    @property
    def in_their_place(self) -> bool:
        """Whether it came to a lead because the task's owner cannot be reached, and was so when it was said."""
        since = self.owner_lost_since
        return bool(self.owner_lost) and self.leads_it and (since is None or since <= self.now)

    @property
    def to_a_lead(self) -> bool:
        """Whether its recipient leads the firm."""
        member = self.scene.position.members.get(self.rung.person)
        return member is not None and member.role == "lead"


def name(it: Reminded) -> str:
    """What it is about in a few words, as plain text."""
    if item := it.item:
        return item.title
    if it.rung.subject == "target":
        return "Your target"
    if recurring := it.recurring:
        return recurring.name
    if answered := it.answered:
        return f"Look again at “{answered.ask}”"
    if deadline := it.deadline:
        return deadline.title
    kind, _, person = it.rung.subject.partition(":")
    if kind == "recurring":
        return it.taken_off.name if it.taken_off else "A date of every year"
    if kind == "milestone":
        return "An industry date that was taken back"
    if kind == "person":
        return person_name(it.scene, person)
    return _name_of_a_task(it) or "Something that is not there any more"


def _name_of_a_task(it: Reminded) -> str:
    """Of one that is not there any more: for an agent that was taken off, or a change of agent that was undone."""
    task_id, _, each = it.rung.subject.removeprefix("task:").partition("[")
    task, agent = it.scene.pack.tasks.get(task_id), it.scene.position.agent(each.rstrip("]"))
    called = agent.name if agent else it.taken_off.name if it.taken_off else ""
    return titled(task.title, called) if task else ""


def person_name(scene: Scene, person: str) -> str:
    """A member's name, or that of somebody who still owns tasks."""
    member = scene.position.members.get(person)
    owner = next((o for o in scene.position.owners.values() if o.person == person), None)
    return (member.name if member else "") or (owner.name if owner else "") or "Somebody"


def title(it: Reminded) -> str:
    """Its name, in bold; safe in mrkdwn."""
    return f"*{literal(clip(name(it), LONGEST_TITLE))}*"


def moment(it: Reminded, at: datetime) -> str:
    """A time as the recipient's clock shows it: `Tuesday, June 7, 2022, 9:00 AM New York time`."""
    local = at.astimezone(it.zone)
    return f"{day(local.date())}, {clock(local)} {zone_name(it.zone.key)}"
