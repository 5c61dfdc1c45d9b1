"""Firms, their members and channels: the firm's card, the list, the picker and the modals."""

from collections.abc import Sequence

from bot.actions import Carried, fits
from bot.buttons import (
    FirmSettingsForm,
    LinkChannel,
    MemberForm,
    OpenFirmSettings,
    OpenMember,
    OpenReviewRule,
    OpenRules,
    OpenSetUp,
    PickFirm,
    RemoveMember,
    ShowCopy,
    ShowDocuments,
    ShowFirms,
    ShowMembers,
    ShowNext,
    ShowStatus,
    StopSummary,
    UnlinkChannel,
    UseFirm,
)
from bot.slack.places import channel_mention, mention, slack_id
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    Element,
    actions,
    button,
    clip,
    confirm,
    context,
    date_input,
    day,
    field,
    literal,
    option,
    radio_input,
    section,
    text_input,
    user_input,
)
from bot.views.firm_menu import firm_menu, fits_menu
from bot.views.naming import known_as
from bot.views.reviews import rules_in_short
from bot.views.scene import Scene, banner, next_button, progress_words
from bot.views.zones import ZONE_HINT, zone_input, zone_label
from flows.events import Every, RoleName
from flows.firms import RANK
from flows.history import SITUATIONS
from flows.ports import FirmSummary
from flows.position import Member
from flows.roadmap import Question
from flows.setting_up import LONGEST_NAME

FEW = 5
"""Firms that fit on buttons; more go into a select."""

LISTED = 20
"""Firms in a list that get a button each, and members likewise."""

SITUATION_CHOICES = (
    ("new", "New to CAIS reporting", "You walk the roadmap from step 1."),
    ("reporting", "Already reporting", "You record what was done earlier, with its day and proof."),
    ("changing", "Changing agent or clearing firm", "You walk the tasks that a change brings."),
)
"""Value, label and explanation of each situation a firm can be in."""

COLUMNS, COLUMN = 40, 2900
"""Sections a long list may take in a message, and characters in each."""

ROLES: tuple[tuple[RoleName, str, str], ...] = (
    ("lead", "Lead", "Does everything, and adds members"),
    ("member", "Member", "Answers, finishes tasks, adds evidence"),
    ("viewer", "Viewer", "Reads and changes nothing"),
)

FOREIGN = "That belongs to a firm you are not a member of, so there is nothing to show here. Nothing was changed."
NOT_YOURS = " If you should have it, its lead can add you."
FOREIGN_CHANNEL = (
    "This channel is linked to a firm you are not a member of. Its lead can add you. "
    "For your own firms, write to me in a direct message or name the firm: `/cais next for Example Securities`."
)


def person_name(member: Member) -> str:
    """A member's name as mrkdwn; a mention where it is not known, which Slack turns into the name."""
    return literal(member.name) if member.name else mention(member.person)


def firm_card(scene: Scene, *, role: RoleName | None, channel: str = "", note: str = "") -> Message:
    """One firm: what it is called, where it stands and who is in it. `channel` is the one we are in, if any."""
    position = scene.position
    leads = ", ".join(person_name(m) for m in position.members.values() if m.role == "lead") or "nobody"
    facts = [
        f"Situation: {SITUATIONS[position.situation]}",
        *([f"CRD number: {position.crd}"] if position.crd else []),
        f"Target: {day(position.target) if position.target else 'not set'}",
        f"Time zone: {literal(zone_label(position.time_zone))}",
        f"Lead: {leads}",
        f"Members: {len(position.members)}",
        f"Channels: {', '.join(map(channel_mention, position.channels)) or 'none linked'}",
        f"Your role: {role or 'workspace admin'}",
        f"Progress: {progress_words(scene)}",
    ]
    blocks = [section(f"*{literal(position.name)}*\n" + "\n".join(facts))]
    if note:
        blocks.insert(0, section(note))
    blocks += [*_summaries(scene, role), actions(*_ways(scene, role, channel)), banner(scene)]
    text = f"{literal(position.name)}: {SITUATIONS[position.situation]}, {progress_words(scene)}."
    return Message(f"{note} {text}".strip(), blocks)


POSTED: dict[Every, str] = {"once": "until its day is over", "daily": "each trading day", "weekly": "each week"}


def _summaries(scene: Scene, role: RoleName | None) -> list[Block]:
    """Where the firm's summary is to be posted and who set that up; a lead stops it here, in the channel or not."""
    blocks: list[Block] = []
    for place, posted in scene.position.posted.items():
        by = literal(posted.by_name or "a lead")
        where = f"Summary set up for {channel_mention(place)}, {POSTED[posted.every]}, by {by}"
        stop = button("Stop", scene.carry(StopSummary, channel=place), says=f"Stop the summary that {by} set up")
        blocks.append(section(where, accessory=stop) if role in ("lead", None) else section(where))
    return blocks


def summaries_ended(channels: Sequence[str]) -> str:
    """That with somebody the summaries have ended that they set up; empty where there were none."""
    if not channels:
        return ""
    where = ", ".join(map(channel_mention, channels))
    return (
        f" The firm's summary, which they had posted in {where}, is posted there no more. "
        "A lead who is in a channel starts it there again with `/cais summary weekly`."
    )


def _ways(scene: Scene, role: RoleName | None, channel: str) -> list[Element]:
    found = [
        *next_button(scene, "Next", style="primary"),
        button("Status", scene.carry(ShowStatus)),
        button("Members", scene.carry(ShowMembers)),
        button("Documents", scene.carry(ShowDocuments)),
    ]
    if role != "viewer":
        found.append(button("Settings", scene.carry(OpenFirmSettings)))
    if role == "lead":
        found.append(button("Copy answers…", scene.carry(ShowCopy), says="Copy answers from another firm"))
    if channel and role == "lead":
        if channel in scene.position.channels:
            found.append(button("Unlink this channel", scene.carry(UnlinkChannel, channel=channel)))
        else:
            found.append(button("Link this channel", scene.carry(LinkChannel, channel=channel)))
    return [*found, button("All my firms", scene.carry(ShowFirms))]


def picker(firms: Sequence[FirmSummary], then: str, note: str = "", near: Sequence[FirmSummary] = ()) -> Message:
    """Which firm is meant? What was typed goes on once one is chosen; of many the `near` ones have a button."""
    asked = "Which firm do you mean?"
    few = len(firms) <= FEW
    shown = [*near, *(f for f in firms if f not in near)] if few else near
    if not (all(fits(PickFirm(firm=f.key.firm, then=then)) for f in shown) and (few or fits_menu(then))):
        asked, then = f"{asked} What you typed is too long to be kept here: type it again once you have chosen.", ""
    if then:
        asked += f" I will go on with `{literal(then)}`." if len(then) <= 60 else " I will go on with what you typed."
    buttons = [button(known_as(f), PickFirm(firm=f.key.firm, then=then), says=f"Firm {known_as(f)}") for f in shown]
    blocks = [*([section(note)] if note else []), section(asked), *([actions(*buttons)] if buttons else [])]
    if not few:
        blocks.append(firm_menu(firms, PickFirm(then=then)))
    blocks.append(context("`/cais firm use` and a name makes a firm the one you mean from then on."))
    names = ", ".join(literal(f.name) for f in firms[:FEW])
    return Message(f"{note} {asked} {names}{', ...' if len(firms) > FEW else ''}".strip(), blocks)


def stranger(name: str, near: Sequence[FirmSummary], firms: Sequence[FirmSummary], then: str) -> Message:
    """No firm of this person is called so; which one is meant? Says the same whether others have it or not."""
    note = f"You have no firm called “{literal(clip(name, LONGEST_NAME))}”. Nothing was changed."
    if near:
        note += f" Close to it: {', '.join(f'*{literal(f.name)}*' for f in near)}."
    else:
        note += NOT_YOURS
    if not firms:
        return Message(note, [section(note), actions(button("All my firms", ShowFirms()))])
    return picker(firms, then, note, near)


def firm_list(mine: Sequence[FirmSummary], others: Sequence[FirmSummary], current: str, note: str = "") -> Message:
    """The person's firms; for a workspace admin the others too, marked as such."""
    firms = _by_name([*mine, *others])
    if not firms:
        return _no_firms(note)
    heading = f"*Your firms: {len(mine)}*" + (f" · others in this workspace: {len(others)}" if others else "")
    blocks = [section(note)] if note else []
    blocks.append(section(heading))
    if len(firms) <= LISTED:
        blocks += [section(_listed(f, current), accessory=_open(f)) for f in firms]
    else:
        blocks += _in_columns([_listed(f, current) for f in firms])
        blocks.append(firm_menu(firms, PickFirm(then="firm")))
    blocks.append(actions(button("Set up another firm", OpenSetUp())))
    counted = [_counted("Your firms", mine), _counted("Others in this workspace", others)]
    return Message(" ".join(filter(None, [note, *counted])), blocks)


def _by_name(firms: Sequence[FirmSummary]) -> list[FirmSummary]:
    return sorted(firms, key=lambda f: (f.name.casefold(), f.key.firm))


def _counted(whose: str, firms: Sequence[FirmSummary]) -> str:
    """How many there are, and their names; empty where there are none."""
    names = ", ".join(literal(f.name) for f in _by_name(firms)[:LISTED])
    return f"{whose} ({len(firms)}): {names}{', ...' if len(firms) > LISTED else '.'}" if firms else ""


def _no_firms(note: str) -> Message:
    text = f"{note} You are not a member of any firm yet.".strip()
    return Message(text, [section(text), actions(button("Set up your firm", OpenSetUp(), style="primary"))])


def _listed(firm: FirmSummary, current: str) -> str:
    marks: list[str] = [firm.role or "not a member"]
    if firm.key.firm == current:
        marks.append("your current firm")
    apart = f" ({literal(firm.apart)})" if firm.apart else ""
    return f"*{literal(firm.name)}*{apart} · {', '.join(marks)}"


def _open(firm: FirmSummary) -> Element:
    return button("Open", UseFirm(firm=firm.key.firm), says=f"Open {firm.name}")


def _in_columns(lines: Sequence[str]) -> list[Block]:
    """Many lines in few sections, each within Slack's length; how many are left out is said."""
    texts: list[str] = []
    for nth, line in enumerate(lines):
        if texts and len(texts[-1]) + 1 + len(line) <= COLUMN:
            texts[-1] += f"\n{line}"
        elif len(texts) < COLUMNS:
            texts.append(line)
        else:
            texts.append(f"and {len(lines) - nth} more")
            break
    return [section(text) for text in texts]


def members(scene: Scene, *, role: RoleName | None, note: str = "", then: Sequence[Block] = ()) -> Message:
    """Who is in the firm; a lead gets the buttons to change that. `then`: what is next for whom the note is about."""
    position = scene.position
    order = [r for r, _, _ in ROLES]
    listed = sorted(position.members.values(), key=lambda m: (order.index(m.role), m.name.casefold()))
    blocks = [*([section(note)] if note else []), *then]
    blocks.append(section(f"*Members of {literal(position.name)}: {len(listed)}*"))
    lines = [f"{person_name(m)} · {m.role}" for m in listed]
    if role == "lead" and len(listed) <= LISTED:
        for member, line in zip(listed, lines, strict=True):
            blocks += [section(line), _member_buttons(scene, member)]
    else:
        blocks += _in_columns(lines)
    ways = [button("Next", scene.carry(ShowNext))]
    if role == "lead":
        ways.insert(0, button("Add or change a member", scene.carry(OpenMember), style="primary"))
    blocks += [actions(*ways), banner(scene)]
    text = f"{note} Members of {literal(position.name)}: {', '.join(lines[:LISTED])}."
    return Message(text.strip(), blocks)


def _member_buttons(scene: Scene, member: Member) -> Block:
    name = member.name or "this person"
    off = confirm(
        f"Take {clip(name, 60)} off the firm?",
        f"They will no longer see {clip(scene.position.name, 60)}. What they recorded stays. Their tasks stay theirs "
        "until you hand them over, and summaries they had posted end. You can add them again.",
        "Take off",
    )
    change = scene.carry(OpenMember, person=member.person)
    remove = scene.carry(RemoveMember, person=member.person)
    return actions(
        button("Change role", change, says=f"Change role: {name}"),
        button("Take off the firm", remove, says=f"Take off the firm: {name}", confirm=off),
    )


def add_again(scene: Scene, leaving: Member) -> Block:
    """After somebody was taken off: the way back."""
    name = leaving.name or "this person"
    way = scene.carry(OpenMember, person=leaving.person, role=leaving.role)
    return actions(button(clip(f"Add {name} again", 70), way, says=f"Add to the firm again: {name}"))


def member_modal(scene: Scene, person: str = "", task: str = "", role: str = "") -> Modal:
    """Adds somebody or changes a role. `person` is who it is about, `task` what they shall own, if that is clear.

    `role` is what they were before, if they were.
    """
    kept = scene.position.members.get(person)
    roles = [option(label, value, explain) for value, label, explain in ROLES]
    before = role if role in RANK else "member"
    return Modal(
        title="Change a role" if kept else "Add a member",
        submit="Save",
        carried=scene.carry(MemberForm, task=task),
        blocks=[
            banner(scene),
            field("person", "Person", user_input(slack_id(person) if person else "")),
            field("role", "Role", radio_input(roles, kept.role if kept else before)),
            context("People you add see this firm from then on. Apps cannot be members."),
        ],
    )


def settings_modal(scene: Scene, *, lead: bool) -> Modal:
    """What can be changed of the firm (its name by a lead), as it is now; what it is filled with is carried along."""
    pack, position = scene.pack, scene.position
    carried = scene.carry(
        FirmSettingsForm,
        name=position.name,
        situation=position.situation,
        target=position.target.isoformat() if position.target else "",
        time_zone=position.time_zone,
        precheck=position.precheck,
        profile=position.profile,
        crd=position.crd,
    )
    situations = [option(label, value, explain) for value, label, explain in SITUATION_CHOICES]
    name = field("name", "Firm", text_input(initial=position.name, longest=LONGEST_NAME))
    target_hint = "The day the firm wants to be through. Leave it empty for none."
    return Modal(
        title="Firm settings",
        submit="Save",
        carried=carried,
        blocks=[
            banner(scene),
            *([name] if lead else []),
            field("situation", "Where does the firm stand?", radio_input(situations, position.situation)),
            field("target", "Target date", date_input(position.target), hint=target_hint, optional=True),
            field("time_zone", "Time zone", zone_input(position.time_zone), hint=ZONE_HINT),
            question_field("precheck", pack.precheck, position.precheck),
            question_field("profile", pack.profile, position.profile),
            field("crd", "CRD number", text_input(initial=position.crd, longest=30), optional=True),
            context(rules_in_short(scene)),
            *([_more_settings(scene)] if lead else []),
        ],
    )


def _more_settings(scene: Scene) -> Block:
    """What has a form of its own, for leads."""
    return actions(
        button("Reminders…", scene.carry(OpenRules), says="Reminders: the firm's numbers"),
        button("Ask for a review…", scene.carry(OpenReviewRule)),
    )


def question_field(block_id: str, question: Question, initial: str = "") -> Block:
    """What is asked at set-up beside the roadmap."""
    options = [option(o.label, o.id) for o in question.options]
    return field(block_id, question.ask, radio_input(options, initial), optional=True)


def channel_note(scene: Scene, channel: str, *, linked: bool) -> Message:
    """What a channel means from now on, with the way back."""
    where, name = channel_mention(channel), f"*{literal(scene.position.name)}*"
    if linked:
        text = f"Commands in {where} now mean {name}. Answers there are seen only by whoever asks."
        back = button("Unlink", scene.carry(UnlinkChannel, channel=channel))
    else:
        text = f"{where} is no longer linked to {name}. Nothing else changed."
        back = button("Link again", scene.carry(LinkChannel, channel=channel))
    onward = button("Next", scene.carry(ShowNext))
    return Message(text, [section(text), actions(back, onward), banner(scene)])


def offered(name: str, firms: Sequence[FirmSummary], ways: Sequence[Carried]) -> Message:
    """No firm of this person is called so; the nearest ones, if any, as buttons: `ways` are what those carry.

    Says the same whether others have it or not.
    """
    text = f"You have no firm called “{literal(name)}”. Nothing was changed."
    text += " Did you mean one of these?" if len(firms) > 1 else " Did you mean this one?" if firms else NOT_YOURS
    buttons = [button(f.name, way, says=f"Firm {f.name}") for f, way in zip(firms, ways, strict=True)]
    return Message(text, [section(text), actions(*buttons, button("All my firms", ShowFirms()))])
