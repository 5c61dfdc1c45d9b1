"""What was just put on record, and the modal that adds notes."""

from bot.buttons import (
    NoteForm,
    OpenNote,
    ShowHistory,
    ShowNext,
)
from bot.surfaces import Message, Modal
from bot.views.blocks import (
    actions,
    button,
    context,
    field,
    literal,
    section,
    text_input,
)
from bot.views.scene import Scene, banner
from bot.views.tasks import Top


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
