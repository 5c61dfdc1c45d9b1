"""Dates: the modals, the question where words can mean several days, and what was recorded."""

from collections.abc import Sequence
from datetime import date

from bot.actions import fits
from bot.buttons import (
    DateForm,
    FinishYear,
    OpenDate,
    OpenHandover,
    OpenTarget,
    RemoveRecurring,
    RunCommand,
    SetDate,
    ShowNext,
    ShowPlan,
    ShowStatus,
    TargetForm,
)
from bot.surfaces import Block, Message, Modal
from bot.views import date_pages, dated
from bot.views.blocks import (
    Element,
    actions,
    button,
    checkbox_input,
    clip,
    confirm,
    context,
    date_input,
    day,
    divider,
    escape,
    field,
    literal,
    option,
    section,
    short_day,
)
from bot.views.scene import Scene, banner, only_if_it_comes
from bot.views.tasks import NOTHING, Top
from flows.dates import WhichDay
from flows.own_dates import OPEN, step_followed, still_open
from flows.position import Recurring
from flows.trading_days import Calendar
from flows.walk import Item

DAY, CLEAR = "day", "clear"
YES = "yes"
MOST_RECURRING = 10
"""Dates of every year that have a button each."""

LEAP_DAY = "on February 28 in years that have no 29th"
HOW_TO_WRITE = "Write it like `Dec 15`, `next Friday`, `in 3 business days`, `end of month` or `5/31/2027`."


# --- modals ---------------------------------------------------------------------------------------------------


def date_modal(scene: Scene, item: Item) -> Modal:
    """The day a task is wanted by; clearing it is a box of its own, so that an empty field erases nothing."""
    kept = scene.position.task_due.get(item.key)
    of_step = None if kept else dated.due(scene, item)
    hint = (
        "The day ends at 11:59 PM New York time. A day without trading is fine: reminders come the trading day before."
    )
    if of_step:
        hint = f"Its step has {dated.short_words(scene, of_step.on)}; a day here counts for this task alone."
    picked = kept.on if kept and kept.on >= scene.today else None
    blocks = [about(scene, item), field(DAY, "Finish it by", date_input(picked), hint=hint, optional=bool(kept))]
    if kept:
        blocks.append(box(CLEAR, "Or take the date off", "No date for this task"))
    return Modal("Set a date", blocks, scene.carry(DateForm, task=item.key), submit="Save")


def target_modal(scene: Scene, *, plan: bool) -> Modal:
    """The day the firm wants to be through. With `plan` a proposal follows, and nothing is set before."""
    kept = scene.position.target
    blocks = [
        section(f"*{literal(scene.position.name)}*\nThe day by which you want to be through the roadmap."),
        field(
            DAY, "Target", date_input(kept if kept and kept > scene.today else None), optional=bool(kept) and not plan
        ),
    ]
    if kept and not plan:
        blocks.append(box(CLEAR, "Or take the target off", "No target"))
    return Modal(
        "Plan for a target" if plan else "Set the target", blocks, scene.carry(TargetForm, plan=plan), submit="Save"
    )


def about(scene: Scene, item: Item) -> Block:
    """Which firm and task a modal is about."""
    where = f"*{literal(scene.position.name)}* · step {escape(item.task.step)}"
    return section(f"{where}\n*{literal(item.title)}*")


def box(block_id: str, label: str, words: str) -> Block:
    """A box to tick, for what an empty field must not say."""
    return field(block_id, label, checkbox_input([option(words, YES)]), optional=True)


# --- questions ------------------------------------------------------------------------------------------------


def which_day(scene: Scene, asked: WhichDay, choice: SetDate, what: str) -> Message:
    """Words that can mean several days, or one that has passed: the days are offered, none is taken."""
    offered = [button(day(on), _on(choice, on), says=f"{what}: {day(on)}") for on in asked.choices]
    other = _picker(scene, choice)
    ways = [*offered, *([other] if other else [])]
    blocks = [
        banner(scene, what),
        section(f"{escape(asked.ask)} Nothing was set."),
        *([actions(*ways)] if ways else []),
    ]
    days = ", or ".join(day(on) for on in asked.choices)
    return Message(f"{literal(scene.position.name)}, {what}: {escape(asked.ask)} {days}".strip(), blocks)


def take_off(scene: Scene, item: Item, kept: date) -> Message:
    """No task was named: whether the date of the one at hand shall go is asked, for these words may mean nothing."""
    text = f"Shall the task at hand have no date? “{literal(item.title)}” has {day(kept)}. Nothing was changed."
    take = RunCommand(firm=scene.position.key.firm, words=f"due {item.key} none")
    ways = [
        button("Take its date off", take, says=f"Take the date off {item.title}"),
        button("Another day…", scene.carry(OpenDate, task=item.key), says=f"Another day for {item.title}"),
    ]
    more = "For another task, name it: `/cais due s2 none`."
    return Message(
        f"{literal(scene.position.name)}: {text}", [banner(scene), section(text), actions(*ways), context(more)]
    )


def _on(choice: SetDate, on: date) -> SetDate:
    return SetDate(choice.firm, choice.version, what=choice.what, key=choice.key, on=on.isoformat())


def _picker(scene: Scene, choice: SetDate) -> Element | None:
    if choice.what == "task":
        return button("Another day…", scene.carry(OpenDate, task=choice.key))
    if choice.what in ("target", "plan"):
        return button("Another day…", scene.carry(OpenTarget, plan=choice.what == "plan"))
    return None


def no_date(scene: Scene, said: str, offered: str, item: Item | None, pick: OpenTarget | None = None) -> Message:
    """What was typed as a date is none; a mistyped one is offered as it may have been meant, or a day is picked."""
    what = f"I could not read a date in “{literal(clip(said, 80))}”, so nothing was set." if said else "Say which day."
    near = RunCommand(firm=scene.position.key.firm, words=offered)
    ways = [button(clip(f"/cais {offered}", 70), near, says=f"Run {offered}")] if offered and fits(near) else []
    if item:
        ways.append(button("Set date…", scene.carry(OpenDate, task=item.key), says=f"Set date: {item.title}"))
    if pick:
        ways.append(button("Choose a target…", pick))
    text = f"{what} {'Did you mean this?' if offered else HOW_TO_WRITE}"
    return Message(text, [banner(scene), section(text), *([actions(*ways)] if ways else [])])


def no_task(scene: Scene, unknown: str, when: str, near: Sequence[Item], yearly: str = "") -> Message:
    """What was typed before a date is no task; those it may have been are offered with the same date.

    `yearly`: what to type where a date of every year may be meant.
    """
    text = f"No task of this firm is called “{literal(clip(unknown, 80))}”, so nothing was set."
    ways = []
    every_year = RunCommand(firm=scene.position.key.firm, words=yearly)
    if yearly and fits(every_year):
        ways.append(button(clip(f"Every year: {unknown}", 70), every_year, says=f"Run {yearly}"))
    for item in near:
        again = RunCommand(firm=scene.position.key.firm, words=f"due {item.key} {when}")
        if fits(again):
            ways.append(button(clip(item.title, 70), again, says=f"{item.title}: {when}"))
    text += f" Did you mean one of these, for “{literal(when)}”?" if ways else " `/cais status` names them all."
    return Message(
        f"{literal(scene.position.name)}: {text}", [banner(scene), section(text), *([actions(*ways)] if ways else [])]
    )


def for_its_step(scene: Scene, item: Item, sentence: str, on: date) -> Message:
    """A date for a task that repeats, before there is anything to repeat it for: its step may have that day."""
    step = item.task.part
    way = button(
        f"Set step {step}: {short_day(on)}",
        RunCommand(firm=scene.position.key.firm, words=f"due step {step} {on.isoformat()}"),
        says=f"Set the date of step {step} to {day(on)}",
    )
    return Message(sentence.replace("*", ""), [banner(scene), section(sentence), actions(way)])


# --- what the firm has set ------------------------------------------------------------------------------------


def own(scene: Scene, top: Top = NOTHING, page: int = 0) -> Message:
    """The firm's own dates, page by page: what `/cais due` alone shows, and what a change ends in."""
    dates = dated.coming(scene)
    found = date_pages.page_of(scene, dates, page)
    lines = dated.target_line(scene) or ["🎯 No target yet."]
    beyond = dated.after_target(scene)
    lines += [f"⏱️ {beyond}"] if beyond else []
    lines += date_pages.lines(scene, found)
    ways = [
        button("Plan", scene.carry(ShowPlan), says="Propose a date for each open task"),
        button("Set the target", scene.carry(OpenTarget)),
        button("Hand over…", scene.carry(OpenHandover), says="Hand all open tasks of one person to another"),
        *on_from_here(scene),
    ]
    turning = date_pages.ways(scene, found)
    blocks = [*top.blocks, banner(scene, "your own dates"), *date_pages.sections(lines)]
    blocks += [*([actions(*turning)] if turning else []), actions(*ways)]
    blocks += [] if found.number else recurring_blocks(scene)
    said = f"{literal(scene.position.name)}: {len(dates)} {'date' if len(dates) == 1 else 'dates'} of your own."
    return Message(" ".join(x for x in (top.text, said, _as_read(beyond)) if x), blocks)


def _as_read(text: str) -> str:
    """Without the marks that format, for phones and screen readers."""
    return text.replace("*", "").replace("`", "")


def recurring_blocks(scene: Scene) -> list[Block]:
    """The dates that come back every year, each with the way to remove it, and to mark done what has passed.

    Those to mark done come first: there may be more dates than buttons.
    """
    there = sorted(scene.position.recurring, key=lambda r: still_open(scene.position, r, scene.today) is None)
    if not there:
        return []
    more = len(there) - MOST_RECURRING
    typed = "`/cais due “its name” none` takes one of them off."
    rest = [context(f"And {more} more every year. {typed}")] if more > 0 else []
    shown = [block for r in there[:MOST_RECURRING] for block in _recurring(scene, r)]
    return [divider(), *shown, *rest]


def _recurring(scene: Scene, kept: Recurring) -> list[Block]:
    every = f"{date(2000, kept.month, kept.day):%B} {kept.day}"
    other = f" ({LEAP_DAY})" if is_leap_day(kept.month, kept.day) else ""
    sure = confirm("Remove this date?", f"{kept.name}, every {every}, comes back no more. It can be undone.", "Remove")
    away = button("Remove", scene.carry(RemoveRecurring, recurring=kept.id), says=f"Remove {kept.name}", confirm=sure)
    said = section(f"🔁 *{literal(kept.name)}*: every {every}{other}", accessory=away)
    passed = still_open(scene.position, kept, scene.today)
    if passed is None:
        return [said]
    done = scene.carry(FinishYear, recurring=kept.id, on=passed.isoformat())
    seen_to = f"Done for {short_day(passed)}"
    return [said, actions(button(seen_to, done, says=f"{seen_to}: {kept.name}"))]


def is_leap_day(month: int, on: int) -> bool:
    """Whether a day of every year is one that most years do not have."""
    return (month, on) == (2, 29)


def with_leap_day(top: Top) -> Top:
    """What was recorded of a date on February 29, and where it falls in other years."""
    return with_note(top, f"It falls {LEAP_DAY}; so do its reminders.")


def with_day(scene: Scene, top: Top, on: date, calendar: Calendar) -> Top:
    """What was recorded, and what is worth knowing of the day: where it ends, and that it is no trading day."""
    said = []
    if until := dated.ends(scene, on).removeprefix("; "):
        said.append(f"It {until}.")
    if not calendar.is_trading_day(on):
        why = calendar.name_of(on) or "a weekend"
        said.append(f"No trading day ({literal(why)}): the date stays, reminders come the trading day before.")
    return with_note(top, " ".join(said)) if said else top


def with_day_before(top: Top, was: date | None) -> Top:
    """What was recorded, and which date it took the place of: whoever set that one may have had a reason."""
    return with_note(top, f"Before, it was {day(was)}.") if was else top


def with_target(scene: Scene, top: Top) -> Top:
    """What was recorded of a target, and that it lies after an industry date to come; one at the end has its line."""
    said = dated.target_note(scene)
    return with_note(top, said) if said else top


def if_it_applies(top: Top, items: Sequence[Item]) -> Top:
    """What was recorded; where an answer still to come decides whether the tasks apply, what that means for the date.

    Of a step with a task that applies for certain nothing is said: that one is reminded of.
    """
    there = [i for i in items if i.state in OPEN and not only_if_it_comes(i.task)]
    if not there or any(i.state != "later" for i in there):
        return top
    depends = "Whether this applies depends on an answer still to come."
    return with_note(top, f"{depends} Its reminders begin once it does; if it does not, none come.")


def if_followed(scene: Scene, top: Top, step: str) -> Top:
    """What was recorded of a step's date; where no task goes by it, so that it is in no list, that too."""
    there = (step_followed(scene.position, i.task, i.key) for i in scene.walk.items if i.state in OPEN)
    if step in there:
        return top
    return with_note(top, "No open task goes by it now: each has a date of its own or of its part, or is done.")


def with_note(top: Top, text: str) -> Top:
    """What was recorded, and a remark below it; `text` is safe in mrkdwn."""
    return Top(f"{top.text} {text}", (*top.blocks, context(f"ℹ️ {text}")))


def on_from_here(scene: Scene) -> list[Element]:
    """Where one goes next."""
    return [button("Next task", scene.carry(ShowNext)), button("Status", scene.carry(ShowStatus))]
