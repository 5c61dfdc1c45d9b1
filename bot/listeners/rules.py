"""Hears leads set their firm's numbers for reminders."""

import re
from datetime import UTC, datetime

from msgspec.structs import replace

from bot.buttons import OpenRules, RulesForm
from bot.listeners.scenes import scene_for
from bot.router import Heard, Router
from bot.surfaces import Answer, FieldErrors, Open, Replace
from bot.views import rules as views
from bot.views import tasks
from bot.views.habits import parse_hour
from bot.views.reminded import person_name
from bot.views.rules import Undelivered
from bot.views.scene import Scene
from flows.firms import Refusal, require
from flows.habits import Rules
from flows.reminders.setting import FURTHEST, LONGEST
from flows.reminders.telling import leads_in_reach
from flows.services import Services
from flows.time_words import clock

MOST_LOST = 6
LOOKED_AT = 100
"""Rows of the workspace among which those of this firm are looked for."""


def register(router: Router) -> None:
    """What is heard here."""
    router.action(OpenRules)(open_rules)
    router.submit(RulesForm)(save_rules)


async def open_rules(heard: Heard, carried: OpenRules, services: Services) -> Answer:
    """*Reminders…*, *The firm's numbers…*."""
    require(heard.firm, heard.who, "lead")
    scene = scene_for(heard, services)
    lost = await undelivered(heard, services, scene)
    return Open(views.form(scene, lost, unled=await _is_unled(services, scene)))


async def _is_unled(services: Services, scene: Scene) -> bool:
    """Whether no lead of the firm can be reached, so that nobody hears of its dates."""
    position = scene.position
    reach = await services.directory.reach(position.key.tenant, list(position.members))
    return not leads_in_reach(position, reach)


async def undelivered(heard: Heard, services: Services, scene: Scene) -> list[Undelivered]:
    """What of this firm could not be brought, the newest first."""
    rows = await services.outbox.undelivered(heard.tenant, limit=LOOKED_AT)
    own = [r for r in rows if r.owed.firm == scene.position.key.firm][:MOST_LOST]
    return [
        Undelivered(person_name(scene, r.owed.person), datetime.fromtimestamp(r.owed.due_at, UTC).date(), r.outcome)
        for r in own
    ]


async def save_rules(heard: Heard, carried: RulesForm, services: Services) -> Answer:
    """The numbers were submitted: what was altered is changed. The others may have been set by others since."""
    wrong: dict[str, str] = {}
    rules = _read(heard, heard.firm.reminders, carried.filled, wrong)
    if wrong:
        return FieldErrors(wrong)
    try:
        result = await services.reminders.set_rules(heard.firm.key, heard.act, rules)
    except Refusal as refusal:
        return FieldErrors({views.BEFORE: refusal.sentence})
    scene = scene_for(heard, services, result.position)
    top = tasks.recorded(scene, result.records) if result.changed else tasks.note("It is set so already.")
    lost = await undelivered(heard, services, scene)
    return Replace(views.numbers(scene, lost, top=top, unled=await _is_unled(services, scene)))


def _read(heard: Heard, kept: Rules, filled: Rules | None, wrong: dict[str, str]) -> Rules:
    """The numbers as they are to be; what cannot be read is said in `wrong`, by field."""
    found: dict[str, object] = {}
    for name in (views.BEFORE, views.MILESTONES):
        days = _days(heard.value(name))
        if days is None:
            wrong[name] = f"Write up to {views.MOST_DAYS} numbers from 0 to {FURTHEST}, such as 10, 5, 2, 1, 0."
        found[name] = days
    for name, _, _ in views.COUNTS:
        said = heard.value(name)
        least = 0 if name == "soon" else 1
        if not said.isdecimal() or not least <= int(said) <= LONGEST:
            wrong[name] = f"Write a number from {least} to {LONGEST}."
        else:
            found[name] = int(said)
    for name, _ in views.HOURS:
        found[name] = parse_hour(heard.value(name))
        if found[name] is None:
            wrong[name] = "Pick a time."
    if wrong:
        return kept
    altered = {name: value for name, value in found.items() if filled is None or value != getattr(filled, name)}
    rules = replace(kept, **altered)
    if rules.awake_from >= rules.awake_to:
        wrong["awake_to"] = f"Pick a time after {clock(rules.awake_from)}, when the day begins."
    return rules


def _days(said: str) -> tuple[int, ...] | None:
    parts = re.split(r"[,;\s]+", said.strip(" ,;")) if said.strip(" ,;") else []
    if len(parts) > views.MOST_DAYS or not all(p.isdecimal() and int(p) <= FURTHEST for p in parts):
        return None
    return tuple(sorted({int(p) for p in parts}, reverse=True))
