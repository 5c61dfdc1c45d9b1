"""What one reminder says: what it is about, its date, what stands in its way."""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from bot.views import dated
from bot.views.blocks import day, escape, literal, short_day
from bot.views.passages import contact_line
from bot.views.reminded import Reminded, name, title
from bot.views.reminder_reasons import besides, counts_the_same, lost_how, lost_words, why
from bot.views.scene import wait_words, why_not
from bot.views.waiting import contact_to_chase
from flows.deadline_words import value_words
from flows.deadlines import Revision, Source, effect
from flows.position import TaskRecord
from flows.time_words import clock, zone_name
from flows.trading_days import NEW_YORK, end_of
from flows.walk import LEFT, Item

MOST_NAMED = 3
"""Tasks of somebody who cannot be reached."""


def text(it: Reminded, *, copied: bool = False) -> str:
    """All lines of a reminder that still holds; safe in mrkdwn. `copied`: words to chase somebody with stand below."""
    lines = [_headline(it), *besides(it), *_ABOUT[it.rung.kind](it), *_chase(it, copied=copied)]
    return "\n".join([*(line for line in lines if line), f"*Why now:* {why(it)}."])


def moved_text(it: Reminded) -> str:
    """All lines of a reminder that something else holds for since it was said, be it another date; safe in mrkdwn."""
    on = _new_date(it) if it.is_moved else _wanted_by(it, it.date_now)
    return "\n".join(line for line in (_headline(it), on, _no_news(it), *_around(it)) if line)


def _no_news(it: Reminded) -> str:
    """Of what was told once, and came about otherwise since; what comes before it is said in any case."""
    if not it.is_old_news or it.item is None or it.item.state == "locked":
        return ""
    if it.rung.kind == "given":
        return "It was assigned again after this was sent, and is yours."
    return "You can begin, still or again." if it.item.state == "open" else ""


def _new_date(it: Reminded) -> str:
    now, was = it.date_now, it.rung.on
    if now and now == was:
        return f"📅 Its date is {day(now)}. It was set again after this was sent, and has reminders of its own."
    said = f"Its date is now {day(now)}." if now else "Its date was taken off."
    return f"📅 {said} It was {short_day(was)} when this was sent." if was else f"📅 {said}"


def _headline(it: Reminded) -> str:
    said = title(it)
    if item := it.item:
        return f"{_SIGNS['before' if it.is_old_news else it.rung.kind]} {said} · step {escape(item.task.step)}"
    if it.rung.kind == "unreachable":
        return f"📭 *{literal(name(it))}* {lost_words(it)}{lost_how(it)}"
    sign = _SIGNS[it.rung.kind]
    if it.recurring:
        return f"🔁 {said}"
    if it.answered:
        return f"🧾 {said}"
    if it.deadline:
        return f"📣 {said} {_changed(it)}" if it.rung.kind == "moved" else f"🏛️ {said} · industry date"
    return f"{'🎯' if it.rung.subject == 'target' else sign} {said}"


def _changed(it: Reminded) -> str:
    """What became of an industry date, as its story says it."""
    revision = it.notice.revision if it.notice else None
    if revision is None or revision.kind != "set":
        return "was moved"
    return "now has a day" if revision.value.type == "date" else "was set"


_SIGNS = {
    "before": "📌",
    "late": "📌",
    "wait": "⏳",
    "moved": "📣",
    "given": "👉",
    "possible": "🟢",
    "unreachable": "📭",
}


# --- what it is about ---------------------------------------------------------------------------------------------


def _coming(it: Reminded) -> list[str]:
    still = "*Open* shows the memo: it still holds, or something changed." if it.answered else ""
    return [_wanted_by(it, it.rung.on), _of_a_window(it), *_around(it), still]


def _of_a_window(it: Reminded) -> str:
    """Of an industry date that is no single day: reminders go by the last of them."""
    known = it.scene.ledger.as_of(it.deadline.id, it.today) if it.deadline else None
    value = known.revision.value if known else None
    return f"It is the end of a window: {value_words(value)}." if value and value.type == "window" else ""


def _wanted_by(it: Reminded, on: date | None) -> str:
    """A date to come, how far it is and when it ends; of one that has passed only that, and calmly."""
    if on is None:
        return ""
    if on < it.today:
        return f"{_whose_date(it)}, {day(on)}, has passed."
    return f"📅 {day(on)}{_how_far(it, on)}{_ends(it, on)}"


def _whose_date(it: Reminded) -> str:
    if it.answered:
        return "The day to look again"
    if it.item is None or it.leads_it:
        return "The day it was wanted by"
    until = dated.due(it.scene, it.item)
    return "The date you set" if until and until.by == it.rung.person else "The date set for it"


def _ends(it: Reminded, on: date) -> str:
    """When the day is over, by both clocks, where they differ."""
    there = end_of(on)
    here = there.astimezone(it.zone)
    if here.utcoffset() == there.utcoffset():
        return ""
    until = clock(here) + ("" if here.date() == on else f" on {short_day(here.date())}")
    return f" (ends 11:59 PM {_city(NEW_YORK)}, {until} {_city(it.zone)})"


def _city(zone: ZoneInfo) -> str:
    return zone_name(zone.key).removesuffix(" time")


def _how_far(it: Reminded, on: date) -> str:
    """What comes is counted, unless the reason counts the same days; what has passed never is.

    How many trading days it is to a day that is none depends on which end counts, so to such a day it is plain days.
    """
    if counts_the_same(it):
        return ""
    if on == it.today:
        return ", today"
    if not it.calendar.is_trading_day(on):
        left = (on - it.today).days
        return ", tomorrow" if left == 1 else f", in {left} days"
    left = it.calendar.between(it.today, on)
    return ", in 1 trading day" if left == 1 else f", in {left} trading days"


def _waits(it: Reminded) -> list[str]:
    item = it.item
    if item is None or item.record is None:
        return []
    until = dated.due(it.scene, item)
    return [f"{_waiting(it, item.record)}.", _owner(it), _wanted_by(it, until.on if until else None)]


def asks_about_a_wait(it: Reminded) -> bool:
    """Whether it is time to ask how a wait goes, be it beside something else that is said of the task."""
    waits = it.item is not None and it.item.state == "waiting" and it.item.record is not None
    return waits and "wait" in (it.rung.kind, *it.besides)


def _chase(it: Reminded, *, copied: bool) -> list[str]:
    """Whom to chase, and where the words for it are."""
    item = it.item
    if item is None or item.record is None or not asks_about_a_wait(it):
        return []
    contact = contact_to_chase(it.scene, item, item.record)
    whom = contact_line(contact) if contact else literal(item.record.whom)
    return [f"*Whom to chase:* {whom}", "" if copied else "`/cais waiting` has a message to copy."]


def _waiting(it: Reminded, record: TaskRecord) -> str:
    words = wait_words(it.scene, record, it.today)
    return f"{words[:1].upper()}{words[1:]}"


def _around(it: Reminded) -> list[str]:
    """Whose it is, whom it waits for, and what comes first."""
    return [_owner(it), *_held_up(it)]


def _held_up(it: Reminded) -> list[str]:
    item = it.item
    if item is None:
        return []
    waits = f"⏳ {_waiting(it, item.record)}" if item.state == "waiting" and item.record else ""
    comes = "Comes later again," if it.is_old_news and it.rung.kind == "possible" else "Comes"
    locked = f"🔒 {comes} {why_not(it.scene, item)}" if item.state == "locked" else ""
    return [waits, locked]


def _owner(it: Reminded) -> str:
    item = it.item
    if item is None or not it.leads_it:
        return ""
    kept = dated.owner(it.scene, item)
    return f"Owner: {dated.owner_name(it.scene, kept)}" if kept else "Nobody owns it yet."


def _given(it: Reminded) -> list[str]:
    item = it.item
    if item is None:
        return []
    until = dated.due(it.scene, item)
    on = _new_date(it) if it.is_moved else _wanted_by(it, until.on if until else None)
    return [on, *_held_up(it)]


def _moved(it: Reminded) -> list[str]:
    notice = it.notice
    if notice is None:
        return []
    old = value_words(notice.old) if notice.old.type != "unknown" else "a date we could not confirm"
    told_of = it.told_of
    sources = "; ".join(dict.fromkeys(_source(s) for revision in told_of for s in revision.sources))
    return [
        f"*Before:* {old}",
        f"*Now:* {value_words(notice.revision.value)}",
        *(_reason(revision) for revision in told_of),
        f"*What changes for you:* {effect(notice, it.today, it.scene.position.target)}",
        f"*Source:* {sources}",
    ]


def _reason(revision: Revision) -> str:
    """Why it moved, in the words of the admin who entered it; the story has those of what is shipped."""
    if not revision.added_by:
        return ""
    return f"*Reason:* {literal(revision.reason)} (entered by {literal(revision.added_by)})"


def _source(source: Source) -> str:
    shown = literal(source.title).replace("|", "/")
    return f"<{escape(source.url).replace('|', '%7C')}|{shown}>" if source.url else shown


def _unreachable(it: Reminded) -> list[str]:
    person = it.rung.subject.partition(":")[2]
    theirs = [i for i in it.scene.walk.items if (o := dated.owner(it.scene, i)) and o.person == person]
    left = [i for i in theirs if i.state in LEFT]
    tasks = "One open task belongs" if len(left) == 1 else f"{len(left)} open tasks belong"
    return [
        f"{tasks} to them. They get no reminders while it is so; you do in their place.",
        *_the_nearest(it, left),
        "`/cais handover` gives all of them to somebody else.",
    ]


def _the_nearest(it: Reminded, left: list[Item]) -> list[str]:
    """The first few by their dates, so that what is wanted soon is seen."""
    days = {item.key: until.on if (until := dated.due(it.scene, item)) else date.max for item in left}
    named = [
        f"• {literal(item.title)}" + (f", {short_day(on)}" if (on := days[item.key]) < date.max else "")
        for item in sorted(left, key=lambda item: days[item.key])[:MOST_NAMED]
    ]
    more = len(left) - len(named)
    return [*named, f"• and {more} more"] if more > 0 else named


_ABOUT: dict[str, Callable[[Reminded], list[str]]] = {
    "before": _coming,
    "late": _coming,
    "wait": _waits,
    "moved": _moved,
    "given": _given,
    "possible": _given,
    "unreachable": _unreachable,
}
