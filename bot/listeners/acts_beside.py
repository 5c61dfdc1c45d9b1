"""What a person did last that no firm's record has: entries for the workspace, their own reminders, a snooze."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from bot.actions import Carried
from bot.buttons import WakeReminded, WithdrawEntry
from bot.delivery import reminded
from bot.delivery.arrivals import short
from bot.listeners.habits import own_reach, rules_and_zone, still_set
from bot.listeners.scenes import calendar_for, scene_for
from bot.router import Heard
from bot.views import habits
from bot.views.blocks import clip, literal
from bot.views.reminded import moment, name
from flows.reminders.snoozing import base_key
from flows.services import Services

FOR_ALL = {
    "deadline_revised": "you entered an industry date for the whole workspace",
    "trading_day_edited": "you changed the trading days for the whole workspace",
}
"""What is entered for all firms under `/cais deadlines`."""


class Beside(NamedTuple):
    """One such act: when, what it was, what there is instead of an undo, and what a button carries that does that."""

    at: datetime
    what: str
    instead: str
    takes_back: Carried | None = None


async def last_beside(heard: Heard, services: Services) -> Beside | None:
    """The last one of this person's; None where there is none, or where it was taken back."""
    entered = [act async for act in _entered_for_all(heard, services)] if heard.who.admin else []
    own = [await _own_reminders(heard, services), await _snooze(heard, services)]
    return max([*entered, *(act for act in own if act)], key=lambda act: act.at, default=None)


async def _entered_for_all(heard: Heard, services: Services) -> AsyncIterator[Beside]:
    workspace, scene = await services.workspace(heard.tenant), scene_for(heard, services)
    for entry in workspace.entries:
        if entry.actor == heard.who.id and entry.type in FOR_ALL and entry.sequence not in workspace.withdrawn:
            back = scene.carry(WithdrawEntry, of=entry.sequence)
            at = datetime.fromisoformat(entry.recorded_at)
            yield Beside(at, FOR_ALL[entry.type], "That holds for every firm in it.", back)
    for note in await services.notes.standing(heard.tenant):
        if note.added_by == heard.who.id:
            noted = "you added an update note for the whole workspace", "`/cais notes` removes it."
            yield Beside(datetime.fromisoformat(note.added_at), *noted)


async def _own_reminders(heard: Heard, services: Services) -> Beside | None:
    reach = await own_reach(heard, services)
    kept = reach.habits
    if kept.set_at is None or kept.was is None:
        return None
    was = await still_set(heard, services, replace(reach, habits=kept.was))
    before = habits.in_words(was, *rules_and_zone(heard), await calendar_for(heard, services))
    instead = f"*Take it back* sets them as they were: {before}"
    return Beside(kept.set_at, "you changed your own reminders", instead, habits.carried(kept.was, of=kept.set_at))


async def _snooze(heard: Heard, services: Services) -> Beside | None:
    last = await services.reminders.last_snooze(heard.tenant, heard.who.id)
    found = await reminded.read([last[1]], services) if last else []
    if not last or not found:
        return None
    it, (at, row) = found[0], last
    until = f" until {moment(it, it.put_off_until)}" if it.put_off_until else ""
    what = f"you snoozed *{literal(clip(name(it), 100))}*{until}"
    wake = it.scene.carry(WakeReminded, row=short(base_key(row.key)))
    return Beside(at, what, "It sleeps until you take that back, or its time comes.", wake)
