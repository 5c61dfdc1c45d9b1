"""A firm's numbers: how many days before, how often, from when on leads are told; and what could not be delivered."""

from collections.abc import Sequence
from datetime import date

import msgspec

from bot.buttons import OpenRules, RulesForm
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    Element,
    actions,
    button,
    clip,
    context,
    escape,
    field,
    header,
    literal,
    section,
    text_input,
    time_input,
)
from bot.views.scene import Scene, banner
from bot.views.tasks import NOTHING, Top
from flows.habits import Rules
from flows.time_words import clock

MOST_DAYS = 12

BEFORE, MILESTONES = "before", "milestone_before"
HOURS = (
    ("hour", "The hour of reminders"),
    ("awake_from", "At once means not before"),
    ("awake_to", "and not after"),
)
COUNTS = (
    ("late_every", "After its date: every so many days", "Calendar days, until it is done or has another date."),
    ("late_to_leads", "Leads are told after so many trading days", "Counted from the date."),
    ("wait_every", "Waits: every so many trading days", "Counted from the day the wait began."),
    ("wait_to_leads", "Leads are told of waits after", "Trading days."),
    ("soon", "Told at once if wanted within", "Trading days; for a task that was given or became possible."),
)


class Undelivered(msgspec.Struct, frozen=True):
    """Something that could not be brought to somebody: whom, when it was due, and Slack's word for why."""

    person: str
    due_on: date
    word: str


WORDS = {
    "cannot_dm_bot": "takes no messages from apps",
    "user_disabled": "the account is closed",
    "account_inactive": "the account is closed",
    "user_not_found": "Slack does not know them any more",
    "user_not_visible": "cannot be seen by this app",
    "channel_not_found": "there is no conversation with them",
    "is_archived": "the conversation is closed",
    "messages_tab_disabled": "the app's Messages tab is switched off in its settings",
}
"""Slack's words for why it does not take a message, in ours."""


def in_words(rules: Rules) -> list[str]:
    """The numbers that hold, a line each."""
    return [
        f"*Before a date of the firm's own:* {_days(rules.before)}",
        f"*Before an industry date to come:* {_days(rules.milestone_before)}",
        f"*After its date:* every {rules.late_every} days; leads are told too after {rules.late_to_leads} trading days",
        f"*Waits:* every {rules.wait_every} trading days; leads are told too after {rules.wait_to_leads}",
        f"*Given or possible tasks:* with the next message, at once if wanted within {rules.soon} trading days",
        f"*The hour:* {clock(rules.hour)} for each person by their own clock, unless they chose another; "
        f"at once means between {clock(rules.awake_from)} and {clock(rules.awake_to)}"
        + ("" if rules.is_awake(rules.hour) else ", which this hour is not"),
    ]


def _days(counts: Sequence[int]) -> str:
    if not counts:
        return "none"
    said = ", ".join(str(c) for c in counts if c)
    days = f"{said} trading days before" if said else ""
    return " and ".join(x for x in (days, "the day itself" if 0 in counts else "") if x)


def numbers(
    scene: Scene, undelivered: Sequence[Undelivered] = (), *, top: Top = NOTHING, unled: bool = False
) -> Message:
    """All of them, and what could not be delivered."""
    lines = "\n".join(in_words(scene.position.reminders))
    blocks: list[Block] = [*top.blocks, header("Reminders of the firm"), banner(scene), section(lines)]
    blocks += [*nobody(unled=unled), *lost(undelivered)]
    blocks.append(actions(change(scene)))
    name = literal(scene.position.name)
    return Message(f"{top.text} {name}, reminders. {lines}".replace("*", "").strip(), tuple(blocks))


def change(scene: Scene) -> Element:
    """*Reminders…*, for leads."""
    return button("Reminders…", scene.carry(OpenRules), says="Reminders: the firm's numbers")


def nobody(*, unled: bool) -> list[Block]:
    """That no lead can be reached, where none can."""
    said = "📭 *No lead of this firm can be reached*, so nobody is reminded of what has no owner, nor of its dates."
    return [section(f"{said} A lead who writes to me is reminded again.")] if unled else []


def lost(undelivered: Sequence[Undelivered]) -> list[Block]:
    """What could not be delivered, and why; nothing where all was."""
    if not undelivered:
        return []
    lines = [
        f"• {literal(u.person)}, due {u.due_on:%b} {u.due_on.day}: {WORDS.get(u.word, 'Slack said no')} "
        f"(`{escape(u.word)}`)"
        for u in undelivered
    ]
    return [section(clip("\n".join(["📭 *Could not be delivered:*", *lines]), 2900))]


def form(scene: Scene, undelivered: Sequence[Undelivered] = (), *, unled: bool = False) -> Modal:
    """Every number, as it is now."""
    rules = scene.position.reminders
    hint = "Trading days before, with commas between them; 0 is the day itself."
    blocks: list[Block] = [
        banner(scene),
        *nobody(unled=unled),
        *lost(undelivered),
        field(
            BEFORE, "Before a date of the firm's own", text_input(initial=_listed(rules.before), longest=60), hint=hint
        ),
        field(
            MILESTONES,
            "Before an industry date to come",
            text_input(initial=_listed(rules.milestone_before), longest=60),
            hint="The same. Industry dates that have passed are never reminded of.",
        ),
    ]
    for name, label, explain in COUNTS:
        blocks.append(field(name, label, text_input(initial=str(getattr(rules, name)), longest=3), hint=explain))
    for name, label in HOURS:
        blocks.append(field(name, label, time_input(getattr(rules, name))))
    blocks.append(context("Times are by the clock of whoever is told. `/cais undo` takes a change back."))
    return Modal("Reminders", blocks, scene.carry(RulesForm, filled=rules), submit="Save")


def _listed(counts: Sequence[int]) -> str:
    return ", ".join(str(c) for c in counts)
