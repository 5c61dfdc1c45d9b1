"""Hears what a person wants of their own reminders: the hour, a pause, off and on again."""

import re
from datetime import date, datetime, time, timedelta

from msgspec.structs import replace

from bot.buttons import HabitsForm, OpenHabits, ReachAgain, SetHabits, ShowHabits
from bot.listeners.scenes import calendar_for
from bot.router import Heard, Router
from bot.surfaces import Answer, FieldErrors, Message, Open, Replace, Say
from bot.views import habits as views
from flows import dates
from flows.dates import OnDay, WhichDay
from flows.firms import Refusal, role_of
from flows.habits import Habits, Reach, Rules
from flows.position import Position
from flows.reminders import setting
from flows.reminders.hours import Hours
from flows.reminders.telling import leads_in_reach
from flows.services import Services
from flows.time_words import clock as time_of_day
from flows.time_words import zone_name
from flows.zones import zone_of

HOW = (
    "Write `remind 8:30`, `remind pause until next Friday`, `remind pause for a week`, `remind end pause`, `remind "
    "off` or `remind on`; `remind` alone shows what is set. It holds for all your firms, by your own clock in Slack. "
    "Nothing was changed."
)

CHANGED_SINCE = "You changed your reminders again after that, so nothing was undone. This holds now:"

_HOUR = re.compile(
    r"(?:(?:daily|every (?:trading |business |week)?day) )?(?:at |hour )?(\d{1,2})(?::?(\d{2}))? ?([ap])?\.?m?\.?",
    re.IGNORECASE,
)
_CLOCKS = {
    "America/New_York": r"e[sd]?t|eastern(?: standard| daylight)?",
    "America/Chicago": r"c[sd]?t|central(?: standard| daylight)?",
    "America/Denver": r"m[sd]?t|mountain(?: standard| daylight)?",
    "America/Los_Angeles": r"p[sd]?t|pacific(?: standard| daylight)?",
    "Europe/London": "bst",
    "Europe/Paris": "cest|cet",
    "UTC": "utc|gmt",
}
"""Clocks as people call them."""
_BY_CLOCK = re.compile(
    r"(.*?) (?:(?:in|by) )?((?:(?!at\b|noon\b|(?:am|pm)\b)[a-z]+ ){0,3}?time|" + "|".join(_CLOCKS.values()) + ")",
    re.IGNORECASE,
)
"""An hour, and whose clock it is by."""
_OWN_CLOCK = re.compile(r"(?:my )?(?:own )?(?:local )?time", re.IGNORECASE)
_END = re.compile(r"(?:end|stop|cancel|lift|clear|no) (?:the |my )?pause|pause (?:end|off|over|none)", re.IGNORECASE)
_NOON = re.compile(r"\b(?:12 )?(?:noon|midday)\b", re.IGNORECASE)
_PAUSE = re.compile(r"pause(?:d)?(?: until| till| to)?\s*(.*)", re.IGNORECASE)
_FOR = re.compile(r"for (?=\S)", re.IGNORECASE)
"""`pause for a week` ends in a week."""


def register(router: Router) -> None:
    """What is heard here."""
    router.command("remind", firm=False)(remind)
    router.command("snooze", firm=False)(snooze)
    router.action(ShowHabits, firm=False)(show)
    router.action(SetHabits, firm=False)(set_habits)
    router.action(OpenHabits, firm=False)(open_form)
    router.submit(HabitsForm, firm=False)(save_form)
    router.action(ReachAgain, firm=False)(reach_again)


async def remind(heard: Heard, services: Services) -> Answer:
    """`/cais remind`, alone or with what is wanted."""
    said = " ".join(heard.words.split())
    reach = await own_reach(heard, services)
    if not said:
        return Say(await _mine(heard, services, reach))
    wanted = await _meant(heard, services, reach.habits, said)
    if isinstance(wanted, Message):
        return Say(wanted)
    if wanted.hour and wanted.hour != reach.habits.hour and not _rules(heard).is_awake(wanted.hour):
        found = _hour_words(_by_clock(said)[0])
        return Say(views.at_night(wanted, wanted.hour, _rules(heard), _zone(heard), plain=not (found and found[3])))
    try:
        return Say(await _change(heard, services, wanted))
    except Refusal as refusal:
        if refusal.kind != "pause":
            raise
        return Say(await _mine(heard, services, reach, refusal.sentence))


async def snooze(heard: Heard, services: Services) -> Answer:
    """`/cais snooze`: where that is, as it is never typed, and what holds all reminders back."""
    return Say(await _mine(heard, services, await own_reach(heard, services), views.WHERE_SNOOZE_IS))


async def _meant(heard: Heard, services: Services, kept: Habits, said: str) -> Habits | Message:
    """What was typed, as the settings that follow; a question where several days may be meant. Raises Refusal."""
    if said.casefold() in ("off", "stop", "none"):
        return replace(kept, off=True)
    if _END.fullmatch(said):
        return replace(kept, paused_until=None)
    if said.casefold() in ("resume", "unpause"):
        return replace(kept, paused_until=None, off=False)
    if said.casefold() in ("on", "start"):
        # Whoever turns them on again goes on where they turned them off: perhaps in a pause, which a second "on" ends.
        return replace(kept, off=False, paused_until=kept.paused_until if kept.off else None)
    if pause := _PAUSE.fullmatch(said):
        until = await _day(heard, services, kept, pause[1])
        return until if isinstance(until, Message) else replace(kept, paused_until=until, off=False)
    if hour := _hour(said):
        return replace(kept, hour=hour)
    at, clock = _by_clock(said)
    if clock and (hour := _hour(at)):
        _must_be_own(hour, clock, _zone(heard), services.now())
        return replace(kept, hour=hour)
    raise Refusal(f"I could not read that as an hour or a pause. {HOW}")


def _by_clock(said: str) -> tuple[str, str]:
    """The words for the hour, and those for the clock it is by; empty where none is named."""
    found = _BY_CLOCK.fullmatch(said)
    return (found[1], found[2]) if found else (said, "")


def _must_be_own(hour: time, clock: str, own: str, now: datetime) -> None:
    """Raises Refusal where the hour is by another clock than one's own: one that shows another time today."""
    called = zone_name(own)
    if _OWN_CLOCK.fullmatch(clock) or clock.casefold() == called.casefold():
        return
    plain = clock.casefold().removesuffix(" time")
    there = next((zone for zone, names in _CLOCKS.items() if re.fullmatch(names, plain)), "")
    how = "Write the hour it is by that one, such as `remind 9:30`."
    if there:
        mine = datetime.combine(now.astimezone(zone_of(there)), hour, zone_of(there)).astimezone(zone_of(own)).time()
        if mine == hour:
            return
        how = f"{time_of_day(hour)} there is {time_of_day(mine)} by yours: write `remind {mine:%H:%M}`."
    raise Refusal(f"Your hour is by your own clock in Slack, which is {called} now. {how} Nothing was changed.")


def _hour_words(said: str) -> re.Match[str] | None:
    return _HOUR.fullmatch(_NOON.sub("12:00 pm", said))


def _hour(said: str) -> time | None:
    """What the words say as an hour of the day, or None."""
    found = _hour_words(said)
    return _time(*found.groups()) if found else None


def _time(hours: str, minutes: str | None, half: str | None) -> time | None:
    hour = int(hours)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.casefold() == "p" else 0)
    return time(hour, int(minutes or 0)) if hour < 24 and int(minutes or 0) < 60 else None


async def _day(heard: Heard, services: Services, kept: Habits, said: str) -> date | Message:
    calendar = await calendar_for(heard, services)
    today = _today(heard, services)
    match dates.read(_FOR.sub("in ", said, count=1), today=today, calendar=calendar):
        case OnDay(on) if on > today:
            return on
        case WhichDay() as asked:
            latest = services.now().date() + timedelta(setting.LONGEST_PAUSE)
            ask, choices = _which(asked, today, latest)
            if choices:
                return views.until_when(kept, ask, choices)
            raise Refusal(f"{ask} Nothing was changed.")
        case OnDay():
            raise Refusal("A pause ends on a day to come. Nothing was changed.")
    raise Refusal(f"I could not read a day in that. {HOW}")


def _which(asked: WhichDay, today: date, latest: date) -> tuple[str, tuple[date, ...]]:
    """What is asked, and those days alone on which a pause may end."""
    found = dates.only(asked, lambda on: today < on <= latest, "A pause ends on a day to come, within a year from now.")
    endless = asked.choices and all(on > latest for on in asked.choices)
    return f"{found.ask} Without an end it is `/cais remind off`." if endless else found.ask, found.choices


def _zone(heard: Heard) -> str:
    position = heard.sighting.position
    return zone_of(heard.zone, position.time_zone if position else "").key


def _today(heard: Heard, services: Services) -> date:
    return services.now().astimezone(zone_of(_zone(heard))).date()


async def own_reach(heard: Heard, services: Services) -> Reach:
    """How whoever is heard is reached, with what they set; not a pause that is over."""
    reach = (await services.directory.reach(heard.tenant, [heard.who.id]))[heard.who.id]
    return replace(reach, habits=await still_set(heard, services, reach))


async def still_set(heard: Heard, services: Services, reach: Reach) -> Habits:
    """See `setting.still_set`."""
    hours = Hours(reach, _zone(heard), _rules(heard), await calendar_for(heard, services))
    return setting.still_set(hours, services.now())


def rules_and_zone(heard: Heard) -> tuple[Rules, str]:
    """The numbers and the zone by which their reminders are said."""
    return _rules(heard), _zone(heard)


def _rules(heard: Heard) -> Rules:
    position = heard.sighting.position
    return position.reminders if position else Rules()


async def _mine(heard: Heard, services: Services, reach: Reach, note: str = "", undo: Habits | None = None) -> Message:
    position, blocked = heard.sighting.position, heard.sighting.blocked
    lead = position is not None and role_of(position, heard.who) == "lead"
    firm = position.key.firm if position else ""
    told_by_nobody = bool(blocked) or (lead and reach.habits.off)
    alone = told_by_nobody and position is not None and not await _another_lead_is_told(heard, services, position)
    numbers = _rules(heard), _zone(heard), await calendar_for(heard, services)
    return views.mine(reach, *numbers, firm=firm, lead=lead, note=note, undo=undo, blocked=blocked, alone=alone)


async def _another_lead_is_told(heard: Heard, services: Services, position: Position) -> bool:
    """Whether reminders that are the leads' reach one of them, whatever becomes of this person's."""
    reach = await services.directory.reach(heard.tenant, list(position.members))
    others = [person for person in leads_in_reach(position, reach) if person != heard.who.id]
    return any(not reach[person].habits.off for person in others)


async def _change(heard: Heard, services: Services, wanted: Habits) -> Message:
    """Keeps it, and says what holds now, with the way back."""
    before = (await own_reach(heard, services)).habits
    await services.reminders.set_habits(heard.tenant, heard.act, wanted, zone=_zone(heard), rules=_rules(heard))
    reach = await own_reach(heard, services)
    if views.carried(before) == views.carried(reach.habits):
        return await _mine(heard, services, reach, "It is set so already.")
    return await _mine(heard, services, reach, "*Saved.* From now on:", before)


async def show(heard: Heard, carried: ShowHabits, services: Services) -> Answer:
    """*My reminders*."""
    return Say(await _mine(heard, services, await own_reach(heard, services)))


async def set_habits(heard: Heard, carried: SetHabits, services: Services) -> Answer:
    """*Turn off*, *Turn on*, *End the pause*, *Undo*: of an earlier message, too, what was set since stays."""
    wanted = Habits(hour=views.parse_hour(carried.hour), paused_until=_day_of(carried.paused_until), off=carried.off)
    reach = await own_reach(heard, services)
    kept = reach.habits
    match carried.only:
        case "hour":
            wanted = replace(kept, hour=wanted.hour)
        case "pause":
            wanted = replace(kept, paused_until=wanted.paused_until)
        case "off":
            wanted = replace(kept, off=wanted.off)
    changed_since = carried.of and carried.of != (kept.set_at.isoformat() if kept.set_at else "")
    if changed_since and views.carried(wanted) != views.carried(kept):
        return Replace(await _mine(heard, services, reach, CHANGED_SINCE))
    return Replace(await _change(heard, services, wanted))


def _day_of(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        return None


async def open_form(heard: Heard, carried: OpenHabits, services: Services) -> Answer:
    """*Change hour or pause…*."""
    reach = await own_reach(heard, services)
    return Open(views.form(reach.habits, _rules(heard), _zone(heard), _today(heard, services)))


async def save_form(heard: Heard, carried: HabitsForm, services: Services) -> Answer:
    """The form was submitted. An hour that stands there as it was drawn is kept, as whatever it was."""
    hour, until = views.parse_hour(heard.value(views.HOUR)), _day_of(heard.value(views.PAUSE))
    if hour is None:
        return FieldErrors({views.HOUR: "Pick a time."})
    if until is not None and until <= _today(heard, services):
        return FieldErrors({views.PAUSE: "A pause ends on a day to come. Leave it empty for none."})
    kept = (await own_reach(heard, services)).habits
    drawn = views.parse_hour(carried.hour) or kept.hour or _rules(heard).hour
    own = kept.hour if hour == drawn else hour
    if own == _rules(heard).hour and own != kept.hour and len(heard.sighting.firms) < 2:
        own = None  # back to the firm's; where there is another, its hour may be another one, too
    try:
        return Replace(await _change(heard, services, replace(kept, hour=own, paused_until=until)))
    except Refusal as refusal:
        return FieldErrors({views.PAUSE: refusal.sentence})


async def reach_again(heard: Heard, carried: ReachAgain, services: Services) -> Answer:
    """*Try again*, which earlier messages have: that they were heard of is enough."""
    return Replace(await _mine(heard, services, await own_reach(heard, services)))
