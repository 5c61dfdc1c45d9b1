"""What every view of the walk starts from: one firm's roadmap read, who looks at it, and the words for its states."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal, TypeVar

import msgspec

from bot.actions import Carried
from bot.buttons import ShowNext
from bot.surfaces import Block
from bot.views.blocks import Element, button, context, escape, literal, short_day
from flows.conditions import UNSURE, holds
from flows.deadlines import Ledger
from flows.history import counted, label
from flows.memos import can_attest, memo_of
from flows.position import Agent, Position, TaskRecord
from flows.reviews import Review, of_item, pending, reviewers
from flows.roadmap import Condition, Pack, Step, Task
from flows.services import Services
from flows.time_words import in_zone
from flows.walk import LEFT, Item, State, Walk
from flows.zones import zone_of

C = TypeVar("C", bound=Carried)

MARKS: dict[State, str] = {
    "open": "⬜ Open",
    "waiting": "⏳ Waiting",
    "done": "✅ Done",
    "set_aside": "➖ Not applicable",
    "locked": "🔒 Comes later",
    "later": "❔ Depends on an answer",
    "not_applicable": "➖ Not applicable",
}
"""The mark of each state: a sign, and the same in words for whoever does not see it."""

NOT_SURE = "❓ Not sure yet"
MOST_NAMED = 3
"""Reviewers named in one line."""


def mark_of(scene: "Scene", item: Item) -> str:
    """The mark of a task; a question answered with "not sure" is not shown as done, since it is asked again."""
    unsure = item.task.kind == "question" and scene.position.value(item.task.sets) == (UNSURE,)
    if unsure and item.state == "done":
        return NOT_SURE
    review = of_item(scene.position, item)
    return f"{MARKS[item.state]}, to be reviewed" if review and review.pending else MARKS[item.state]


def review_words(scene: "Scene", item: Item) -> str:
    """Who is to look at a finished task, or who did; safe in mrkdwn, empty where neither is so."""
    review = of_item(scene.position, item)
    if review and review.approval:
        return (
            f"approved by {scene.by(review.approval.by, review.approval.by_name)}, {scene.moment(review.approval.at)}"
        )
    return f"to be reviewed by {whose(scene, review)}" if review else ""


def whose(scene: "Scene", review: Review) -> str:
    """Who is asked to look at it, safe in mrkdwn."""
    members = scene.position.members
    names = [scene.by(p, members[p].name) for p in reviewers(scene.position, review)]
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "") or "somebody else: nobody is there"


def to_review_line(scene: "Scene") -> list[str]:
    """How much is to be reviewed, a line; none where nothing is."""
    count = len(pending(scene.position, scene.walk.items)) if scene.position.review_rules else 0
    return [f"🔎 {counted(count, 'task')} to be reviewed: `/cais review`"] if count else []


def attester_line(scene: "Scene") -> list[str]:
    """That a second person does not agree with the answer that ended the roadmap, or has yet to say; no reasons."""
    memo = memo_of(scene.pack, scene.position)
    if memo is None or (memo.attestation and memo.attestation.agrees):
        return []
    if said := memo.attestation:
        return [f"⚠️ {scene.by(said.by, said.by_name)} does not agree with this answer: `/cais memo`"]
    answer = memo.answer
    if not answer.attester:
        return []
    if not can_attest(scene.position, answer.attester, answer.by):  # left, or was made a viewer
        return ["🧾 To be attested by another member or lead: `/cais memo`"]
    return [f"🧾 To be attested by {scene.by(answer.attester, answer.attester_name)}: `/cais memo`"]


class Scene(msgspec.Struct, frozen=True):
    """One firm as one person sees it on one day. `today` is in the firm's zone; `viewer` is the person's id."""

    pack: Pack
    position: Position
    walk: Walk
    today: date
    viewer: str
    ledger: Ledger
    """The industry dates as this workspace has them."""
    practice: bool = False
    zone: str = ""
    """The viewer's own time zone, an IANA name; empty where it is not known."""
    ledger_read: bool = True
    """Whether `ledger` is what this workspace has; else it is the shipped one, which nobody's entries are in."""

    def carry(self, kind: type[C], **fields: Any) -> C:
        """What a button drawn now carries."""
        return kind(self.position.key.firm, self.position.version, **fields)

    def step(self, step_id: str) -> Step:
        """One of the roadmap's six steps."""
        return next(s for s in self.pack.steps if s.id == step_id)

    def by(self, person: str, name: str) -> str:
        """Who it was, as the viewer would say it; safe in mrkdwn."""
        return "you" if person == self.viewer else literal(name or "somebody")

    def moment(self, at: datetime) -> str:
        """A time in the firm's own zone, which is named: `Nov 23, 2026, 9:14 AM New York time`."""
        return in_zone(at, self.position.time_zone)

    def own_moment(self, at: datetime) -> str:
        """The same by the viewer's own clock, where it is known: of what is no firm's, and in what is a person's."""
        return in_zone(at, self.zone, self.position.time_zone)

    def recorded_day(self, at: datetime) -> date:
        """The day it was in the firm's zone when something was recorded."""
        return at.astimezone(zone_of(self.position.time_zone)).date()


def scene_of(
    services: Services, position: Position, viewer: str, zone: str = "", ledger: Ledger | None = None
) -> Scene:
    """The scene for this person now. Without a `ledger` of the workspace's own, the shipped one counts."""
    return Scene(
        pack=services.pack,
        position=position,
        walk=services.walk(position),
        today=services.today(position),
        viewer=viewer,
        practice=services.practice,
        zone=zone,
        ledger=ledger or services.ledger,
        ledger_read=ledger is not None,
    )


def next_button(scene: Scene, label: str, *, style: Literal["primary"] | None = None, says: str = "") -> list[Element]:
    """The way to the next task; none for a firm at an end, of whichever kind, where nothing is next."""
    if scene.walk.ended:
        return []
    return [button(label, scene.carry(ShowNext), style=style, says=says)]


def progress_words(scene: Scene) -> str:
    """How far the firm is, in words: an end without the tasks has a name instead of a number."""
    walk = scene.walk
    if walk.outcome and walk.outcome.when is not None:
        return walk.outcome.title
    counted = f"{walk.done} of {walk.total} {'task' if walk.total == 1 else 'tasks'} done"
    return counted if walk.complete else f"{counted} (more may come with your answers)"


def banner(scene: Scene, *more: str) -> Block:
    """The grey line at the top of every message: the firm, what is shown, and whether this is a practice run."""
    said = [f"*{literal(scene.position.name)}*", *more]
    if scene.practice or scene.position.practice:
        said.append("*Practice run: the clock is moved*")
    return context(" · ".join(said))


def said_of(scene: Scene, item: Item) -> str:
    """What is recorded of a task, in a line: how it ended, who, when, and the day it happened; safe in mrkdwn."""
    if item.task.kind == "question" and item.state == "done":
        return answer_words(scene, item.task.sets)
    record = item.record
    if record is None or record.state == "open":
        return ""
    if record.state == "waiting":
        return wait_words(scene, record)
    if record.state == "set_aside":
        return f"{literal(record.reason)} (by {scene.by(record.by, record.by_name)}, {scene.moment(record.at)})"
    how = escape(label(item.task.outcomes, record.outcome)) if record.outcome else ""
    who = f"by {scene.by(record.by, record.by_name)}, {scene.moment(record.at)}"
    return " · ".join(x for x in (how, who, happened_words(scene, record.happened_on, record.at)) if x)


def happened_words(scene: Scene, happened_on: date | None, at: datetime) -> str:
    """A backdated entry is flagged: the day it happened beside the day it was recorded; empty where they agree."""
    recorded = scene.recorded_day(at)
    if happened_on is None or happened_on == recorded:
        return ""
    return f"happened on {short_day(happened_on)}, recorded {short_day(recorded)}"


def answer_words(scene: Scene, fact: str) -> str:
    """What the firm answered, who and when, in a line; empty while there is no answer."""
    answer = scene.position.answers.get(fact)
    if answer is None:
        return ""
    options = scene.pack.questions[fact].options
    said = ", ".join(escape(label(options, v)) for v in answer.value)
    who = f"by {scene.by(answer.by, answer.by_name)}, {scene.moment(answer.at)}"
    decided = happened_words(scene, answer.happened_on, answer.at).replace("happened", "decided", 1)
    return " · ".join(x for x in (said, who, decided) if x)


def wait_words(scene: Scene, record: TaskRecord, today: date | None = None) -> str:
    """Whom a task waits for, since when, and when to look again; safe in mrkdwn. `today` where it was said earlier."""
    words = f"waiting for {literal(record.whom)}"
    if record.since:
        words += f" since {short_day(record.since)}"
    if record.follow_up_on:
        has_passed = record.follow_up_on < (today or scene.today)
        look = "the day to look again was" if has_passed else "look again on"
        words += f", {look} {short_day(record.follow_up_on)}"
    return words


def why_not(scene: Scene, item: Item) -> str:
    """Why a task does not apply, or cannot be done yet; safe in mrkdwn, empty where there is nothing to say."""
    if item.state == "locked":
        return "after " + _and([f"“{escape(scene.pack.tasks[t].title)}”" for t in item.missing])
    if item.state in ("not_applicable", "later"):
        agent = scene.position.agent(item.each)
        if agent and agent.status != "active":
            gone = "is being replaced" if being_replaced(scene, agent) else "no longer reports for this firm"
            return f"{literal(agent.name)} {gone}"
        fact = _deciding_fact(item.task.when, scene)
        if fact and item.state == "later" and scene.position.value(fact) == (UNSURE,):
            return f"“{escape(scene.pack.questions[fact].ask)}” is not sure yet"
        if fact and item.state == "later":
            return f"“{escape(scene.pack.questions[fact].ask)}” has no answer yet"
        if fact and scene.position.value(fact):
            options = scene.pack.questions[fact].options
            said = ", ".join(label(options, v) for v in scene.position.value(fact))
            return f"“{escape(scene.pack.questions[fact].ask)}” was answered: {escape(said)}"
        return "nothing here calls for it" if item.state == "not_applicable" else "only if it comes to that"
    return ""


def being_replaced(scene: Scene, agent: Agent) -> bool:
    """Whether an agent leaves in a change that goes on: until a task of the change is left, it may still report."""
    if agent.status != "leaving":
        return False
    changes = {c.id for c in scene.position.changes if c.old == agent.id}
    left = [i for i in scene.walk.items if i.state in LEFT]
    return any(i.each in changes or (i.each == agent.id and i.task.for_each == "former_agents") for i in left)


def _deciding_fact(condition: Condition | None, scene: Scene) -> str:
    """The first fact that makes the condition false, or leaves it open."""
    if condition is None:
        return ""
    facts = {fact: answer.value for fact, answer in scene.position.answers.items()}
    if condition.fact:
        return "" if holds(condition, facts) else condition.fact
    inner = condition.all_ or condition.any_ or ((condition.not_,) if condition.not_ else ())
    for part in inner:
        found = part.fact if condition.not_ and part.fact else _deciding_fact(part, scene)
        if found:
            return found
    return ""


def only_if_it_comes(task: Task) -> bool:
    """Whether a task is there only after an event that most firms never have: a change of agent, or a late one."""
    return task.for_each in ("changes", "former_agents") or _asks_for_each(task.when)


def _asks_for_each(condition: Condition | None) -> bool:
    if condition is None:
        return False
    inner = [*condition.all_, *condition.any_, *([condition.not_] if condition.not_ else [])]
    return bool(condition.each) or any(_asks_for_each(c) for c in inner)


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
