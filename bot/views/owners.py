"""Owners: the modals that assign a task or hand tasks over, and what stands in the way."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.actions import fits
from bot.buttons import AssignForm, AssignTo, HandoverForm, OpenAssign, OpenMember, RunCommand
from bot.slack.places import slack_id
from bot.surfaces import Block, Message, Modal
from bot.views import dated
from bot.views.blocks import Element, actions, button, clip, context, field, literal, section, user_input
from bot.views.dates import about, box, with_note
from bot.views.rules import WORDS
from bot.views.scene import Scene, banner
from bot.views.tasks import Top
from flows.habits import Reach
from flows.ports import Known
from flows.position import Member, Owner
from flows.walk import LEFT, Item

MOST_LEADS = 4
MOST_OFFERED = 5
PERSON, NOBODY, GIVER = "person", "nobody", "giver"


def assign_modal(scene: Scene, item: Item, *, below: bool = False) -> Modal:
    """Who the task belongs to. `below`: the message it was opened from stays."""
    kept = dated.owner(scene, item)
    blocks = [
        about(scene, item),
        field(
            PERSON, "Owner", user_input(slack_id((kept.person if kept else "") or scene.viewer)), optional=bool(kept)
        ),
    ]
    if kept:
        blocks.append(box(NOBODY, "Or take the owner off", "It belongs to nobody"))
    return Modal("Assign a task", blocks, scene.carry(AssignForm, task=item.key, below=below), submit="Assign")


def handover_modal(scene: Scene, giver: str = "") -> Modal:
    """All open tasks of one person go to another. `giver`: Slack's id of who was named, else whoever looks."""
    blocks = [
        section(f"*{literal(scene.position.name)}*\nAll open tasks of one person go to another, in one go."),
        field(
            GIVER,
            "From",
            user_input(giver or slack_id(scene.viewer)),
            hint="Tasks of somebody else are for a lead to hand over.",
        ),
        field(PERSON, "To", user_input()),
    ]
    return Modal("Hand tasks over", blocks, scene.carry(HandoverForm), submit="Hand over")


def no_member(scene: Scene, name: str, person: str, *, task: str = "", lead: bool, guest: bool = False) -> Message:
    """Whom a task shall belong to is no member of the firm: the way to make them one, after which it is offered."""
    called = f"*{literal(name)}*" if name else "That person"
    sentence = f"{called} is no member of {literal(scene.position.name)}, so nothing was assigned."
    then = (
        "Add them first: then one press gives them the task." if task else "Add them, then hand the tasks over again."
    )
    how = then if lead else ask_a_lead(scene)
    note = " They are a guest of the workspace: only add them if they may see this firm." if guest else ""
    add = scene.carry(OpenMember, person=slack_id(person), task=task)
    ways = [button("Add as a member…", add)] if lead else []
    text = f"{sentence} {how}{note}"
    return Message(text.replace("*", ""), [banner(scene), section(text), *([actions(*ways)] if ways else [])])


def ask_a_lead(scene: Scene) -> str:
    """Who may add somebody, by name."""
    leads = [literal(m.name or "somebody") for m in scene.position.members.values() if m.role == "lead"]
    named = ", ".join(leads[:MOST_LEADS]) + (f" and {len(leads) - MOST_LEADS} more" if len(leads) > MOST_LEADS else "")
    whom = f"Ask a lead of the firm to add them: {named}." if leads else "Ask a workspace admin to add them."
    return f"{whom} They do it in `/cais firm members`."


def stranger(scene: Scene, item: Item | None, name: str, near: Sequence[str], *, lead: bool) -> Message:
    """A name no member has, or several have. `near`: the members it may mean. Without a task none is offered for it."""
    members, firm = scene.position.members, literal(scene.position.name)
    called, said = f"“{literal(clip(name, 80))}”", name.lstrip("@").casefold()
    several = sum(said in members[p].name.casefold().split() or said == members[p].name.casefold() for p in near) > 1
    what = f"Several people of *{firm}* are called {called}" if several else f"Nobody of *{firm}* is called {called}"
    ways: list[Element] = []
    asks = ""
    if near and item:
        asks = " Which one do you mean?" if several else " Did you mean one of these?"
        ways = [_offer(scene, item, members[person]) for person in near]
    elif near:
        asks = f" Known are {', '.join(literal(members[p].name) for p in near)}."
    if lead:
        add = scene.carry(OpenMember, task=item.key if item else "")
        ways.append(button("Add a member…", add, says=f"Add a member of {scene.position.name}"))
    how = (
        f"To name a person, type `@` and pick from the list Slack shows, like `/cais assign {_short(item)} @ben`; "
        "`to me` and `nobody` work too. Only members of the firm own its tasks."
    )
    text = f"{what}. Nothing was changed.{asks}"
    more = how if lead else f"{how} {ask_a_lead(scene)}"
    blocks = [banner(scene), section(text), *([actions(*ways)] if ways else []), context(more)]
    return Message(f"{text} {more}".replace("*", "").replace("`", ""), blocks)


def one_owner(scene: Scene, item: Item, named: Sequence[Known]) -> Message:
    """Several people were named for one task: it has one owner, and each of them is offered."""
    text = f"A task has one owner. Nothing was changed. Whose is “{literal(item.title)}”?"
    ways = [_offer(scene, item, known) for known in named[:MOST_OFFERED]]
    more = "The others can still do it: whoever is a member may finish any task of the firm."
    blocks = [banner(scene), section(text), actions(*ways), context(more)]
    return Message(f"{literal(scene.position.name)}: {text}", blocks)


def to_whom(scene: Scene, item: Item) -> Message:
    """A task shall be taken from somebody, and nothing was said of who gets it: the ways there are."""
    kept = dated.owner(scene, item)
    text = f"“{literal(item.title)}”: to whom, or to nobody? Nothing was changed. {owner_note(scene, item)}"
    mine, carried = slack_id(scene.viewer), scene.carry(OpenAssign, task=item.key, below=True)
    ways = [button("Assign…", carried, says=f"Assign {item.title}")]
    if kept is None or kept.person != scene.viewer:
        to_me = scene.carry(AssignTo, task=item.key, person=mine)
        ways.append(button("To me", to_me, says=f"Assign {item.title} to me"))
    if kept:
        ways.append(button("To nobody", scene.carry(AssignTo, task=item.key), says=f"Take the owner off {item.title}"))
    more = f"Or write it, like `/cais assign {item.key} to @ben`."
    blocks = [banner(scene), section(text), actions(*ways), context(more)]
    return Message(f"{literal(scene.position.name)}: {text}", blocks)


def not_told(reach: Reach) -> str:
    """That an owner cannot be reached and why, safe in mrkdwn."""
    word = WORDS.get(reach.blocked, "Slack did not take my last message for them")
    guest = "They are a guest of the workspace, whom messages from apps may not reach"
    why = guest if reach.standing == "guest" else f"I cannot reach them: {word}"
    until = "" if reach.standing else " As soon as they write to me or press one of my buttons, they are told again."
    return f"{why}. They are not told of it; the firm's leads are reminded in their place.{until}"


def with_former(scene: Scene, top: Top, was: Owner | None, *, several: bool = False) -> Top:
    """What was recorded of an owner, and whom it belonged to before: they learn of it from whoever changed it."""
    if was is None:
        return top
    before = f"Before, {'they' if several else 'it'} belonged to"
    if was.person == scene.viewer:
        return with_note(top, f"{before} you.")
    tell = " I do not tell them: let them know." if was.person in scene.position.members else ""
    return with_note(top, f"{before} {dated.owner_name(scene, was)}.{tell}")


def not_dated(scene: Scene, item: Item, top: Top, when: str) -> Top:
    """What was recorded of an owner; a date was typed behind it, which is set by another command."""
    typed = f"due {item.key} {when}"
    text = f"Its date was not changed: `/cais {literal(clip(typed, 80))}` does that."
    again = RunCommand(firm=scene.position.key.firm, words=typed)
    way = [actions(button(clip(f"/cais {typed}", 70), again, says=f"Run {typed}"))] if fits(again) else []
    noted = with_note(top, text)
    return Top(noted.text.replace("`", ""), (*noted.blocks, *way))


def not_assigned(scene: Scene, said: Message, item: Item, member: Member | None, to: str) -> Message:
    """What was said of a date; a person was typed behind it, which is set by another command."""
    text = f"Whose it is was not changed: `/cais assign {item.key} {to}` does that."
    way = [then_assign(scene, item, member)] if member and item.state in LEFT else []
    return _with_ways(said, text, way)


def belongs_to_nobody(said: Message) -> Message:
    """What was said of the date of a step or of every year; a person was typed behind it."""
    return _with_ways(
        said, "A date of a step or of every year belongs to nobody: single tasks are given with `/cais assign`.", ()
    )


def _with_ways(said: Message, text: str, ways: Sequence[Block]) -> Message:
    plain = f"{said.text} {text.replace('`', '')}"
    return replace(said, text=plain, blocks=(*said.blocks, context(f"ℹ️ {text}"), *ways))


def _short(item: Item | None) -> str:
    return item.task.id if item else "s2"


def _offer(scene: Scene, item: Item, member: Member | Known) -> Element:
    to, name = scene.carry(AssignTo, task=item.key, person=slack_id(member.person)), member.name or "somebody"
    return button(clip(f"Assign to {name}", 70), to, says=f"Assign {item.title} to {name}")


def then_assign(scene: Scene, item: Item, member: Member) -> Block:
    """After somebody was added for the sake of a task: the way to give it to them."""
    return actions(_offer(scene, item, member))


def owner_note(scene: Scene, item: Item) -> str:
    """Who owns a task now, safe in mrkdwn."""
    kept = dated.owner(scene, item)
    return f"It belongs to {dated.owner_name(scene, kept)}." if kept else "It belongs to nobody."
