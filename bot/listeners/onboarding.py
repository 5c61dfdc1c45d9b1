"""Hears whoever comes first: the invitation, the set-up modal and what was entered in it."""

from datetime import date
from typing import get_args

from bot.buttons import OpenSetUp, SetUpForm
from bot.listeners.scenes import dated_scene_for
from bot.router import Heard, Router
from bot.slack.places import place, slack_id
from bot.surfaces import Answer, FieldErrors, Letter, Modal, Open, Replace, Say
from bot.views import onboarding as views
from flows import setting_up
from flows.asked import Owed
from flows.events import Situation
from flows.firms import Person, Refusal
from flows.naming import compared
from flows.ports import FirmSummary
from flows.services import Services

TAKEN_CHANNEL = "This channel is linked to another firm already. Leave it empty, or ask that firm's lead to unlink it."


def register(router: Router) -> None:
    """What is heard here."""
    router.fallback("no_firm")(invite)
    router.command("firm new", firm=False)(new_firm)
    router.action(OpenSetUp, firm=False)(open_set_up)
    router.submit(SetUpForm, firm=False, meets=True)(set_up)
    router.letter("installed")(greet_installer)


async def invite(heard: Heard, services: Services) -> Answer:
    """Somebody who is in no firm."""
    sighting, admin = heard.sighting, heard.who.admin
    linked = bool(sighting.linked)
    return Say(views.invitation(any_firm=sighting.any_firm, admin=admin, linked=linked, typed=heard.words))


async def greet_installer(owed: Owed, services: Services) -> Letter | None:
    """Whoever added the app to Slack; not where a firm is there already, as after adding it once more."""
    sighting = await services.directory.sight(owed.tenant, owed.person)
    return None if sighting.any_firm else Letter(views.for_installer())


async def new_firm(heard: Heard, services: Services) -> Answer:
    """`/cais firm new [name]`. Words in a message cannot open a window, so a button is said instead."""
    name = setting_up.check_length(heard.words)
    if heard.kind in ("command", "action"):
        return Open(_modal(heard, services, name))
    return Say(views.way_to_set_up(name))


async def open_set_up(heard: Heard, carried: OpenSetUp, services: Services) -> Answer:
    """*Set up your firm*."""
    return Open(_modal(heard, services, carried.name))


def _modal(heard: Heard, services: Services, name: str) -> Modal:
    zone = heard.sighting.known.time_zone
    return views.set_up_modal(services.pack, me=slack_id(heard.who.id), zone=zone, name=name)


async def set_up(heard: Heard, carried: SetUpForm, services: Services) -> Answer:
    """The set-up modal was submitted. The same submission twice is one firm."""
    taken = heard.sighting.firms
    channel = place(heard.tenant, heard.value("channel")) if heard.value("channel") else ""
    wrong = await _wrong(heard, services, channel)
    if wrong:
        return FieldErrors(wrong)
    try:
        result = await services.set_up(
            heard.tenant,
            heard.act,
            taken,
            name=heard.value("name"),
            situation=heard.value("situation"),
            time_zone=heard.value("time_zone"),
            target=_day(heard.value("target")),
            lead=await _lead(heard, services),
            channel=channel,
            precheck=_known(heard.value("precheck"), services, "precheck"),
            profile=_known(heard.value("profile"), services, "profile"),
        )
    except Refusal as refusal:
        return FieldErrors({_field_of(heard, taken): refusal.sentence})
    return Replace(views.welcome(await dated_scene_for(heard, services, result.position)))


async def _wrong(heard: Heard, services: Services, channel: str) -> dict[str, str]:
    """What can be seen to be wrong before anything is decided, by field."""
    wrong = {}
    if heard.value("situation") not in get_args(Situation):
        wrong["situation"] = "Choose where the firm stands."
    try:
        setting_up.check_zone(heard.value("time_zone"))
    except Refusal as refusal:
        wrong["time_zone"] = refusal.sentence
    if chosen := heard.value("lead"):
        known = (await services.directory.sight(heard.tenant, place(heard.tenant, chosen))).known
        try:
            setting_up.check_joins(known.name, known.standing)
        except Refusal as refusal:
            wrong["lead"] = refusal.sentence
    if channel:
        linked = (await services.directory.sight(heard.tenant, heard.who.id, channel)).linked
        # The same submission heard again finds its own firm there; `services.set_up` knows it by its cause.
        name = compared(" ".join(heard.value("name").split()))
        same = {f.key.firm for f in heard.sighting.firms if compared(f.name) == name}
        if linked and linked not in same:
            wrong["channel"] = TAKEN_CHANNEL
    return wrong


async def _lead(heard: Heard, services: Services) -> Person | None:
    chosen = heard.value("lead")
    if not chosen or chosen == slack_id(heard.who.id):
        return None
    lead = place(heard.tenant, chosen)
    known = (await services.directory.sight(heard.tenant, lead)).known
    return Person(id=lead, name=known.name)


def _field_of(heard: Heard, taken: tuple[FirmSummary, ...]) -> str:
    """Which field a refusal is about: the name where the name itself is refused, else the target."""
    try:
        setting_up.check_name(heard.value("name"), [f.name for f in taken])
    except Refusal:
        return "name"
    return "target"


def _known(value: str, services: Services, question: str) -> str:
    options = (services.pack.precheck if question == "precheck" else services.pack.profile).options
    return value if value in {o.id for o in options} else ""


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None
