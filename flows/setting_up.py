"""Deciding about the firm itself: set-up, its members, its channels, its target."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from flows import events as e
from flows import guard
from flows.events import AnyEvent, RoleName, Situation
from flows.far_off import must_not_be_far_off
from flows.firms import Person, Refusal, require
from flows.habits import Standing
from flows.naming import compared, composed
from flows.position import Position
from flows.zones import known_zone

LONGEST_NAME = 80
LONGEST_CRD = 8
"""Digits: CRD numbers have up to seven today, and a Social Security number has nine."""


def set_up(
    position: Position,
    who: Person,
    *,
    name: str,
    situation: Situation,
    today: date,
    taken: Sequence[str],
    time_zone: str = "America/New_York",
    target: date | None = None,
    lead: Person | None = None,
    channel: str = "",
    precheck: str = "",
    profile: str = "",
    crd: str = "",
    people: Sequence[tuple[Person, RoleName]] = (),
) -> list[AnyEvent]:
    """A new firm. Whoever sets it up is a member, and its lead unless another lead is named.

    With `people`, a lead among them, these are its members and nobody else.
    `taken` are the names of the firms this person can already see.
    """
    clean = check_name(name, taken)
    if position.version:
        return []
    if target and target <= today:
        raise Refusal("The target must be a day in the future. It can be left empty and set later.")
    must_not_be_far_off(target, today)
    events: list[AnyEvent] = [
        e.FirmSetUp(name=clean, situation=situation, time_zone=check_zone(time_zone), target=target)
    ]
    events += [e.MemberSet(person=p.id, name=p.name, role=role) for p, role in people or _first_members(who, lead)]
    if channel:
        events.append(e.ChannelLinked(channel=channel))
    if precheck:
        events.append(e.PrecheckAnswered(value=precheck))
    if profile:
        events.append(e.ProfileAnswered(value=profile))
    if crd:
        events.append(e.CrdEntered(crd=check_crd(crd)))
    return events


def _first_members(who: Person, lead: Person | None) -> list[tuple[Person, RoleName]]:
    if lead is None or lead.id == who.id:
        return [(who, "lead")]
    return [(who, "member"), (lead, "lead")]


def firm_id(cause: str) -> str:
    """The id of the firm that this click, or this line of a list, sets up: the same again is the same firm."""
    return "f" + hashlib.sha256(cause.encode()).hexdigest()[:15]


def check_length(name: str) -> str:
    """The name. Raises Refusal where it is too long for a firm."""
    if len(name) > LONGEST_NAME:
        raise Refusal(f"A firm's name may have {LONGEST_NAME} characters at most. Use a shorter one.")
    return name


def check_name(name: str, taken: Sequence[str]) -> str:
    """The name, its spaces in order and its letters composed.

    Raises Refusal where it is empty, a command, too long, taken, or looks like personal data.
    """
    # What nobody sees, such as a mark that turns the direction of writing, would make two names look like one.
    clean = composed(" ".join("".join(c for c in name if unicodedata.category(c) != "Cf").split()))
    if not any(c.isalnum() for c in clean):
        raise Refusal("Give the firm a name, as it stands in its registration.")
    if clean.startswith("/") or clean.casefold() == "cais":
        raise Refusal(f"“{clean[:LONGEST_NAME]}” reads like a command, not like a firm. Give the firm's own name.")
    check_length(clean)
    if compared(clean) in {compared(t) for t in taken}:
        raise Refusal(f"You already have a firm called {clean}. Use another name, or open it with `/cais firm use`.")
    guard.check([clean], ticket=False, way_on=False)
    return clean


def check_crd(crd: str) -> str:
    """The number without what is written around it, empty where there is none. Raises Refusal where it is no number."""
    clean = re.sub(r"(?i)\b(?:crd|no|number)\b|[\s.:#]", "", crd)
    if clean and not re.fullmatch(rf"[0-9]{{1,{LONGEST_CRD}}}", clean):
        raise Refusal(f"A CRD number has up to {LONGEST_CRD} digits and nothing else, like 123456.")
    return clean.lstrip("0")


def check_zone(time_zone: str) -> str:
    """An IANA name. Raises Refusal where it is none."""
    zone = known_zone(time_zone)
    if zone is None:
        raise Refusal("That time zone is not known. Use a name like America/New_York.")
    return zone.key


def rename(position: Position, who: Person, name: str, taken: Sequence[str]) -> list[AnyEvent]:
    """Another name for the firm."""
    require(position, who, "lead")
    if composed(" ".join(name.split())) == composed(position.name):
        return []
    others = [t for t in taken if compared(t) != compared(position.name)]
    return [e.FirmRenamed(name=check_name(name, others))]


def set_situation(position: Position, who: Person, situation: Situation) -> list[AnyEvent]:
    """New, already reporting, or changing agent."""
    require(position, who, "member")
    return [] if position.situation == situation else [e.SituationChanged(situation=situation)]


def set_target(
    position: Position, who: Person, target: date | None, today: date, seen: int | None = None
) -> list[AnyEvent]:
    """The day the firm wants to be ready; None clears it. Nothing new where somebody set one since `seen`."""
    require(position, who, "member")
    if target and target <= today:
        raise Refusal("The target must be a day in the future. Nothing was changed.")
    must_not_be_far_off(target, today)
    outdated = seen is not None and position.target_sequence > seen
    return [] if outdated or position.target == target else [e.TargetSet(target=target)]


def set_zone(position: Position, who: Person, time_zone: str) -> list[AnyEvent]:
    """The zone the firm's days and times are shown in, as an IANA name."""
    require(position, who, "member")
    clean = check_zone(time_zone)
    return [] if position.time_zone == clean else [e.TimeZoneSet(time_zone=clean)]


def settle(
    position: Position,
    who: Person,
    *,
    today: date,
    taken: Sequence[str],
    name: str = "",
    situation: Situation | None = None,
    time_zone: str = "",
    target: date | None = None,
    keep_target: bool = False,
    precheck: str = "",
    profile: str = "",
    crd: str | None = None,
) -> list[AnyEvent]:
    """Settings, several as one click: only what differs is a change, and what is empty or None stays as it is.

    An empty target or CRD number clears it; with `keep_target` the target stays as it is.
    """
    keep_target = keep_target or target == position.target
    return [
        *(rename(position, who, name, taken) if name else []),
        *(set_situation(position, who, situation) if situation else []),
        *(set_zone(position, who, time_zone) if time_zone else []),
        *(set_target(position, who, target, today) if not keep_target else []),
        *(answer_precheck(position, who, precheck) if precheck else []),
        *(answer_profile(position, who, profile) if profile else []),
        *(enter_crd(position, who, crd) if crd is not None else []),
    ]


def answer_precheck(position: Position, who: Person, value: str) -> list[AnyEvent]:
    """Whether transaction onboarding is done; asked once, and no step of the roadmap."""
    require(position, who, "member")
    return [] if position.precheck == value else [e.PrecheckAnswered(value=value)]


def answer_profile(position: Position, who: Person, value: str) -> list[AnyEvent]:
    """What kind of firm it says it is; asked at set-up."""
    require(position, who, "member")
    return [] if position.profile == value else [e.ProfileAnswered(value=value)]


def enter_crd(position: Position, who: Person, crd: str) -> list[AnyEvent]:
    """The firm's CRD number, by which FINRA knows it; empty clears it."""
    require(position, who, "member")
    clean = check_crd(crd)
    return [] if position.crd == clean else [e.CrdEntered(crd=clean)]


def check_joins(name: str, standing: Standing) -> None:
    """Raises Refusal for an app, and for somebody whose account was closed: neither becomes a member."""
    if standing == "app":
        raise Refusal("That is an app, and members are people. Nothing was changed.")
    if standing == "gone":
        raise Refusal(f"The Slack account of {name or 'that person'} was closed. Nothing was changed.")


def set_member(position: Position, who: Person, member: Person, role: RoleName) -> list[AnyEvent]:
    """Add somebody to the firm, or change a role. A firm keeps at least one lead.

    Who is a lead no more decides no more who may read of the firm: the summaries that they had posted end.
    """
    require(position, who, "lead")
    kept = position.members.get(member.id)
    if kept and kept.role == role:
        return []
    if kept and kept.role == "lead":
        _leave_a_lead(position, member.id)
    theirs = _posted_by(position, member.id) if kept and kept.role == "lead" else []
    return [e.MemberSet(person=member.id, name=member.name or (kept.name if kept else ""), role=role), *theirs]


def remove_member(position: Position, who: Person, member: str) -> list[AnyEvent]:
    """Take somebody off the firm; what that person recorded stays, the summaries that they had posted end.

    They decided who may read of the firm, as its lead; once they are none of it, whoever stays decides anew.
    """
    if member != who.id:
        require(position, who, "lead")
    kept = position.members.get(member)
    if kept is None:
        return []
    if kept.role == "lead":
        _leave_a_lead(position, member)
    return [e.MemberRemoved(person=member), *_posted_by(position, member)]


def _posted_by(position: Position, member: str) -> list[AnyEvent]:
    """The end of each summary that they set up."""
    theirs = [channel for channel, posted in position.posted.items() if posted.by == member]
    return [e.SummaryStopped(channel=channel) for channel in theirs]


def _leave_a_lead(position: Position, leaving: str) -> None:
    if not any(m.role == "lead" for m in position.members.values() if m.person != leaving):
        raise Refusal("A firm needs a lead, so nothing was changed. Make somebody else a lead first.")


def link_channel(position: Position, who: Person, channel: str) -> list[AnyEvent]:
    """Commands in this channel mean this firm."""
    require(position, who, "lead")
    return [] if channel in position.channels else [e.ChannelLinked(channel=channel)]


def unlink_channel(position: Position, who: Person, channel: str) -> list[AnyEvent]:
    """The channel no longer means this firm."""
    require(position, who, "lead")
    return [e.ChannelUnlinked(channel=channel)] if channel in position.channels else []
