"""What is on record: history in words, the evidence of a task, and the modals that add to both."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from bot.buttons import (
    EvidenceForm,
    MessageFirmForm,
    NoteForm,
    OpenEvidence,
    OpenNote,
    SaveMessageForm,
    ShowHistory,
    ShowNext,
)
from bot.places import channel_mention, mention, slack_id
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    Element,
    actions,
    button,
    clip,
    context,
    date_input,
    escape,
    field,
    literal,
    option,
    plain,
    section,
    select_input,
    short_day,
    text_input,
)
from bot.views.firm_menu import firm_choices
from bot.views.scene import Scene, banner
from bot.views.tasks import Top
from flows.events import (
    ChannelLinked,
    ChannelUnlinked,
    EvidenceAdded,
    MemberSet,
    Record,
    SummarySet,
    SummaryStopped,
)
from flows.history import NO_ROWS, sentence, task_title
from flows.ports import FirmSummary
from flows.walk import Item, Walk

ROWS = 12
"""Entries of history on a page."""

LONGEST_ENTRY = 1300
"""Characters of an entry shown on a page; where escaping makes it much longer, a third of that."""

PIECES = 15
"""Pieces of evidence shown of one task; the others are in its history."""

WEAK = (
    "A Slack link alone is weak evidence: messages can be edited or deleted, and Slack may not keep them. "
    "A SHA-256 of the text is kept beside it, never the text. Keep the document itself in the firm's records too."
)

SOURCES = {
    "command": "typed",
    "button": "by button",
    "modal": "by form",
    "message": "typed in a message",
    "shortcut": "by shortcut",
    "import": "imported",
}


class Page(msgspec.Struct, frozen=True):
    """A page of history, newest first. `older` and `newer` are where the neighbouring pages begin, None for none."""

    rows: tuple[Record, ...]
    undone: frozenset[int]
    older: int | None = None
    newer: int | None = None
    behind: Mapping[int, Record] = NO_ROWS
    """The firm's rows by sequence, where an undo on the page has to name what it is about."""


def link(url: str, label: str) -> str:
    """A link whose address and label cannot break out of it."""
    safe = escape(url.replace("|", "%7C").replace(">", "%3E").replace("<", "%3C").replace(" ", "%20"))
    return f"<{safe}|{literal(label).replace('|', '/')}>"


def history(scene: Scene, page: Page, *, task: str = "", evidence: Sequence[Record] = ()) -> Message:
    """A page of what happened, in words; of one task with its evidence on top."""
    pack, position = scene.pack, scene.position
    about = f" of {literal(_subject(scene, task))}" if task else ""
    blocks = [section(f"*History{about}*"), banner(scene, "newest first")]
    if evidence or scene.walk.item(task):
        blocks += _evidence_list(evidence)
    blocks += [section(_row(scene, page, row)) for row in page.rows]
    if not page.rows:
        blocks.append(section("Nothing is recorded here yet."))
    blocks.append(actions(*_page_buttons(scene, page, task)))
    newest = "; ".join(clip(literal(sentence(pack, position, row, page.behind)), 200) for row in page.rows[:3])
    text = f"History{about} for {literal(position.name)}, newest first: {newest or 'nothing recorded yet'}."
    return Message(text, blocks)


def _subject(scene: Scene, task: str) -> str:
    """A task's title, or a step's where `task` is `step 3`."""
    step = next((s for s in scene.pack.steps if task == f"step {s.id}"), None)
    return f"step {step.id}: {step.title}" if step else task_title(scene.pack, scene.position, task)


def _page_buttons(scene: Scene, page: Page, task: str) -> list[Element]:
    found = []
    if page.newer is not None:
        found.append(button("Newer", scene.carry(ShowHistory, before=page.newer, task=task)))
    if page.older is not None:
        found.append(button("Older", scene.carry(ShowHistory, before=page.older, task=task)))
    if scene.walk.item(task):
        found.append(button("Add evidence", scene.carry(OpenEvidence, task=task)))
    return [*found, button("Next", scene.carry(ShowNext))]


def _row(scene: Scene, page: Page, row: Record) -> str:
    undone = row.sequence in page.undone
    said = sentence(scene.pack, scene.position, row, page.behind)
    said = clip(said, LONGEST_ENTRY if len(literal(said)) < 2 * LONGEST_ENTRY else LONGEST_ENTRY // 3)
    lines = [_named(row, literal(line)) for line in said.splitlines() if line.strip()]
    words = "\n".join(f"~{line}~" if undone else line for line in lines)
    facts = [scene.moment(row.at), literal(row.actor_name), SOURCES.get(row.source, literal(row.source))]
    if row.happened_on:
        facts.append(_happened(scene, row, date.fromisoformat(row.happened_on)))
    if row.practice:
        facts.append("practice run")
    return f"{words}{' (undone)' if undone else ''}\nEntry {row.sequence} · " + " · ".join(facts)


def _named(row: Record, words: str) -> str:
    """The words with a mention where they can only give an id: Slack shows the name of the person or channel."""
    event = row.event
    if isinstance(event, ChannelLinked | ChannelUnlinked | SummarySet | SummaryStopped):
        return words.replace(slack_id(event.channel), channel_mention(event.channel))
    if isinstance(event, MemberSet) and not event.name:
        return words.replace(slack_id(event.person), mention(event.person))
    return words


def _happened(scene: Scene, row: Record, day: date) -> str:
    back_dated = day < scene.recorded_day(row.at)
    return f"happened on {short_day(day)}" + (" (back-dated)" if back_dated else "")


def _evidence_list(evidence: Sequence[Record]) -> list[Block]:
    if not evidence:
        return [section("No evidence yet.")]
    shown = [piece_of_evidence(row) for row in evidence[:PIECES]]
    left = len(evidence) - len(shown)
    rest = [f"and {left} more in the entries below"] if left > 0 else []
    return [section(clip("\n".join([f"*Evidence: {len(evidence)}*", *shown, *rest]), 3000))]


def piece_of_evidence(row: Record) -> str:
    """One piece in a line: what it is, its day, who added it."""
    event = row.event
    assert isinstance(event, EvidenceAdded), "the caller picked these rows by type"
    name = clip(event.label or event.text, 90)
    what = literal(name) if event.kind == "note" else link(event.text, name)
    kind = {"link": "link", "note": "note", "message": "Slack message"}[event.kind]
    day = f", {short_day(event.happened_on)}" if event.happened_on else ""
    digest = f", text SHA-256 begins {event.digest[:12]}" if event.digest else ""
    return f"• {what} ({kind}{day}{digest}), added by {literal(row.actor_name)}"


def kept(scene: Scene, top: Top, *, more: str = "", task: str = "") -> Message:
    """What was just added, and the ways on. `more` is mrkdwn."""
    ways = [
        button("Next", scene.carry(ShowNext), style="primary"),
        button("History", scene.carry(ShowHistory, task=task)),
    ]
    blocks = [*top.blocks, *([context(more)] if more else []), actions(*ways), banner(scene)]
    return Message(f"{literal(scene.position.name)}. {top.text} {more}".strip(), blocks)


def note_modal(scene: Scene, *, task: str = "", title: str = "", text: str = "") -> Modal:
    """Asks for a note, on a task or on the firm."""
    about = f"About: {literal(title)}" if title else "About the firm as a whole"
    return Modal(
        title="Add a note",
        submit="Save",
        carried=scene.carry(NoteForm, task=task),
        blocks=[
            banner(scene, about),
            field(
                "text",
                "Note",
                text_input(initial=text, multiline=True),
                hint="No personal data, account numbers or FDID lists.",
            ),
        ],
    )


def note_refused(scene: Scene, sentence: str, task: str) -> Message:
    """A note typed in a message was refused; the form is the way on."""
    form = button("Write it in a form", scene.carry(OpenNote, task=task))
    return Message(sentence, [section(literal(sentence)), actions(form), banner(scene)])


def evidence_modal(scene: Scene, *, task: str = "") -> Modal:
    """Asks for a link or a note that proves a task."""
    item = scene.walk.item(task)
    worth = "; ".join(item.task.evidence) if item else ""
    suggested = [context(f"Worth keeping for this task: {literal(worth)}")] if worth else []
    return Modal(
        title="Add evidence",
        submit="Save",
        carried=scene.carry(EvidenceForm, task=task),
        blocks=[
            banner(scene),
            field("task", "Task", task_input(scene.walk, task)),
            *suggested,
            field(
                "link",
                "Link",
                text_input(longest=3000, placeholder="https://"),
                hint="Where the document is kept. Give a link, a note, or both.",
                optional=True,
            ),
            field("note", "Note", text_input(multiline=True), hint="What proves it, in words.", optional=True),
            field("label", "Name of this evidence", text_input(longest=150), optional=True),
            field("day", "Day it happened", date_input(), hint=f"Today is {short_day(scene.today)}.", optional=True),
        ],
    )


def provable(walk: Walk) -> list[Item]:
    """The tasks evidence can be kept for: everything that applies, is done, or has been touched."""
    return [i for i in walk.items if i.state in ("open", "waiting", "done", "set_aside", "locked") or i.record]


def task_input(walk: Walk, chosen: str = "") -> Element:
    """A select of tasks, at first the given one, else the next."""
    options = [option(clip(f"Step {i.task.part}: {i.title}", 75), i.key) for i in provable(walk)]
    first = chosen or (walk.next.key if walk.next else "")
    if len(options) <= 100:
        return select_input(options, first, "Choose a task")
    groups = [options[n : n + 100] for n in range(0, len(options), 100)]
    labelled = [{"label": plain(f"Tasks {n * 100 + 1} and on", 75), "options": g} for n, g in enumerate(groups)]
    element: Element = {
        "type": "static_select",
        "placeholder": plain("Choose a task", 150),
        "option_groups": labelled,
    }
    initial = next((o for o in options if o["value"] == first), None)
    return {**element, "initial_option": initial} if initial else element


def message_modal(scene: Scene, carried: SaveMessageForm) -> Modal:
    """Keeps a Slack message as evidence for a task of this firm."""
    return Modal(
        title="Save as evidence",
        submit="Save",
        carried=carried,
        blocks=[
            section(f"This is kept for *{literal(scene.position.name)}*: {link(carried.permalink, carried.label)}"),
            field("task", "Task", task_input(scene.walk)),
            context(WEAK),
            banner(scene),
        ],
    )


def message_firm_modal(firms: Sequence[FirmSummary], carried: MessageFirmForm) -> Modal:
    """Asks which firm a message is for."""
    element: Element = {
        "type": "static_select",
        "placeholder": plain("Choose a firm", 150),
        **firm_choices(firms),
    }
    return Modal(
        title="Save as evidence",
        submit="Go on",
        carried=carried,
        blocks=[field("firm", "Which firm is this message for?", element)],
    )
