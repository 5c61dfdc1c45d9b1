"""What the firm answers: the modal for a question, the preview of what a changed answer does, and the agents."""

from collections.abc import Sequence

from bot.actions import Carried
from bot.buttons import (
    AgentsForm,
    AnswerForm,
    ChangeOfAgentForm,
    OpenAgents,
    OpenAnswer,
    OpenChangeOfAgent,
    OpenRemoveAgent,
    OpenRenameAgent,
    RemoveAgentForm,
    RenameAgentForm,
    ShowNext,
    ShowStatus,
)
from bot.slack.places import slack_id
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    Element,
    actions,
    button,
    checkbox_input,
    clip,
    context,
    date_input,
    escape,
    field,
    header,
    literal,
    option,
    radio_input,
    section,
    short_day,
    text_input,
    user_input,
)
from bot.views.scene import MARKS, Scene, banner, being_replaced, only_if_it_comes
from bot.views.supervision import ended_menu, file_button, file_line
from bot.views.tasks import NOTHING, Top
from flows.history import label
from flows.memos import a_year_on, can_attest, lines_of
from flows.position import Agent, Answer
from flows.roadmap import Question
from flows.trading_days import NYSE, Calendar
from flows.walk import Item, Preview

CHOICE, BASIS, DAY, RECHECK, AGENTS = "choice", "basis", "day", "recheck", "agents"
GROUNDS, ATTESTER = "grounds", "attester"
NAME, OLD_NAME, REASON = "name", "old_name", "reason"
LONGEST_BASIS = 1500
MOST_LISTED = 12


def question(scene: Scene, asked: Question, chosen: str = "", calendar: Calendar = NYSE) -> Modal:
    """The modal for a question, filled with the present answer. `chosen` is an answer picked before it opened.

    `calendar` is the workspace's, for the day that is proposed to look again.
    """
    blocks: list[Block] = [section(f"*{literal(scene.position.name)}*\n*{escape(asked.ask)}*")]
    if asked.kind == "set":
        blocks += _set(scene, asked)
    else:
        blocks += _choice(scene, asked, chosen, calendar)
    filled = tuple(_active_names(scene)) if asked.kind == "set" else ()
    carried = scene.carry(AnswerForm, fact=asked.id, agents=filled)
    return Modal("Your firm's answer", blocks, carried, submit="Record")


def _active_names(scene: Scene) -> list[str]:
    return [a.name for a in scene.position.agents if a.status == "active"]


def _choice(scene: Scene, asked: Question, chosen: str, calendar: Calendar) -> list[Block]:
    kept = scene.position.answers.get(asked.id)
    value = chosen or (kept.value[0] if kept else "")
    reasoned = next((o for o in asked.options if o.id == value and o.needs_reason), None)
    same = kept is not None and kept.value == (value,)
    again = kept.recheck_on if kept and same else (a_year_on(scene.today, calendar) if reasoned else None)
    if again and again <= scene.today:
        again = a_year_on(scene.today, calendar)
    named = " or ".join(f"“{o.label}”" for o in asked.options if o.needs_reason)
    options = [option(o.label, o.id, o.explain) for o in asked.options]
    return [
        field(CHOICE, "Answer", radio_input(options, value)),
        *_grounds(asked, kept.grounds if kept and same else ()),
        field(
            BASIS,
            "Basis",
            text_input(initial=kept.basis if kept and same else "", multiline=True, longest=LONGEST_BASIS),
            hint=f"Needed for {named}: what the firm does, and why. No personal data or account numbers.",
            optional=not (chosen and reasoned),
        ),
        _decided(kept),
        field(
            RECHECK,
            "Look at it again on",
            date_input(again),
            hint=f"Kept for {named}: the day you will check that it still holds. You are reminded of it.",
            optional=True,
        ),
        *_second(scene, asked, kept if same else None),
    ]


def _grounds(asked: Question, named: Sequence[str]) -> list[Block]:
    """What the roadmap itself names as a reason, each with where it says so; the sentences stand in the memo."""
    found = [(o, g) for o in asked.options for g in o.grounds]
    if not found:
        return []
    options = [option(g.label, g.id, f"Roadmap, {lines_of(g)}: “{g.quote.text}”") for _, g in found]
    answer = " or ".join(dict.fromkeys(f"“{o.label}”" for o, _ in found))
    hint = f"For {answer}: what of it applies to your firm. Your own words come below."
    return [field(GROUNDS, "Grounds the roadmap names", checkbox_input(options, named), hint=hint, optional=True)]


def _second(scene: Scene, asked: Question, kept: Answer | None) -> list[Block]:
    """Who else attests to it, if the firm likes."""
    if not any(o.grounds for o in asked.options):
        return []
    second = kept.attester if kept and can_attest(scene.position, kept.attester, scene.viewer) else ""
    hint = "Another member or lead, who is asked in a direct message. It is good practice, and not needed."
    picked = user_input(slack_id(second) if second else "")
    return [field(ATTESTER, "Second attester", picked, hint=hint, optional=True)]


def _set(scene: Scene, asked: Question) -> list[Block]:
    options = [option(o.label, o.id, o.explain) for o in asked.options]
    names = "\n".join(_active_names(scene))
    return [
        field(CHOICE, "All that apply", checkbox_input(options, scene.position.value(asked.id))),
        field(
            AGENTS,
            "Agents, one name on each line",
            text_input(initial=names, multiline=True, longest=2400),
            hint="Needed when an agent submits. To take an agent off, use Agents instead.",
            optional=True,
        ),
        _decided(scene.position.answers.get(asked.id)),
    ]


def _decided(kept: Answer | None) -> Block:
    """The day of the decision: empty, so that no day is claimed that nobody entered."""
    hint = "Leave it empty for today."
    if kept and kept.happened_on:
        hint = f"Empty: it stays {short_day(kept.happened_on)} for the same answer, and is today for another."
    return field(DAY, "Day it was decided", date_input(), hint=hint, optional=True)


def preview(scene: Scene, what: str, seen: Preview, carried: Carried, yes: str = "Change it") -> Modal:
    """What a change would do, before anything is recorded. `what` is safe mrkdwn."""
    blocks = [section(f"*{literal(scene.position.name)}*\n{what}"), *preview_blocks(seen)]
    return Modal("What this changes", blocks, carried, submit=yes, close="Keep as it is")


def preview_blocks(seen: Preview) -> list[Block]:
    """What appears, what drops out, and what comes back with its old record."""
    returns = {i.key for i in seen.returns}
    fresh = [i for i in seen.appear if i.key not in returns]
    blocks = []
    if fresh:
        blocks.append(section("*Appears:*\n" + _list(fresh)))
    if seen.returns:
        blocks.append(section("*Comes back, with what was recorded before:*\n" + _list(seen.returns)))
    if seen.disappear:
        kept = f" What is recorded for {seen.keeps} of them stays in the history." if seen.keeps else ""
        blocks.append(section("*Drops out:*\n" + _list(seen.disappear)))
        blocks.append(context(f"Nothing is deleted.{kept} Change it back and they return as they were."))
    return blocks or [section(no_effect(seen))]


def no_effect(seen: Preview) -> str:
    """That no task appears or drops out, and whether that may change: an agent taken off brings nothing by itself."""
    yet = " yet: that depends on answers that are still open" if seen.more_to_come else ""
    return f"No task appears or drops out{yet}."


def _list(items: Sequence[Item]) -> str:
    lines = [f"• Step {escape(i.task.step)}: {literal(i.title)}" for i in items[:MOST_LISTED]]
    more = len(items) - len(lines)
    return "\n".join([*lines, *([f"• and {more} more"] if more else [])])


MOVED_ON = "⚠️ Something else changed meanwhile, so nothing was recorded yet. This is what your answer would do now."


def overtaken(scene: Scene, kept: Answer) -> str:
    """Somebody answered while one was at it. Safe mrkdwn."""
    who = "You" if kept.by == scene.viewer else literal(kept.by_name or "Somebody")
    return f"⚠️ {who} answered this meanwhile, {scene.moment(kept.at)}, so nothing of yours was recorded yet."


def changed_words(scene: Scene, fact: str, value: Sequence[str]) -> str:
    """The sentence above a preview: the answer as it is and as it would be."""
    options = scene.pack.questions[fact].options
    was = ", ".join(label(options, v) for v in scene.position.value(fact))
    now = ", ".join(o.label for o in options if o.id in value)
    ask = escape(scene.pack.questions[fact].ask)
    return f"“{ask}”\nNow: {escape(was)}. It would be: *{escape(now)}*."


def agents(scene: Scene, top: Top = NOTHING) -> Message:
    """The firm's agents: how far each is, and what can be done about it."""
    active = [a for a in scene.position.agents if a.status == "active"]
    leaving = [a for a in scene.position.agents if being_replaced(scene, a)]
    former = [a for a in scene.position.agents if a.status != "active" and a not in leaving]
    blocks: list[Block] = [*top.blocks, header("Agents"), banner(scene, "agents")]
    if not active:
        blocks.append(section("No agent reports for this firm. Add one if a clearing firm or service bureau will."))
    for agent in active:
        said = f"*{literal(agent.name)}*\n{_far(scene, agent)}\n{file_line(scene, agent)}"
        blocks += [section(said), actions(*_for_agent(scene, agent))]
    if leaving:
        blocks.append(context(f"Being replaced: {', '.join(literal(a.name) for a in leaving)}."))
    if former:
        named = ", ".join(literal(a.name) for a in former)
        blocks.append(context(f"No longer reporting: {named}. What was recorded for them is kept."))
    blocks += ended_menu(scene)
    blocks += _without_agents(scene) if active else []
    ways = [button("Add an agent", scene.carry(OpenAgents))]
    if not active:
        ways.append(button("Change agent", scene.carry(OpenChangeOfAgent), says="Record a change of agent"))
    ways += [button("Next task", scene.carry(ShowNext)), button("Status", scene.carry(ShowStatus))]
    blocks.append(actions(*ways))
    names = ", ".join(literal(a.name) for a in active) or "none"
    return Message(f"{top.text} {literal(scene.position.name)}, agents: {clip(names, 1000)}.".strip(), tuple(blocks))


def _without_agents(scene: Scene) -> list[Block]:
    """That the answer to how data is submitted names no agent: else whoever added one waits for its tasks in vain."""
    methods = scene.position.value("methods")
    if not methods or "agent" in methods:
        return []
    way = scene.pack.questions["methods"]
    said = (
        f"⚠️ “{escape(way.ask)}” was answered without an agent, so no task applies to one. If an agent reports or is "
        f"to, change the answer and tick *{escape(label(way.options, 'agent'))}* too. "
        "If it reports no longer, take it off."
    )
    change = button("Change the answer…", scene.carry(OpenAnswer, fact="methods"))
    return [section(said, accessory=change)]


def _far(scene: Scene, agent: Agent) -> str:
    items = [i for i in scene.walk.items if i.each == agent.id and i.state not in ("not_applicable", "later")]
    lines = [f"{MARKS[i.state]}: {escape(i.task.title)}" for i in items]
    hidden = all(only_if_it_comes(i.task) for i in items)
    return "\n".join(lines) if lines and not hidden else "No task applies to it as things are."


def _for_agent(scene: Scene, agent: Agent) -> list[Element]:
    return [
        file_button(scene, agent),
        button("Correct the name", scene.carry(OpenRenameAgent, agent=agent.id), says=f"Correct the name {agent.name}"),
        button("Take off", scene.carry(OpenRemoveAgent, agent=agent.id), says=f"Take off {agent.name}"),
        button("Change agent", scene.carry(OpenChangeOfAgent, agent=agent.id), says=f"Change from {agent.name}"),
    ]


def add_agents(scene: Scene) -> Modal:
    """Names of further agents."""
    asked = field(
        AGENTS,
        "Agents, one name on each line",
        text_input(multiline=True, longest=2400),
        hint="The clearing firm or service bureau that submits for you.",
    )
    return Modal("Add an agent", [_about(scene), asked], scene.carry(AgentsForm), submit="Add")


def rename_agent(scene: Scene, agent: Agent) -> Modal:
    """An agent's name, corrected; for another company, there is *Change agent*."""
    asked = field(
        NAME,
        "Name",
        text_input(initial=agent.name, longest=80),
        hint="Only to correct the name. If another company takes over, use Change agent.",
    )
    return Modal(
        "Correct the name", [_about(scene), asked], scene.carry(RenameAgentForm, agent=agent.id), submit="Save"
    )


def remove_agent(scene: Scene, agent: Agent, seen: Preview) -> Modal:
    """What taking an agent off does, and why it is taken off."""
    why = field(REASON, "Reason", text_input(multiline=True), hint="Kept in the history.", optional=True)
    about = section(f"*{literal(scene.position.name)}*\nTake *{literal(agent.name)}* off?")
    carried = scene.carry(RemoveAgentForm, agent=agent.id)
    return Modal(
        "Take an agent off", [about, *preview_blocks(seen), why], carried, submit="Take off", close="Keep as it is"
    )


def change_of_agent(scene: Scene, agent: Agent | None) -> Modal:
    """The new agent's name; the old one's too where the firm comes in the middle of a change."""
    blocks = [_about(scene)]
    if agent:
        blocks.append(section(f"*{literal(agent.name)}* leaves; another agent takes over."))
    else:
        blocks.append(field(OLD_NAME, "Agent that leaves", text_input(longest=80)))
    blocks.append(field(NAME, "New agent", text_input(longest=80)))
    carried = scene.carry(ChangeOfAgentForm, agent=agent.id if agent else "")
    return Modal("Change agent", blocks, carried, submit="Show what changes")


def _about(scene: Scene) -> Block:
    return section(f"*{literal(scene.position.name)}*")
