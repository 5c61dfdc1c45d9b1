"""Answers of one firm for another: the choice of the firm they come from, and the look at what would change."""

from collections.abc import Sequence

from bot.buttons import CopyAnswers, PickCopy, ShowCopy, ShowNext
from bot.surfaces import Block, Message
from bot.views.answers import no_effect, preview_blocks
from bot.views.blocks import actions, button, context, escape, literal, section
from bot.views.firm_menu import MOST, firm_menu
from bot.views.scene import Scene, banner
from flows.copying import Copied, Copy
from flows.history import counted, label
from flows.ports import FirmSummary
from flows.position import Position
from flows.roadmap import Question
from flows.walk import Preview

ALREADY = "The answers are the same already. Nothing was changed."
NEVER = (
    "Never copied: what was done, proof, notes, dates, owners, reasons. The record of this firm will say that you "
    "copied from another firm, and not from which: not everybody who reads it may know that firm."
)
NO_OTHER = "You lead no other firm here, so there is none to copy from. Nothing was changed."


def choice(scene: Scene, firms: Sequence[FirmSummary]) -> Message:
    """From which firm?"""
    name = literal(scene.position.name)
    if not firms:
        return Message(NO_OTHER, [section(NO_OTHER), banner(scene)])
    asked = f"Copy answers into *{name}*. From which firm that you lead? You see what would change first."
    row = firm_menu(firms, scene.carry(PickCopy))
    more = [context(f"Of {len(firms):,} firms the first {MOST}; `/cais firm copy` with a name reaches the others.")]
    return Message(asked, [section(asked), row, *(more if len(firms) > MOST else []), banner(scene)])


def look(scene: Scene, source: Position, planned: Copy, seen: Preview | None, note: str = "") -> Message:
    """Which answers would be copied, and what each would change."""
    into, of = literal(scene.position.name), literal(source.name)
    blocks: list[Block] = [section(f"⚠️ {escape(note)}")] if note else []
    other = button("Another firm…", scene.carry(ShowCopy))
    if seen is None:
        said = f"*{into}* has the answers of *{of}* already, or *{of}* has none to copy. Nothing was changed."
        blocks += [section(said), *_own(planned.own), actions(button("Next", scene.carry(ShowNext)), other)]
        return Message(said, [*blocks, banner(scene)])
    said = f"Copy {_counted(planned)} from *{of}* into *{into}*? {_effect(seen)}"
    lines = [_line(copied) for copied in planned.answers]
    if planned.agents:
        lines.append(f"• Agents: {', '.join(map(literal, planned.agents))} {_come(planned)}")
    carried = scene.carry(CopyAnswers, source=source.key.firm, seen=planned.digest)
    go = button("Copy these answers", carried, style="primary", says=f"Copy these answers into {scene.position.name}")
    blocks += [section(said), section("\n".join(lines)), *preview_blocks(seen), *_own(planned.own)]
    return Message(f"{note} {said}".strip(), [*blocks, context(NEVER), actions(go, other), banner(scene)])


def _counted(planned: Copy) -> str:
    parts = ((len(planned.answers), "answer"), (len(planned.agents), "agent"))
    return " and ".join(counted(n, thing) for n, thing in parts if n)


def _come(planned: Copy) -> str:
    return "is added" if len(planned.agents) == 1 else "are added"


def _effect(seen: Preview) -> str:
    """What it comes to, in a sentence."""
    adds, drops = counted(len(seen.appear), "task"), counted(len(seen.disappear), "task")
    parts = [f"adds {adds}"] if seen.appear else []
    parts += [f"takes {drops} off the roadmap"] if seen.disappear else []
    return f"It {' and '.join(parts)}." if parts else no_effect(seen)


def _line(copied: Copied) -> str:
    options = copied.question.options
    value = ", ".join(label(options, v) for v in copied.value)
    now = ", ".join(label(options, v) for v in copied.now) or "no answer yet"
    return f"• {escape(copied.question.ask)} *{escape(value)}* (now: {escape(now)})"


def _own(questions: Sequence[Question]) -> list[Block]:
    """What needs a reason of the firm's own."""
    if not questions:
        return []
    asked = " ".join(escape(q.ask) for q in questions)
    return [context(f"Not copied, since the answer there needs a basis of the firm's own: {asked}")]
