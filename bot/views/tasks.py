"""The card of one task, and what a click on it was recorded as."""

from collections.abc import Sequence

import msgspec

from bot.actions import Carried, verb_of
from bot.buttons import OpenChangeOfAgent, OpenEvidence, ShowEvidence, UndoChange
from bot.surfaces import Block, Message
from bot.views import dated
from bot.views.blocks import actions, button, context, escape, literal, section
from bot.views.mentioned import with_mentions
from bot.views.milestones import past_all_milestones
from bot.views.passages import ready_message
from bot.views.pieces import checklist, weak_words
from bot.views.scene import (
    Scene,
    banner,
    happened_words,
    mark_of,
    progress_words,
    review_words,
    said_of,
    why_not,
)
from bot.views.task_buttons import Shown
from bot.views.task_parts import PackParts, TaskParts, parts_of
from flows.events import Record, TaskCompleted
from flows.firms import Person
from flows.history import label, sentence, task_title
from flows.own_dates import OPEN
from flows.position import Position
from flows.reviews import may_review, of_item
from flows.undo import FINAL
from flows.walk import Item, State

MOST_WAITS_NAMED = 3
MOST_SENTENCES = 8


class Top(msgspec.Struct, frozen=True):
    """What stands above a card: what was just recorded, or a kind note. `text` says it in plain words."""

    text: str = ""
    blocks: tuple[Block, ...] = ()


NOTHING = Top()

FILE_IF_YOU_LIKE = (
    "If you like, keep a supervision file on {agent} (agreement, who repairs errors, a contact): `/cais agents`."
)

OUT_OF_DATE = "This card was out of date, so nothing was recorded. Here is how things are."


def note(text: str) -> Top:
    """A kind note; `text` is safe mrkdwn."""
    return Top(text, (section(text),))


def recorded(
    scene: Scene, records: Sequence[Record], undone: Sequence[Record] = (), *, brought_back: bool = False
) -> Top:
    """What one click recorded, who and when, with the way to undo it. `undone` are the rows an undo was about."""
    if not records:
        return NOTHING
    first = records[0]
    said = [in_words(scene, r) for r in (undone or records)]
    more = len(said) - MOST_SENTENCES
    said = [*said[:MOST_SENTENCES], *([f"and {more} more"] if more > 0 else [])]
    what = said[0] if len(said) == 1 else "\n• " + "\n• ".join(said)
    word = "Recorded" if not undone else "Brought back" if brought_back else "Undone"
    who = f"By {scene.by(first.actor, first.actor_name)}, {scene.moment(first.at)}."
    end = "" if said[-1].endswith((".", "!", "?")) else "."
    text = f"*{word}:* {what}{end if len(said) == 1 else ''}\n{who}"
    if first.type in FINAL:
        return Top(f"{word}: {'; '.join(said)}{end}", (section(text),))
    way_back = button("Redo" if word == "Undone" else "Undo", scene.carry(UndoChange, of=first.sequence))
    proof = [] if undone else _proof_of(scene, records)
    return Top(f"{word}: {'; '.join(said)}{end}", (section(text, accessory=way_back), *proof))


def _proof_of(scene: Scene, records: Sequence[Record]) -> list[Block]:
    """The way to the proof of what was done earlier: the next card is about another task."""
    earlier = [r.event for r in records if isinstance(r.event, TaskCompleted) and r.event.earlier]
    if len(earlier) != 1:
        return []
    title = task_title(scene.pack, scene.position, earlier[0].task)
    carried = scene.carry(OpenEvidence, task=earlier[0].task)
    return [actions(button("Add its evidence", carried, says=f"Add evidence: {title}"))]


def in_words(scene: Scene, record: Record) -> str:
    """What a row records, with the day it happened where that is another; safe in mrkdwn."""
    event = record.event
    happened = happened_words(scene, getattr(event, "happened_on", None), record.at)
    if not isinstance(event, TaskCompleted):
        said = with_mentions(record, literal(sentence(scene.pack, scene.position, record)))
        return said + (f", {happened}" if happened else "")
    task = scene.pack.tasks.get(event.task.partition("[")[0])
    how = f" ({label(task.outcomes, event.outcome)})" if task and event.outcome else ""
    said = literal(f"{task_title(scene.pack, scene.position, event.task)}{how}")
    earlier = happened or ("done earlier" if event.earlier else "")
    return said + (f", {earlier}" if earlier else "") + (f". Note: {literal(event.note)}" if event.note else "")


class Asked(msgspec.Struct, frozen=True):
    """What a click or typed words would have made of a task; None where no outcome was named."""

    state: State
    outcome: str | None = None


def already(scene: Scene, item: Item | None, asked: Asked, seen: int | None = None) -> Top:
    """Nothing new was recorded: says what stands there, or that the card, drawn at version `seen`, was out of date."""
    record = item.record if item else None
    waits = item is not None and item.state == asked.state == "waiting"
    if waits and record and seen is not None and record.sequence <= seen:
        return note("That is recorded already.")
    if item is None or record is None or item.state not in ("done", "set_aside"):
        return note(OUT_OF_DATE)
    same = item.state == asked.state and asked.outcome in (None, record.outcome)
    head = "Already recorded:" if same else "This card was out of date, so nothing was recorded:"
    if not same and seen is None:
        head = "Nothing was recorded:"
    who = scene.by(record.by, record.by_name).replace("you", "You")
    what = "done" if item.state == "done" else "not applicable"
    how = label(item.task.outcomes, record.outcome) if record.outcome and not same else ""
    added = ", ".join(x for x in (escape(how), happened_words(scene, record.happened_on, record.at)) if x)
    ending = f" ({added})" if added else ""
    text = f"*{head}* {who} marked “{literal(item.title)}” {what} on {scene.moment(record.at)}{ending}."
    way_back = button("Undo", scene.carry(UndoChange, of=record.sequence))
    return Top(text.replace("*", ""), (section(text, accessory=way_back),))


def card(scene: Scene, item: Item, top: Top = NOTHING) -> Message:
    """One task: what to do, what finishes it, then why, what is recorded and what else can be done about it.

    What finishes it stands high, so that after a click its receipt, at the top, is not out of sight on a tall card.
    """
    drawn = parts_of(scene.pack)
    parts = drawn.of(item.task)
    where = [parts.part] if parts.part else []
    is_next = scene.walk.next is not None and scene.walk.next.key == item.key
    marked = [] if is_next and item.state == "open" else [mark_of(scene, item)]
    finishing, other = _buttons(scene, item, drawn, receipt=any(map(_undoes, top.blocks)))
    blocks = [
        *top.blocks,
        parts.head,
        banner(scene, *where, progress_words(scene), *marked),
        *(_welcome(scene) if is_next else ()),
        *_task(scene, item, parts),
        *finishing,
        *_help(scene, item, parts),
        other,
        *_waiting_meanwhile(scene, item),
        *(_change(scene) if is_next else ()),
    ]
    ending = "" if item.title.endswith("?") else "."
    place = f"step {item.task.step} of {len(scene.pack.steps)}"
    text = f"{literal(scene.position.name)}, {place}: {literal(item.title)}{ending}"
    return Message(f"{top.text} {text} {parts.first_sentence}".strip(), tuple(blocks))


def _welcome(scene: Scene) -> list[Block]:
    """For a firm that begins now: the industry dates are behind it, and nothing is held against it."""
    if not begins(scene.position) or not past_all_milestones(scene):
        return []
    return [context(f"ℹ️ {escape(scene.pack.wording.new_firm)} {dated.HOW}")]


def begins(position: Position) -> bool:
    """Whether the firm is new to this and has recorded nothing yet."""
    return position.situation == "new" and not (position.tasks or position.answers)


def _change(scene: Scene) -> list[Block]:
    """For a firm that changes its agent and has not said from whom to whom: without that its tasks are not there."""
    if scene.position.situation != "changing" or scene.position.changes:
        return []
    way = button("Name the agents that change", scene.carry(OpenChangeOfAgent))
    return [
        section("*Your firm changes its agent or clearing firm.* Name the two, and its tasks are added.", accessory=way)
    ]


def _task(scene: Scene, item: Item, parts: TaskParts) -> list[Block]:
    blocks = [section(f"*{literal(item.title)}*{parts.body}")]
    state = _state_line(scene, item)
    if state:
        blocks.append(section(state))
    if whose := dated.line(scene, item):
        blocks.append(section(whose))
    if item.repeats_later and item.state in OPEN:
        blocks.append(context(_for_each(item)))
    blocks.append(context(parts.who.replace("{agent}", f" ({literal(item.name)})" if item.name else "")))
    blocks += parts.links
    if warned := _warnings(scene, item):
        blocks.append(context(*warned))
    return blocks


def _for_each(item: Item) -> str:
    """Why it takes neither owner nor date as yet."""
    one = f"until then `/cais due step {escape(item.task.part)}` and a day gives all of them one"
    return f"ℹ️ This comes once for each agent. Once they are named, each has an owner and a date of its own; {one}."


def _state_line(scene: Scene, item: Item) -> str:
    said = said_of(scene, item) if item.state in ("done", "set_aside", "waiting") else why_not(scene, item)
    if not said and item.state not in ("done", "set_aside", "waiting"):
        return ""
    mark = mark_of(scene, item)
    line = f"{mark}: {said}" if said else mark
    if item.task.kind == "question" and item.state == "done":
        answer = scene.position.answers.get(item.task.sets)
        line += f"\nBasis: {literal(answer.basis)}" if answer and answer.basis else ""
        agents = [literal(a.name) for a in scene.position.agents if a.status == "active"]
        line += f"\nAgents: {', '.join(agents)}" if agents and item.task.sets == "methods" else ""
    elif item.record and item.record.reason and item.state != "set_aside":
        line += f"\nNote: {literal(item.record.reason)}"
    reviewed = review_words(scene, item)
    return f"{line}\n🔎 {reviewed[:1].upper()}{reviewed[1:]}" if reviewed else line


def _help(scene: Scene, item: Item, parts: TaskParts) -> list[Block]:
    """The quoted reason, what the source leaves open, a message to copy and what is worth keeping."""
    blocks = list(parts.quotes)
    if parts.gaps or parts.notes:
        blocks.append(context(*parts.gaps, *parts.notes))
    if item.state in ("open", "waiting") and item.task.draft:
        blocks += ready_message(scene, item)
    blocks += _evidence(scene, item)
    agent = scene.position.agent(item.each)
    if agent and agent.status == "active" and item.state == "open" and agent.id not in scene.position.agent_files:
        blocks.append(context(f"📁 {FILE_IF_YOU_LIKE.format(agent=literal(agent.name))}"))
    return blocks


def _evidence(scene: Scene, item: Item) -> list[Block]:
    """What there is, how much of it is weak, and what is worth keeping: a suggestion, never in the way of *Done*."""
    kept = scene.position.evidence.get(item.key, 0)
    notes = scene.position.notes.get(item.key, 0)
    said = f"*Evidence recorded:* {kept}{weak_words(scene, item.key)}" + (f" · *Notes:* {notes}" if notes else "")
    if listed := checklist(item.task, scene.position.covered.get(item.key, ())):
        said += f"\n{listed}"
    if not kept:
        return [context(said)]
    way = button("Evidence", scene.carry(ShowEvidence, task=item.key), says=f"Evidence: {item.title}")
    return [section(said, accessory=way)]


def _warnings(scene: Scene, item: Item) -> list[str]:
    """What one should have read before one presses anything."""
    task = item.task
    said = [f"⚠️ {escape(task.warning)}"] if item.skipped and task.warning else []
    said += [f"⚠️ {escape(banner.say)}" for banner in scene.walk.banners]
    if scene.position.situation == "reporting" and item.state == "open" and task.kind != "question":
        said.append(f"ℹ️ {escape(scene.pack.wording.possible_gap)}")
    return said


def _undoes(block: Block) -> bool:
    """Whether this is a receipt, with an *Undo* beside it."""
    return verb_of(block.get("accessory", {}).get("action_id", "")) == UndoChange.verb


def _waiting_meanwhile(scene: Scene, item: Item) -> list[Block]:
    others = [w for w in scene.walk.waiting if w.key != item.key]
    named = [f"{literal(w.record.whom)} ({literal(w.title)})" for w in others[:MOST_WAITS_NAMED] if w.record]
    more = len(others) - len(named)
    words = ", ".join(named) + (f" and {more} more" if more > 0 else "")
    return [context(f"⏳ Also waiting for: {words}")] if named else []


def _buttons(scene: Scene, item: Item, drawn: PackParts, *, receipt: bool) -> tuple[list[Block], Block]:
    """What finishes the task, nothing where nothing does; and everything else one can do with it."""
    before = the_one_before(scene, item)
    shown = Shown(
        task=item.task.id,
        key=item.key,
        title=item.title,
        state=item.state,
        looking_back=scene.position.situation != "new" and item.state == "open",
        receipt=receipt,
        recorded=item.record.sequence if item.record and item.state in ("done", "set_aside") else 0,
        before=before.key if before else "",
        before_title=before.title if before else "",
        is_next=scene.walk.next is not None and scene.walk.next.key == item.key,
        to_review=_is_to_review(scene, item),
    )
    finishing, other = drawn.rows(shown)
    carried = scene.carry(Carried)
    return [finishing.filled(carried)] if finishing else [], other.filled(carried)


def _is_to_review(scene: Scene, item: Item) -> bool:
    """Whether the viewer is one of those who may look at it; a workspace admin who is no member finds the list."""
    review = of_item(scene.position, item)
    if review is None or not review.pending:
        return False
    return may_review(scene.position, review, Person(scene.viewer, ""))


def the_one_before(scene: Scene, item: Item) -> Item | None:
    """The task before this one in the walk, of those that apply and can be looked at."""
    before = None
    for passed in scene.walk.items:
        if passed.key == item.key:
            break
        if passed.state in ("open", "waiting", "done", "set_aside"):
            before = passed
    return before
