"""The industry dates: how each stands, its story, what was known on a day, and what a workspace admin added."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.buttons import (
    OpenRevision,
    OpenTradingDay,
    PickDeadline,
    RunCommand,
    ShowDeadlines,
    ShowNext,
    ShowStory,
    ShowTradingDays,
    WithdrawEntry,
)
from bot.surfaces import Block, Message
from bot.views import dated
from bot.views.blocks import (
    actions,
    button,
    clip,
    confirm,
    context,
    day,
    divider,
    escape,
    header,
    literal,
    menu,
    option,
    section,
    short_day,
)
from bot.views.milestones import IN_WORDS, announced, published, reference_words
from bot.views.scene import Scene, banner
from bot.views.tasks import NOTHING, Top
from flows.deadline_words import value_words
from flows.deadlines import UNCONFIRMED, AsOf, Deadline, Ledger, Revision, effect
from flows.workspace import DeadlineRevised, Entry, TradingDayEdited, Withdrawn, Workspace, revision_of

MOST_ROWS = 20
MOST_EDITS = 10
MOST_TO_COME = 30
"""Edits of days to come that are shown; more do not fit into a message."""
LONGEST_NAME = 200
"""Characters a button carries of how an industry date was called; of one called at greater length all are shown."""

# --- all of them ----------------------------------------------------------------------------------------------


def deadlines(scene: Scene, there: Workspace, *, admin: bool, top: Top = NOTHING) -> Message:
    """Every industry date as it stands, those of the roadmap first, and the firm's own."""
    ledger = there.ledger
    named = [d for d in ledger.deadlines if d.milestone]
    others = [d for d in ledger.deadlines if not d.milestone]
    blocks: list[Block] = [*top.blocks, header("Industry dates"), banner(scene, "published dates, for reference")]
    for deadline in named:
        story = button("Its story", scene.carry(ShowStory, deadline=deadline.id), says=f"The story of {deadline.title}")
        blocks.append(section(_stands(scene, ledger, deadline), accessory=story))
    lines = [_short(scene, ledger, d) for d in others]
    blocks += [section("*Dates the roadmap does not name*\n" + "\n".join(lines)), _stories(scene, ledger)]
    blocks += [divider(), section("\n".join(["*Your firm's own dates*", *(dated.own_dates(scene) or [_NONE_YET])]))]
    calendar = button("Trading days", scene.carry(ShowTradingDays), says="The trading calendar and its edits")
    blocks.append(actions(button("Next task", scene.carry(ShowNext)), calendar, *(_for_admins(scene) if admin else [])))
    blocks.append(context(f"`/cais deadlines as of May 27, 2022` shows what was known on a day. {_FOOT}"))
    first = named[0] if named else ledger.deadlines[0]
    said = f"{escape(first.title)}: {_now_words(scene, ledger, first)}."
    return Message(f"{top.text} {literal(scene.position.name)}, industry dates. {said}".strip(), blocks)


_NONE_YET = "None yet: `/cais target` and `/cais plan` set them."


_FOOT = "Compiled from public copies; days are New York days."


def _now_words(scene: Scene, ledger: Ledger, deadline: Deadline) -> str:
    known = ledger.as_of(deadline.id, scene.today)
    return _known_words(known) if known else "nothing announced yet"


def _known_words(known: AsOf) -> str:
    return UNCONFIRMED if known.revision.unverified else value_words(known.revision.value)


def _moved(scene: Scene, ledger: Ledger, deadline: Deadline) -> str:
    times = ledger.times_moved(deadline.id, scene.today)
    return {0: "never moved", 1: "moved once", 2: "moved twice"}.get(times, f"moved {times} times")


def _stands(scene: Scene, ledger: Ledger, deadline: Deadline) -> str:
    """One that the roadmap names: its value, the ready words for a past one, and how often it moved."""
    words = [f"*{escape(deadline.title)}:* {_now_words(scene, ledger, deadline)} ({_moved(scene, ledger, deadline)})"]
    milestone = next((m for m in scene.pack.milestones if m.id == deadline.milestone), None)
    if milestone and (said := reference_words(scene, milestone)):
        words.append(said)
    if deadline.note:
        words.append(f"_{escape(deadline.note)}_")
    return "\n".join(words)


def _short(scene: Scene, ledger: Ledger, deadline: Deadline) -> str:
    moved = f" ({_moved(scene, ledger, deadline)})" if ledger.times_moved(deadline.id, scene.today) else ""
    return f"• {escape(deadline.title)}: {_now_words(scene, ledger, deadline)}{moved}"


def _stories(scene: Scene, ledger: Ledger) -> Block:
    options = [option(d.title, d.id) for d in ledger.deadlines]
    return menu("The story of…", scene.carry(PickDeadline), options)


def _for_admins(scene: Scene) -> list[dict[str, object]]:
    return [button("Add or revise…", scene.carry(OpenRevision), says="Add or revise an industry date")]


# --- one story ------------------------------------------------------------------------------------------------


def story(scene: Scene, there: Workspace, deadline: Deadline, *, admin: bool, top: Top = NOTHING) -> Message:
    """A deadline's whole history, oldest first, each revision with its source."""
    ledger = there.ledger
    rows = [r for r in ledger.story(deadline.id) if r.to <= scene.today]
    shown = rows[-MOST_ROWS:]
    whom = f"\nFor: {escape(deadline.applies_to)}" if deadline.applies_to else ""
    blocks: list[Block] = [
        *top.blocks,
        header(clip(deadline.title, 140)),
        banner(scene, "the story of an industry date"),
        section(_stands(scene, ledger, deadline) + whom),
        divider(),
    ]
    if len(rows) > len(shown):
        blocks.append(context(f"The last {len(shown)} of {len(rows)} announcements."))
    blocks += [section(clip(_row(scene, r), 2900)) for r in shown]
    if gone := _withdrawn(scene, there, deadline):
        blocks.append(context(clip("\n".join(gone), 2900)))
    ways = [button("All industry dates", scene.carry(ShowDeadlines))]
    if admin:
        ways.append(button("Add or revise…", scene.carry(OpenRevision, deadline=deadline.id)))
    blocks.append(actions(*ways))
    said = f"{_now_words(scene, ledger, deadline)}, {_moved(scene, ledger, deadline)}, {_announcements(len(rows))}"
    name = literal(scene.position.name)
    return Message(f"{top.text} {name}, {escape(deadline.title)}: {said}.".strip(), blocks)


def _announcements(count: int) -> str:
    return {0: "not announced so far", 1: "announced once"}.get(count, f"{count} announcements")


def _row(scene: Scene, revision: Revision) -> str:
    value = UNCONFIRMED if revision.unverified else value_words(revision.value)
    kind = IN_WORDS[revision.kind]
    unsure = " (likely)" if revision.likely and not revision.unverified else ""
    lines = [f"*{announced(revision)}* · {kind}: *{value}*{unsure}"]
    lines.append(" ".join(literal(t) for t in (revision.reason, revision.note) if t))
    sources = "; ".join(published(s) for s in revision.sources)
    added = ""
    if revision.added_by:
        at = f", {scene.own_moment(revision.added_at)}" if revision.added_at else ""
        added = f" · added by {literal(revision.added_by)}{at}"
    lines.append(f"Source: {sources}{added}")
    return "\n".join(lines)


def _withdrawn(scene: Scene, there: Workspace, deadline: Deadline) -> list[str]:
    """Entries that were taken back: they count no more, and are still there to be seen, with who took them back."""
    taken_back = {fact.of: entry for entry in there.entries if isinstance(fact := entry.fact, Withdrawn)}
    gone = []
    for entry in there.entries:
        fact, back = entry.fact, taken_back.get(entry.sequence)
        if back and isinstance(fact, DeadlineRevised) and fact.deadline == deadline.id:
            value = value_words(fact.value)
            gone.append(f"Taken back: {value}. Entered by {_by(scene, entry)}; taken back by {_by(scene, back)}.")
    return gone


def _by(scene: Scene, entry: Entry) -> str:
    return f"{literal(entry.actor_name or 'somebody')}, {scene.own_moment(datetime.fromisoformat(entry.recorded_at))}"


# --- as of a day ----------------------------------------------------------------------------------------------


def as_of(scene: Scene, there: Workspace, deadlines: Sequence[Deadline], on: date) -> Message:
    """What was known of these on a day. What was announced within a range counts from its last day, and it says so."""
    lines = [_as_of_line(scene, there.ledger, d, on) for d in deadlines]
    known = [line for line in lines if line]
    text = "\n".join(known) or "Nothing had been announced by then, as far as we know."
    blocks = [
        header(f"What was known on {short_day(on)}"),
        banner(scene, day(on)),
        section(clip(text, 3000)),
        actions(button("All industry dates", scene.carry(ShowDeadlines))),
        context("Where only a range of days is known for an announcement, it counts from the last of them."),
    ]
    first = known[0].lstrip("• ").replace("*", "").partition("\n")[0] if known else text
    return Message(f"{literal(scene.position.name)}: what was known on {day(on)}. {first}", blocks)


def as_of_which(scene: Scene, name: str, ask: str, days: Sequence[date]) -> Message:
    """Words that can mean several days: each is offered. `name` is what was said before them, to say which date."""
    which = f"{name} " if 0 < len(name) <= LONGEST_NAME else ""
    ways = []
    for on in days:
        words = f"deadlines {which}as of {on.isoformat()}"
        run = RunCommand(firm=scene.position.key.firm, words=words)
        ways.append(button(day(on), run, says=f"What was known on {day(on)}"))
    said = f"{literal(scene.position.name)}: {escape(ask)}"
    return Message(f"{said} {', or '.join(map(day, days))}", [banner(scene), section(escape(ask)), actions(*ways)])


def _as_of_line(scene: Scene, ledger: Ledger, deadline: Deadline, on: date) -> str:
    known = ledger.as_of(deadline.id, on)
    if known is None:
        first = [r for r in ledger.story(deadline.id) if r.from_ <= on < r.to <= scene.today][:1]
        return f"• *{escape(deadline.title)}:* nothing for sure. {_maybe(first[0])}" if first else ""
    # What is not known today either is left out, as in its story: an announcement of which the range is not over.
    maybe = "".join(f"\n↳ {_maybe(r)}" for r in known.maybe if r.to <= scene.today)
    return f"• *{escape(deadline.title)}:* {_known_words(known)}{maybe}"


def _maybe(revision: Revision) -> str:
    value = UNCONFIRMED if revision.unverified else value_words(revision.value)
    return (
        f"Perhaps already {value}: that was announced some day between {short_day(revision.from_)} and "
        f"{short_day(revision.to)}, which is all we know of the day."
    )


# --- for workspace admins -------------------------------------------------------------------------------------


def revised(scene: Scene, there: Workspace, entry: Entry) -> Top:
    """What an admin added, what it was before, and what it means for this firm."""
    revision = revision_of(there, entry)
    if revision is None:
        return NOTHING
    deadline = there.ledger.deadline(revision.deadline)
    before = there.ledger.before(revision)
    old = f", before: {_old_words(before)}" if before else ""
    title = literal(deadline.title) if deadline else "It"
    said = f"{title}: {IN_WORDS[revision.kind]}, {value_words(revision.value)}{old}"
    means = _means(scene, there.ledger, revision)
    text = f"*Recorded for the whole workspace:* {said}.{means}"
    return Top(text.replace("*", ""), (section(text, accessory=_take_back(scene, entry)),))


def _means(scene: Scene, ledger: Ledger, revision: Revision) -> str:
    """What it changes for this firm: nothing, where it completes the story of a date that was announced anew since."""
    held = ledger.as_of(revision.deadline, scene.today)
    if held and held.revision != revision:
        holds = f"{value_words(held.revision.value)}, announced {announced(held.revision)}"
        return f"\nWhat holds is still {holds}. Nothing that you are reminded of changes."
    notice = ledger.notice(revision)
    return f"\n{effect(notice, scene.today, scene.position.target)}" if notice else ""


def _old_words(before: Revision) -> str:
    return UNCONFIRMED if before.unverified else value_words(before.value)


def _take_back(scene: Scene, entry: Entry) -> dict[str, object]:
    return button("Undo", scene.carry(WithdrawEntry, of=entry.sequence), says="Undo: take this entry back")


def trading_days(scene: Scene, there: Workspace, *, admin: bool, top: Top = NOTHING) -> Message:
    """The calendar that days are counted by, and what was edited in it."""
    edits = [(e, e.fact) for e in there.entries if e.sequence not in there.withdrawn]
    of_days = [(e, f) for e, f in edits if isinstance(f, TradingDayEdited)]
    holds = {f.day: e.sequence for e, f in of_days}
    # An entry by mistake that still counts must be in reach.
    to_come, latest = [e for e, f in of_days if f.day >= scene.today], [e for e, _ in of_days[-MOST_EDITS:]]
    shown = [(e, f) for e, f in of_days if e in to_come[-MOST_TO_COME:] or e in latest]
    text = (
        "Days are counted by the calendar of the New York Stock Exchange. A day it closed without notice, or opens "
        "after all, can be entered here by somebody who runs the workspace; it holds for every firm in it."
    )
    blocks: list[Block] = [*top.blocks, header("Trading days"), banner(scene, "the calendar"), section(text)]
    for entry, fact in shown:
        said = _edit_words(fact, entry, replaced=holds[fact.day] != entry.sequence)
        others = any(f.day == fact.day and e != entry for e, f in of_days)
        blocks.append(section(said, accessory=_away(scene, entry, others=others) if admin else None))
    if not shown:
        blocks.append(section("Nothing was edited so far."))
    if len(shown) < len(of_days):
        blocks.append(context(f"{len(shown)} of {len(of_days)} are shown: those of days to come, and the latest."))
    ways = [button("All industry dates", scene.carry(ShowDeadlines))]
    if admin:
        ways.insert(0, button("Close or open a day…", scene.carry(OpenTradingDay), style="primary"))
    blocks.append(actions(*ways))
    return Message(f"{top.text} {literal(scene.position.name)}, trading days: {len(of_days)} edited.".strip(), blocks)


def _edit_words(fact: TradingDayEdited, entry: Entry, *, replaced: bool) -> str:
    word = "closed" if fact.state == "closed" else "a trading day after all"
    who = literal(entry.actor_name or "somebody")
    later = " A later entry took its place." if replaced else ""
    return f"*{day(fact.day)}*: {word}. {literal(fact.reason)}\nBy {who}.{later}"


def _away(scene: Scene, entry: Entry, *, others: bool) -> dict[str, object]:
    then = "What else was entered for that day" if others else "The exchange's own calendar"
    sure = confirm("Take this entry back?", f"{then} counts then.", "Take back")
    return button("Take back", scene.carry(WithdrawEntry, of=entry.sequence), confirm=sure)


def which(scene: Scene, found: Sequence[Deadline], words: str) -> Message:
    """Words that name several industry dates, or none."""
    text = f"Which industry date do you mean by “{literal(clip(words, 60))}”?"
    if not found:
        text = f"There is no industry date called “{literal(clip(words, 60))}”. These are known:"
    offered = found or scene.ledger.deadlines
    options = [option(d.title, d.id) for d in offered]
    stories = menu("The story of…", scene.carry(PickDeadline), options)
    return Message(f"{literal(scene.position.name)}: {text}", [banner(scene), section(text), stories])
