"""What a task's card takes from the roadmap alone, drawn once for each task of a pack and not at every click."""

from functools import lru_cache, partial

import msgspec

from bot.surfaces import Block
from bot.views.blocks import escape, header, section
from bot.views.passages import contact_line, link_line, quotes_blocks
from bot.views.task_buttons import card_rows
from flows.roadmap import Pack, Step, Task
from flows.same import Same

FEW_QUOTES = 2
"""Quotes on the card of a task; the step's own page has all of them."""


class TaskParts(msgspec.Struct, frozen=True):
    """The parts, safe in mrkdwn. Blocks are shared between messages, so nobody may change one."""

    head: Block
    part: str
    """Which part of its step the task is in; empty for a step without parts."""
    body: str
    """What follows the title: what to do, click by click."""
    first_sentence: str
    who: str
    """Who does it, and whom outside the firm it depends on."""
    links: tuple[Block, ...]
    """Where to go, and whom to ask."""
    quotes: tuple[Block, ...]
    """The quoted reason."""
    gaps: tuple[str, ...]
    """What the source leaves to another document, and what is placed by us."""
    notes: tuple[str, ...]


class PackParts:
    """The parts of one pack's tasks, each drawn when it is first shown."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._drawn: dict[str, TaskParts] = {}
        self.rows = lru_cache(maxsize=512)(partial(card_rows, pack))
        """The rows of buttons for each way the card of a task can be shown."""

    def of(self, task: Task) -> TaskParts:
        """The parts of this task."""
        drawn = self._drawn.get(task.id)
        if drawn is None:
            drawn = self._drawn[task.id] = _draw(self._pack, task)
        return drawn


def parts_of(pack: Pack) -> PackParts:
    """What is drawn of this pack so far."""
    return _kept(Same(pack))


@lru_cache(maxsize=4)
def _kept(pack: Same) -> PackParts:
    assert isinstance(pack.it, Pack)
    return PackParts(pack.it)


def _draw(pack: Pack, task: Task) -> TaskParts:
    step = next(s for s in pack.steps if s.id == task.step)
    return TaskParts(
        head=header(f"Step {step.id} of {len(pack.steps)} · {step.title}"),
        part=_part(step, task),
        body=_body(task),
        first_sentence=escape(task.do.split(". ")[0].rstrip(".") + "."),
        who=_who(pack, task),
        links=tuple(_links(pack, task)),
        quotes=tuple(_quotes(pack, task)),
        gaps=tuple(_gaps(task)),
        notes=tuple(f"ℹ️ {escape(n)}" for n in task.notes),
    )


def _part(step: Step, task: Task) -> str:
    part = next((p for p in step.parts if p.id == task.part and p.id != step.id), None)
    return f"Part {escape(part.id)}: {escape(part.title)}" if part else ""


def _body(task: Task) -> str:
    optional = " _Optional. Record one of the two either way._" if task.optional and task.outcomes else ""
    clicks = "".join(f"\n{n}. {escape(click)}" for n, click in enumerate(task.clicks, start=1))
    return f"{optional}\n{escape(task.do)}{clicks}"


def _who(pack: Pack, task: Task) -> str:
    """Where the outsider is one of several agents, `{agent}` stands for the name."""
    owner = pack.roles[task.owner]
    who = f"*Who:* {escape(owner.title)}{' (outside your firm)' if owner.outside else ''}"
    if not task.wait_for:
        return who
    outsider = escape(pack.roles[task.wait_for].title)
    named = "{agent}" if task.for_each == "agents" and task.wait_for == "agent" else ""
    depends = "depends on" if task.kind == "confirmation" else "may have to wait for"
    return f"{who}; {depends} {outsider}{named}, outside your firm"


def _links(pack: Pack, task: Task) -> list[Block]:
    lines = [link_line(pack.links[name]) for name in task.links]
    if task.contact:
        lines.append(contact_line(pack.contacts[task.contact]))
    return [section("\n".join(lines))] if lines else []


def _quotes(pack: Pack, task: Task) -> list[Block]:
    if not task.quotes:
        return []
    # A choice between ways shows all of them: the first alone would read like advice.
    many = task.kind == "question" and pack.questions[task.sets].kind == "set"
    return quotes_blocks(pack, task.step, task.quotes if many else task.quotes[:FEW_QUOTES])


def _gaps(task: Task) -> list[str]:
    said = []
    if task.gap:
        section_of = f", section {task.gap.section}" if task.gap.section else ""
        said.append(f"📕 {escape(task.gap.text)} See: {escape(task.gap.document + section_of)}.")
    if task.placed_by_us:
        said.append(f"✍️ Placed here by us: {escape(task.placed_by_us)}")
    return said
