"""A modal whose text was refused by the input guard: the same modal, the reason on top, and a way on below."""

from msgspec.structs import replace

from bot.surfaces import Modal, Swap
from bot.views.blocks import escape, section, ticket_field
from flows.firms import Refusal


def with_ticket(modal: Modal, refusal: Refusal) -> Swap:
    """What was typed stays, since its block_ids do. Any other refusal rises again, and is said by the front."""
    if refusal.kind != "guard":
        raise refusal
    return Swap(replace(modal, blocks=(section(f"⚠️ {escape(refusal.sentence)}"), *modal.blocks, ticket_field())))
