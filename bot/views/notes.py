"""Update notes: how one is shown beside a passage, the list of them, and the form for a new one."""

from collections.abc import Sequence
from datetime import date

from bot.buttons import OpenUpdateNote, RemoveUpdateNote, UpdateNoteForm
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    actions,
    button,
    confirm,
    context,
    date_input,
    escape,
    field,
    literal,
    option,
    section,
    select_input,
    short_day,
    text_input,
)
from flows.asked import UpdateNote
from flows.notes import LONGEST_SOURCE, LONGEST_TEXT, is_old
from flows.roadmap import Pack

TEXT, SOURCE, AS_OF, STEP, LINES = "text", "source", "as_of", "step", "lines"
WHOLE = "all"
MOST_SHOWN = 20


def note_line(note: UpdateNote, today: date) -> str:
    """A note as it stands beside a passage: what has changed, as of when, and who says so."""
    as_of = short_day(date.fromisoformat(note.as_of))
    old = " _It is over 180 days old: check it with its source._" if is_old(note, today) else ""
    by = f"added by {literal(note.added_by_name or 'an admin')}"
    return f"📝 *Update note as of {as_of}:* {literal(note.text)}\n*Source:* {literal(note.source)}, {by}.{old}"


def listed(pack: Pack, notes: Sequence[UpdateNote], today: date, *, admin: bool, top: str = "") -> Message:
    """All notes of the workspace; an admin can add and remove."""
    said = top or (f"{len(notes)} update notes." if notes else "There are no update notes yet.")
    intro = (
        f"*Update notes*\nThey say what has changed since the roadmap's edition ({escape(pack.edition_title)}), and "
        "stand beside the passages they are about, in answers and on the pages of steps, for everybody here."
    )
    blocks: list[Block] = [*([section(f"*{top}*")] if top else []), section(intro)]
    for note in notes[:MOST_SHOWN]:
        way = _remove(note) if admin else None
        blocks.append(section(f"*{_place(note)}*\n{note_line(note, today)}", accessory=way))
    if len(notes) > MOST_SHOWN:
        blocks.append(context(f"and {len(notes) - MOST_SHOWN} more; remove old ones to see them."))
    if not notes:
        blocks.append(section("_There are none yet._"))
    if admin:
        blocks.append(actions(button("Add a note…", OpenUpdateNote(), style="primary")))
    else:
        blocks.append(context("Workspace admins add and remove them."))
    return Message(said, blocks)


def _remove(note: UpdateNote) -> dict[str, object]:
    ask = confirm("Remove this note?", "It is not shown any more. It stays in the database.", "Remove")
    return button("Remove", RemoveUpdateNote(note=note.id), confirm=ask, says=f"Remove the note of {note.as_of}")


def _place(note: UpdateNote) -> str:
    if note.first:
        return f"Line {note.first}" if note.first == note.last else f"Lines {note.first}-{note.last}"
    return f"Step {escape(note.step)}" if note.step else "The whole roadmap"


def form(pack: Pack, today: date) -> Modal:
    """A new note."""
    steps = [option("The whole roadmap", WHOLE), *[option(f"Step {s.id}: {s.title}", s.id) for s in pack.steps]]
    return Modal(
        title="Update note",
        blocks=(
            field(TEXT, "What has changed", text_input(multiline=True, longest=LONGEST_TEXT)),
            field(
                SOURCE,
                "Source",
                text_input(longest=LONGEST_SOURCE),
                hint="A document with its number, or an address, so that others can look.",
            ),
            field(AS_OF, "As of", date_input(today), hint="The day on which this was so."),
            field(STEP, "It is about", select_input(steps, WHOLE)),
            field(
                LINES,
                "Only these lines",
                text_input(longest=20, placeholder="29-30"),
                hint="As they stand below a quote. Leave it empty for all of it.",
                optional=True,
            ),
        ),
        carried=UpdateNoteForm(),
        submit="Add",
    )
