"""Owners: the modals that assign a task or hand tasks over, and what stands in the way."""

from bot.buttons import AssignForm, HandoverForm, OpenMember
from bot.slack.places import slack_id
from bot.surfaces import Message, Modal
from bot.views import dated
from bot.views.blocks import actions, button, field, literal, section, user_input
from bot.views.dates import about, box
from bot.views.scene import Scene, banner
from flows.walk import Item

PERSON, NOBODY, GIVER = "person", "nobody", "giver"


def assign_modal(scene: Scene, item: Item) -> Modal:
    """Who the task belongs to."""
    kept = dated.owner(scene, item)
    blocks = [
        about(scene, item),
        field(
            PERSON, "Owner", user_input(slack_id((kept.person if kept else "") or scene.viewer)), optional=bool(kept)
        ),
    ]
    if kept:
        blocks.append(box(NOBODY, "Or take the owner off", "It belongs to nobody"))
    return Modal("Assign a task", blocks, scene.carry(AssignForm, task=item.key), submit="Assign")


def handover_modal(scene: Scene) -> Modal:
    """All open tasks of one person go to another."""
    blocks = [
        section(f"*{literal(scene.position.name)}*\nAll open tasks of one person go to another, in one go."),
        field(
            GIVER,
            "From",
            user_input(slack_id(scene.viewer)),
            hint="Tasks of somebody else are for a lead to hand over.",
        ),
        field(PERSON, "To", user_input()),
    ]
    return Modal("Hand tasks over", blocks, scene.carry(HandoverForm), submit="Hand over")


def no_member(scene: Scene, name: str, person: str, *, lead: bool, guest: bool = False) -> Message:
    """Whom a task shall belong to is no member of the firm: the way to make them one."""
    called = f"*{literal(name)}*" if name else "That person"
    sentence = f"{called} is no member of {literal(scene.position.name)}, so nothing was assigned."
    how = (
        "Add them, then assign the task again." if lead else "Ask a lead of the firm to add them: `/cais firm members`."
    )
    note = " They are a guest of the workspace: only add them if they may see this firm." if guest else ""
    ways = [button("Add as a member…", scene.carry(OpenMember, person=slack_id(person)))] if lead else []
    text = f"{sentence} {how}{note}"
    return Message(text.replace("*", ""), [banner(scene), section(text), *([actions(*ways)] if ways else [])])


def owner_note(scene: Scene, item: Item) -> str:
    """Who owns a task now, safe in mrkdwn."""
    kept = dated.owner(scene, item)
    return f"It belongs to {dated.owner_name(scene, kept)}." if kept else "It belongs to nobody."
