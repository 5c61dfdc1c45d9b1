"""The supervision file of an agent: a page with what it says, and the form that fills it in."""

from bot.buttons import AgentFileForm, OpenAgentFile, PickAgentFile, ShowAgentFile, ShowAgents, ShowHistory
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    Element,
    actions,
    button,
    clip,
    context,
    date_input,
    field,
    header,
    literal,
    menu,
    option,
    radio_input,
    section,
    short_day,
    text_input,
)
from bot.views.scene import MARKS, Scene, banner, only_if_it_comes
from bot.views.tasks import NOTHING, Top
from flows.agent_file import AgentFile, Said
from flows.position import Agent
from flows.supervision import LONGEST, LONGEST_NOTE

AGREEMENT, PLACE, AGREED, REPAIRS = "agreement", "place", "agreed_on", "repairs"
CONTACT, MAIL, PHONE = "contact", "mail", "phone"
CERTIFIED, CERTIFIED_ON, NOTE = "certified", "certified_on", "file_note"

NO_FILE = "📁 No supervision file yet. It is yours to keep, if you like: the roadmap does not ask for it."
YES_NO: dict[Said, str] = {"": "not said", "yes": "yes", "no": "no"}


def file_line(scene: Scene, agent: Agent) -> str:
    """What an agent's file says, in a line of the list of agents; safe in mrkdwn."""
    kept = scene.position.agent_files.get(agent.id)
    if kept is None:
        return NO_FILE
    file = kept.file
    said = [f"agreement on hand: {YES_NO[file.agreement]}", f"certified for production: {YES_NO[file.certified]}"]
    said += [f"errors: {literal(clip(file.repairs, 80))}"] if file.repairs else []
    said += [f"contact {literal(clip(file.contact, 60))}"] if file.contact else []
    return f"📁 Supervision file: {' · '.join(said)}"


def file_button(scene: Scene, agent: Agent) -> Element:
    """The way to an agent's file: its page, or the form where there is none yet."""
    if agent.id in scene.position.agent_files:
        return button("Supervision file", scene.carry(ShowAgentFile, agent=agent.id), says=f"File of {agent.name}")
    says = f"Fill in the supervision file of {agent.name}"
    return button("Supervision file…", scene.carry(OpenAgentFile, agent=agent.id), says=says)


def ended_menu(scene: Scene) -> list[Block]:
    """The files of agents that report no more: they stay in the record."""
    ended = [a for a in scene.position.agents if a.status != "active" and a.id in scene.position.agent_files]
    options = [option(a.name, a.id) for a in ended]
    return [menu("Open the file of a former agent", scene.carry(PickAgentFile), options)] if options else []


def page(scene: Scene, agent: Agent, top: Top = NOTHING) -> Message:
    """The whole file, how far the agent is on the roadmap, and who kept it."""
    kept = scene.position.agent_files.get(agent.id)
    name = literal(agent.name)
    blocks: list[Block] = [*top.blocks, header("Supervision file"), banner(scene, name, *_ended(scene, agent))]
    if kept is None:
        blocks.append(section(f"*{name}*\n{NO_FILE}"))
    else:
        blocks.append(section("\n".join([f"*{name}*", *_facts(kept.file)])))
        blocks += [section(f"*Note:* {literal(kept.file.note)}")] if kept.file.note else []
        blocks.append(
            context(f"Kept by {scene.by(kept.by, kept.by_name)}, {scene.moment(kept.at)}. *History* has all.")
        )
    if far := _far(scene, agent):
        blocks.append(section("*On the roadmap:*\n" + "\n".join(far)))
    change = button("Change…" if kept else "Fill in…", scene.carry(OpenAgentFile, agent=agent.id))
    blocks.append(
        actions(change, button("Agents", scene.carry(ShowAgents)), button("History", scene.carry(ShowHistory)))
    )
    said = f"{literal(scene.position.name)}, supervision file of {name}."
    return Message(f"{top.text} {said}".strip(), tuple(blocks))


def _ended(scene: Scene, agent: Agent) -> list[str]:
    if agent.ended_at:
        return [f"ended on {short_day(scene.recorded_day(agent.ended_at))}"]
    return ["is being replaced"] if agent.status == "leaving" else []


def _facts(file: AgentFile) -> list[str]:
    """Every field with its name; what nobody has said is said to be so."""
    agreement = [YES_NO[file.agreement], literal(file.place), f"since {short_day(d)}" if (d := file.agreed_on) else ""]
    certified = [YES_NO[file.certified], f"since {short_day(d)}" if (d := file.certified_on) else ""]
    reached = [literal(x) for x in (file.contact, file.mail, file.phone) if x]
    return [
        f"*Written agreement on hand:* {', '.join(x for x in agreement if x)}",
        f"*Who repairs errors:* {literal(file.repairs) or 'not said'}",
        f"*Contact:* {', '.join(reached) or 'not said'}",
        f"*Certified for CAIS production:* {', '.join(x for x in certified if x)}",
    ]


def _far(scene: Scene, agent: Agent) -> list[str]:
    items = [i for i in scene.walk.items if i.each == agent.id and i.state not in ("not_applicable", "later")]
    return [f"{MARKS[i.state]}: {literal(i.task.title)}" for i in items if not only_if_it_comes(i.task)]


def form(scene: Scene, agent: Agent) -> Modal:
    """Plain fields, all free to stay empty, filled with what the file says."""
    kept = scene.position.agent_files.get(agent.id)
    file = kept.file if kept else AgentFile()
    blocks = [
        section(
            f"*{literal(scene.position.name)}*\nSupervision file of *{literal(agent.name)}*. For your own record: the "
            "roadmap does not ask for it. Leave empty what you do not know."
        ),
        _yes_no(AGREEMENT, "Written agreement on hand", file.agreement),
        _text(PLACE, "Where it is kept", file.place),
        field(AGREED, "Agreement since", date_input(file.agreed_on), optional=True),
        _text(REPAIRS, "Who repairs errors", file.repairs, "The agent, your firm, or who does which."),
        _text(CONTACT, "Contact at the agent", file.contact),
        _text(MAIL, "Mail", file.mail),
        _text(PHONE, "Phone", file.phone),
        _yes_no(CERTIFIED, "Certified for CAIS production", file.certified),
        field(
            CERTIFIED_ON,
            "Certified since",
            date_input(file.certified_on),
            hint="PRODUCTION: the roadmap has a certification for that environment only (lines 110 to 112).",
            optional=True,
        ),
        field(
            NOTE,
            "Note",
            text_input(initial=file.note, multiline=True, longest=LONGEST_NOTE),
            hint="No personal data of customers, no account numbers.",
            optional=True,
        ),
    ]
    return Modal("Supervision file", blocks, scene.carry(AgentFileForm, agent=agent.id), submit="Save")


def _yes_no(block_id: str, label: str, said: Said) -> Block:
    # A radio button cannot be taken back in Slack, so that "not said" is a choice of its own.
    options = [option("Yes", "yes"), option("No", "no"), option("Not known yet", "unsaid")]
    return field(block_id, label, radio_input(options, said or "unsaid"), optional=True)


def _text(block_id: str, label: str, said: str, hint: str = "") -> Block:
    return field(block_id, label, text_input(initial=said, longest=LONGEST), hint=hint, optional=True)
