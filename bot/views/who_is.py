"""What a person who was named is in a firm, or how they get in: above its members."""

from collections.abc import Sequence

from bot.buttons import OpenMember
from bot.slack.places import mention
from bot.surfaces import Block
from bot.views.blocks import actions, button, clip, literal
from bot.views.owners import ask_a_lead
from bot.views.scene import Scene
from flows.ports import Known

Words = tuple[str, Sequence[Block]]
"""A sentence, safe in mrkdwn, and what is to be pressed."""


def member_or_not(scene: Scene, known: Known, *, lead: bool) -> Words:
    """Somebody who is in Slack. A lead gets the button that adds them, or changes their role."""
    kept = scene.position.members.get(known.person)
    name = (kept.name if kept else "") or known.name
    shown, firm = literal(name) if name else mention(known.person), literal(scene.position.name)
    if kept:
        text, label = f"{shown} is a {kept.role} of *{firm}*.", f"Change the role of {name or 'this person'}"
        how = "Their role can be changed here." if lead else "A lead of the firm can change that."
    else:
        text, label = f"{shown} is no member of *{firm}*.", f"Add {name or 'this person'}"
        how = f"*{literal(clip(label, 70))}* makes them one." if lead else ask_a_lead(scene)
        if known.standing == "guest":
            how += " They are a guest of the workspace: they may be added only if they may see this firm."
    change = scene.carry(OpenMember, person=known.person)
    return f"{text} {how}", [actions(button(clip(label, 70), change, says=label))] if lead else []


def nobody(scene: Scene, name: str, *, lead: bool) -> Words:
    """A name that is no member's, and that Slack linked to nobody."""
    how = "*Add or change a member* below finds everybody in the workspace." if lead else ask_a_lead(scene)
    what = f"Nobody of *{literal(scene.position.name)}* is called “{literal(clip(name, 80))}”. Nothing was changed."
    pick = "To name a person, type `@` and pick from the list Slack shows, like `/cais firm members @ben`."
    return f"{what} {pick} {how}", ()
