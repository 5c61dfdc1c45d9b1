"""What is put on record: a piece of evidence in a line, and the modals that add evidence and notes."""

from collections.abc import Sequence

from bot.buttons import (
    EvidenceForm,
    MessageFirmForm,
    NoteForm,
    OpenNote,
    SaveMessageForm,
    ShowHistory,
    ShowNext,
)
from bot.surfaces import Message, Modal
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
    EvidenceAdded,
    Record,
)
from flows.ports import FirmSummary
from flows.walk import Item, Walk

WEAK = (
    "A Slack link alone is weak evidence: messages can be edited or deleted, and Slack may not keep them. "
    "A SHA-256 of the text is kept beside it, never the text. Keep the document itself in the firm's records too."
)


def link(url: str, label: str) -> str:
    """A link whose address and label cannot break out of it."""
    safe = escape(url.replace("|", "%7C").replace(">", "%3E").replace("<", "%3C").replace(" ", "%20"))
    return f"<{safe}|{literal(label).replace('|', '/')}>"


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
