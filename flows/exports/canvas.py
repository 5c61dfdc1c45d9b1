"""A firm's roadmap as a Slack canvas: headings and checklists in Markdown, to read and to work beside."""

import re
from collections.abc import Iterator

from flows.exports.record import Export, Reading
from flows.own_dates import due_of
from flows.position import Answer, TaskRecord
from flows.time_words import day
from flows.walk import LEFT, Item

LONGEST = 100_000
"""Characters; Slack takes a million, and a roadmap has a few thousand."""

MARKS = re.compile(r"([\\`*_\[\]()#<>!|~{}])")


def markdown(export: Export) -> str:
    """The one firm of this export. Titles, states, owners and dates; no notes, reasons or proof."""
    (reading,) = export.readings()
    today = export.day(reading)
    walk = reading.walk
    lines = [
        f"*As of {day(today)}, written for {safe(export.made_by)}. It does not change by itself.*",
        "",
        f"{walk.done} of {walk.total} tasks done" + ("." if walk.complete else "; more may come with the answers."),
    ]
    if reading.position.target:
        lines.append(f"Target: {day(reading.position.target)}.")
    for step in reading.pack.steps:
        items = [i for i in walk.of_step(step.id) if i.state not in ("not_applicable", "later")]
        lines += ["", f"## Step {step.id}: {safe(step.title)}", ""]
        lines += [_line(reading, item) for item in items] or ["Nothing to do as things are."]
    last = reading.rows[-1]
    lines += ["", "---", "", *_footer(export), f"Head of the chain, after {last.sequence:,} entries: `{last.hash}`"]
    return "\n".join(lines)[:LONGEST]


def _line(reading: Reading, item: Item) -> str:
    box = "x" if item.state == "done" else " "
    return f"- [{box}] {safe(item.title)}: {'; '.join(_facts(reading, item))}"


def _facts(reading: Reading, item: Item) -> Iterator[str]:
    record = item.record
    yield safe(reading.state(item).lower())
    done = _done(reading, item)
    if done:
        yield f"{safe(done.by_name or 'somebody')}, {day(done.happened_on or reading.day(done.at))}"
    if item.state == "waiting" and record:
        yield f"for {safe(record.whom)}" + (f" since {day(record.since)}" if record.since else "")
    if item.state in LEFT:
        owner = reading.position.owners.get(item.key)
        due = due_of(reading.position, item.task, item.key)
        if owner:
            yield f"owner {safe(owner.name or 'somebody')}"
        if due:
            yield f"due {day(due.on)}"


def _done(reading: Reading, item: Item) -> Answer | TaskRecord | None:
    """What tells who did it and when; of a question that is its answer."""
    if item.state != "done":
        return None
    return reading.position.answers.get(item.task.sets) if item.task.kind == "question" else item.record


def _footer(export: Export) -> Iterator[str]:
    yield safe(export.pack.wording.footer)
    if export.practice:
        yield "A practice run: no real record."


def safe(text: str) -> str:
    """What people wrote, so that it formats nothing and calls nobody in a canvas."""
    return MARKS.sub(r"\\\1", " ".join(text.split()))
