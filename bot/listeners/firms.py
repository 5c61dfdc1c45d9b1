"""Hears about firms: which one is meant, its card, its members, its channels and its settings."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from difflib import get_close_matches
from typing import cast, get_args

import msgspec
from msgspec.structs import replace

from bot.buttons import (
    FirmSettingsForm,
    LinkChannel,
    MemberForm,
    OpenFirmSettings,
    OpenMember,
    PickFirm,
    RemoveMember,
    ShowFirms,
    ShowMembers,
    UnlinkChannel,
    UseFirm,
)
from bot.listeners.help import run
from bot.listeners.namesakes import told_apart
from bot.listeners.scenes import scene_for
from bot.listeners.who_is import about_named
from bot.router import Heard, Router
from bot.slack.places import is_channel, place
from bot.surfaces import Answer, Block, FieldErrors, Message, Open, Replace, Say
from bot.typed import words
from bot.views import firms as views
from bot.views import help as help_views
from bot.views import naming
from bot.views import owners as owner_views
from bot.views.blocks import literal
from bot.views.help import Offer
from flows import setting_up
from flows.events import FirmKey, RoleName, Situation
from flows.far_off import TOO_FAR, is_far_off
from flows.firms import Person, Refusal, require, role_of
from flows.naming import compared
from flows.own_dates import owned
from flows.ports import FirmSummary
from flows.position import Position
from flows.roadmap import Question
from flows.services import Services

NOT_A_CHANNEL = Refusal(
    "A direct message means no firm by itself, so nothing was changed. Type that in the channel you mean."
)
TAKEN_CHANNEL = Refusal(
    "This channel is linked to another firm already, so nothing was changed. "
    "A lead of that firm can unlink it with `/cais firm unlink`."
)

_AFTER_FIRM = ("list", "use", "new", "import", "copy", "members", "documents", "link", "unlink", "rename", "settings")


def register(router: Router) -> None:
    """What is heard here."""
    router.command("firm")(firm)
    router.command("firm list", "firms", firm=False)(list_firms)
    router.command("firm use", firm=False)(use_named)
    router.command("firm members", at_people=True, meets=True)(show_members)
    router.command("firm link")(link_here)
    router.command("firm unlink")(unlink_here)
    router.command("firm rename", free_text=True)(rename)
    router.command("firm settings", "settings")(settings)
    router.fallback("which_firm")(which_firm)
    router.fallback("foreign")(foreign)
    router.fallback("no_such_firm")(no_such_firm)
    router.action(UseFirm)(use)
    router.action(PickFirm, firm=False)(pick(router))
    router.action(ShowFirms, firm=False)(press_list)
    router.action(ShowMembers)(press_members)
    router.action(OpenMember)(open_member)
    router.submit(MemberForm, meets=True)(save_member)
    router.action(RemoveMember)(remove_member)
    router.action(LinkChannel)(link)
    router.action(UnlinkChannel)(unlink)
    router.action(OpenFirmSettings)(open_settings)
    router.submit(FirmSettingsForm)(save_settings)


# --- which firm -----------------------------------------------------------------------------------------------


async def foreign(heard: Heard, services: Services) -> Answer:
    """A firm this person is no member of: nothing of it is said."""
    return Say(Message(views.FOREIGN))


async def no_such_firm(heard: Heard, services: Services) -> Answer:
    """A firm was named that this person has not got: the same is said whether it exists or not."""
    return strange(heard.named, await in_reach(heard, services), heard.words)


def strange(name: str, firms: Sequence[FirmSummary], then: str) -> Answer:
    """Nobody's firm is called so, as far as this person may know: of these one is chosen, and the words go on."""
    return Say(views.stranger(name, _near(name, firms), firms, then))


async def which_firm(heard: Heard, services: Services) -> Answer:
    """Several firms, and none is meant: what was typed goes on once one is chosen."""
    note = views.FOREIGN_CHANNEL if heard.sighting.linked else ""
    return Say(views.picker(await told_apart(heard.sighting.firms, services), heard.words, note))


def pick(router: Router) -> Callable[[Heard, PickFirm, Services], Awaitable[Answer]]:
    """A firm was picked: it becomes the current one, and what was typed goes on."""

    async def listen(heard: Heard, carried: PickFirm, services: Services) -> Answer:
        chosen = carried.firm or (heard.chosen[0] if heard.chosen else "")
        position = await reachable(heard, services, chosen)
        await services.use(position, heard.act)
        sighting = msgspec.structs.replace(heard.sighting, position=position, current=chosen)
        return await run(router, replace(heard, sighting=sighting), services, carried.then)

    return listen


async def reachable(heard: Heard, services: Services, firm_id: str) -> Position:
    """The firm's position. Raises one and the same Refusal where there is none and where the person is not in it."""
    position = await services.events.position(FirmKey(heard.tenant, firm_id)) if firm_id else None
    if position is None or role_of(position, heard.who) is None:
        raise Refusal(views.FOREIGN, kind="foreign")
    return position


async def use(heard: Heard, carried: UseFirm, services: Services) -> Answer:
    """*Open* in a list of firms."""
    return Replace(await _use(heard, services, heard.firm))


async def _use(heard: Heard, services: Services, position: Position) -> Message:
    await services.use(position, heard.act)
    note = "This is your current firm now: commands that name no firm mean it."
    if heard.sighting.linked and heard.sighting.linked != position.key.firm:
        note += " In this channel they still mean the firm it is linked to."
    return _card(heard, services, position, note)


async def use_named(heard: Heard, services: Services) -> Answer:
    """`/cais firm use <name>`. A near miss is offered and not used."""
    firms = await in_reach(heard, services)
    if not heard.words.strip():
        apart = await told_apart(firms, services)
        return Say(views.picker(apart, "firm")) if firms else Say(views.firm_list((), (), ""))
    found = await one_called(heard.words, firms, services, "firm use")
    if not isinstance(found, FirmSummary):
        return found
    return Say(await _use(heard, services, await reachable(heard, services, found.key.firm)))


async def one_called(
    name: str, firms: Sequence[FirmSummary], services: Services, command: str, into: str = ""
) -> FirmSummary | Answer:
    """The firm that is named after the command, by the beginning of its name where no other begins so; else an answer.

    `into`: the id of the firm that the command is about, where it is another one. A button names one of several firms
    with one name by its id.
    """
    found = words.called(name, firms)
    if len(found) == 1:
        return found[0]
    if not found:
        near = await told_apart(_near(name, firms), services)
        return Say(views.offered(name, near, [way.button for way in _ways(near, command, into)]))
    return Say(naming.which(name, _ways(await told_apart(found, services), command, into)))


def _ways(firms: Sequence[FirmSummary], command: str, into: str) -> Sequence[naming.Way]:
    """The command as it goes on with each of these firms."""
    return [
        naming.Way(
            naming.known_as(firm),
            f"{command} {firm.name}",
            into,
            f"{command} {firm.key.firm if firm.apart else firm.name}",
            shared=bool(firm.apart),
        )
        for firm in firms
    ]


async def in_reach(heard: Heard, services: Services) -> Sequence[FirmSummary]:
    """The firms this person may see: their own, and for a workspace admin all."""
    if not heard.who.admin:
        return heard.sighting.firms
    roles = {f.key.firm: f for f in heard.sighting.firms}
    return [roles.get(f.key.firm, f) for f in await services.directory.all_firms(heard.tenant)]


def _near(name: str, firms: Sequence[FirmSummary]) -> Sequence[FirmSummary]:
    """Those that are called nearly so, or whose names begin nearly so, nearest first; then those in which it stands."""
    wanted = " ".join(compared(name).split())
    called: dict[str, list[FirmSummary]] = {}
    for firm in firms:
        whole = compared(firm.name)
        for spelled in {whole, " ".join(whole.split()[: len(wanted.split())])}:
            called.setdefault(spelled, []).append(firm)
    close = get_close_matches(wanted, called, n=views.FEW, cutoff=words.CUT_OFF)
    found = [firm for spelled in close for firm in called[spelled]]
    found += [f for f in firms if len(wanted) >= words.SHORTEST_BEGINNING and wanted in compared(f.name)]
    return list({firm.key: firm for firm in found}.values())[: views.FEW]


# --- the firm's card and the list -----------------------------------------------------------------------------


async def firm(heard: Heard, services: Services) -> Answer:
    """`/cais firm`; other words after it are the near miss of a command, or a firm's name."""
    if not heard.words.strip():
        return Say(_card(heard, services, heard.firm))
    first, _, rest = heard.words.strip().partition(" ")
    near = get_close_matches(first.casefold(), _AFTER_FIRM, n=3, cutoff=words.CUT_OFF)
    if near:
        firm_id = heard.firm.key.firm
        offered = [Offer(said := f"firm {name} {rest}".strip(), said, firm_id) for name in near]
        return Say(help_views.unknown(f"firm {heard.words}", offered, firm_id))
    return await use_named(heard, services)


def _card(heard: Heard, services: Services, position: Position, note: str = "") -> Message:
    channel = heard.channel if is_channel(heard.channel) else ""
    role = role_of(position, heard.who)
    return views.firm_card(scene_for(heard, services, position), role=role, channel=channel, note=note)


async def list_firms(heard: Heard, services: Services) -> Answer:
    """`/cais firm list`."""
    return Say(await _list(heard, services))


async def press_list(heard: Heard, carried: ShowFirms, services: Services) -> Answer:
    """*All my firms*."""
    return Replace(await _list(heard, services))


async def _list(heard: Heard, services: Services, note: str = "") -> Message:
    own = {f.key for f in heard.sighting.firms}
    every = await told_apart(await in_reach(heard, services), services)
    mine, others = [f for f in every if f.key in own], [f for f in every if f.key not in own]
    return views.firm_list(mine, others, heard.sighting.current, note)


# --- members --------------------------------------------------------------------------------------------------


async def show_members(heard: Heard, services: Services) -> Answer:
    """`/cais firm members`, also of somebody who is named behind it."""
    note, then = await about_named(heard, services) if heard.words.strip() else ("", ())
    scene, role = scene_for(heard, services), role_of(heard.firm, heard.who)
    return Say(views.members(scene, role=role, note=note, then=then))


async def press_members(heard: Heard, carried: ShowMembers, services: Services) -> Answer:
    """*Members*."""
    return Replace(views.members(scene_for(heard, services), role=role_of(heard.firm, heard.who)))


async def open_member(heard: Heard, carried: OpenMember, services: Services) -> Answer:
    """*Add or change a member*, *Change role*."""
    return Open(views.member_modal(scene_for(heard, services, heard.firm), carried.person, carried.task, carried.role))


async def save_member(heard: Heard, carried: MemberForm, services: Services) -> Answer:
    """The modal for a member was submitted."""
    if not heard.value("person"):
        return FieldErrors({"person": "Choose a person."})
    if heard.value("role") not in get_args(RoleName):
        return FieldErrors({"role": "Choose a role."})
    chosen = place(heard.tenant, heard.value("person"))
    known = (await services.directory.sight(heard.tenant, chosen)).known
    role = cast(RoleName, heard.value("role"))
    try:
        if chosen not in heard.firm.members:
            setting_up.check_joins(known.name, known.standing)
    except Refusal as refusal:
        return FieldErrors({"person": refusal.sentence})
    try:
        result = await services.set_member(heard.firm.key, heard.act, Person(chosen, known.name), role)
    except Refusal as refusal:
        return FieldErrors({"role": refusal.sentence})
    member = result.position.members[chosen]
    done = "is now a" if result.changed else "is already a"
    note = f"{views.person_name(member)} {done} {member.role} of *{literal(result.position.name)}*."
    note += views.summaries_ended([place for place in heard.firm.posted if place not in result.position.posted])
    scene = scene_for(heard, services, result.position)
    item = scene.walk.item(carried.task) if carried.task and role != "viewer" else None
    then = [owner_views.then_assign(scene, item, member)] if item else []
    return Replace(views.members(scene, role=role_of(result.position, heard.who), note=note, then=then))


async def remove_member(heard: Heard, carried: RemoveMember, services: Services) -> Answer:
    """*Take off the firm*, confirmed."""
    leaving = heard.firm.members.get(carried.person)
    result = await services.remove_member(heard.firm.key, heard.act, carried.person)
    if role_of(result.position, heard.who) is None:
        name = literal(result.position.name)
        return Replace(Message(f"You are no longer a member of *{name}*. What you recorded stays with the firm."))
    scene = scene_for(heard, services, result.position)
    note, then = "That person was not a member any more. Nothing was changed.", list[Block]()
    if result.changed and leaving:
        then.append(views.add_again(scene, leaving))
        note = f"{views.person_name(leaving)} is no longer a member. What they recorded stays."
        ended = [place for place in heard.firm.posted if place not in result.position.posted]
        note += views.summaries_ended(ended)
        left = len(owned(result.position, services.walk(result.position).items, carried.person))
        if left:
            theirs = "One open task still belongs" if left == 1 else f"{left} open tasks still belong"
            note += f" {theirs} to them: `/cais handover` gives {'it' if left == 1 else 'them'} to somebody else."
    return Replace(views.members(scene, role=role_of(result.position, heard.who), note=note, then=then))


# --- channels -------------------------------------------------------------------------------------------------


async def link_here(heard: Heard, services: Services) -> Answer:
    """`/cais firm link [name]`, in a channel."""
    if heard.words.strip():
        firms = await in_reach(heard, services)
        found = await one_called(heard.words, firms, services, "firm link", heard.firm.key.firm)
        if not isinstance(found, FirmSummary):
            return found
        meant = await reachable(heard, services, found.key.firm)
        heard = replace(heard, sighting=msgspec.structs.replace(heard.sighting, position=meant))
    return Say(await _link(heard, services, heard.channel))


async def link(heard: Heard, carried: LinkChannel, services: Services) -> Answer:
    """*Link this channel*."""
    return Replace(await _link(heard, services, carried.channel))


async def _link(heard: Heard, services: Services, channel: str) -> Message:
    if not is_channel(channel) or not channel.startswith(place(heard.tenant, "")):
        raise NOT_A_CHANNEL
    linked = (await services.directory.sight(heard.tenant, heard.who.id, channel)).linked
    if linked and linked != heard.firm.key.firm:
        own = next((f.name for f in heard.sighting.firms if f.key.firm == linked), "")
        taken = f"This channel is linked to {own}, so nothing was changed. `/cais firm unlink` here comes first."
        raise Refusal(taken) if own else TAKEN_CHANNEL
    result = await services.link_channel(heard.firm.key, heard.act, channel)
    return views.channel_note(scene_for(heard, services, result.position), channel, linked=True)


async def unlink_here(heard: Heard, services: Services) -> Answer:
    """`/cais firm unlink`, in a channel."""
    return Say(await _unlink(heard, services, heard.channel))


async def unlink(heard: Heard, carried: UnlinkChannel, services: Services) -> Answer:
    """*Unlink this channel*."""
    return Replace(await _unlink(heard, services, carried.channel))


async def _unlink(heard: Heard, services: Services, channel: str) -> Message:
    if not is_channel(channel):
        raise NOT_A_CHANNEL
    if channel not in heard.firm.channels:
        raise Refusal("This channel is not linked to this firm. Nothing was changed; `/cais firm` names its channels.")
    result = await services.unlink_channel(heard.firm.key, heard.act, channel)
    return views.channel_note(scene_for(heard, services, result.position), channel, linked=False)


# --- settings -------------------------------------------------------------------------------------------------


async def rename(heard: Heard, services: Services) -> Answer:
    """`/cais firm rename <name>`."""
    if not heard.words.strip():
        return await settings(heard, services)
    result = await services.rename(heard.firm.key, heard.act, heard.words, heard.sighting.firms)
    old = literal(heard.firm.name)
    note = f"Renamed from *{old}*. `/cais undo` takes it back." if result.changed else "It is called that already."
    return Say(_card(heard, services, result.position, note))


async def settings(heard: Heard, services: Services) -> Answer:
    """`/cais firm settings`. Words in a message cannot open a window: the card there has the button."""
    if heard.kind in ("command", "action"):
        return _settings(heard, services)
    return Say(_card(heard, services, heard.firm, "Press *Settings* to change what was entered at set-up."))


async def open_settings(heard: Heard, carried: OpenFirmSettings, services: Services) -> Answer:
    """*Settings*."""
    return _settings(heard, services)


def _settings(heard: Heard, services: Services) -> Answer:
    require(heard.firm, heard.who, "member")
    lead = role_of(heard.firm, heard.who) == "lead"
    return Open(views.settings_modal(scene_for(heard, services, heard.firm), lead=lead))


def _altered(heard: Heard, carried: FirmSettingsForm) -> dict[str, str]:
    """What the person altered in the form, by field: what only stood there may have been changed by others since.

    A form of an earlier version carries nothing of what it was filled with; there everything counts.
    """
    fields = ("name", "situation", "target", "time_zone", "precheck", "profile", "crd")
    given = {name: heard.value(name) for name in fields if name in heard.values}
    return {name: value for name, value in given.items() if not carried.situation or value != getattr(carried, name)}


async def save_settings(heard: Heard, carried: FirmSettingsForm, services: Services) -> Answer:
    """The settings were submitted: what was altered is changed, all at once."""
    altered = _altered(heard, carried)
    target = date.fromisoformat(altered["target"]) if altered.get("target") else None
    if "situation" in altered and altered["situation"] not in get_args(Situation):
        return FieldErrors({"situation": "Choose where the firm stands."})
    if target and target != heard.firm.target and target <= services.today(heard.firm):
        return FieldErrors({"target": "The target must be a day in the future. Pick a later day, or leave it empty."})
    if target != heard.firm.target and is_far_off(target, services.today(heard.firm)):
        return FieldErrors({"target": TOO_FAR.sentence})
    try:
        setting_up.check_crd(altered.get("crd", ""))
    except Refusal as refusal:
        return FieldErrors({"crd": refusal.sentence})
    try:
        result = await services.settle(
            heard.firm.key,
            heard.act,
            heard.sighting.firms,
            name=altered.get("name", ""),
            situation=cast(Situation | None, altered.get("situation")),
            time_zone=altered.get("time_zone", ""),
            target=target,
            keep_target="target" not in altered,
            precheck=_known(altered.get("precheck", ""), services.pack.precheck),
            profile=_known(altered.get("profile", ""), services.pack.profile),
            crd=altered.get("crd"),
        )
    except Refusal as refusal:
        return FieldErrors({"name" if heard.values.get("name") else "situation": refusal.sentence})
    note = "Saved. `/cais undo` takes it back." if result.changed else "Nothing was different, so nothing was changed."
    return Replace(_card(heard, services, result.position, note))


def _known(value: str, question: Question) -> str:
    return value if value in {o.id for o in question.options} else ""
