"""A person's App Home: what is theirs to do today, whom their firms wait for, and each firm with its next task."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.buttons import (
    FinishAtHome,
    LookLater,
    OpenAsk,
    OpenChase,
    OpenFirmSettings,
    OpenHabits,
    OpenNudge,
    OpenSetUp,
    ShowHelp,
    ShowHome,
    ShowStatus,
    ShowTask,
)
from bot.surfaces import Block, Home
from bot.views import dated
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
    section,
    short_day,
)
from bot.views.home_soon import date_line, soon_blocks
from bot.views.onboarding import WHAT_THIS_IS
from bot.views.portfolio import first_words
from bot.views.scene import (
    Scene,
    attester_line,
    banner,
    next_button,
    progress_words,
    to_review_line,
    wait_words,
    why_not,
)
from bot.views.summaries import progress_bar
from bot.views.task_buttons import one_click, review_buttons
from bot.views.tasks import NOTHING, Top
from flows.events import FirmKey
from flows.firms import Person, role_of
from flows.history import counted
from flows.position import Member
from flows.reviews import Review
from flows.summaries.standing import standing
from flows.walk import Item

WIDE = 120
MOST_TASKS = 6
MOST_WAITS = 5
MOST_FIRMS = 6
WORST = 3
"""Of more firms than `MOST_FIRMS` only the worst stand here; the page with filters has all of them."""

HOW_IT_GOES = (
    "*How it goes*\n"
    "1. *Set up your firm* takes a minute; you can change everything later.\n"
    "2. You get one task at a time with its buttons. Press how it ended, and the next one comes.\n"
    "3. `/cais firm members` adds your colleagues; each sees the same roadmap.\n"
    "A wrong click costs nothing: *Undo* takes it back."
)
NOTHING_YOURS = "No task is assigned to you."
NOTHING_NOW = "No task of yours can be worked on now"
BELOW = "What comes next in each firm stands below."
IN_NONE = (
    "You are a member of no firm here. As an admin of this workspace you see {firms}: you may do in each what its "
    "leads may, and all of it is recorded under your name."
)
ALL_FIRMS = {True: "All my firms", False: "All firms here"}
READING = "{count} of your firms are still being looked through after an update. Open this tab again in a minute."


class Pending(NamedTuple):
    """A task of one of the firms, a wait, or with `review` what somebody else finished and the viewer is to look at."""

    scene: Scene
    item: Item
    review: Review | None = None


class Today(NamedTuple):
    """What a person's Home shows of their firms: the first of everything, and how many there are of it."""

    mine: Sequence[Pending]
    all_mine: int
    waits: Sequence[Pending]
    """Those that are not among their own tasks above."""
    all_waits: int
    firms: Sequence[Scene]
    all_firms: int
    unread: int = 0
    own: bool = True
    """They are the viewer's; else all of the workspace, for an admin of it who is in none."""


def home(today: Today, who: Person, *, top: Top = NOTHING) -> Home:
    """What needs doing first, everything once, and at the end the way to everything else."""
    several = today.all_firms > 1
    blocks = [
        *top.blocks,
        *([] if today.own else [section(IN_NONE.format(firms=counted(today.all_firms, "firm")))]),
        actions(*_quickly(today)),
        *(_mine(today, several=several) if today.own else ()),
        *_waits(today, several=several),
        *(soon_blocks(today.firms, _above(today), several=several) if today.own else ()),
        *_firms(today, who),
        divider(),
        *_ways(who),
    ]
    return Home(blocks)


def _above(today: Today) -> set[tuple[FirmKey, str]]:
    return {(p.scene.position.key, p.item.key) for p in (*today.mine, *today.waits)}


def _quickly(today: Today) -> list[Element]:
    """What one may have come for."""
    firm = today.firms[0].position.key.firm if today.all_firms == 1 and today.firms else ""
    ways = [button("Ask a question", OpenAsk(firm=firm))]
    if today.all_firms > 1:
        every = f"{ALL_FIRMS[today.own]} ({today.all_firms})"
        ways.append(button(every, ShowHome(only="all"), says=f"{every}, with filters"))
    return ways


def empty(*, admin: bool, top: Top = NOTHING) -> Home:
    """For somebody who is in no firm."""
    blocks = [
        *top.blocks,
        header("No firm yet"),
        section(WHAT_THIS_IS),
        section("You are not a member of any firm here. Set yours up, or ask the lead of one to add you."),
        section(HOW_IT_GOES),
        actions(
            button("Set up your firm", OpenSetUp(), style="primary"),
            button("Ask a question", OpenAsk()),
            button("What can I type?", ShowHelp()),
        ),
    ]
    if admin:
        blocks.append(context(RUNS))
    return Home(blocks)


RUNS = "You run this workspace: `/cais firm list` shows every firm."


# --- my tasks -------------------------------------------------------------------------------------------------


def _mine(today: Today, *, several: bool) -> list[Block]:
    if not today.mine:
        return [header("My tasks"), section(_nothing(today))]
    count = f"My tasks ({today.all_mine})" if today.all_mine > 1 else "My task"
    blocks: list[Block] = [header(count)]
    for pending in today.mine:
        blocks += [section(_task(pending, several=several)), actions(*_task_ways(pending))]
    if more := today.all_mine - len(today.mine):
        blocks.append(context(f"and {more} more, which come later; each firm's *Status* names its owners."))
    return blocks


def _nothing(today: Today) -> str:
    """Why none stands here: theirs come later, or there are none, as far as all of their firms are shown."""
    if len(today.firms) < today.all_firms:
        return f"{NOTHING_NOW}. {BELOW}"
    later = sum(len(dated.mine(scene)) for scene in today.firms)
    if not later:
        return f"{NOTHING_YOURS} {BELOW}"
    come = f"{later:,} come{'s' if later == 1 else ''} later, and each firm's *Status* names its owners"
    return f"{NOTHING_NOW}; {come}. {BELOW}"


def _task(pending: Pending, *, several: bool) -> str:
    scene, item, review = pending
    said = [f"*{literal(item.title)}*", *([literal(scene.position.name)] if several else [f"step {item.task.step}"])]
    about = (
        (_finished(scene, review),) if review else (date_line(scene, item), _wait(scene, item), _locked(scene, item))
    )
    return "\n".join([" · ".join(said), *filter(None, about)])


def _finished(scene: Scene, review: Review) -> str:
    record = review.record
    return f"🔎 To be reviewed by you: recorded by {scene.by(record.by, record.by_name)}, {scene.moment(record.at)}"


def _wait(scene: Scene, item: Item) -> str:
    if item.state != "waiting" or item.record is None:
        return ""
    words = wait_words(scene, item.record)
    return f"⏳ {words[0].upper()}{words[1:]}"


def _locked(scene: Scene, item: Item) -> str:
    return f"🔒 Comes {why_not(scene, item)}" if item.state == "locked" else ""


def _task_ways(pending: Pending) -> list[Element]:
    """*Done* where one click says all of it; a wait can be chased, and put off."""
    scene, item, review = pending
    ways = []
    if review:
        ways += review_buttons(scene.carry, item.key, review.record.sequence, item.title)
    elif one_click(item):
        done = scene.carry(FinishAtHome, task=item.key)
        ways.append(button("Done", done, style="primary", says=f"Done: {item.title}"))
    if item.state == "waiting":
        ways.append(_chase(pending))
        later = scene.carry(LookLater, task=item.key)
        ways.append(button("Look again in a week", later, says=f"Look again in a week: {item.title}"))
    return [*ways, button("Open", scene.carry(ShowTask, task=item.key), says=f"Open {item.title}")]


# --- whom one waits for ---------------------------------------------------------------------------------------


def _waits(today: Today, *, several: bool) -> list[Block]:
    if not today.waits:
        return []
    blocks: list[Block] = [divider(), header("Also waiting on others")]
    blocks += [section(_waited(w, several=several), accessory=_chase(w)) for w in today.waits]
    if more := today.all_waits - len(today.waits):
        blocks.append(context(f"and {more} more waits; `/cais waiting` shows all of a firm."))
    return blocks


def _waited(pending: Pending, *, several: bool) -> str:
    scene, item, _ = pending
    name = [literal(scene.position.name)] if several else []
    kept = dated.owner(scene, item)
    owner = f"👤 {dated.owner_name(scene, kept)}" if kept else "👤 nobody yet"
    lines = (_wait(scene, item), " · ".join([literal(item.title), *name, owner]), date_line(scene, item))
    return "\n".join(filter(None, lines))


def _chase(pending: Pending) -> Element:
    scene, item, _ = pending
    whom = item.record.whom if item.record else ""
    return button("Chase…", scene.carry(OpenChase, task=item.key), says=f"Chase {whom}: {item.title}")


# --- firms ----------------------------------------------------------------------------------------------------


def _firms(today: Today, who: Person) -> list[Block]:
    blocks: list[Block] = [divider()]
    more = today.all_firms - len(today.firms)
    whose, whom = ("My firms", "you") if today.own else ("Firms here", "somebody")
    if today.all_firms > 1:
        blocks.append(header(whose if not more else f"{whose}, what needs {whom} most first"))
    for scene in today.firms:
        blocks += _firm(scene, who, alone=today.all_firms == 1, first=not today.mine and scene is today.firms[0])
    if more:
        blocks.append(context(f"and {more} more: *{ALL_FIRMS[today.own]}*, above, has filters and pages."))
    if today.unread:
        blocks.append(context(READING.format(count=today.unread)))
    return blocks


def _firm(scene: Scene, who: Person, *, alone: bool, first: bool) -> list[Block]:
    """`first`: nothing above it is theirs to do, so that its next task is what to begin with."""
    name, role = scene.position.name, role_of(scene.position, who)
    ways = [
        *next_button(scene, "Next task", style="primary" if first else None, says=f"Next task of {name}"),
        button("Status", scene.carry(ShowStatus), says=f"Status of {name}"),
    ]
    if role == "lead":
        ways.append(button("Settings", scene.carry(OpenFirmSettings), says=f"Settings of {name}"))
    if role == "lead" and alone and any(m.role != "viewer" for m in _others(scene, who)):
        ways.append(button("Nudge owners…", OpenNudge(only="all"), says=f"Nudge owners of tasks of {name}"))
    viewing = ["👁️ you are a viewer: you can read everything"] if role == "viewer" else []
    far = f"{progress_bar(scene.walk)} {escape(progress_words(scene))}".strip()
    lines = [far, *([] if alone else _pressing(scene)), *_next(scene), *attester_line(scene), *to_review_line(scene)]
    return [banner(scene, *viewing), section("\n".join(lines)), actions(*ways)]


def _others(scene: Scene, who: Person) -> list[Member]:
    return [member for person, member in scene.position.members.items() if person != who.id]


def _pressing(scene: Scene) -> list[str]:
    """Why a firm stands before others: a day of its own that has passed, is near, or is the next one."""
    found = standing(scene.pack, scene.position, scene.today)
    if found.having("past") or found.having("soon") or found.first_yearly:
        return [f"📌 {literal(clip(first_words(found), WIDE))}"]
    day = found.next_date
    if day is None or day == scene.position.target:
        return []
    titles = [m.item.title for m in found.matters if m.due == day]
    of = next(iter([*titles, *(y.name for y in found.yearly if y.on == day)]), "a task that comes later")
    return [f"🗓️ Next date, {short_day(day)}: {literal(clip(of, WIDE))}"]


def _next(scene: Scene) -> list[str]:
    walk = scene.walk
    lines = [f"👉 Next: *{literal(walk.next.title)}* (step {walk.next.task.step})"] if walk.next else []
    if walk.outcome and not walk.next:
        lines.append(escape(walk.outcome.say))
    if not dated.target_counts(scene):
        lines += [f"🗓️ {dated.short_words(scene, on)}: {what}" for on, what in dated.coming(scene)[:1]]
    elif target := scene.position.target:
        lines.append(f"🎯 Your target: {dated.short_words(scene, target)}")
    return lines


# --- everything else ------------------------------------------------------------------------------------------


def _ways(who: Person) -> list[Block]:
    ways = [
        button("My times and pause", OpenHabits(), says="My times and pause: when I am reminded"),
        button("Set up another firm", OpenSetUp()),
        button("What can I type?", ShowHelp()),
    ]
    return [actions(*ways), *([context(RUNS)] if who.admin else [])]
