"""What an undo does not reach or leaves as it is, and what there is instead."""

from collections.abc import Sequence

from bot.actions import Carried
from bot.buttons import UndoChange
from bot.surfaces import Block, Message
from bot.views.blocks import button, clip, context, section
from bot.views.scene import Scene, banner
from bot.views.tasks import Top, in_words
from flows.events import Record

MOST_LEFT = 8


def not_undone(
    scene: Scene, last: str, instead: str, before: Record | None, takes_back: Carried | None = None
) -> Message:
    """`last` is what the person did last, `instead` what can be done about that; both are safe in mrkdwn.

    `takes_back`: what a button carries that takes it back, where there is one.
    """
    said = f"Undo does not reach what you did last: {last.removesuffix('.')}. {instead} Nothing was undone."
    back = button("Take it back", takes_back, says=f"Take it back: {last}") if takes_back else None
    blocks: list[Block] = [section(said, accessory=back), banner(scene)]
    if before:
        older = f"Before that, entry {before.sequence}: {in_words(scene, before)}"
        way = button("Undo this entry", scene.carry(UndoChange, of=before.sequence), says=f"Undo {older}")
        blocks.insert(1, section(older, accessory=way))
        said = f"{said} {older}"
    return Message(said, blocks)


def changed_since(scene: Scene, sentence: str, by: Record) -> Top:
    """Nothing was undone, as something came after it: what that was, and the way to take that back."""
    said = f"{sentence} What came after: {_who_did(scene, by)}"
    way = button("Undo that entry", scene.carry(UndoChange, of=by.sequence), says=f"Undo entry {by.sequence}")
    return Top(said, (section(said, accessory=way),))


def with_left(scene: Scene, top: Top, left: Sequence[Record]) -> Top:
    """What was undone, and what was not: `left` are the entries that changed it after the click that was taken back."""
    if not left:
        return top
    lines = [_who_did(scene, by) for by in left[:MOST_LEFT]]
    lines += [f"and {len(left) - MOST_LEFT} more."] if len(left) > MOST_LEFT else []
    said = "Left as it is, since it was changed after that:"
    listed = " ".join(lines) if len(lines) == 1 else "\n• " + "\n• ".join(lines)
    return Top(f"{top.text} {said} {' '.join(lines)}", (*top.blocks, context(clip(f"ℹ️ {said} {listed}", 2900))))


def _who_did(scene: Scene, by: Record) -> str:
    return f"{in_words(scene, by).removesuffix('.')} ({scene.by(by.actor, by.actor_name)}, {scene.moment(by.at)})."
