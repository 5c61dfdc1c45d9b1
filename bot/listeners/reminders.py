"""Writes what people are reminded of, and hears what they do with it where it stands."""

from collections.abc import Mapping, Sequence
from typing import Any, cast, get_args

from msgspec.structs import replace

from bot.buttons import (
    FinishReminded,
    OpenReminded,
    SnoozeReminded,
    UndoReminded,
    WakeReminded,
)
from bot.delivery import reminded
from bot.delivery.arrivals import short
from bot.listeners.dates import NO_DAY
from bot.listeners.memos import page as memo_page
from bot.listeners.scenes import scene_for
from bot.listeners.tasks import day_of
from bot.router import Heard, Router
from bot.surfaces import Answer, Letter, Message, Replace, Say, Written
from bot.views import dates as date_views
from bot.views import deadlines as deadline_views
from bot.views import firms as firm_views
from bot.views import reminders as views
from bot.views import tasks
from flows.asked import Owed
from flows.firms import Refusal, role_of
from flows.reminders.snoozing import Choice, base_key
from flows.services import Result, Services

GONE = Refusal("This reminder is not kept any more, so it cannot be snoozed. *Open* shows how things are.", kind="kept")
DONE_BEFORE = "That was done already."


def register(router: Router) -> None:
    """What is heard here, and what is written."""
    router.digest("reminder", "snooze")(write_digest)
    router.letter("redraw")(draw_again)
    router.action(FinishReminded)(finish)
    router.action(SnoozeReminded)(snooze)
    router.action(WakeReminded)(wake)
    router.action(OpenReminded)(open_subject)
    router.action(UndoReminded)(undo)


# --- what is sent -------------------------------------------------------------------------------------------------


async def write_digest(owed: Sequence[Owed], services: Services) -> Written:
    """Everything that still holds, each subject once; what does not is left out."""
    found = await reminded.read(owed, services)
    now, later = ({it.row for it in found if it.said}, {it.row for it in found if it.later})
    said = reminded.once_each([it for it in found if it.said])
    return Written(
        Letter(views.digest(said)) if said else None,
        needless=tuple(o.key for o in owed if short(o.key) not in now | later),
        later=tuple(o.key for o in owed if short(o.key) in later),
        zone=said[0].zone.key if said else "",
    )


async def draw_again(owed: Owed, services: Services) -> Letter | None:
    """A message in which something was done, given away or gone."""
    message = await _message(owed.tenant, owed.about, owed.person, {}, services)
    return Letter(message, instead_of=owed.about) if message else None


async def _message(tenant: str, at: str, person: str, clicked: Mapping[str, Any], services: Services) -> Message | None:
    """What stands in this message of theirs now; None where nothing is known of it."""
    rows = await reminded.there(tenant, at, person, clicked, services)
    found = await reminded.read([r.owed for r in rows], services)
    asleep = await services.reminders.asleep(tenant, person)
    keys = {short(r.owed.key): r.owed.key for r in rows}
    shown = [replace(it, asleep_until=asleep.get(base_key(keys[it.row]))) for it in reminded.once_each(found)]
    return views.digest(shown) if shown else None


# --- what is done with it -----------------------------------------------------------------------------------------


def _at(heard: Heard) -> str:
    """The message that was clicked, as the outbox knows it."""
    container = heard.payload.get("container") or {}
    return f"{container.get('channel_id', '')}/{container.get('message_ts', '')}"


def _clicked(heard: Heard) -> Mapping[str, Any]:
    """The same, as Slack sends it along."""
    return heard.payload.get("message") or {}


async def _redrawn(heard: Heard, services: Services, instead: Message) -> Answer:
    """The message as it is now; where nothing is known of it any more, what was done is said instead."""
    message = await _message(heard.tenant, _at(heard), heard.who.id, _clicked(heard), services)
    return Replace(message) if message else Say(instead)


async def finish(heard: Heard, carried: FinishReminded, services: Services) -> Answer:
    """*Done*."""
    kind, _, key = carried.subject.partition(":")
    if kind == "recurring":
        on = day_of(carried.on) if carried.on else services.today(heard.firm)
        if on is None:
            raise NO_DAY
        result = await services.reminders.finish_recurring(heard.firm.key, heard.act, key, on)
    else:
        result = await services.complete(heard.firm.key, heard.act, key, seen=carried.version)
    return await _redrawn(heard, services, _said(heard, services, result))


def _said(heard: Heard, services: Services, result: Result) -> Message:
    scene = scene_for(heard, services)
    top = tasks.recorded(scene, result.records) if result.changed else tasks.note(DONE_BEFORE)
    return Message(top.text, top.blocks)


async def undo(heard: Heard, carried: UndoReminded, services: Services) -> Answer:
    """*Undo* beside what was done here."""
    result = await services.undo(heard.firm.key, heard.act, carried.of)
    return await _redrawn(heard, services, _said(heard, services, result))


async def snooze(heard: Heard, carried: SnoozeReminded, services: Services) -> Answer:
    """*Snooze*, with one of the three choices."""
    choice = heard.chosen[0] if heard.chosen else ""
    if choice not in get_args(Choice):
        raise Refusal("That is no choice of mine. Nothing was changed.")
    key = await _key(heard, carried.row, services)
    await services.reminders.snooze(heard.tenant, heard.act, key, cast(Choice, choice))
    return await _redrawn(heard, services, Message("Snoozed."))


async def wake(heard: Heard, carried: WakeReminded, services: Services) -> Answer:
    """*Wake up*, and *Take it back* elsewhere: it stands in its message as if it had not been snoozed."""
    key = await _key_here(heard, carried.row, services)
    asleep = {} if key else await services.reminders.asleep(heard.tenant, heard.who.id)
    known = key or next((one for one in asleep if short(one) == carried.row), None)
    if known is None:
        raise GONE
    await services.reminders.wake(heard.tenant, heard.act, known, elsewhere=key is None)
    return await _redrawn(heard, services, Message("Taken back: it is not snoozed any more."))


async def _key(heard: Heard, row: str, services: Services) -> str:
    found = await _key_here(heard, row, services)
    if found is None:
        raise GONE
    return found


async def _key_here(heard: Heard, row: str, services: Services) -> str | None:
    """Of a row that stands in the message which was clicked."""
    rows = await reminded.there(heard.tenant, _at(heard), heard.who.id, _clicked(heard), services)
    return next((r.owed.key for r in rows if short(r.owed.key) == row), None)


async def open_subject(heard: Heard, carried: OpenReminded, services: Services) -> Answer:
    """*Open*: below the reminders, which stay."""
    scene = scene_for(heard, services)
    kind, _, key = carried.subject.partition(":")
    item = scene.walk.item(key) if kind == "task" else None
    if item:
        return Say(tasks.card(scene, item))
    if kind == "milestone":
        there = await services.workspace(heard.tenant)
        scene = replace(scene, ledger=there.ledger)
        deadline = there.ledger.deadline(key)
        if deadline:
            return Say(deadline_views.story(scene, there, deadline, admin=heard.who.admin))
    if kind == "recheck":
        return Say(memo_page(heard, services, heard.firm))
    if kind == "person":
        return Say(firm_views.members(scene, role=role_of(heard.firm, heard.who)))
    return Say(date_views.own(scene))
