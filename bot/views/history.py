"""The history in words: pages of it, whole or filtered, the form for the filter, and the question what is meant."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from bot.buttons import HistoryForm, OpenEvidence, OpenHistoryFilter, ShowHistory, ShowNext
from bot.slack.places import slack_id
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    Element,
    actions,
    button,
    clip,
    date_input,
    field,
    literal,
    option,
    section,
    select_input,
    short_day,
)
from bot.views.evidence import provable
from bot.views.mentioned import with_mentions
from bot.views.pieces import piece_line
from bot.views.scene import Scene, banner
from flows.before_after import before_after
from flows.events import Record, TaskCompleted
from flows.history import NO_ROWS, SOURCES, counted, sentence, task_title
from flows.looking_back import Filter

ROWS = 12
"""Entries of history on a page."""

LONGEST_ENTRY = 1300
"""Characters of an entry shown on a page; where escaping makes it much longer, a third of that."""

PIECES = 15
"""Pieces of evidence shown of one task; the others are in its history."""

MOST_CHOICES = 10

NO_FILTER = Filter()


class Page(msgspec.Struct, frozen=True):
    """A page of history, newest first. `older` and `newer` are where the neighbouring pages begin, None for none."""

    rows: tuple[Record, ...]
    undone: frozenset[int]
    older: int | None = None
    newer: int | None = None
    behind: Mapping[int, Record] = NO_ROWS
    """The firm's rows by sequence, where an undo on the page has to name what it is about."""


def history(
    scene: Scene,
    page: Page,
    *,
    wanted: Filter = NO_FILTER,
    evidence: Sequence[Record] = (),
    named: Mapping[str, str] | None = None,
    whole: Sequence[Record] = (),
) -> Message:
    """A page of what happened, in words; of one task with its evidence on top.

    `named` are people's names by id. `whole` is the unfiltered history, to say of when there is something.
    """
    pack, position = scene.pack, scene.position
    about = filter_words(scene, wanted, named or {})
    said = f" {literal(about)}" if about else ""
    blocks = [section(f"*History{said}*"), banner(scene, "newest first")]
    if evidence or scene.walk.item(wanted.task):
        blocks += _evidence_list(evidence)
    blocks += [section(_row(scene, page, row)) for row in page.rows]
    if not page.rows:
        blocks.append(section(_nothing(scene, about, whole)))
    blocks.append(actions(*_page_buttons(scene, page, wanted)))
    newest = "; ".join(
        with_mentions(row, clip(literal(sentence(pack, position, row, page.behind)), 200), page.behind)
        for row in page.rows[:3]
    )
    text = f"History{said} for {literal(position.name)}, newest first: {newest or 'nothing recorded'}."
    return Message(text, blocks)


def filter_words(scene: Scene, wanted: Filter, named: Mapping[str, str]) -> str:
    """What is filtered by, as it stands in a heading: `of step 3: Access by Dana Cole from May 1, 2026`."""
    parts = [f"of {subject(scene, wanted.task)}"] if wanted.task else []
    if wanted.person:
        parts.append("by you" if wanted.person == scene.viewer else f"by {named.get(wanted.person) or 'that person'}")
    parts += [wanted.period.says] if wanted.period.says else []
    return " ".join(parts)


def _nothing(scene: Scene, about: str, whole: Sequence[Record]) -> str:
    """What to say where nothing is; where a filter left nothing, of when there is something."""
    if not about or not whole:
        return "Nothing is recorded here yet."
    first, last = (short_day(scene.recorded_day(row.at)) for row in (whole[0], whole[-1]))
    span = f"on {first}" if first == last else f"from {first} to {last}"
    return f"Nothing is recorded {literal(about)}. The history has {_entries(len(whole))} {span}."


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number:,} entries"


def subject(scene: Scene, task: str) -> str:
    """A task's title, or a step's where `task` is `step 3`, a part's where it is `step 6-II-A`."""
    wanted = task.removeprefix("step ")
    if wanted == task:
        return task_title(scene.pack, scene.position, task)
    step = next((s for s in scene.pack.steps if s.id == wanted), None)
    return f"step {step.id}: {step.title}" if step else task


def _page_buttons(scene: Scene, page: Page, wanted: Filter) -> list[Element]:
    found = []
    if page.newer is not None:
        found.append(button("Newer", _carried(scene, wanted, page.newer)))
    if page.older is not None:
        found.append(button("Older", _carried(scene, wanted, page.older)))
    filters = scene.carry(
        OpenHistoryFilter,
        task=wanted.task,
        person=wanted.person,
        first=_iso(wanted.first),
        last=_iso(wanted.last),
    )
    found.append(button("Filter…", filters, says="Filter the history"))
    if wanted != NO_FILTER:
        found.append(button("Everything", scene.carry(ShowHistory), says="The whole history"))
    if scene.walk.item(wanted.task):
        found.append(button("Add evidence", scene.carry(OpenEvidence, task=wanted.task)))
    return [*found, button("Next", scene.carry(ShowNext))]


def _carried(scene: Scene, wanted: Filter, before: int = 0) -> ShowHistory:
    return scene.carry(
        ShowHistory,
        before=before,
        task=wanted.task,
        person=wanted.person,
        first=_iso(wanted.first),
        last=_iso(wanted.last),
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


# --- an entry -------------------------------------------------------------------------------------------------


def _row(scene: Scene, page: Page, row: Record) -> str:
    undone = row.sequence in page.undone
    said = sentence(scene.pack, scene.position, row, page.behind)
    said = clip(said, LONGEST_ENTRY if len(literal(said)) < 2 * LONGEST_ENTRY else LONGEST_ENTRY // 3)
    lines = [with_mentions(row, literal(line), page.behind) for line in said.splitlines() if line.strip()]
    words = "\n".join(f"~{line}~" if undone else line for line in lines)
    change = before_after(scene.pack, row, page.behind)
    if change:
        words = f"{words}{' (undone)' if undone else ''}\n↳ {literal(clip(change, LONGEST_ENTRY // 3))}"
    elif undone:
        words = f"{words} (undone)"
    return f"{words}\nEntry {row.sequence} · {' · '.join(_facts(scene, row))}"


def _facts(scene: Scene, row: Record) -> list[str]:
    """When it was recorded, by whom and how, when it happened, and how much proves it."""
    facts = [scene.moment(row.at), literal(row.actor_name), SOURCES.get(row.source, literal(row.source))]
    if row.happened_on:
        facts.append(_happened(scene, row, date.fromisoformat(row.happened_on)))
    event = row.event
    pieces = scene.position.evidence.get(event.task, 0) if isinstance(event, TaskCompleted) else 0
    if pieces:
        facts.append(f"evidence: {counted(pieces, 'piece')}")
    if row.practice:
        facts.append("practice run")
    return facts


def _happened(scene: Scene, row: Record, day: date) -> str:
    back_dated = day < scene.recorded_day(row.at)
    return f"happened on {short_day(day)}" + (" (back-dated)" if back_dated else "")


def _evidence_list(evidence: Sequence[Record]) -> list[Block]:
    if not evidence:
        return [section("No evidence yet.")]
    shown = [f"• {piece_line(row)}" for row in evidence[:PIECES]]
    left = len(evidence) - len(shown)
    rest = [f"and {left} more in the entries below"] if left > 0 else []
    return [section(clip("\n".join([f"*Evidence: {len(evidence)}*", *shown, *rest]), 3000))]


# --- choosing -------------------------------------------------------------------------------------------------


def which(scene: Scene, choices: Sequence[Filter], named: Mapping[str, str]) -> Message:
    """Several people or tasks fit the words: a button for each."""
    shown = choices[:MOST_CHOICES]
    several = len({choice.person for choice in choices}) > 1
    asked = "Whose entries do you mean?" if several else "Which task do you mean?"
    more = (
        f" There are {len(choices)} that fit; say it with more words to find the others."
        if choices[MOST_CHOICES:]
        else ""
    )
    ways = [button(clip(_choice(scene, choice, named, several), 75), _carried(scene, choice)) for choice in shown]
    blocks = [
        section(asked + more),
        *(actions(*ways[n : n + 5]) for n in range(0, len(ways), 5)),
        banner(scene, "history"),
    ]
    return Message(asked + more, blocks)


def _choice(scene: Scene, choice: Filter, named: Mapping[str, str], person: bool) -> str:
    name = named.get(choice.person, "")
    alike = sum(1 for has in named.values() if has == name) > 1
    who = f"{name} ({slack_id(choice.person)})" if alike else name or slack_id(choice.person)
    return who if person else subject(scene, choice.task)


def filter_modal(scene: Scene, wanted: Filter, there: Mapping[str, str]) -> Modal:
    """Asks for a task or step, a person and a period; each may be left empty."""
    steps = [option(clip(f"Step {s.id}: {s.title}", 75), f"step {s.id}") for s in scene.pack.steps]
    tasks = [option(clip(f"{i.task.part}: {i.title}", 75), i.key) for i in provable(scene.walk)]
    if wanted.task and not any(o["value"] == wanted.task for o in (*steps, *tasks)):
        steps.insert(0, option(clip(subject(scene, wanted.task), 75), wanted.task))
    people = sorted(there.items(), key=lambda each: (each[1].casefold(), each[0]))
    persons = [option(clip(name or slack_id(person), 75), person) for person, name in people]
    return Modal(
        title="Filter the history",
        submit="Show",
        carried=scene.carry(HistoryForm),
        blocks=[
            banner(scene, "What you leave empty is not filtered by."),
            field("task", "Step or task", select_input([*steps, *tasks], wanted.task, "Any"), optional=True),
            field("person", "Recorded by", select_input(persons, wanted.person, "Anybody"), optional=True),
            field("first", "From", date_input(wanted.first, "The beginning"), optional=True),
            field(
                "last",
                "Until",
                date_input(wanted.last, "Today"),
                hint="Entries that were recorded in these days, and those that say they happened then.",
                optional=True,
            ),
        ],
    )
