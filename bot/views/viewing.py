"""What a viewer of a firm sees: everything there is to read, without the buttons that would be refused."""

from collections.abc import Iterable

from msgspec.structs import replace

from bot import buttons
from bot.actions import Carried, verb_of
from bot.surfaces import Block, Message
from bot.views.blocks import context

YOU_ARE_A_VIEWER = "👁️ You are a viewer of this firm: you can read everything. A lead can make you a member."


def _verbs(kind: type[Carried]) -> Iterable[str]:
    for under in kind.__subclasses__():
        yield under.verb
        yield from _verbs(under)


CHANGING = frozenset(_verbs(buttons.Changing))


def for_viewer(message: Message) -> Message:
    """The message as a viewer sees it; what it says is the same."""
    kept = [block for block in map(_without_changes, message.blocks) if block]
    if len(kept) == len(message.blocks) and all(a is b for a, b in zip(kept, message.blocks, strict=True)):
        return message
    return replace(message, blocks=(*kept, context(YOU_ARE_A_VIEWER)))


def _without_changes(block: Block) -> Block | None:
    if block["type"] == "actions":
        elements = [e for e in block["elements"] if verb_of(e["action_id"]) not in CHANGING]
        if len(elements) == len(block["elements"]):
            return block
        return {**block, "elements": elements} if elements else None
    accessory = block.get("accessory")
    if accessory and verb_of(accessory.get("action_id", "")) in CHANGING:
        return {name: value for name, value in block.items() if name != "accessory"}
    return block
