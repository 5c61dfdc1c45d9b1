"""Evidence: the form, what a task has, taking a piece away, and the card that asks what a file is for."""

from collections.abc import Sequence
from datetime import date

from bot.actions import fits, pack
from bot.buttons import (
    EvidenceForm,
    LeaveFiles,
    MessageFirmForm,
    OpenEvidence,
    OpenProof,
    OpenRemoveEvidence,
    PickProofFirm,
    ProveTask,
    RemoveEvidenceForm,
    SaveMessageForm,
    ShowEvidence,
    ShowNext,
    ShowTask,
    TakeAsDocuments,
    UndoChange,
)
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    OPTION,
    Element,
    actions,
    button,
    checkbox_input,
    clip,
    context,
    date_input,
    field,
    file_input,
    literal,
    option,
    plain,
    section,
    select,
    select_input,
    short_day,
    text_input,
)
from bot.views.firm_menu import LONGEST_ID, firm_menu, firm_select
from bot.views.pieces import SUGGESTED, checklist, link, piece_line
from bot.views.scene import Scene, banner
from bot.views.tasks import NOTHING, Top
from flows.documents.library import kind_of
from flows.evidence.intake import Coming
from flows.evidence.pieces import AT_ONCE, File, Piece
from flows.evidence.use_cases import Became
from flows.history import counted
from flows.ports import FirmSummary
from flows.proof import WEAK, is_weak, place_of
from flows.roadmap import Task
from flows.walk import Item, Walk

OF_THE_TEXT = "Of this message a SHA-256 of the text is kept, never the text."
NO_TEXT = "This message has no text of its own: its address is kept, and of what else it shows nothing but its files."

PIECES = 15
"""Pieces shown of one task: each takes a block of a message's fifty; the others are in its history."""

COVERS = "covers"


# --- the form -------------------------------------------------------------------------------------------------


def evidence_modal(scene: Scene, *, task: str = "", files: Sequence[str] = ()) -> Modal:
    """Asks for files, a link or a note that proves a task; of files that were sent already only for the rest."""
    item = scene.walk.item(task)
    return Modal(
        title="Add evidence",
        submit="Save",
        carried=scene.carry(EvidenceForm, task=task, files=tuple(files)),
        blocks=[
            banner(scene),
            field("task", "Task", task_input(scene.walk, task)),
            *_suggested(item.task if item else None),
            *(_what_was_sent(files) if files else _what()),
            field("label", "Name of this evidence", text_input(longest=150), optional=True),
            field("day", "Day it happened", date_input(), hint=f"Today is {short_day(scene.today)}.", optional=True),
        ],
    )


def _what() -> list[Block]:
    return [
        field(
            "files",
            "Files",
            file_input((), AT_ONCE),
            hint="Any kind. No personal data, account numbers or FDID lists in them, please: their content is kept.",
            optional=True,
        ),
        field(
            "link",
            "Link",
            text_input(longest=3000, placeholder="https://"),
            hint="Where the document is kept. A link into Slack alone is weak evidence.",
            optional=True,
        ),
        field("note", "Note", text_input(multiline=True), hint="What proves it, in words.", optional=True),
    ]


def _what_was_sent(files: Sequence[str]) -> list[Block]:
    return [context(f"For the {counted(len(files), 'file')} you sent.")]


def _suggested(task: Task | None) -> list[Block]:
    if task is None or not task.evidence:
        return []
    boxes = checkbox_input([_suggestion(task, nth) for nth in range(len(task.evidence))][:10])
    hint = "Tick what this is, if you like. Nothing of it is demanded, and a task can be done without."
    return [field(COVERS, SUGGESTED, boxes, hint=hint, optional=True)]


def _suggestion(task: Task, nth: int) -> Element:
    """What is longer than Slack's label goes on in the smaller line below it."""
    text = task.evidence[nth]
    if len(text) <= OPTION:
        return option(text, place_of(task, nth))
    cut = text.rfind(" ", 0, OPTION - 1)
    return option(f"{text[:cut]}…", place_of(task, nth), f"…{text[cut:].strip()}")


def provable(walk: Walk) -> list[Item]:
    """The tasks evidence can be kept for: everything that applies, is done, or has been touched."""
    return [i for i in walk.items if i.state in ("open", "waiting", "done", "set_aside", "locked") or i.record]


def task_options(items: Sequence[Item]) -> list[Element]:
    """Tasks to choose from, by their keys."""
    return [option(clip(f"Step {i.task.part}: {i.title}", OPTION), i.key) for i in items]


def task_input(walk: Walk, chosen: str = "") -> Element:
    """A select of tasks, at first the given one, else the next."""
    options = task_options(provable(walk))
    first = chosen or (walk.next.key if walk.next else "")
    if len(options) <= 100:
        return select_input(options, first, "Choose a task")
    groups = [options[n : n + 100] for n in range(0, len(options), 100)]
    labelled = [{"label": plain(f"Tasks {n * 100 + 1} and on", OPTION), "options": g} for n, g in enumerate(groups)]
    element: Element = {
        "type": "static_select",
        "placeholder": plain("Choose a task", 150),
        "option_groups": labelled,
    }
    initial = next((o for o in options if o["value"] == first), None)
    return {**element, "initial_option": initial} if initial else element


# --- a message as evidence ------------------------------------------------------------------------------------


def message_modal(scene: Scene, carried: SaveMessageForm, sent_on: date) -> Modal:
    """Keeps a Slack message, and the files in it, as evidence for a task of this firm."""
    files = len(carried.files)
    also = [context(f"📎 With {'its file' if files == 1 else f'its {files} files'}, as evidence of the same task.")]
    return Modal(
        title="Save as CAIS evidence",
        submit="Save",
        carried=carried,
        blocks=[
            section(f"This is kept for *{literal(scene.position.name)}*: {link(carried.permalink, carried.label)}"),
            field("task", "Task", task_input(scene.walk)),
            field("day", "Day it happened", date_input(sent_on), hint="The message's own, at first.", optional=True),
            *(also if files else []),
            context(of_message(carried.digest)),
            banner(scene),
        ],
    )


def of_message(digest: str) -> str:
    """What is kept of a message, and that it is weak by itself."""
    return f"{WEAK} {OF_THE_TEXT if digest else NO_TEXT}"


def message_firm_modal(firms: Sequence[FirmSummary], carried: MessageFirmForm) -> Modal:
    """Asks which firm a message is for."""
    return Modal(
        title="Save as CAIS evidence",
        submit="Go on",
        carried=carried,
        blocks=[field("firm", "Which firm is this message for?", firm_select(firms))],
    )


# --- what a task has ------------------------------------------------------------------------------------------


def of_task(scene: Scene, item: Item, pieces: Sequence[Piece], coming: Sequence[Coming], top: Top = NOTHING) -> Message:
    """Every piece of a task, the newest first, what is on its way, and what is worth keeping."""
    there = [p for p in reversed(pieces) if p.removed is None]
    gone = len(pieces) - len(there)
    blocks = [*top.blocks, section(f"*Evidence: {literal(item.title)}*"), banner(scene, "newest first")]
    if coming:
        blocks.append(section(f"⏳ On the way: {_names(coming)}.", accessory=_look_again(scene, item.key)))
    blocks += [_piece(scene, item, piece) for piece in there[:PIECES]] or [section("No evidence yet.")]
    more = [f"{len(there) - PIECES} more in the history."] if len(there) > PIECES else []
    more += [f"{counted(gone, 'piece')} removed; the history says why."] if gone else []
    if any(is_weak(p.event) for p in there):
        more.append(f"⚠️ {WEAK}")
    if more:
        blocks.append(context(*more))
    if listed := checklist(item.task, scene.position.covered.get(item.key, ())):
        blocks.append(section(listed))
    ways = [
        button("Add evidence", scene.carry(OpenEvidence, task=item.key), style="primary"),
        button("Back to the task", scene.carry(ShowTask, task=item.key)),
        button("Next", scene.carry(ShowNext)),
    ]
    blocks.append(actions(*ways))
    said = f"{counted(len(there), 'piece')} of evidence for {literal(item.title)}."
    return Message(f"{top.text} {literal(scene.position.name)}: {said}".strip(), blocks)


def _piece(scene: Scene, item: Item, piece: Piece) -> Block:
    event = piece.event
    lines = [piece_line(piece.row)]
    if event.covers:
        lines.append(f"Said to be: {literal('; '.join(event.covers))}")
    if event.came_from:
        lines.append(link(event.came_from, "The message it was in"))
    lines.append(f"Entry {piece.row.sequence} · {scene.moment(piece.row.at)}")
    away = button(
        "Remove…",
        scene.carry(OpenRemoveEvidence, evidence=piece.row.sequence, task=item.key),
        says=f"Remove entry {piece.row.sequence}: {piece.name}",
    )
    return section("\n".join(lines), accessory=away)


def remove_modal(scene: Scene, carried: RemoveEvidenceForm, name: str) -> Modal:
    """Asks why a piece is taken away."""
    return Modal(
        title="Remove evidence",
        submit="Remove",
        carried=carried,
        blocks=[
            section(
                f"*{literal(clip(' '.join(name.split()), 300))}*, entry {carried.evidence}, will not count any more."
            ),
            field("reason", "Why?", text_input(multiline=True), hint="Kept in the history. You can undo it."),
            context("What was recorded of it stays in the history, and a copy stays where it is kept."),
            banner(scene),
        ],
    )


# --- files on their way ---------------------------------------------------------------------------------------


def on_the_way(scene: Scene, coming: Sequence[Coming]) -> Top:
    """Files were handed over and are being fetched: where that is told of, and how it is seen here."""
    said = f"On the way: {_names(coming)}. It takes moments; I tell you in our direct messages."
    return Top(said, (section(f"⏳ {said}", accessory=_look_again(scene, coming[0].task)),))


def _look_again(scene: Scene, task: str) -> Element:
    return button("Look again", scene.carry(ShowEvidence, task=task), says="Look again: which files are kept by now")


def and_on_the_way(scene: Scene, top: Top, coming: Sequence[Coming]) -> Top:
    """What was recorded just now, and files that are being fetched."""
    more = on_the_way(scene, coming)
    return Top(f"{top.text} {more.text}".strip(), (*top.blocks, *more.blocks))


def _names(coming: Sequence[Coming]) -> str:
    named = [literal(clip(one.name, 60)) for one in coming if one.name][:5]
    more = len(coming) - len(named)
    unnamed = counted(more, "file") if not named else f"{more} more"
    return ", ".join([*named, *([unnamed] if more else [])])


def became(scene: Scene, found: Sequence[tuple[Became, Piece | None]]) -> Message:
    """What became of files that somebody handed over."""
    blocks: list[Block] = []
    said: list[str] = []
    for one, piece in found[:AT_ONCE]:
        name = literal(clip(one.name or "The file", 120))
        if piece is not None:
            way_back = button("Undo", scene.carry(UndoChange, of=piece.row.sequence), says=f"Undo {one.name}")
            told = f"✅ Recorded for *{literal(_title(scene, one.task))}*: {piece_line(piece.row)}"
            told += f". {literal(one.said)}" if one.said else ""
            blocks.append(section(told, accessory=way_back))
            said.append(f"{name} is recorded as evidence. {literal(one.said)}".strip())
        else:
            blocks.append(section(f"⚠️ *{name}* was not recorded. {literal(clip(one.said, 500))}"))
            said.append(f"{name} was not recorded. {literal(one.said)}")
    pieces = [p for _, p in found if p is not None]
    if any(is_weak(p.event) for p in pieces):
        blocks.append(context(f"⚠️ {WEAK}"))
    tasks = dict.fromkeys(one.task for one, _ in found)
    way = [button("Evidence", scene.carry(ShowEvidence, task=t), says=f"Evidence: {_title(scene, t)}") for t in tasks]
    blocks += [actions(*way[:5]), banner(scene, "evidence")]
    return Message(clip(f"{literal(scene.position.name)}: {' '.join(said)}", 3000), blocks)


def _title(scene: Scene, key: str) -> str:
    item = scene.walk.item(key)
    return item.title if item else key


# --- a file in a direct message -------------------------------------------------------------------------------


def what_for(scene: Scene, files: Sequence[File], *, lead: bool) -> Message:
    """Asks which task the files prove: those to be done first, and those done last."""
    ids = tuple(f.id for f in files)
    asked = f"Which task of *{literal(scene.position.name)}* {'does' if len(ids) == 1 else 'do'} {_files(files)} prove?"
    row: list[Element] = []
    carried = scene.carry(ProveTask, files=ids)
    block_id = pack(carried)
    if len(block_id) > LONGEST_ID:
        block_id = ""
    else:
        row.append(select("Choose a task", ProveTask, task_options(_likely(scene.walk))))
    row.append(button("With a day and a name…", scene.carry(OpenProof, files=ids)))
    readable = tuple((f.id, f.name, f.size or 0) for f in files if kind_of(f.name))
    documents = scene.carry(TakeAsDocuments, files=readable)
    if lead and len(readable) == len(files) and fits(documents):
        row.append(button("A document to quote from", documents))
    row.append(button("Neither", scene.carry(LeaveFiles)))
    how = "Nothing is kept before you say so. Next time write the task beside the file, like `evidence s2`."
    ways = actions(*row, block_id=block_id)
    return Message(asked.replace("*", ""), [section(asked), ways, context(how), banner(scene, "evidence")])


def _likely(walk: Walk) -> list[Item]:
    """First what is to be done, then what was done, the last first; a hundred at most."""
    there = provable(walk)
    first = [i for i in there if i.state in ("waiting", "open")]
    rest = [i for i in there if i not in first]
    rest.sort(key=lambda i: -(i.record.sequence if i.record else 0))
    return [*first, *rest][:100]


def _files(files: Sequence[File]) -> str:
    named = [f"*{literal(clip(f.name, 60))}*" for f in files if f.name][:3]
    more = len(files) - len(named)
    if not named:
        return "this file" if more == 1 else f"these {more} files"
    return ", ".join([*named, *([f"{more} more"] if more else [])])


def which_firm(firms: Sequence[FirmSummary], files: Sequence[File]) -> Message:
    """Asks which firm the files are for."""
    carried = PickProofFirm(files=tuple(f.id for f in files))
    text = f"Which firm {'is' if len(files) == 1 else 'are'} {_files(files)} for?"
    return Message(text.replace("*", ""), [section(text), firm_menu(firms, carried)])
