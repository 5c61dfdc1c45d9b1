"""What the firm answers: questions with a preview before they change, its agents, a change of agent."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec.structs import replace

from bot.actions import pack
from bot.buttons import (
    AgentsForm,
    AnswerForm,
    AnswerPrecheck,
    ChangeOfAgentForm,
    ConfirmAnswer,
    ConfirmChangeOfAgent,
    GiveAnswer,
    OpenAgents,
    OpenAnswer,
    OpenChangeOfAgent,
    OpenRemoveAgent,
    OpenRenameAgent,
    RemoveAgentForm,
    RenameAgentForm,
    ShowAgents,
)
from bot.listeners.scenes import scene_for
from bot.listeners.tasks import day_of, is_ticket
from bot.router import Heard, Router
from bot.slack.places import place
from bot.surfaces import FieldErrors, Message, Modal, Open, Replace, Say, Swap
from bot.views import answers, rests, tasks
from bot.views.blocks import escape, literal
from bot.views.refused import with_ticket
from flows.conditions import UNSURE
from flows.far_off import is_far_off
from flows.firms import Refusal
from flows.memos import can_attest
from flows.position import Agent, Answer, Position
from flows.roadmap import Question
from flows.services import Result, Services
from flows.walk import Preview

MOST_CARRIED = 2200
"""Characters a preview's modal may carry beside where its answer belongs; Slack's limit for both is 3,000."""

AGENT = "agent"
"""The way of submitting that has agents."""

NOT_ASKED = Refusal("This roadmap does not ask that. Nothing was changed.", kind="stale")


def register(router: Router) -> None:
    router.command("agents")(show_agents)
    router.action(GiveAnswer)(give_answer)
    router.action(OpenAnswer)(open_answer)
    router.submit(AnswerForm, meets=True)(answer_form)
    router.submit(ConfirmAnswer)(confirm_answer)
    router.action(AnswerPrecheck)(answer_precheck)
    router.action(ShowAgents)(turn_to_agents)
    router.action(OpenAgents)(open_agents)
    router.submit(AgentsForm)(add_agents)
    router.action(OpenRenameAgent)(open_rename)
    router.submit(RenameAgentForm)(rename_agent)
    router.action(OpenRemoveAgent)(open_remove)
    router.submit(RemoveAgentForm)(remove_agent)
    router.action(OpenChangeOfAgent)(open_change)
    router.submit(ChangeOfAgentForm)(change_form)
    router.submit(ConfirmChangeOfAgent)(confirm_change)


# --- questions ------------------------------------------------------------------------------------------------


async def give_answer(heard: Heard, carried: GiveAnswer, services: Services) -> Replace | Open:
    """One click records a first answer; a changed one is previewed first."""
    question = _question(services, carried.fact)
    confirm = ConfirmAnswer(firm=carried.firm, version=heard.firm.version, fact=question.id, value=(carried.value,))
    kept = heard.firm.answers.get(question.id)
    fresh = kept is None or kept.sequence <= carried.version
    seen = _seen(heard, services, heard.firm, confirm) if fresh else None
    if seen:
        return Open(_preview(heard, services, heard.firm, confirm, seen))
    result = await services.answer(heard.firm.key, heard.act, carried.fact, (carried.value,), seen=carried.version)
    return Replace(_answered(heard, services, result, stands=_stands(result.position, confirm)))


async def open_answer(heard: Heard, carried: OpenAnswer, services: Services) -> Open:
    question = _question(services, carried.fact)
    calendar = (await services.workspace(heard.tenant)).calendar
    return Open(answers.question(scene_for(heard, services), question, carried.value, calendar))


async def answer_form(heard: Heard, carried: AnswerForm, services: Services) -> Replace | Swap | FieldErrors:
    """Records a first answer; a changed one that moves tasks turns the modal into the preview."""
    scene = scene_for(heard, services)
    question = _question(services, carried.fact)
    said = _read(heard, carried, question)
    reasoned = any(o.needs_reason and o.id in said.value for o in question.options)
    if reasoned and not said.basis:
        return FieldErrors({answers.BASIS: "Write down the basis of this answer: what the firm does, and why."})
    if unused := _agents_beside(heard, carried, question, said):
        return FieldErrors({answers.AGENTS: unused})
    if len(pack(said)) > MOST_CARRIED:
        return FieldErrors({answers.BASIS if said.basis else answers.AGENTS: "That is too long. Shorten it, please."})
    try:
        if seen := _seen(heard, services, heard.firm, said):
            return Swap(_preview(heard, services, heard.firm, said, seen))
        result = await _record(heard, services, said)
    except Refusal as refusal:
        if refusal.kind == "guard":
            anew = answers.question(scene, question, "".join(said.value[:1]))
            # What was typed stays, and so does what it was typed over.
            return with_ticket(replace(anew, carried=carried), refusal)
        return FieldErrors({_field_of(said, heard.firm, heard.who.id, scene.today): refusal.sentence})
    return Replace(_answered(heard, services, result, stands=_stands(result.position, said)))


def _field_of(said: ConfirmAnswer, position: Position, who: str, today: date) -> str:
    """Where a refused answer's sentence belongs: beside the field it is about."""
    decided, again = day_of(said.happened_on), day_of(said.recheck_on)
    if decided and decided > today:
        return answers.DAY
    if again and (again <= today or is_far_off(again, today)):
        return answers.RECHECK
    if said.attester and not can_attest(position, said.attester, who):
        return answers.ATTESTER
    return answers.AGENTS if AGENT in said.value else answers.CHOICE


async def confirm_answer(heard: Heard, carried: ConfirmAnswer, services: Services) -> Replace | Swap:
    """Records what the preview showed; where it would be something else by now, that is shown first."""
    seen = _seen(heard, services, heard.firm, carried)
    if seen and (_overtaken(heard.firm, carried) or carried.shown not in ("", seen.digest)):
        return Swap(_preview(heard, services, heard.firm, carried, seen))
    result = await _record(heard, services, carried)
    if not result.changed and (seen := _seen(heard, services, result.position, carried)):
        return Swap(_preview(heard, services, result.position, carried, seen))
    return Replace(_answered(heard, services, result, stands=_stands(result.position, carried)))


def _read(heard: Heard, carried: AnswerForm, question: Question) -> ConfirmAnswer:
    """Everything the modal says. Only names that are new are carried; a re-check belongs to a reasoned answer."""
    value = heard.values.get(answers.CHOICE, ())
    reasoned = any(o.needs_reason and o.id in value for o in question.options)
    return ConfirmAnswer(
        firm=carried.firm,
        version=carried.version,
        fact=question.id,
        value=value,
        agents=_new_agents(heard, carried) if AGENT in value else (),
        basis=heard.value(answers.BASIS),
        happened_on=heard.value(answers.DAY) or _day_kept(heard.firm.answers.get(question.id), value),
        recheck_on=heard.value(answers.RECHECK) if reasoned else "",
        grounds=heard.values.get(answers.GROUNDS, ()) if reasoned else (),
        attester=place(heard.tenant, picked) if reasoned and (picked := heard.value(answers.ATTESTER)) else "",
        ticket=is_ticket(heard),
    )


def _new_agents(heard: Heard, carried: AnswerForm) -> tuple[str, ...]:
    """The names that were not in the form when it opened."""
    known = {a.name.casefold() for a in heard.firm.agents if a.status == "active"}
    known |= {name.casefold() for name in carried.agents}
    return tuple(n for n in _names(heard.value(answers.AGENTS)) if n.casefold() not in known)


def _agents_beside(heard: Heard, carried: AnswerForm, question: Question, said: ConfirmAnswer) -> str:
    """What is to be asked where an agent is named beside an answer without one: the name would be lost unseen."""
    through = next((o for o in question.options if o.id == AGENT), None)
    if through is None or AGENT in said.value or not _new_agents(heard, carried):
        return ""
    return f"Tick “{through.label}” above as well, or leave this empty."


def _day_kept(kept: Answer | None, value: Sequence[str]) -> str:
    """The day entered before, where the answer stays: its basis can be corrected without entering the day again."""
    stays = kept is not None and set(kept.value) == set(value)
    return kept.happened_on.isoformat() if kept and stays and kept.happened_on else ""


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in (" ".join(line.split()) for line in text.splitlines()) if name))


def _seen(heard: Heard, services: Services, position: Position, said: ConfirmAnswer) -> Preview | None:
    """What a changed answer would do; None for a first answer, and for one that moves no task.

    Where somebody else answered since, it is always shown: whoever says something else is to know what stands there.
    None too for text the guard refuses: only recording it keeps that it was refused, so it goes that way.
    """
    overtaken = _overtaken(position, said)
    if (overtaken and _stands(position, said)) or (position.value(said.fact) in ((), (UNSURE,)) and not overtaken):
        return None
    try:
        seen = services.preview_answer(position, heard.act, said.fact, said.value, **_details(said))
    except Refusal as refusal:
        if refusal.kind != "guard":
            raise
        return None
    return seen if overtaken or seen.appear or seen.disappear else None


def _overtaken(position: Position, said: ConfirmAnswer) -> bool:
    """Whether the question was answered since what is confirmed, or filled in, was drawn."""
    kept = position.answers.get(said.fact)
    return kept is not None and kept.sequence > said.version


def _preview(heard: Heard, services: Services, position: Position, said: ConfirmAnswer, seen: Preview) -> Modal:
    """What was entered stays, and is confirmed as what is shown now."""
    scene = scene_for(heard, services, position)
    what = answers.changed_words(scene, said.fact, said.value)
    if _overtaken(position, said):
        what = f"{answers.overtaken(scene, position.answers[said.fact])}\n{what}"
    elif said.shown:
        what = f"{answers.MOVED_ON}\n{what}"
    confirm = replace(said, version=position.version, shown=seen.digest)
    return answers.preview(scene, what, seen, confirm)


async def _record(heard: Heard, services: Services, said: ConfirmAnswer) -> Result:
    known = (await services.directory.sight(heard.tenant, said.attester)).known if said.attester else None
    details = {**_details(said), "attester_name": known.name if known else ""}
    return await services.answer(heard.firm.key, heard.act, said.fact, said.value, seen=said.version, **details)


def _details(said: ConfirmAnswer) -> dict[str, Any]:
    return {
        "basis": said.basis,
        "happened_on": day_of(said.happened_on),
        "recheck_on": day_of(said.recheck_on),
        "agents": said.agents,
        "grounds": said.grounds,
        "attester": said.attester,
        "ticket": said.ticket,
    }


def _question(services: Services, fact: str) -> Question:
    found = services.pack.questions.get(fact)
    if found is None:
        raise NOT_ASKED
    return found


def _answered(heard: Heard, services: Services, result: Result, *, stands: bool = True) -> Message:
    """What was recorded; where nothing was, whether what was said `stands` already, or the card was out of date."""
    scene = scene_for(heard, services, result.position)
    if result.changed:
        return rests.now_screen(scene, tasks.recorded(scene, result.records))
    already = "That is recorded already. Here is how things are now."
    return rests.now_screen(scene, tasks.note(already if stands else tasks.OUT_OF_DATE))


def _stands(position: Position, said: ConfirmAnswer) -> bool:
    active = {a.name.casefold() for a in position.agents if a.status == "active"}
    return set(position.value(said.fact)) == set(said.value) and active.issuperset(n.casefold() for n in said.agents)


async def answer_precheck(heard: Heard, carried: AnswerPrecheck, services: Services) -> Replace:
    """Asked in the form and once more after it; whatever the answer, the walk goes on."""
    chosen = next((o for o in services.pack.precheck.options if o.id == carried.value), None)
    if chosen is None:
        raise NOT_ASKED
    result = await services.answer_precheck(heard.firm.key, heard.act, chosen.id)
    scene = scene_for(heard, services, result.position)
    if not result.changed or not chosen.explain:
        return Replace(_answered(heard, services, result, stands=result.position.precheck == chosen.id))
    top = tasks.recorded(scene, result.records)
    advice = tasks.note(f"ℹ️ {escape(chosen.explain)}")
    both = tasks.Top(f"{top.text} {advice.text}", (*top.blocks, *advice.blocks))
    return Replace(rests.now_screen(scene, both))


# --- agents ---------------------------------------------------------------------------------------------------


async def show_agents(heard: Heard, services: Services) -> Say:
    return Say(answers.agents(scene_for(heard, services)))


async def turn_to_agents(heard: Heard, carried: ShowAgents, services: Services) -> Replace:
    return Replace(answers.agents(scene_for(heard, services)))


async def open_agents(heard: Heard, carried: OpenAgents, services: Services) -> Open:
    return Open(answers.add_agents(scene_for(heard, services)))


async def add_agents(heard: Heard, carried: AgentsForm, services: Services) -> Replace | Swap | FieldErrors:
    names = _names(heard.value(answers.AGENTS))
    if not names:
        return FieldErrors({answers.AGENTS: "Write at least one name."})
    try:
        result = await services.add_agents(heard.firm.key, heard.act, names, ticket=is_ticket(heard))
    except Refusal as refusal:
        return with_ticket(answers.add_agents(scene_for(heard, services)), refusal)
    return Replace(_agents_after(heard, services, result))


async def open_rename(heard: Heard, carried: OpenRenameAgent, services: Services) -> Open:
    return Open(answers.rename_agent(scene_for(heard, services), _agent(heard, carried.agent)))


async def rename_agent(heard: Heard, carried: RenameAgentForm, services: Services) -> Replace:
    result = await services.rename_agent(heard.firm.key, heard.act, carried.agent, heard.value(answers.NAME))
    return Replace(_agents_after(heard, services, result))


async def open_remove(heard: Heard, carried: OpenRemoveAgent, services: Services) -> Open:
    agent = _agent(heard, carried.agent)
    seen = services.preview_without_agent(heard.firm, heard.act, agent.id)
    return Open(answers.remove_agent(scene_for(heard, services), agent, seen))


async def remove_agent(heard: Heard, carried: RemoveAgentForm, services: Services) -> Replace | Swap:
    try:
        result = await services.remove_agent(
            heard.firm.key,
            heard.act,
            carried.agent,
            reason=heard.value(answers.REASON),
            ticket=is_ticket(heard),
        )
    except Refusal as refusal:
        agent = _agent(heard, carried.agent)
        seen = services.preview_without_agent(heard.firm, heard.act, agent.id)
        return with_ticket(answers.remove_agent(scene_for(heard, services), agent, seen), refusal)
    return Replace(_agents_after(heard, services, result))


async def open_change(heard: Heard, carried: OpenChangeOfAgent, services: Services) -> Open:
    agent = _agent(heard, carried.agent) if carried.agent else None
    return Open(answers.change_of_agent(scene_for(heard, services), agent))


async def change_form(heard: Heard, carried: ChangeOfAgentForm, services: Services) -> Replace | Swap | FieldErrors:
    """Shows what the change of agent brings before it is recorded."""
    scene = scene_for(heard, services)
    said = ConfirmChangeOfAgent(
        firm=carried.firm,
        version=carried.version,
        agent=carried.agent,
        new_name=" ".join(heard.value(answers.NAME).split()),
        old_name=" ".join(heard.value(answers.OLD_NAME).split()),
        ticket=is_ticket(heard),
    )
    leaving = heard.firm.agent(carried.agent)
    old = leaving.name if leaving else said.old_name
    if not said.new_name or old.casefold() == said.new_name.casefold():
        return FieldErrors({answers.NAME: "Name the new agent; it differs from the one that leaves."})
    try:
        seen = _seen_change(heard, services, said)
        if seen is None:
            return await confirm_change(heard, said, services)
    except Refusal as refusal:
        return with_ticket(answers.change_of_agent(scene, leaving), refusal)
    what = f"*{literal(old)}* leaves and *{literal(said.new_name)}* takes over."
    return Swap(answers.preview(scene, what, seen, said, yes="Start the change"))


def _seen_change(heard: Heard, services: Services, said: ConfirmChangeOfAgent) -> Preview | None:
    """What the change brings; None for names the guard refuses, see `_seen`."""
    try:
        return services.preview_change(
            heard.firm, heard.act, said.agent, said.new_name, old_name=said.old_name, ticket=said.ticket
        )
    except Refusal as refusal:
        if refusal.kind != "guard":
            raise
        return None


async def confirm_change(heard: Heard, carried: ConfirmChangeOfAgent, services: Services) -> Replace:
    result = await services.start_change(
        heard.firm.key,
        heard.act,
        carried.agent,
        carried.new_name,
        old_name=carried.old_name,
        ticket=carried.ticket,
    )
    return Replace(_answered(heard, services, result))


# --- within ---------------------------------------------------------------------------------------------------


def _agent(heard: Heard, agent: str) -> Agent:
    found = heard.firm.agent(agent)
    if found is None:
        raise Refusal("This firm has no such agent any more. Nothing was changed.", kind="stale")
    return found


def _agents_after(heard: Heard, services: Services, result: Result) -> Message:
    scene = scene_for(heard, services, result.position)
    if result.changed:
        return answers.agents(scene, tasks.recorded(scene, result.records))
    return answers.agents(scene, tasks.note("Nothing was changed: it stands so already."))
