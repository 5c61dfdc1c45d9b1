"""What the roadmap itself gives: quoted passages with their lines, links with their environment, contacts, drafts."""

from collections.abc import Sequence

from bot.surfaces import Block
from bot.views.blocks import SECTION, clip, escape, section
from bot.views.scene import Scene
from flows.roadmap import Contact, Link, Pack, Quote
from flows.walk import Item


def link_line(link: Link) -> str:
    """A link as a line: its environment in words beside it, and its note."""
    environment = f" · *{link.environment.upper()}* environment" if link.environment else ""
    note = f" ({escape(link.note)})" if link.note else ""
    return f"🔗 <{escape(link.url)}|{escape(link.label)}>{environment}{note}"


def contact_line(contact: Contact) -> str:
    """Whom to call or write to."""
    return f"☎️ {escape(contact.name)}: {escape(contact.phone)}, {escape(contact.email)}"


def source_words(edition_title: str, step: str, quote: Quote) -> str:
    """Where a quote stands: `Small Firm Roadmap to May 31, 2024, Step 2, lines 29-30`; no step outside the steps."""
    first, last = quote.lines
    lines = f"line {first}" if first == last else f"lines {first}-{last}"
    where = f", Step {escape(step)}" if step else ""
    return f"{escape(edition_title)}{where}, {lines}"


def quotes_blocks(pack: Pack, step: str, quotes: Sequence[Quote]) -> list[Block]:
    """Quoted sentences, each with its place, in as many blocks as it takes, none cut.

    They stand in the source's order, each once: one sentence may refer to the one before it.
    """
    blocks: list[Block] = []
    held: list[Quote] = []

    def let_go() -> None:
        said = [f">“{escape(q.text)}”\n>_{source_words(pack.edition_title, step, q)}_" for q in held]
        blocks.append(section(clip("\n>\n".join(said), SECTION)))
        held.clear()

    for quote in sorted(dict.fromkeys(quotes), key=lambda q: q.lines):
        held.append(quote)
        if sum(len(q.text) + 120 for q in held) > SECTION - 600:
            let_go()
    if held:
        let_go()
    return blocks


def ready_message(scene: Scene, item: Item) -> list[Block]:
    """A message to copy, with the firm and the agent filled in, in a box that shows it as it is."""
    filled = item.task.draft.replace("{agent}", item.name or "your agent").replace("{firm}", scene.position.name)
    return to_copy(filled)


def to_copy(text: str) -> list[Block]:
    """A message to copy, in a box that shows it as it is."""
    box = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text.strip()}]}
    return [section("*A message you can copy:*"), {"type": "rich_text", "elements": [box]}]
