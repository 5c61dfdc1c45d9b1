"""A person's App Home: their firms, what is next in each, and the buttons that go there."""

from collections.abc import Sequence

from bot.buttons import OpenSetUp, ShowHabits, ShowHelp, ShowHome, ShowStatus
from bot.surfaces import Block, Home
from bot.views import dated
from bot.views.blocks import actions, button, context, divider, escape, header, literal, section, short_day
from bot.views.onboarding import WHAT_THIS_IS
from bot.views.scene import Scene, banner, next_button, progress_words

FIRMS_ON_A_PAGE = 20
"""Four blocks each, and Slack takes a hundred."""

WAITS = 3

HOW_IT_GOES = (
    "*How it goes*\n"
    "1. *Set up your firm* takes a minute; you can change everything later.\n"
    "2. `/cais next` shows one task with its buttons. Press how it ended, and the next one comes.\n"
    "3. `/cais firm members` adds your colleagues; each sees the same roadmap.\n"
    "A wrong click costs nothing: *Undo* takes it back."
)


def home(scenes: Sequence[Scene], *, total: int, page: int = 0, admin: bool = False) -> Home:
    """The firms of one page; `total` is how many there are on all pages."""
    if not total:
        return _empty(admin)
    blocks = [header("Your firms"), context("The buttons answer in the *Messages* tab, where the walk goes on.")]
    for scene in scenes:
        blocks += _firm(scene, admin=admin)
    blocks += _pages(total, page)
    ways = [
        button("My reminders", ShowHabits()),
        button("Set up another firm", OpenSetUp()),
        button("What can I type?", ShowHelp()),
    ]
    blocks += [divider(), actions(*ways)]
    if admin:
        blocks.append(context("You run this workspace: `/cais firm list` shows every firm."))
    return Home(blocks, page)


def _empty(admin: bool) -> Home:
    blocks = [
        header("No firm yet"),
        section(WHAT_THIS_IS),
        section("You are not a member of any firm here. Set yours up, or ask the lead of one to add you."),
        section(HOW_IT_GOES),
        actions(button("Set up your firm", OpenSetUp(), style="primary"), button("What can I type?", ShowHelp())),
    ]
    if admin:
        blocks.append(context("You run this workspace: `/cais firm list` shows every firm."))
    return Home(blocks)


def _firm(scene: Scene, *, admin: bool) -> list[Block]:
    name = scene.position.name
    ways = actions(
        *next_button(scene, "Next", says=f"Next task of {name}"),
        button("Status", scene.carry(ShowStatus), says=f"Status of {name}"),
    )
    member = scene.position.members.get(scene.viewer)
    viewing = (
        ["👁️ you are a viewer: you can read everything"] if member and member.role == "viewer" and not admin else []
    )
    return [divider(), banner(scene, escape(progress_words(scene)), *viewing), section(_where(scene)), ways]


def _where(scene: Scene) -> str:
    walk = scene.walk
    lines = []
    if walk.next:
        lines.append(f"Next: *{literal(walk.next.title)}* (step {walk.next.task.step})")
    if yours := dated.mine_line(scene):
        lines.append(yours)
    if soon := dated.coming(scene)[:1]:
        lines.append(f"🗓️ Next date: {short_day(soon[0].on)}, {soon[0].what}")
    named = [f"{literal(w.record.whom)} ({literal(w.title)})" for w in walk.waiting[:WAITS] if w.record]
    if named:
        more = len(walk.waiting) - len(named)
        lines.append(f"Waiting for: {', '.join(named)}{f' and {more} more' if more > 0 else ''}")
    if not lines and walk.outcome:
        lines.append(escape(walk.outcome.say))
    return "\n".join(lines) or "Open the status to see where this firm stands."


def _pages(total: int, page: int) -> list[Block]:
    last = (total - 1) // FIRMS_ON_A_PAGE
    if not last:
        return []
    first = page * FIRMS_ON_A_PAGE
    shown = f"Firms {first + 1} to {min(first + FIRMS_ON_A_PAGE, total)} of {total}"
    ways = []
    if page > 0:
        ways.append(button("Previous page", ShowHome(page=page - 1)))
    if page < last:
        ways.append(button("Next page", ShowHome(page=page + 1)))
    return [divider(), context(shown), actions(*ways)]
