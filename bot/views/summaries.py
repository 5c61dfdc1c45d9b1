"""Where one firm stands, for whoever looks once a week: each step in a table, what to look at first, what changed."""

from collections.abc import Sequence
from datetime import date
from operator import itemgetter

from bot.buttons import ShowPortfolio, ShowStatus, ShowWaiting
from bot.surfaces import Block, Message
from bot.views.blocks import actions, button, clip, context, escape, header, literal, section, short_day, table
from bot.views.scene import Scene, attester_line, banner, next_button, progress_words, to_review_line
from flows.summaries.changes import Change
from flows.summaries.standing import Concern, Matter, PartStanding, PartState, Standing, YearlyDay
from flows.walk import Walk

STATES: dict[PartState, str] = {
    "done": "Done",
    "waiting": "Waiting",
    "open": "Open",
    "locked": "Comes later",
    "later": "Depends on an answer",
    "not_applicable": "Does not apply",
}

DATED: frozenset[Concern] = frozenset({"past", "soon"})

MOST_MATTERS = 8
MOST_CHANGES = 8
NAMED = 2
"""Owners, and people who are waited for, named in one cell."""
CELL = 60
WAIT = 45
"""Characters of one wait in a cell: whom for, and since when."""
WORDS = 160
BAR = 10

HEAD = ("Step", "State", "Owner", "Next date", "Waiting for")

NOTHING_PRESSING = "Nothing is past a date of yours, nobody is waited for, and every open task has an owner."


def one(
    scene: Scene, standing: Standing, changes: Sequence[Change], *, since: str = "in the last 7 days", several: bool
) -> Message:
    """The summary of one firm, to whoever asked; `several`: the viewer has other firms as well."""
    ways = [
        *next_button(scene, "Next task", style="primary"),
        button("Status", scene.carry(ShowStatus)),
        *([button("Waiting on others", scene.carry(ShowWaiting))] if standing.walk.waiting else []),
        *([button("All my firms", ShowPortfolio(), says="Summary of all my firms")] if several else []),
    ]
    blocks = [*body(scene, standing, changes, since=since), actions(*ways), context(escape(scene.pack.wording.footer))]
    return Message(text(scene, standing, changes, since=since), blocks)


def body(scene: Scene, standing: Standing, changes: Sequence[Change], *, since: str) -> list[Block]:
    """What a summary shows of one firm, whoever reads it and wherever it stands."""
    first = _first_lines(scene, standing)
    return [
        header(f"Summary · {standing.name}"),
        banner(scene, f"summary of {short_day(standing.today)}"),
        section(
            "\n".join(
                [
                    f"{progress_bar(standing.walk)} *{escape(progress_words(scene))}*{_target(standing)}",
                    *attester_line(scene),
                    *to_review_line(scene),
                ]
            )
        ),
        table([HEAD, *(_row(scene, p, year=_needs_years(standing)) for p in standing.parts)], wrapped=(0, 2, 4)),
        section("\n".join(["*Look at first*", *_most(first, MOST_MATTERS, "task")]) if first else _calm(standing)),
        section("\n".join([f"*Changed {since}*", *_changed(scene, changes)])),
    ]


def text(scene: Scene, standing: Standing, changes: Sequence[Change], *, since: str) -> str:
    """The same to be read aloud, or on a phone's lock screen."""
    said = [f"{literal(standing.name)}, summary of {short_day(standing.today)}: {escape(progress_words(scene))}."]
    said += [f"{_yearly_words(y)}: {literal(y.name)}, every year." for y in standing.yearly if y.concerns][:3]
    said += [f"{_plainly(m)}." for m in _first(standing)[:3]]
    if not standing.matters and standing.walk.outcome:
        said.append(escape(standing.walk.outcome.say))
    said += _next_date(standing)
    newest = changes[0] if changes else None
    if newest:
        who = scene.by(newest.person, newest.name)
        said.append(f"Last change, by {who}: {literal(clip(newest.words, WORDS))}.")
    else:
        said.append(f"Nothing changed {since}.")
    return " ".join(said)


def _first(standing: Standing) -> list[Matter]:
    """The tasks to look at first: those that something is true of, else the first that can be worked on."""
    return [m for m in standing.matters if m.concerns or m is standing.matters[0]]


def _first_lines(scene: Scene, standing: Standing) -> list[str]:
    """The tasks to look at first, and the dates of every year that have passed or are near, in their order."""
    tasks = [(m.due if m.due and m.concerns & DATED else date.max, matter_line(scene, m)) for m in _first(standing)]
    yearly = [(y.on, _yearly_line(y)) for y in standing.yearly if y.concerns]
    return [line for _, line in sorted([*yearly, *tasks], key=itemgetter(0))]


def _yearly_line(yearly: YearlyDay) -> str:
    """Safe in mrkdwn."""
    past = "past" in yearly.concerns
    return f"{'📌' if past else '🗓️'} *{literal(yearly.name)}* (every year) · {_yearly_words(yearly)}"


def _yearly_words(yearly: YearlyDay) -> str:
    if "past" in yearly.concerns:
        return f"Past its date ({short_day(yearly.on)}), not marked done yet"
    return f"Due {short_day(yearly.on)}"


def _next_date(standing: Standing) -> list[str]:
    """The date that the table shows, or the firm's target, which stands above it, where no task has an earlier one."""
    day = standing.next_date
    if day is None:
        return [] if standing.ended else ["No date is set."]
    passed = " (passed)" if day < standing.today else ""
    yearly = next((f", {literal(y.name)}, every year" for y in standing.yearly if y.on == day), "")
    beside = "" if any(part.due == day for part in standing.parts) else yearly or ", the firm's target"
    return [f"Next date: {short_day(day)}{passed}{beside}."]


def progress_bar(walk: Walk) -> str:
    """How far a firm is, as a picture made of text; the numbers stand beside it. None at an end without tasks."""
    named = walk.outcome is not None and walk.outcome.when is not None
    if named or not walk.total:
        return ""
    full = BAR if walk.done >= walk.total else min(BAR - 1, round(BAR * walk.done / walk.total))
    return "▰" * full + "▱" * (BAR - full)


def date_cell(day: date | None, today: date, *, year: bool = False) -> str:
    """A day of the firm's own in a table; that it has passed is said, calmly. `year`: with its year in any case."""
    return "" if day is None else f"{near_day(day, today, year=year)}{' (passed)' if day < today else ''}"


def near_day(day: date, today: date, *, year: bool = False) -> str:
    """A day where there is little room: without its year where that is this one, unless `year` is asked for."""
    return short_day(day) if year or day.year != today.year else f"{day:%b} {day.day}"


def _needs_years(standing: Standing) -> bool:
    """Whether a day of the table is in another year than this: then all have theirs, or one reads them against it."""
    since = [m.since for part in standing.parts for m in part.matters if m.whom]
    days = [*(part.due for part in standing.parts), *since]
    return any(day is not None and day.year != standing.today.year for day in days)


def concern_words(matter: Matter) -> str:
    """What there is about a task, in a few plain words."""
    if "past" in matter.concerns and matter.due:
        return f"Past its date ({short_day(matter.due)})"
    if matter.whom:
        return f"Waiting for {matter.whom}"
    return f"Due {short_day(matter.due)}" if matter.due else "Open"


def _target(standing: Standing) -> str:
    target = standing.position.target
    if target is None:
        return ""
    passed = " (passed)" if standing.target_passed else ""
    return f" · 🎯 target {short_day(target)}{passed}"


def _row(scene: Scene, part: PartStanding, *, year: bool) -> tuple[str, ...]:
    own = part.part.id != part.step.id
    title = f"{part.part.id} {part.part.title if own else part.step.title}"
    owners = [m.owner.name if m.owner else "Nobody yet" for m in part.matters]
    whom = [waits_for(m, scene.today, WAIT, year=year) for m in part.matters if m.whom]
    cells = title, state_words(part), _named(owners, CELL // NAMED), date_cell(part.due, scene.today, year=year)
    return (*(clip(cell, CELL) for cell in cells), _named(whom, WAIT))


def state_words(part: PartStanding) -> str:
    """How far a step, or a part of one, is: what the table says, and the words of the picture above it."""
    state = STATES[part.state]
    if part.state in ("waiting", "open") and part.total > 1:
        state += f", {part.done} of {part.total} done"
    if part.to_review:
        state += ", to be reviewed" if part.state == "done" else f", {part.to_review} to be reviewed"
    return state


def _named(names: Sequence[str], each: int) -> str:
    different = list(dict.fromkeys(names))
    more = len(different) - NAMED
    return ", ".join(clip(n, each) for n in different[:NAMED]) + (f" and {more} more" if more > 0 else "")


def waits_for(matter: Matter, today: date, room: int, *, year: bool = False) -> str:
    """Whom a task waits for, and since when, in so many characters: the name is cut, and never the day."""
    since = f", since {near_day(matter.since, today, year=year)}" if matter.since else ""
    return f"{clip(matter.whom, room - len(since))}{since}"


def matter_line(scene: Scene, matter: Matter) -> str:
    """A task to look at: what it is, what there is about it, whose it is; safe in mrkdwn."""
    sign = "📌" if "past" in matter.concerns else "⏳" if matter.whom else "🗓️" if matter.due else "⬜"
    said = [literal(concern_words(matter))]
    if matter.whom:
        since = f" since {short_day(matter.since)}" if matter.since else ""
        waits = f"waiting for {literal(matter.whom)}{since}"
        said = [f"{said[0]}, {waits}"] if "past" in matter.concerns else [f"{waits[0].upper()}{waits[1:]}"]
        if matter.due and "past" not in matter.concerns:
            said.append(f"due {short_day(matter.due)}")
    said.append(f"👤 {literal(matter.owner.name or 'somebody')}" if matter.owner else "👤 nobody yet")
    return f"{sign} *{literal(matter.item.title)}* · {' · '.join(said)}"


def _plainly(matter: Matter) -> str:
    owner = literal(matter.owner.name or "somebody") if matter.owner else "nobody yet"
    waits = f", waiting for {literal(matter.whom)}" if matter.whom and "past" in matter.concerns else ""
    return f"{literal(concern_words(matter))}{waits}: {literal(matter.item.title)}, owner {owner}"


def _calm(standing: Standing) -> str:
    outcome = standing.walk.outcome
    return escape(outcome.say) if outcome and standing.ended else NOTHING_PRESSING


def _changed(scene: Scene, changes: Sequence[Change]) -> list[str]:
    lines = [
        f"• {short_day(scene.recorded_day(c.at))}, {scene.by(c.person, c.name)}: {literal(clip(c.words, WORDS))}"
        for c in changes
    ]
    return _most(lines, MOST_CHANGES, "change") or ["Nothing."]


def _most(lines: Sequence[str], most: int, thing: str) -> list[str]:
    more = len(lines) - most
    return [*lines[:most], *([f"and {more} more {thing}{'s' if more > 1 else ''}"] if more > 0 else [])]
