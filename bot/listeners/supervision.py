"""Hears what a firm keeps of the supervision of its agents, and shows it."""

from datetime import date
from typing import cast

from bot.buttons import AgentFileForm, OpenAgentFile, PickAgentFile, ShowAgentFile
from bot.listeners.scenes import scene_for
from bot.listeners.tasks import day_of, is_ticket
from bot.router import Heard, Router
from bot.surfaces import FieldErrors, Open, Replace, Swap
from bot.views import supervision as views
from bot.views import tasks
from bot.views.refused import with_ticket
from flows.agent_file import AgentFile, Said
from flows.firms import Refusal
from flows.position import Agent, Position
from flows.services import Services

CHANGED_MEANWHILE = (
    "Somebody changed this file while you had the form open, so nothing was recorded. Here is what it says."
)
NO_SUCH_AGENT = Refusal("This firm has no such agent. Nothing was changed.", kind="stale")


def register(router: Router) -> None:
    """What is heard here."""
    router.action(ShowAgentFile)(show_file)
    router.action(PickAgentFile)(pick_file)
    router.action(OpenAgentFile)(open_file)
    router.submit(AgentFileForm)(save_file)


async def show_file(heard: Heard, carried: ShowAgentFile, services: Services) -> Replace:
    """*Supervision file*."""
    return Replace(views.page(scene_for(heard, services), _agent(heard.firm, carried.agent)))


async def pick_file(heard: Heard, carried: PickAgentFile, services: Services) -> Replace:
    """A former agent's file, picked from the menu."""
    return Replace(views.page(scene_for(heard, services), _agent(heard.firm, heard.chosen[0] if heard.chosen else "")))


async def open_file(heard: Heard, carried: OpenAgentFile, services: Services) -> Open:
    """*Supervision file…*, *Fill in…*, *Change…*."""
    return Open(views.form(scene_for(heard, services), _agent(heard.firm, carried.agent)))


async def save_file(heard: Heard, carried: AgentFileForm, services: Services) -> Replace | Swap | FieldErrors:
    """The form was submitted: every field as it stands there is what the file says from now on."""
    agent = _agent(heard.firm, carried.agent)
    file = _read(heard)
    try:
        result = await services.keep_agent_file(
            heard.firm.key, heard.act, agent.id, file, seen=carried.version, ticket=is_ticket(heard)
        )
    except Refusal as refusal:
        if refusal.kind:
            return with_ticket(views.form(scene_for(heard, services), agent), refusal)
        return FieldErrors({_field_of(file, services.today(heard.firm)): refusal.sentence})
    scene = scene_for(heard, services, result.position)
    if result.changed:
        top = tasks.recorded(scene, result.records)
    else:
        kept = result.position.agent_files.get(agent.id)
        same = (kept.file if kept else AgentFile()) == file
        top = tasks.note("The file says so already." if same else CHANGED_MEANWHILE)
    return Replace(views.page(scene, _agent(result.position, agent.id), top))


def _read(heard: Heard) -> AgentFile:
    """Everything the form says; a field that came empty is empty."""
    return AgentFile(
        agreement=_said(heard.value(views.AGREEMENT)),
        place=heard.value(views.PLACE),
        agreed_on=day_of(heard.value(views.AGREED)),
        repairs=heard.value(views.REPAIRS),
        contact=heard.value(views.CONTACT),
        mail=heard.value(views.MAIL),
        phone=heard.value(views.PHONE),
        certified=_said(heard.value(views.CERTIFIED)),
        certified_on=day_of(heard.value(views.CERTIFIED_ON)),
        note=heard.value(views.NOTE),
    )


def _said(chosen: str) -> Said:
    return cast(Said, chosen) if chosen in ("yes", "no") else ""


def _field_of(file: AgentFile, today: date) -> str:
    """Where a refused file's sentence belongs: beside the field it is about."""
    if file.agreement != "yes" and (file.place or file.agreed_on):
        return views.AGREEMENT
    if file.agreed_on and file.agreed_on > today:
        return views.AGREED
    if file.certified_on:
        return views.CERTIFIED_ON if file.certified == "yes" else views.CERTIFIED
    return views.NOTE


def _agent(position: Position, agent: str) -> Agent:
    found = position.agent(agent)
    if found is None:
        raise NO_SUCH_AGENT
    return found
