"""Which date of every year, and which day of it, is done: asked where what was typed does not say so."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.buttons import FinishYear
from bot.surfaces import Block, Message
from bot.views.blocks import Element, actions, button, clip, day, literal, section, short_day
from bot.views.dates import is_leap_day, with_leap_day, with_note
from bot.views.scene import Scene, banner
from bot.views.steps import which_task
from bot.views.tasks import Top
from flows.position import Recurring
from flows.reminders.yearly import day_to_come
from flows.walk import Item

MOST_YEARLY = 10
"""Dates of every year that are offered at once."""


def which_is_done(scene: Scene, days: Mapping[Recurring, Sequence[date]], items: Sequence[Item]) -> Message:
    """The days that may be meant, and the tasks that fit the same words: offered, none is recorded."""
    ask = f"{_ask(scene, days, items)} Nothing was recorded."
    offered = [_done(scene, r, on) for r in list(days)[:MOST_YEARLY] for on in days[r] or (_coming(scene, r),)]
    if items:
        there = which_task(scene, items, ask)
        return Message(there.text, (*there.blocks, actions(*offered)))
    blocks: list[Block] = [banner(scene), section(ask), actions(*offered)]
    return Message(f"{literal(scene.position.name)}: {ask.replace('*', '')}", blocks)


def _ask(scene: Scene, days: Mapping[Recurring, Sequence[date]], items: Sequence[Item]) -> str:
    if items:
        return "A task and a date of every year fit those words. Which one is done?"
    if len(days) > 1:
        return "Several dates of every year fit those words. Which one is done?"
    (one,) = days
    if days[one]:
        return f"Which day of *{literal(one.name)}* is done?"
    marked = scene.position.recurring_done.get(one.id, ())
    so_far = f"is marked done for {short_day(max(marked))}; it comes next" if marked else "comes next"
    return f"*{literal(one.name)}* {so_far} on {day(_coming(scene, one))}. Is it done for that day already?"


def _done(scene: Scene, kept: Recurring, on: date) -> Element:
    until = f": {short_day(on)}"
    label = f"{clip(kept.name, 70 - len(until))}{until}"
    return button(
        label, scene.carry(FinishYear, recurring=kept.id, on=on.isoformat()), says=f"Done: {kept.name}{until}"
    )


def _coming(scene: Scene, kept: Recurring) -> date:
    return day_to_come(scene.position, kept, scene.today)


def with_rule(scene: Scene, top: Top, kept: Recurring, was: str) -> Top:
    """What was recorded of a date, which one it took the place of, and the next day that is not done."""
    if was:
        top = with_note(top, f"Before, it was {literal(was)}.")
    top = with_note(top, f"Next: {day(_coming(scene, kept))}.")
    return with_leap_day(top) if is_leap_day(kept.month, kept.day) else top
