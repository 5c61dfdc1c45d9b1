"""The message with everything one person is reminded of at one time, as it is now."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from bot.actions import pack
from bot.buttons import (
    FinishReminded,
    OpenAssign,
    OpenNudge,
    OpenReminded,
    SnoozeReminded,
    UndoReminded,
    WakeReminded,
)
from bot.surfaces import Block, Message
from bot.views.blocks import (
    SECTION,
    Element,
    actions,
    button,
    clip,
    context,
    divider,
    header,
    literal,
    option,
    section,
    select,
    short_day,
)
from bot.views.reminded import Reminded, moment, name
from bot.views.reminder_ends import became
from bot.views.reminder_words import asks_about_a_wait, moved_text, text
from bot.views.scene import banner
from bot.views.taken_back import taken_back
from bot.views.taken_back import text as taken_back_text
from bot.views.task_buttons import one_click
from bot.views.waiting import words_to_copy
from flows.deadline_words import value_words
from flows.gist import owner_of
from flows.position import TaskRecord

MOST = 14
"""Reminders with buttons in one message; each of them may belong to another firm."""

MOST_BLOCKS = 50
"""Slack's limit for a message."""

A_FIRM = "a firm that you are not in any more"
LEFT = "➖ *A firm that you are not in any more:* what stood here is not kept up to date."
"""In place of all that was said of it, also of how it is called by now."""

CHOICES = (("hour", "1 hour"), ("tomorrow", "Tomorrow"), ("week", "Next week"))
"""How long one can snooze."""


def digest(found: Sequence[Reminded]) -> Message:
    """Everything at once, by firm, the most urgent first; those have buttons, where there are many.

    What is done or given away says so, where it stood.
    """
    ordered = _in_order(found)
    urgent = {it.row for it in sorted(ordered, key=_urgency)[:MOST]}
    shown = [it for it in ordered if it.row in urgent]
    blocks: list[Block] = [header(_title(ordered))]
    copied = _with_words(shown)
    for _, of_firm in groupby(shown, key=lambda it: it.scene.position.key.firm):
        items = list(of_firm)
        if items[0].has_left:
            blocks.append(section(LEFT))
            continue
        blocks.append(banner(items[0].scene))
        for nth, it in enumerate(items):
            said = _item(it, copied=it.row in copied)
            blocks += [divider(), *said] if nth else said
    if rest := [it for it in ordered if it.row not in urgent]:
        blocks.append(section(_rest(rest)))
    blocks.append(context("`/cais remind` sets your hour, a pause, or turns these off."))
    return Message(_in_a_sentence(ordered), tuple(blocks))


def _in_order(found: Sequence[Reminded]) -> list[Reminded]:
    """The firm with the earliest date first, and so within each."""
    first: dict[str, date] = {}
    for it in found:
        firm = it.scene.position.key.firm
        first[firm] = min(_urgency(it), first.get(firm, date.max))

    def place(it: Reminded) -> tuple[date, str, str, date]:
        position = it.scene.position
        return first[position.key.firm], position.name.casefold(), position.key.firm, _urgency(it)

    return sorted(found, key=place)


def _urgency(it: Reminded) -> date:
    """Its date; a wait, and what is told once, is of the day it is said on. What is done since keeps its place."""
    return it.rung.on if it.rung.kind in ("before", "late") and it.rung.on else it.today


def _rest(rest: Sequence[Reminded]) -> str:
    """What there is no room for buttons for, each firm in a line, as far as it goes; what is done is not named."""
    lines, begin = [], f"*and {len(rest)} more*"
    end = "`/cais status` shows all tasks of a firm, with their dates and buttons."
    left, room = sum(it.is_left for it in rest), SECTION - len(begin) - len(end) - 40
    for _, of_firm in groupby(rest, key=lambda it: it.scene.position.key.firm):
        items = [it for it in of_firm if it.is_left]
        line = f"*{literal(items[0].scene.position.name)}*: {'; '.join(map(_named, items))}" if items else ""
        if not line or len(line) >= room:
            continue
        room -= len(line) + 1
        left -= len(items)
        lines.append(line)
    unnamed = [f"and {left} that there is no room to name"] if left else []
    return "\n".join([begin, *lines, *unnamed, end])


def _title(found: Sequence[Reminded]) -> str:
    on = found[0].today
    left = sum(it.is_left for it in found)
    count = "Nothing left" if not left else "One thing" if left == 1 else f"{left} things"
    return f"{count} for {on:%A, %B} {on.day}"


def _in_a_sentence(found: Sequence[Reminded]) -> str:
    firms = list(dict.fromkeys(A_FIRM if it.has_left else literal(it.scene.position.name) for it in found))
    names = [_named(it) for it in sorted(found, key=_urgency) if it.is_left][:3]
    more = sum(it.is_left for it in found) - len(names)
    said = ", ".join(names) + (f" and {more} more" if more > 0 else "")
    whose = firms[0] if len(firms) == 1 else f"{len(firms)} firms"
    end = "" if said.endswith("?") else "."
    return f"Reminder, {whose}: {said}{end}" if said else f"Reminder, {whose}: nothing is left of this."


def _named(it: Reminded) -> str:
    if it.rung.kind == "moved":
        return f"{literal(clip(name(it), 80))} {_moved(it)}"
    if it.is_moved:
        now, still = it.date_now, "" if it.date_now == it.rung.on else "now "
        return f"{literal(clip(name(it), 80))} ({f'{still}{short_day(now)}' if now else 'no date now'})"
    on = it.rung.on if it.rung.kind == "before" else None
    return literal(clip(name(it), 80)) + (f" ({short_day(on)})" if on else "")


def _moved(it: Reminded) -> str:
    """That is the news, so phones and screen readers say it too."""
    if taken_back(it):
        return "(a change was taken back)"
    value = it.notice.revision.value if it.notice else None
    if value is None:
        return "(moved)"
    now = short_day(value.on) if value.type == "date" and value.on else value_words(value)
    return f"(moved, now {now})" if it.notice and it.notice.revision.kind != "set" else f"(now {now})"


def _with_words(shown: Sequence[Reminded]) -> frozenset[str]:
    """The rows of those waits whose words to copy there is room for: two blocks each, beside three for each item."""
    room = (MOST_BLOCKS - 3 - 3 * len(shown)) // 2
    waits = [it.row for it in shown if it.holds and not it.asleep_until and asks_about_a_wait(it)]
    return frozenset(waits[: max(0, room)])


def _item(it: Reminded, *, copied: bool) -> list[Block]:
    if it.is_left and not it.holds:  # a snooze would bring nothing back: what holds now has reminders of its own
        ways = actions(*_done(it), _open(it), *_of_a_lead(it), block_id=_block_id(it))
        return [section(moved_text(it)), ways]
    if not it.holds:
        return [section(became(it), accessory=_take_back(it))]
    if it.asleep_until:
        sleeps = f"💤 *{literal(clip(name(it), 200))}*: snoozed until {moment(it, it.asleep_until)}."
        wake = button("Wake up", it.scene.carry(WakeReminded, row=it.row))
        return [section(sleeps), actions(wake, *_done(it), _open(it), block_id=_block_id(it))]
    told = taken_back(it)
    said = taken_back_text(it, told) if told else text(it, copied=copied)
    words = words_to_copy(it.scene, it.item, it.item.record) if copied and it.item and it.item.record else []
    return [section(said), *words, actions(*_ways(it), block_id=_block_id(it))]


def _block_id(it: Reminded) -> str:
    """What a select carries is in the id of its block; it tells the blocks of one message apart, too."""
    return pack(it.scene.carry(SnoozeReminded, row=it.row))


def _ways(it: Reminded) -> list[Element]:
    """*Done* where one click says all of it, *Snooze*, *Open*."""
    snooze = select("Snooze", SnoozeReminded, [option(label, value) for value, label in CHOICES])
    return [*_done(it), snooze, _open(it), *_of_a_lead(it)]


def _of_a_lead(it: Reminded) -> list[Element]:
    """What helps with a task that is not the lead's own: to ask whoever has it, and to give it to somebody."""
    item = it.item
    if item is None or not it.leads_it:
        return []
    ways = []
    if owner_of(it.scene.position, item) and not it.owner_lost:  # nobody asks somebody who does not hear it
        nudge = it.scene.carry(OpenNudge, task=item.key)
        ways.append(button("Nudge owner…", nudge, says=f"Nudge the owner of {name(it)}"))
    assign = it.scene.carry(OpenAssign, task=item.key, below=True)
    return [*ways, button("Assign…", assign, says=f"Assign: {name(it)}")]


def _done(it: Reminded) -> list[Element]:
    if not can_finish(it):
        return []
    on = it.rung.on.isoformat() if it.recurring and it.rung.on else ""
    done = it.scene.carry(FinishReminded, subject=it.rung.subject, on=on)
    return [button("Done", done, style="primary", says=f"Done: {name(it)}")]


def _open(it: Reminded) -> Element:
    return button("Open", it.scene.carry(OpenReminded, subject=it.rung.subject), says=f"Open: {name(it)}")


def can_finish(it: Reminded) -> bool:
    """Whether *Done* is all there is to say: an open or waiting task with one way to end, or a date of every year."""
    if it.recurring and it.rung.kind in ("before", "late"):
        return True
    return it.item is not None and one_click(it.item)


def _take_back(it: Reminded) -> Element | None:
    """*Undo* for what this person did themselves."""
    done = it.year_done or _record_of_done(it)
    if done is None or done.by != it.rung.person:
        return None
    return button("Undo", it.scene.carry(UndoReminded, of=done.sequence), says=f"Undo: {name(it)}")


def _record_of_done(it: Reminded) -> TaskRecord | None:
    item = it.item
    return item.record if item and item.state == "done" and item.task.kind != "question" else None
