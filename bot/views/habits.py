"""A person's own reminders: their hour, a pause, off; in words, with the ways to change each and to take it back."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Literal

from msgspec.structs import replace

from bot.buttons import HabitsForm, OpenHabits, OpenRules, SetHabits, ShowWaiting
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    Element,
    actions,
    button,
    context,
    date_input,
    day,
    escape,
    field,
    header,
    section,
    time_input,
)
from flows.habits import Habits, Reach, Rules
from flows.time_words import clock, zone_name
from flows.trading_days import Calendar

HOUR, PAUSE = "hour", "pause"
Only = Literal["", "hour", "pause", "off"]
"""What a click is about: one of a person's settings, or all of them."""

BLOCKED = (
    "📭 *Slack did not take my last message for you* ({word}). As I hear from you now, I try again: what was refused "
    "and still holds comes first. If it is refused once more, {instead}"
)
OTHERS = "your firm's other leads are reminded until I hear from you again."
NOBODY = "nobody at your firm is reminded until I hear from you again: no other lead can be reached."


WHERE_SNOOZE_IS = (
    "*Snooze* stands beside each reminder, in the message that told you: for an hour, until tomorrow or until next "
    "week, for that one alone. To hold all of yours back until a day, write `/cais remind pause until next Friday`. "
    "Nothing was changed."
)


def mine(
    reach: Reach,
    rules: Rules,
    zone: str,
    calendar: Calendar,
    *,
    firm: str = "",
    lead: bool = False,
    note: str = "",
    undo: Habits | None = None,
    blocked: str = "",
    alone: bool = False,
) -> Message:
    """What this person set, and what follows. `undo` is what was set before, where something was just changed.

    `blocked` is the word for why their last message was not taken; `alone`: no other lead of the firm is told.
    """
    habits = reach.habits
    blocks: list[Block] = [header("Your reminders")]
    if note:
        back = (
            button("Undo", carried(undo, of=habits.set_at), says="Undo: as it was before") if undo is not None else None
        )
        blocks.append(section(note, accessory=back))
    blocks.append(section(in_words(habits, rules, zone, calendar, alone=alone)))
    if blocked:
        blocks.append(section(BLOCKED.format(word=f"`{escape(blocked)}`", instead=NOBODY if alone else OTHERS)))
    blocks.append(actions(*_ways(habits)))
    blocks.append(context(f"{_HOW} Each reminder can be snoozed where it stands."))
    onward = [button("Waiting on others", ShowWaiting(firm=firm))] if firm else []
    if lead:
        onward.append(button("The firm's numbers…", OpenRules(firm=firm)))
    if onward:
        blocks.append(actions(*onward))
    said = in_words(habits, rules, zone, calendar, alone=alone).replace("*", "")
    return Message(f"{note} {said}".strip(), tuple(blocks))


def at_night(habits: Habits, hour: time, rules: Rules, zone: str, *, plain: bool) -> Message:
    """An hour that is within the quiet hours is asked about first; `plain` where nobody said a.m. or p.m."""
    quiet = f"{clock(rules.awake_to)} to {clock(rules.awake_from)} {zone_name(zone)}"
    text = (
        f"*{clock(hour)} is within the quiet hours*, {quiet}: reminders come then only to those who choose so. "
        "Nothing was changed. Which hour do you want?"
    )
    afternoon = time((hour.hour + 12) % 24, hour.minute)
    offered = [rules.awake_from if hour < rules.awake_from else _last_half_hour(rules.awake_to)]
    if plain and hour.hour < 12 and rules.is_awake(afternoon):
        offered.insert(0, afternoon)
    ways = [
        button(clock(at), carried(replace(habits, hour=at), "hour"), says=f"Remind me at {clock(at)}") for at in offered
    ]
    ways.append(
        button(f"{clock(hour)} all the same", carried(habits, "hour"), says=f"Remind me at {clock(hour)} all the same")
    )
    return Message(text.replace("*", ""), (header("Your reminders"), section(text), actions(*ways)))


def until_when(habits: Habits, ask: str, choices: Sequence[date]) -> Message:
    """A pause of which the day can be understood in several ways: each that is taken is offered."""
    text = f"{ask} Nothing was changed."
    # Who turned them off and pauses now turns them on again with it, as where the day is typed.
    only: Only = "" if habits.off else "pause"
    ways = [
        button(day(on), carried(replace(habits, paused_until=on, off=False), only), says=f"Pause until {day(on)}")
        for on in choices
    ]
    return Message(text, (header("Your reminders"), section(escape(text)), actions(*ways)))


def _last_half_hour(ends: time) -> time:
    """Half an hour before the quiet hours begin."""
    minutes = max(0, ends.hour * 60 + ends.minute - 30)
    return time(minutes // 60, minutes % 60)


_HOW = "Everything due at one time is one message, over all your firms; nothing due, no message."


def in_words(habits: Habits, rules: Rules, zone: str, calendar: Calendar, *, alone: bool = False) -> str:
    """What holds for this person, in a sentence or two."""
    hour = habits.hour or rules.hour
    if habits.off and alone:
        return (
            "🔕 *Your reminders are off, and no other lead of the firm gets any.* So nobody is told of the target, of "
            "yearly and industry dates, of tasks without an owner, and what is late or waits long is not handed up. "
            "Owners hear of their own tasks as before. `/cais firm members` makes somebody else a lead."
        )
    if habits.off:
        return (
            "🔕 *Your reminders are off.* You are sent none. Others are told as before: leads hear of what has passed "
            "its date and of long waits."
        )
    when = f"at *{clock(hour)}* {zone_name(zone)} on trading days"
    if habits.paused_until:
        comes = calendar.on_or_after(habits.paused_until)
        then = "then" if comes == habits.paused_until else f"on {day(comes)}, the first trading day from then on"
        return (
            f"⏸️ *Paused until {day(habits.paused_until)}.* What falls due before comes in one message {then}, and you "
            f"get them {when} again."
        )
    night = "" if rules.is_awake(hour) else " That is within the quiet hours: it is the hour you chose."
    return f"🔔 *On.* You get them {when}.{night}"


def _ways(habits: Habits) -> Sequence[Element]:
    if habits.off:
        on = carried(replace(habits, off=False), "off")
        return [button("Turn on", on, style="primary", says="Turn my reminders on")]
    ways = [button("Change hour or pause…", OpenHabits())]
    if habits.paused_until:
        ways.append(button("End the pause", carried(replace(habits, paused_until=None), "pause"), style="primary"))
    return [*ways, button("Turn off", carried(replace(habits, off=True), "off"), says="Turn my reminders off")]


def carried(habits: Habits, only: Only = "", of: datetime | None = None) -> SetHabits:
    """The settings as they are after a click; with `only`, but for that one as they are by then.

    `of`: when the change was made that the click takes back.
    """
    return SetHabits(
        hour=f"{habits.hour:%H:%M}" if habits.hour else "",
        paused_until=habits.paused_until.isoformat() if habits.paused_until else "",
        off=habits.off,
        only=only,
        of=of.isoformat() if of else "",
    )


def form(habits: Habits, rules: Rules, zone: str, today: date) -> Modal:
    """The hour, and a day until which nothing is sent."""
    kept = habits.paused_until if habits.paused_until and habits.paused_until > today else None
    hour = habits.hour or rules.hour
    return Modal(
        title="Your reminders",
        submit="Save",
        carried=HabitsForm(hour=f"{hour:%H:%M}"),
        blocks=[
            field(HOUR, f"Your hour, {zone_name(zone)}", time_input(hour)),
            field(
                PAUSE,
                "Pause until",
                date_input(kept),
                hint="What falls due before comes in one message on the first trading day from then. Empty: no pause.",
                optional=True,
            ),
        ],
    )


def parse_hour(said: str) -> time | None:
    """`09:30` as a form gives it; None for anything else."""
    try:
        return time.fromisoformat(said) if said else None
    except ValueError:
        return None
