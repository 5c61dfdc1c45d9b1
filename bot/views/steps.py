"""Where the firm is: in short, the whole roadmap with every task's mark, and one step with its quotes and links."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import groupby

from bot.buttons import (
    OpenChangeOfAgent,
    PickCommand,
    PickStep,
    PickTask,
    RunCommand,
    ShowAgents,
    ShowHelp,
    ShowStatus,
    ShowStep,
    ShowTask,
)
from bot.surfaces import Block, Message
from bot.views import dated, legal_hold
from bot.views.blocks import (
    Element,
    actions,
    button,
    clip,
    context,
    divider,
    escape,
    header,
    literal,
    menu,
    option,
    section,
)
from bot.views.milestones import is_concerned, milestone_line, reference_words
from bot.views.notes import note_line
from bot.views.passages import link_line, quotes_blocks
from bot.views.scene import (
    MARKS,
    Scene,
    banner,
    mark_of,
    next_button,
    only_if_it_comes,
    progress_words,
    review_words,
    said_of,
    to_review_line,
    wait_words,
    why_not,
)
from bot.views.tasks import NOTHING, Top
from flows.asked import UpdateNote
from flows.notes import of_step
from flows.roadmap import Milestone, Part, Step
from flows.walk import Item, State

MOST_NAMES = 6
"""Agents named in one line of the status; more are counted."""
NAME = 28
FEW_REPEATS = 3
"""Repeats of a task that have a line each; more are grouped by state."""
FEW_BUTTONS = 4
MOST_ON_A_PAGE = 24
"""Tasks of a whole step that can be opened from its page; with more, each part has a page of its own."""
MOST_OPTIONS = 60
"""Tasks in one menu, unfinished ones first: three for each of twenty agents."""
LONGEST_OPTION = 150
"""Characters of an option's value (Slack's limit)."""
LONGEST_BUTTON = 900
"""Of a command in a button, whose value has room for 2,000 (Slack's limit): a quotation mark takes two."""
MOST_WAITS = 5
MOST_NOTES = 5
ASIDE: frozenset[State] = frozenset({"not_applicable", "set_aside", "later"})


def where(scene: Scene, top: Top = NOTHING) -> Message:
    """Where you are, in short: how far, what is next, who is waited for, the target, and the way on."""
    walk = scene.walk
    lines = [f"*{progress_words(scene)}.*"]
    if walk.next:
        step = walk.next.task.step
        lines.append(f"👉 *Next:* step {step} of {len(scene.pack.steps)}, {literal(walk.next.title)}")
    elif walk.outcome:
        lines.append(escape(walk.outcome.say))
    lines += [f"⏳ {literal(i.title)}: {wait_words(scene, i.record)}" for i in walk.waiting[:MOST_WAITS] if i.record]
    if len(walk.waiting) > MOST_WAITS:
        lines.append(f"⏳ and {len(walk.waiting) - MOST_WAITS} more waits")
    if yours := dated.mine_line(scene):
        lines.append(yours)
    lines += [*dated.own_dates(scene), *to_review_line(scene)]
    ways = [*next_button(scene, "Next task", style="primary"), button("Status", scene.carry(ShowStatus))]
    if scene.position.agents:
        ways.append(button("Agents", scene.carry(ShowAgents)))
    if scene.position.situation == "changing" and not scene.position.changes:
        ways.append(button("Change agent", scene.carry(OpenChangeOfAgent), says="Record the change of agent"))
    ways.append(button("Help", scene.carry(ShowHelp)))
    blocks = (*top.blocks, banner(scene, "where you are"), section("\n".join(lines)), actions(*ways))
    upcoming = f" Next: {literal(walk.next.title)}." if walk.next else ""
    return Message(f"{top.text} {literal(scene.position.name)}: {progress_words(scene)}.{upcoming}".strip(), blocks)


def status(scene: Scene, top: Top = NOTHING) -> Message:
    """The whole roadmap on one screen: every task with its mark, who and when, repeats grouped."""
    blocks: list[Block] = [
        *top.blocks,
        header(scene.pack.title),
        banner(scene, "status"),
        section(f"*{progress_words(scene)}*"),
        *([context(hold)] if (hold := legal_hold.line(scene)) else []),
        *(context(milestone_line(scene, m)) for m in _milestones(scene)),
        section("\n".join(_dates(scene))),
    ]
    for step in scene.pack.steps:
        blocks += _step_in_status(scene, step)
    steps = [option(f"Step {s.id}: {s.title}", s.id) for s in scene.pack.steps]
    blocks += [
        divider(),
        menu("Open a step", scene.carry(PickStep), steps),
        actions(*_status_buttons(scene)),
        context(escape(scene.pack.wording.footer)),
    ]
    following = f" Next: {literal(scene.walk.next.title)}." if scene.walk.next else ""
    text = f"{top.text} {literal(scene.position.name)}, status: {progress_words(scene)}.{following}"
    return Message(text.strip(), tuple(blocks))


def _dates(scene: Scene) -> list[str]:
    way = (
        " yet: `/cais target` and a day sets one, `/cais plan` works back from it" if dated.target_counts(scene) else ""
    )
    own = [] if scene.position.target else [f"🎯 No target date is set{way}."]
    return [*own, *dated.own_dates(scene), *to_review_line(scene)]


def _status_buttons(scene: Scene) -> list[Element]:
    ways = next_button(scene, "Next task", style="primary")
    if scene.position.agents:
        ways.append(button("Agents", scene.carry(ShowAgents)))
    return ways or [button("Help", scene.carry(ShowHelp))]


def _step_in_status(scene: Scene, step: Step) -> list[Block]:
    blocks: list[Block] = []
    heading = f"*Step {escape(step.id)} · {escape(step.title)}*"
    for part in step.parts:
        items = items_of(scene, part)
        lines = _lines(scene, [i for i in items if i.state not in ASIDE])
        aside = _aside_lines(scene, [i for i in items if i.state in ASIDE])
        if part.id != step.id and (lines or aside):
            lines = [f"_{escape(part.id)} · {escape(part.title)}_", *lines]
        if heading or lines:
            blocks.append(section("\n".join([*([heading] if heading else []), *lines])))
            heading = ""
        if aside:
            blocks.append(context(clip("\n".join(aside), 2900)))
    return [*blocks, *(context(milestone_line(scene, m)) for m in _milestones(scene, step.id))]


def _milestones(scene: Scene, step: str = "") -> list[Milestone]:
    """The industry dates of a step, or of the roadmap as a whole.

    A past one says that the duty has applied since then: that is for a firm that has it, or has not been asked yet.
    """
    there = [m for m in scene.pack.milestones if m.step == step and milestone_line(scene, m)]
    return [m for m in there if is_concerned(scene) or not reference_words(scene, m)]


def items_of(scene: Scene, part: Part) -> list[Item]:
    """The firm's tasks of one part, in the order of the walk."""
    return [i for i in scene.walk.items if i.task.id in part.tasks]


def _lines(scene: Scene, items: Sequence[Item]) -> list[str]:
    """A line for each task with its short name; many repeats of one task in a line for each state."""
    lines: list[str] = []
    for _, same in groupby(items, key=lambda i: i.task.id):
        repeats = list(same)
        if len(repeats) <= FEW_REPEATS:
            lines += [_line(scene, i) for i in repeats]
            continue
        task = repeats[0].task
        lines.append(f"*{escape(task.title)}* · `{escape(task.id)}` ({len(repeats)} in all)")
        for state in MARKS:
            members = [i for i in repeats if i.state == state]
            if members:
                lines.append(f"↳ {MARKS[state]}: {_names(members)}")
    return lines


def _line(scene: Scene, item: Item) -> str:
    is_next = scene.walk.next is not None and scene.walk.next.key == item.key
    mark = "👉 Next" if is_next and item.state == "open" else mark_of(scene, item)
    said = said_of(scene, item) or why_not(scene, item)
    title = literal(item.title)
    told = " · ".join(x for x in (dated.short_line(scene, item), clip(said, 300), review_words(scene, item)) if x)
    return f"{mark}: {title} · `{escape(item.task.id)}`" + (f"\n↳ {told}" if told else "")


def _names(items: Sequence[Item]) -> str:
    named = [literal(clip(i.name, NAME)) for i in items[:MOST_NAMES]]
    more = len(items) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _aside_lines(scene: Scene, items: Iterable[Item]) -> list[str]:
    """What does not apply, and why: tasks with one reason in one line, repeats of a task named together."""
    told: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        if _worth_telling(item):
            why = said_of(scene, item) if item.state == "set_aside" else why_not(scene, item)
            told.setdefault((MARKS[item.state], clip(why, 250)), []).append(item)
    return [f"{mark}: {'; '.join(_titles(same))}" + (f" ({why})" if why else "") for (mark, why), same in told.items()]


def _worth_telling(item: Item) -> bool:
    """A task that only comes with something most firms never have is not named before it does."""
    return item.state == "set_aside" or not (only_if_it_comes(item.task) or item.task.options)


def _titles(items: Sequence[Item]) -> list[str]:
    titles = []
    for _, same in groupby(items, key=lambda i: i.task.id):
        repeats = list(same)
        first = repeats[0]
        titles.append(literal(first.title) if len(repeats) == 1 else f"{escape(first.task.title)}: {_names(repeats)}")
    return titles


def step_page(
    scene: Scene, step: Step, parts: Sequence[Part] = (), top: Top = NOTHING, notes: Sequence[UpdateNote] = ()
) -> Message:
    """One step, or some of its parts: what it is about, its tasks here, every quote with its lines, its links.

    Of the workspace's update `notes`, those that touch it stand below the quotes.
    """
    shown = parts or step.parts
    only = f" · {', '.join(p.id for p in parts)}" if parts else ""
    blocks: list[Block] = [
        *top.blocks,
        header(f"Step {step.id} of {len(scene.pack.steps)} · {step.title}"),
        banner(scene, f"step {escape(step.id)}{escape(only)}"),
        section(escape(step.about)),
    ]
    crowded = len(shown) > 1 and sum(len(_openable(scene, p)) for p in shown) > MOST_ON_A_PAGE
    for part in shown:
        blocks += _part(scene, step, part, crowded=crowded)
    tasks = [scene.pack.tasks[t] for p in shown for t in p.tasks]
    for milestone in _milestones(scene, step.id):
        blocks += [*quotes_blocks(scene.pack, step.id, [milestone.quote]), context(milestone_line(scene, milestone))]
    links = dict.fromkeys([*step.links, *(link for t in tasks for link in t.links)])
    if links:
        blocks.append(section("*Links*\n" + "\n".join(link_line(scene.pack.links[name]) for name in links)))
    quotes = [*step.quotes, *(q for t in tasks for q in t.quotes if not crowded)]
    more = " (each part's own words are on its page)" if crowded else ""
    blocks += [section(f"*What the roadmap says*{more}"), *quotes_blocks(scene.pack, step.id, quotes)]
    touching = of_step(notes, step.id, [q.lines for q in quotes])
    blocks += [context(note_line(n, scene.today)) for n in touching[:MOST_NOTES]]
    blocks.append(actions(*_neighbours(scene, step)))
    done = [i for p in shown for i in items_of(scene, p) if i.state == "done"]
    text = f"{literal(scene.position.name)}, step {step.id} of {len(scene.pack.steps)}: {escape(step.title)}."
    return Message(f"{top.text} {text} {len(done)} of its tasks done.".strip(), tuple(blocks))


def _openable(scene: Scene, part: Part) -> list[Item]:
    return [i for i in items_of(scene, part) if i.state not in ("not_applicable", "later")]


def _part(scene: Scene, step: Step, part: Part, *, crowded: bool) -> list[Block]:
    """One part with the way to open its tasks; with many agents a whole step only leads to its parts' own pages."""
    items = items_of(scene, part)
    lines = _lines(scene, [i for i in items if i.state not in ASIDE])
    aside = _aside_lines(scene, [i for i in items if i.state in ASIDE])
    title = [f"*{escape(part.id)} · {escape(part.title)}*"] if part.id != step.id else ["*Your tasks here*"]
    blocks = [section("\n".join([*title, *lines]))]
    if aside:
        blocks.append(context(clip("\n".join(aside), 2900)))
    openable = _openable(scene, part)
    if not openable:
        return blocks
    if crowded:
        whole = button(f"Open part {part.id}", scene.carry(ShowStep, step=part.id), says=f"Open part {part.title}")
        return [*blocks, actions(whole)]
    if len(openable) <= FEW_BUTTONS:
        buttons = [
            button(f"Open: {clip(i.title, 60)}", scene.carry(ShowTask, task=i.key), says=f"Open {i.title}")
            for i in openable
        ]
        return [*blocks, actions(*buttons)]
    unfinished_first = sorted(openable, key=lambda i: i.state in ("done", "set_aside"))
    options = [option(i.title, i.key) for i in unfinished_first[:MOST_OPTIONS]]
    return [*blocks, menu("Open a task", scene.carry(PickTask, part=part.id), options)]


def _neighbours(scene: Scene, step: Step) -> list[Element]:
    ids = [s.id for s in scene.pack.steps]
    place = ids.index(step.id)
    ways = []
    if place:
        ways.append(button(f"Step {ids[place - 1]}", scene.carry(ShowStep, step=ids[place - 1])))
    if place + 1 < len(ids):
        ways.append(button(f"Step {ids[place + 1]}", scene.carry(ShowStep, step=ids[place + 1])))
    ways += [*next_button(scene, "Next task"), button("Status", scene.carry(ShowStatus))]
    return ways


def which_task(scene: Scene, items: Sequence[Item], ask: str, typed: Callable[[Item], str] | None = None) -> Message:
    """Several tasks fit what was typed: they are offered, none is chosen for the person.

    `typed` is the command that names one in full, so that a day or person is not typed again; else the task is opened.
    """
    commands = {i.key: typed(i) for i in items[:MOST_OPTIONS]} if typed else {}
    if not can_be_offered(commands.values()):
        commands = {}
    blocks: list[Block] = [banner(scene), section(ask)]
    if len(items) <= FEW_BUTTONS:
        offered = [button(clip(i.title, 70), _way_to(scene, i, commands), says=i.title) for i in items]
        blocks.append(actions(*offered))
    else:
        carried = scene.carry(PickCommand) if commands else scene.carry(PickTask, part="which")
        options = [option(i.title, commands.get(i.key, i.key)) for i in items[:MOST_OPTIONS]]
        blocks.append(menu("Choose a task", carried, options))
    return Message(f"{literal(scene.position.name)}: {ask.replace('*', '')}", tuple(blocks))


def did_you_mean(scene: Scene, near: Sequence[Item], nothing: str, typed: Callable[[Item], str]) -> Message:
    """No task fits what was typed: those that are called nearly so are offered, and none is taken."""
    return which_task(scene, near, f"{nothing} Did you mean {'one of these' if len(near) > 1 else 'this one'}?", typed)


def can_be_offered(commands: Collection[str]) -> bool:
    """Whether buttons, or the options of a menu where there are more, have room for these commands."""
    longest = LONGEST_BUTTON if len(commands) <= FEW_BUTTONS else LONGEST_OPTION
    return all(len(words) <= longest for words in commands)


def _way_to(scene: Scene, item: Item, commands: Mapping[str, str]) -> RunCommand | ShowTask:
    if words := commands.get(item.key):
        return scene.carry(RunCommand, words=words, as_typed=True)
    return scene.carry(ShowTask, task=item.key)
