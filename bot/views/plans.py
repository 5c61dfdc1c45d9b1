"""The plan worked back from a target: proposed, taken as it is or in single lines, and accepted."""

from collections.abc import Sequence
from itertools import groupby

from bot.buttons import AcceptPlan, OpenPlan, OpenTarget, PlanForm, ShowNext, ShowPlan, UndoChange
from bot.surfaces import Block, Message, Modal
from bot.views import milestones
from bot.views.blocks import (
    actions,
    button,
    checkbox_input,
    clip,
    context,
    day,
    escape,
    field,
    header,
    literal,
    option,
    section,
    short_day,
)
from bot.views.dated import short_words
from bot.views.dates import on_from_here
from bot.views.scene import Scene, banner
from bot.views.tasks import NOTHING, Top, note
from flows.events import Record
from flows.planning import Plan, Planned, Tight

LINES = "lines"
"""The first block of tasks in the form is `lines0`, the next `lines1`."""

IN_A_FIELD = 10
MOST_NAMES = 4
LINES_IN_A_SECTION = 12


def plan(scene: Scene, proposed: Plan, top: Top = NOTHING) -> Message:
    """A day for each open task that has none, worked back from the target; nothing is saved before *Accept*.

    A date that somebody has set stays, unless they tick it under *Choose…*.
    """
    if not proposed.possible:
        return _impossible(scene, proposed, top)
    name = literal(scene.position.name)
    if not proposed.tasks:
        text = "Nothing is open that could be planned."
        return Message(f"{name}: {text}", [*top.blocks, banner(scene), section(text), actions(*on_from_here(scene))])
    lines = _plan_lines(scene, proposed.undated)
    sections = [lines[n : n + LINES_IN_A_SECTION] for n in range(0, len(lines), LINES_IN_A_SECTION)]
    asked = {"target": proposed.target.isoformat(), "digest": proposed.digest}
    ways = [
        button("Choose…", scene.carry(OpenPlan, **asked), says="Choose which of these dates are set"),
        button("Another target…", scene.carry(OpenTarget, plan=True)),
        button("Not now", scene.carry(ShowNext), says="Not now: nothing is saved"),
    ]
    if lines:
        said = "Accept the plan: all these dates are set"
        ways.insert(0, button("Accept", scene.carry(AcceptPlan, **asked), style="primary", says=said))
    count = len(proposed.tasks)
    blocks = [
        *top.blocks,
        header(
            "A plan for your target" if _is_for_target(scene, proposed) else f"A plan for {short_day(proposed.target)}"
        ),
        banner(scene, f"{count} open {'task' if count == 1 else 'tasks'}"),
        section(_intro(proposed) + _makes_it_the_target(scene, proposed)),
        *(section(clip("\n".join(part), 3000)) for part in sections),
        *_staying(scene, proposed),
        *_tight(proposed.tight),
        *_industry(scene, proposed),
        context(_counted(scene, proposed)),
        actions(*ways),
    ]
    text = f"{name}: a plan for {day(proposed.target)}. {_first_words(proposed)}{_tight_words(proposed.tight)}"
    return Message(f"{top.text} {text}".strip(), blocks)


def _intro(proposed: Plan) -> str:
    if not proposed.undated:
        return "*Every open task has a date already*, which stays. *Choose…* moves those you tick to this plan's day."
    worked = f"Worked back from *{day(proposed.target)}*: the last day for each open task"
    return f"*A proposal, not saved yet.* {worked} that still leaves the usual time for what comes after it."


def _is_for_target(scene: Scene, proposed: Plan) -> bool:
    return scene.position.target == proposed.target


def _makes_it_the_target(scene: Scene, proposed: Plan) -> str:
    """That accepting a plan for another day than the target sets that, too."""
    if _is_for_target(scene, proposed):
        return ""
    kept = scene.position.target
    return f"\nThat day becomes your target, too, once you accept it{f'; so far it is {day(kept)}' if kept else ''}."


def _first_words(proposed: Plan) -> str:
    if not proposed.undated:
        return "Every open task has a date already, which stays unless you choose to move it."
    first = proposed.undated[0]
    return f"First: {literal(first.item.title)} by {day(first.due)}. Nothing is saved before you accept it."


def _staying(scene: Scene, proposed: Plan) -> list[Block]:
    """The dates that somebody has set, and where the plan would have put them."""
    if not proposed.dated:
        return []
    lines = [_kept_line(scene, p) for p in proposed.dated[:LINES_IN_A_SECTION]]
    more = len(proposed.dated) - LINES_IN_A_SECTION
    lines += [f"and {more} more"] if more > 0 else []
    beyond = _beyond(proposed.beyond)
    return [section(clip("\n".join(["*These have a date, which stays:*", *lines]), 3000 - len(beyond)) + beyond)]


def _beyond(found: Sequence[Planned]) -> str:
    """Which of them are after the target; in a line of its own, empty where none is."""
    if not found:
        return ""
    return f"\n⏱️ *After the target:* {_named(found)}. *Choose…* moves those you tick to this plan's day."


def _industry(scene: Scene, proposed: Plan) -> list[Block]:
    """The industry dates to come, and what of the plan comes after one of them that it is to be done by."""
    blocks: list[Block] = []
    for coming in milestones.to_come(scene):
        after = proposed.after(coming.last, coming.milestone) if coming.milestone else ()
        blocks.append(section(f"{coming.said}\n{_after(after)}") if after else context(coming.said))
    return blocks


def _after(found: Sequence[Planned]) -> str:
    what = f"In this plan, after that day: {_named(found)}"
    return f"⏱️ *The two do not fit.* {what}. An earlier target brings that forward."


def _named(found: Sequence[Planned]) -> str:
    named = ", ".join(f"“{literal(clip(p.item.title, 100))}” ({short_day(p.day)})" for p in found[:MOST_NAMES])
    return named + (f" and {len(found) - MOST_NAMES} more" if len(found) > MOST_NAMES else "")


def _tight(found: Sequence[Tight]) -> list[Block]:
    """What is left less time than usual, said before the plan is accepted and after."""
    if not found:
        return []
    lines = [_tight_line(t) for t in found[:LINES_IN_A_SECTION]]
    more = len(found) - LINES_IN_A_SECTION
    lines += [f"and {more} more"] if more > 0 else []
    head = "⏱️ *Less time than usual*, as the dates that people set stay:"
    end = "A later date for these, or an earlier one for what comes first, gives them their usual time."
    return [section(clip("\n".join([head, *lines, end]), 3000))]


def _tight_line(found: Tight) -> str:
    title = literal(clip(found.item.title, 100))
    usual = f"usually {_days(found.days)}"
    if found.item.state == "waiting":
        usual = f"this wait usually takes {_days(found.days)} more"
    if found.after is None:
        left = f"{_days(found.left)} from today" if found.left else "no trading day is left"
        return f"{short_day(found.on)} · {title}: {left}, {usual}"
    first = f"“{literal(clip(found.after.title, 100))}”"
    if found.after_on and found.on < found.after_on:
        return f"{short_day(found.on)} · {title}: before {first} ({short_day(found.after_on)}), which comes first"
    if not found.left:
        return f"{short_day(found.on)} · {title}: no day is left after {first}, which comes first; {usual}"
    return f"{short_day(found.on)} · {title}: {_days(found.left)} after {first}, {usual}"


def _days(count: int) -> str:
    return "1 trading day" if count == 1 else f"{count} trading days"


def _kept_line(scene: Scene, planned: Planned) -> str:
    assert planned.now is not None, "only those that have a date"
    plan = "" if planned.now == planned.due else f" _(by this plan {short_day(planned.due)})_"
    return f"{short_words(scene, planned.now)} · {literal(clip(planned.item.title, 120))}{plan}"


def lines_modal(scene: Scene, proposed: Plan) -> Modal:
    """Each line of a plan with a box: ticked where the task has no date, and otherwise for who wants it moved."""
    groups = [
        [(n, p) for n, p in enumerate(proposed.tasks)][first : first + IN_A_FIELD]
        for first in range(0, len(proposed.tasks), IN_A_FIELD)
    ]
    fields = [
        field(
            f"{LINES}{nth}",
            "Set these dates" if nth == 0 else "And these",
            checkbox_input(
                [option(f"{short_day(p.due)} · {p.item.title}", str(n), _stays_unless(scene, p)) for n, p in group],
                [str(n) for n, p in group if p.now is None],
            ),
            optional=True,
        )
        for nth, group in enumerate(groups)
    ]
    about = f"*{literal(scene.position.name)}*\nA plan for *{day(proposed.target)}*. What is not ticked stays as it is."
    carried = scene.carry(PlanForm, target=proposed.target.isoformat(), digest=proposed.digest)
    return Modal("Choose dates", [section(about), *fields], carried, submit="Set these")


def _stays_unless(scene: Scene, planned: Planned) -> str:
    return f"Has {short_words(scene, planned.now)}; tick it to move it" if planned.now else ""


def accepted(scene: Scene, records: Sequence[Record], found: Sequence[Tight]) -> Top:
    """A plan was accepted: how much was set, with the one way to take all of it back. The days stand below.

    `found`: what the dates as they are now leave less time than usual.
    """
    set_now = sum(1 for r in records if r.type == "task_due_set")
    what = f"a date for {set_now} {'task' if set_now == 1 else 'tasks'}"
    if len(records) > set_now:
        what = f"{what}, and the target" if set_now else "the target"
    first = records[0]
    undo = button("Undo", scene.carry(UndoChange, of=first.sequence), says="Undo the whole plan")
    said = f"*The plan is set:* {what}.\nBy {scene.by(first.actor, first.actor_name)}, {scene.moment(first.at)}."
    return Top(f"The plan is set: {what}.{_tight_words(found)}", (section(said, accessory=undo), *_tight(found)))


def _tight_words(found: Sequence[Tight]) -> str:
    """The same for phones and screen readers."""
    if not found:
        return ""
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f" Less time than usual is left for “{literal(clip(found[0].item.title, 100))}”{more}."


def _plan_lines(scene: Scene, tasks: Sequence[Planned]) -> list[str]:
    """A line for each task; repeats of one task with one day in one line."""
    lines = []
    for (_, due), same in groupby(tasks, key=lambda p: (p.item.task.id, p.due)):
        repeats = list(same)
        first = repeats[0]
        title = literal(clip(first.item.title, 120))
        if len(repeats) > 1:
            names = ", ".join(literal(clip(p.item.name, 28)) for p in repeats[:MOST_NAMES])
            more = f" and {len(repeats) - MOST_NAMES} more" if len(repeats) > MOST_NAMES else ""
            title = f"{escape(first.item.task.title)}: {names}{more}"
        usual = f"{first.days} {'day' if first.days == 1 else 'days'}"
        wait = f"waits for {_outsider(scene, first)}, usually {usual}" if first.item.task.wait_for else usual
        lines.append(f"*{due:%a}, {short_day(due)}* · {title} _({wait})_")
    return lines


def _outsider(scene: Scene, planned: Planned) -> str:
    return escape(scene.pack.roles[planned.item.task.wait_for].title)


def _counted(scene: Scene, proposed: Plan) -> str:
    skipped = f" Skipped on the way: weekends, {', '.join(map(escape, proposed.skipped))}." if proposed.skipped else ""
    later = "" if scene.walk.complete else " More tasks may come with your answers; plan again then."
    return f"Days are trading days of the New York Stock Exchange.{skipped}{later}"


def _impossible(scene: Scene, proposed: Plan, top: Top) -> Message:
    earliest = proposed.earliest
    text = (
        f"*{day(proposed.target)}* leaves less time than these tasks usually take. Going by the usual days, "
        f"*{day(earliest)}* is the earliest you can plan for.{_with_more(proposed)} "
        "If your agent or FINRA CAT is faster, you may be too: "
        "dates can also be set task by task with `/cais due`."
    )
    ways = [
        button(f"Plan for {short_day(earliest)}", scene.carry(ShowPlan, target=earliest.isoformat()), style="primary"),
        button("Another target…", scene.carry(OpenTarget, plan=True)),
    ]
    said = f"{literal(scene.position.name)}: {text.replace('*', '').replace('`', '')}"
    return Message(f"{top.text} {said}".strip(), [*top.blocks, banner(scene), section(text), actions(*ways)])


def earliest(proposed: Plan) -> Top:
    """For whoever asked for the first day there is."""
    first = f"*{day(proposed.earliest)}* is the earliest day by which all that is open now can be done"
    return note(f"{first}, going by the usual days.{_with_more(proposed)}")


def _with_more(proposed: Plan) -> str:
    """How much longer it takes with what answers may still bring; empty where they bring nothing that does."""
    if proposed.at_most <= proposed.earliest:
        return ""
    return f" More tasks may come with your answers: with all that can come it is about *{day(proposed.at_most)}*."


def no_target(scene: Scene) -> Message:
    """A plan needs a day to be worked back from."""
    text = "A plan is worked back from the day you want to be through. Which day is that?"
    more = "You can also type it: `/cais plan May 28, 2027`. Nothing is saved before you accept the plan."
    ways = [button("Choose a target…", scene.carry(OpenTarget, plan=True), style="primary")]
    return Message(
        f"{literal(scene.position.name)}: {text}", [banner(scene), section(text), actions(*ways), context(more)]
    )
