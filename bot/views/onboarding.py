"""What a newcomer sees: the invitation, the set-up modal, and the welcome once the firm is there."""

from bot.buttons import AnswerPrecheck, OpenChangeOfAgent, OpenSetUp, SetUpForm, ShowHelp, ShowNext
from bot.slack.places import channel_mention
from bot.surfaces import Message, Modal
from bot.views import dated
from bot.views.blocks import (
    Element,
    actions,
    button,
    channel_input,
    clip,
    context,
    date_input,
    day,
    escape,
    field,
    literal,
    option,
    radio_input,
    section,
    text_input,
    user_input,
)
from bot.views.firms import SITUATION_CHOICES, person_name, question_field
from bot.views.milestones import past_all_milestones
from bot.views.scene import Scene, banner
from bot.views.zones import ZONE_HINT, zone_input
from flows.position import Position
from flows.roadmap import Pack
from flows.setting_up import LONGEST_NAME

WHAT_THIS_IS = (
    "I walk a small broker-dealer through FINRA CAT's Small Firm Roadmap for CAIS, one step at a time. "
    "I remember what was done, by whom and on what evidence, and always know what is next."
)

CHANGED_LATER = (
    "`/cais firm settings` changes what you entered, `/cais firm members` the lead and your colleagues, "
    "`/cais firm link` the channel."
)


def invitation(*, any_firm: bool, admin: bool = False, linked: bool = False, typed: str = "") -> Message:
    """For somebody who is in no firm. Names none of the firms that are there. `typed` is what needs a firm first."""
    if any_firm:
        situation = (
            "Firms are set up in this workspace, but you are not a member of any. "
            "Ask a lead to add you, or set up another firm."
        )
    else:
        situation = (
            "No firm is set up in this workspace yet. Whoever sets one up becomes its lead; "
            "it takes a minute, and everything can be changed later."
        )
    if typed:
        situation = f"`{literal(clip(typed, 60))}` needs a firm first, so nothing was recorded. {situation}"
    blocks = [section(f"*Welcome.* {WHAT_THIS_IS}"), section(situation)]
    if linked:
        blocks.append(context("This channel is linked to a firm that you are not a member of."))
    if admin and any_firm:
        blocks.append(context("You run this workspace: `/cais firm list` shows you every firm."))
    set_up = button("Set up your firm", OpenSetUp(), style="primary")
    blocks.append(actions(set_up, button("What can I type?", ShowHelp())))
    return Message(f"Welcome. {WHAT_THIS_IS} {situation}", blocks)


def for_installer() -> Message:
    """The first message of all, to whoever added the app to Slack."""
    way = (
        "Press *Set up your firm*, enter its name, and the first task is on the next card. Whoever sets it up leads "
        "it: if that is not you, ask them to type `/cais`."
    )
    apart = "I read no channels. `/cais` works in any of them, and only you see what I answer there."
    set_up = button("Set up your firm", OpenSetUp(), style="primary")
    blocks = [
        section(f"*I am installed.* {WHAT_THIS_IS}"),
        section(way),
        actions(set_up, button("What can I type?", ShowHelp())),
        context(apart),
    ]
    return Message(f"I am installed. {WHAT_THIS_IS} {way.replace('*', '')}", blocks)


def way_to_set_up(name: str) -> Message:
    """Where words were typed that cannot open a window by themselves."""
    text = "Press the button to set up a firm."
    return Message(text, [section(text), actions(button("Set up a firm", OpenSetUp(name=name), style="primary"))])


def set_up_modal(pack: Pack, *, me: str, zone: str = "", name: str = "") -> Modal:
    """The set-up form. `me` is the Slack id of the person, who is offered as lead."""
    situations = [option(label, value, explain) for value, label, explain in SITUATION_CHOICES]
    return Modal(
        title="Set up your firm",
        submit="Set up",
        carried=SetUpForm(),
        blocks=[
            field("name", "Firm", text_input(initial=name, longest=LONGEST_NAME, placeholder="Example Securities LLC")),
            field("situation", "Where does the firm stand?", radio_input(situations, "new")),
            field(
                "target",
                "Target date",
                date_input(placeholder="Not decided yet"),
                hint="The day you want to be through. It can be set or changed later.",
                optional=True,
            ),
            field("lead", "Lead", user_input(me), hint="Looks after the firm's roadmap and adds members."),
            field(
                "channel",
                "Channel",
                channel_input(),
                hint="Commands in this channel then mean this firm.",
                optional=True,
            ),
            question_field("precheck", pack.precheck),
            question_field("profile", pack.profile),
            field("time_zone", "Time zone", zone_input(zone if zone.startswith("America/") else ""), hint=ZONE_HINT),
        ],
    )


def welcome(scene: Scene) -> Message:
    """The firm is set up: who leads it, where it is heard, what the form left open, and what comes next."""
    pack, position, walk = scene.pack, scene.position, scene.walk
    leads = ", ".join(person_name(m) for m in position.members.values() if m.role == "lead")
    facts = [f"Lead: {leads}"]
    if position.channels:
        facts.append(f"Channel: {channel_mention(position.channels[0])}. Commands there mean this firm.")
    if position.target:
        facts.append(f"Target: {day(position.target)}")
    blocks = [section(f"*{literal(position.name)}* is set up.\n" + "\n".join(facts))]
    if position.target and (said := dated.target_note(scene)):
        blocks.append(context(f"ℹ️ {said}"))
    explained, buttons = _by_situation(scene)
    blocks += [section(explained)]
    if pre := _precheck_said(pack, position):
        blocks.append(context(pre))
    following = f"Next: *{literal(walk.next.title)}*" if walk.next else "`/cais` shows where you are."
    if position.situation == "new" and not position.precheck:
        following, buttons = f"*Before you begin:* {escape(pack.precheck.ask)}", _precheck_answers(scene)
    after = button("Next", scene.carry(ShowNext), style=None if buttons else "primary")
    blocks += [section(following), actions(*buttons, after)]
    blocks.append(context(CHANGED_LATER))
    blocks.append(banner(scene))
    after_that = f" Next: {literal(walk.next.title)}" if walk.next else ""
    return Message(f"{literal(position.name)} is set up. {explained.replace('*', '')}{after_that}", blocks)


def _by_situation(scene: Scene) -> tuple[str, list[Element]]:
    if scene.position.situation == "reporting":
        said = (
            "Your firm reports already, so most of this is behind you. Go through the tasks and choose *Already done "
            "earlier* where that is so: enter the day it happened, and add the proof you have."
        )
        return said, []
    if scene.position.situation == "changing":
        said = (
            "Name the agent or clearing firm that leaves and the one that comes. The tasks of the change are then "
            "added to your roadmap; what was done before stays on record."
        )
        change = scene.carry(OpenChangeOfAgent)
        return said, [button("Name the agents that change", change, style="primary")]
    if past_all_milestones(scene):
        return f"{scene.pack.wording.new_firm} {dated.HOW}", []
    return "You walk the roadmap from step 1, one task at a time.", []


def _precheck_answers(scene: Scene) -> list[Element]:
    """The one question beside the roadmap, asked here of whoever left it open in the form, and not again."""
    return [
        button(o.label, scene.carry(AnswerPrecheck, value=o.id), says=f"Transaction onboarding: {o.label}")
        for o in scene.pack.precheck.options
    ]


def _precheck_said(pack: Pack, position: Position) -> str:
    chosen = next((o for o in pack.precheck.options if o.id == position.precheck), None)
    return f"Transaction onboarding: {chosen.label}. {chosen.explain}" if chosen and chosen.explain else ""
