"""Supervision files in Slack: filled in from the list of agents, shown, changed, undone."""

from bot.front.answering import content, modal_view
from bot.front.hearing import Origin
from bot.sandbox.limits import problems_in_message, problems_in_view
from bot.views.answers import agents
from bot.views.supervision import NO_FILE, form, page
from flows.agent_file import AgentFile
from flows.events import AgentFileKept
from flows.services import Act, Services
from tests.bot.conversing import Slack, labels, words_of
from tests.bot.views.test_walk import scene
from tests.bot.walking import BEN_COLE, choose, firm_of_ben, position, to_step_four
from tests.flows.life import TODAY, Life


async def test_it_is_filled_in_from_the_agents_and_shown_with_undo(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Clear Co")
    assert "If you like, keep a supervision file on Clear Co" in words_of(ben.last)
    shown = await ben.types("/cais agents")
    assert NO_FILE in words_of(shown)
    await ben.presses("Supervision file…")
    answer = await ben.submits({"place": "Shared drive"})
    assert "on hand" in answer["errors"]["agreement"]
    assert (await ben.submits({"agreement": "yes", "repairs": "Clear Co", "contact": "Cy <!channel>"}))["ok"]
    told = words_of(ben.last)
    assert "who repairs errors: Clear Co" in told
    assert "*Written agreement on hand:* yes" in told
    assert "<!channel>" not in told
    await ben.presses("Agents")
    assert "agreement on hand: yes" in words_of(ben.last)
    await ben.presses("Supervision file")
    await ben.presses("Change…")
    assert (await ben.submits({"agreement": "unsaid", "place": "", "certified": "yes", "certified_on": "2022-05-02"}))[
        "ok"
    ]
    assert "since May 2, 2022" in words_of(ben.last)
    await ben.presses("Undo")
    (agent,) = (await position(services, key)).agents
    assert (await position(services, key)).agent_files[agent.id].file.agreement == "yes"
    assert slack.refused() == []


async def test_a_form_from_before_somebody_elses_change_records_nothing_and_says_so(
    slack: Slack, services: Services
) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Clear Co")
    (agent,) = (await position(services, key)).agents
    await ben.types("/cais agents")
    await ben.presses("Supervision file…")
    await services.keep_agent_file(key, Act(BEN_COLE, "modal", "other"), agent.id, AgentFile(note="theirs"))
    assert (await ben.submits({"file_note": "mine"}))["ok"]
    assert "nothing was recorded" in words_of(ben.last)
    assert (await position(services, key)).agent_files[agent.id].file.note == "theirs"


async def test_the_file_of_an_agent_that_was_taken_off_is_shown_as_ended(slack: Slack, services: Services) -> None:
    key = await firm_of_ben(services)
    ben = await to_step_four(slack)
    await choose(ben, "agent", agents="Clear Co")
    (agent,) = (await position(services, key)).agents
    await services.keep_agent_file(key, Act(BEN_COLE, "modal", "kept"), agent.id, AgentFile(repairs="Clear Co"))
    await services.remove_agent(key, Act(BEN_COLE, "modal", "off"), agent.id)
    await ben.types("/cais agents")
    await ben.picks("Open the file of a former agent", "Clear Co")
    assert "ended on Nov 23, 2026" in words_of(ben.last)
    assert "Change…" in labels(ben.last)


def test_the_longest_file_is_within_slacks_limits() -> None:
    life = Life().go("agent", agents=[f"{n} {'W' * 77}" for n in range(20)])
    text = "<" * 300
    file = AgentFile("yes", text, TODAY, text, text, text, text, "yes", TODAY, "<" * 1500)
    life.take([AgentFileKept(agent.id, file) for agent in life.position.agents])
    seen, agent = scene(life), life.position.agents[0]
    assert not problems_in_message(content(agents(seen)))
    assert not problems_in_message(content(page(seen, agent)))
    assert not problems_in_view(modal_view(form(seen, agent), Origin(channel="C0123456789")))
