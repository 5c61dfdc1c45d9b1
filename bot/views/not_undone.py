"""What a typed undo does not reach, what there is instead, and what it would take back if it is asked to."""

from bot.actions import Carried
from bot.buttons import UndoChange
from bot.surfaces import Block, Message
from bot.views.blocks import button, section
from bot.views.scene import Scene, banner
from bot.views.tasks import in_words
from flows.events import Record


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
