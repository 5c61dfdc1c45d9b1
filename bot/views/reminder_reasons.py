"""Why a reminder comes now."""

from collections.abc import Callable
from datetime import date, timedelta

from bot.views import dated
from bot.views.blocks import clip, day, literal, short_day
from bot.views.reminded import Reminded
from bot.views.rules import WORDS
from flows.reminders.becoming import Becoming
from flows.reminders.ladders import told_on
from flows.reminders.rung import USUAL

UNREACHED = "cannot be reached here"

LONGEST_REASON = 300
"""Characters of what somebody gave as theirs."""


def _why_before(it: Reminded) -> str:
    count, on = it.rung.rung, it.rung.on
    days = "1 trading day before" if count == 1 else f"{count} trading days before"
    planned = told_on(it.calendar, on, count) if on else it.today
    skipped = _skipped(it, planned, on) if on else ""
    rolled = on is not None and count == 0 and not it.calendar.is_trading_day(on)
    if planned < it.today:
        what = days if count else "the last trading day before" if rolled else "the day itself"
        return f"{_kept_until_now(it, what, planned)}{skipped}"
    if planned > it.today:  # a closure was taken back since
        return f"{days if count else 'the day itself'}, as trading days were counted then"
    if on and rolled:
        return _rolled_back(it, on)
    return f"{days}{skipped}" if count else "it is today"


def _skipped(it: Reminded, first: date, on: date) -> str:
    """The holidays in between by name; a day that an admin closed with its date, as its reason alone is no day."""
    closures = it.calendar.closures(first, on)
    holidays = [name for name in it.calendar.skipped(first, on) if name not in dict(closures).values()]
    said = [f"; {_and(tuple(holidays))} skipped"] if holidays else []
    for closed, reason in closures:
        is_or_was = "was" if closed < it.today else "is"
        said.append(f"; the market {is_or_was} closed on {closed:%b} {closed.day}: {literal(reason)}")
    return "".join(said)


def counts_the_same(it: Reminded) -> bool:
    """Whether the reason says how far the date is by now, so that it need not be said twice."""
    on = it.rung.on
    if it.rung.kind != "before" or it.put_off_until or on is None or not it.calendar.is_trading_day(on):
        return False
    return told_on(it.calendar, on, it.rung.rung) == it.today


def _kept_until_now(it: Reminded, what: str, planned: date) -> str:
    """Of what comes after its day: which day that was, and what kept it."""
    was = f"{what} was {short_day(planned)}"
    if it.rung.on and it.calendar.closures(planned, it.rung.on):
        return f"{was}, as the calendar is now"  # it may have been another day before one was closed
    if it.day_then(it.rung.kept_until or it.rung.due_at) > planned:
        return f"{was}, in your pause"
    jumped = ", or the practice clock jumped over that day" if it.scene.practice else ""
    return f"{was}; it was kept until now{jumped}"


def _why_late(it: Reminded) -> str:
    if it.leads_it and not it.in_their_place and it.item and dated.owner(it.scene, it.item):
        days = it.scene.position.reminders.late_to_leads
        if it.rung.on and it.today < it.calendar.plus(it.rung.on, days):
            return "leads are told of what is late, too"  # by another number, when it was said
        begins = f"from the {_nth(days)} trading day after its date on" if days else "from the day after its date on"
        return f"{begins}, leads are told too"
    every = it.rung.every or USUAL.late_every
    often = "you are asked once a week" if every == 7 else f"you are asked every {every} days"
    named = it.rung.on + timedelta(every * it.rung.rung) if it.rung.on else it.today
    planned = it.calendar.on_or_before(named)
    if planned < it.today:
        return f"{often}, and {_kept_until_now(it, 'the day for it', planned)}"
    return f"{often}; {_rolled_back(it, named)}" if planned < named else often


def _rolled_back(it: Reminded, on: date) -> str:
    """Why a reminder comes before the day it is for."""
    named = f" ({literal(closed)})" if (closed := it.calendar.name_of(on)) else ""
    return f"{day(on).partition(',')[0]} is no trading day{named}, so this comes on the last one before"


def _why_wait(it: Reminded) -> str:
    rules, item = it.scene.position.reminders, it.item
    since = item.record.since if item and item.record else None
    gone = it.calendar.between(since, it.today) if since and since < it.today else 0
    waited = f"; it is the {_nth(gone)} trading day of the wait" if gone else ""
    if it.leads_it and not it.in_their_place and item and dated.owner(it.scene, item):
        long = f"of {rules.wait_to_leads} trading days and more" if gone >= rules.wait_to_leads else "that lasts"
        return f"leads are told of a wait {long}{waited}"
    again = item.record.follow_up_on if item and item.record else None
    if again and _is_first_look(it, again):
        return f"{_why_look_again(it, again)}{waited}"
    days = (it.rung.every or USUAL.wait_every) if it.rung.kind == "wait" else rules.wait_every
    every = "each trading day" if days == 1 else f"every {days} trading days"
    return f"time to ask how far they are, as {every}{waited}"


def _is_first_look(it: Reminded, again: date) -> bool:
    """Whether it comes for the day that somebody picked; where it stands beside another reminder, going by today."""
    return it.rung.rung == 1 if it.rung.kind == "wait" else it.calendar.on_or_before(again) == it.today


def _why_look_again(it: Reminded, on: date) -> str:
    """The first reminder of a wait for which somebody picked the day."""
    if on > it.today:
        return f"the day to look again, {short_day(on)}, is no trading day, so this comes on the last one before"
    if it.calendar.on_or_before(on) < it.today:
        return _kept_until_now(it, "the day to look again", on)
    record = it.item.record if it.item else None
    chosen_by_them = record is not None and record.by == it.rung.person
    return "you wanted to look again today" if chosen_by_them else "today is the day to look again"


def _why_moved(it: Reminded) -> str:
    revision = it.notice.revision if it.notice else None
    known = f"it was announced {_announced(revision.from_, revision.to)}" if revision else "a date was changed"
    return f"{known}, and a change is told once"


def _announced(first: date, last: date) -> str:
    return f"on {short_day(last)}" if first == last else f"between {short_day(first)} and {short_day(last)}"


def _why_given(it: Reminded) -> str:
    kept = dated.owner(it.scene, it.item) if it.item else None
    return f"{literal(kept.by_name) if kept and kept.by_name else 'somebody'} gave this task to you"


def besides(it: Reminded) -> list[str]:
    """What else is so: that it was given, became possible, or is to be asked about. Whole sentences, safe in mrkdwn."""
    if it.item is None:
        return []
    new = {"given": ("👉", _why_given), "possible": ("🟢", _why_possible), "wait": ("⏳", _why_wait)}
    found = [(sign, said(it)) for kind, (sign, said) in new.items() if kind in it.besides and kind != it.rung.kind]
    return [f"{sign} {said[:1].upper()}{said[1:]}." for sign, said in found]


def _why_possible(it: Reminded) -> str:
    scene, item = it.scene, it.item
    again = Becoming(scene.position, scene.walk.items).opened_again(item) if item else None
    if again is None:
        return "what came before it is finished, so you can begin"
    what = "sent it back in a review" if again.sent_back_to else "opened it again"
    return f"{scene.by(again.by, again.by_name)} {what}: “{literal(clip(again.reason, LONGEST_REASON))}”"


def _why_unreachable(it: Reminded) -> str:
    return f"leads are told once when an owner {lost_words(it)}"


def lost_words(it: Reminded) -> str:
    """Why an owner counts as none, after their name."""
    return _lost(it, it.rung.subject.partition(":")[2])


def _lost(it: Reminded, person: str) -> str:
    member = it.scene.position.members.get(person)
    if member is None:
        return "is no longer a member"
    return "only looks on now" if member.role == "viewer" else UNREACHED


def _in_whose_place(it: Reminded) -> str:
    owner = dated.owner(it.scene, it.item) if it.item else None
    if owner is None or not it.in_their_place:
        return ""
    return f"; this comes to you in the place of {literal(owner.name or 'its owner')}, who {_lost(it, owner.person)}"


def lost_how(it: Reminded) -> str:
    """Why an owner who is a member cannot be reached, as far as it is known: in brackets, or nothing."""
    word = it.rung.revision.rpartition("-")[0]
    said = {"gone": "the account is closed", "guest": "a guest of the workspace", **WORDS}.get(word, "")
    return f" ({said})" if said and lost_words(it) == UNREACHED else ""


_WHY: dict[str, Callable[[Reminded], str]] = {
    "before": _why_before,
    "late": _why_late,
    "wait": _why_wait,
    "moved": _why_moved,
    "given": _why_given,
    "possible": _why_possible,
    "unreachable": _why_unreachable,
}


def _nth(count: int) -> str:
    if 10 <= count % 100 <= 20:
        return f"{count}th"
    return f"{count}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(count % 10, 'th') }"


def _and(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def why(it: Reminded) -> str:
    """In a few words; safe in mrkdwn."""
    if it.put_off_until:
        return f"you put this off until {short_day(it.day_then(it.put_off_until))}"
    return f"{_WHY[it.rung.kind](it)}{_in_whose_place(it)}"
