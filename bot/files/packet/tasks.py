"""The chapter with every task: who, when, on what evidence, by which dates, and the sentences of the roadmap."""

from collections.abc import Iterator, Sequence

from bot.files.packet.html import Html, Part, el, facts, lines, link, together
from bot.files.packet.notes import notes
from bot.files.packet.paper import MOST_OF_A_TASK, Paper
from flows import events as e
from flows.events import Record
from flows.evidence import kinds
from flows.evidence.pieces import name_of
from flows.exports.rows import outcome_words
from flows.own_dates import due_of
from flows.proof import KINDS, is_weak, kept_how
from flows.reviews import of_item
from flows.roadmap import Quote, Step
from flows.time_words import day
from flows.walk import Item


class Tasks:
    """The chapter of one firm."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.reading = paper.reading
        self.pack = paper.pack
        self.position = paper.position

    def chapter(self) -> Html:
        """Step by step."""
        return together(self._step(step) for step in self.pack.steps)

    def _step(self, step: Step) -> Html:
        items = self.reading.walk.of_step(step.id)
        told = [i for i in items if i.state not in ("not_applicable", "later") or i.record or self._rows(i)]
        depends = [i.title for i in items if i not in told and i.state == "later"]
        left_out = [i.title for i in items if i not in told and i.state != "later"]
        return el(
            "section",
            el("h3", f"Step {step.id}: {step.title}"),
            *(self._quote(quote) for quote in step.quotes),
            *(self._task(item) for item in told),
            el("p", "Depends on an answer: ", "; ".join(depends), ".", class_="muted") if depends else None,
            el("p", "Does not apply, as things are: ", "; ".join(left_out), ".", class_="muted") if left_out else None,
        )

    def _quote(self, quote: Quote) -> Html:
        first, last = quote.lines
        where = f"line {first}" if first == last else f"lines {first} to {last}"
        return el("blockquote", el("p", f"“{quote.text}”"), el("cite", f"Roadmap, {where}"))

    def _task(self, item: Item) -> Html:
        rows = self._rows(item)
        return el(
            "article",
            el("h4", item.title, " ", el("span", self.reading.state(item), class_=f"state {item.state}")),
            facts(self._task_facts(item)),
            *(self._quote(quote) for quote in item.task.quotes),
            el("p", item.task.placed_by_us, class_="muted") if item.task.placed_by_us else None,
            self._evidence(item, rows),
            notes(self.paper, rows, el("h5", "Notes")),
            self._revisions(item.key),
            self._entries(rows),
        )

    def _rows(self, item: Item) -> Sequence[Record]:
        return [row for row in self.reading.rows if item.key in _keys(row) or self._answers(row, item)]

    def _answers(self, row: Record, item: Item) -> bool:
        event = row.event
        return isinstance(event, e.AnswerGiven) and item.task.kind == "question" and item.task.sets == event.fact

    def _task_facts(self, item: Item) -> Iterator[tuple[str, Part]]:
        record = item.record if item.record and item.record.state != "open" else None
        answer = self.position.answers.get(item.task.sets) if item.task.kind == "question" else None
        who = answer or record
        owner = self.position.owners.get(item.key)
        due = due_of(self.position, item.task, item.key)
        role = self.pack.roles.get(item.task.owner)
        yield "Short name", el("code", item.key)
        yield "Concerns", role.title if role else ""
        yield "Outcome", outcome_words(self.reading, item)
        yield "By", f"{who.by_name}, recorded {self.paper.moment(who.at)} {self.paper.zone_name}" if who else ""
        yield "Happened on", self.paper.of_day(who.happened_on, who.at) if who and who.happened_on else ""
        review = of_item(self.position, item)
        seen = review.approval if review else None
        if seen:
            yield "Reviewed", f"approved by {seen.by_name}, {self.paper.moment(seen.at)} {self.paper.zone_name}"
        yield "Belongs to", owner.name if owner else ""
        yield "Wanted by", day(due.on) if due else ""
        if record and record.state == "waiting":
            yield "Waiting for", f"{record.whom}{f', since {day(record.since)}' if record.since else ''}"
            yield "Look again on", day(record.follow_up_on) if record.follow_up_on else ""
        yield "Reason or note", lines(record.reason) if record and record.reason else ""
        yield "Basis", lines(answer.basis) if answer and answer.basis else ""

    def _evidence(self, item: Item, rows: Sequence[Record]) -> Html | None:
        found = [row for row in rows if isinstance(row.event, e.EvidenceAdded)]
        if not found:
            none = el("div", el("h5", "Evidence"), el("p", "No evidence recorded."))
            return none if item.state == "done" else None
        shown, left = self.paper.shortened(found, MOST_OF_A_TASK)
        return el("div", el("h5", "Evidence"), left, el("ul", *(self._piece(row) for row in shown)))

    def _piece(self, row: Record) -> Html:
        event = row.event
        assert isinstance(event, e.EvidenceAdded), "picked by its type"
        name = name_of(event)
        is_address = event.text.startswith(("https://", "http://"))
        away = self._removed(row)
        about = [
            KINDS[event.kind],
            self.paper.happened(row),
            f"added by {row.actor_name}, {self.paper.moment(row.at)}",
            f"entry {row.sequence}",
            "weak evidence by itself" if is_weak(event) else "",
            "undone" if row.sequence in self.reading.undone else "",
        ]
        whose = "the text" if event.kind == "message" else "the file"
        return el(
            "li",
            link(event.text, name) if is_address else lines(name),
            el("div", ", ".join(part for part in about if part), class_="muted"),
            el("div", "Removed: ", lines(away)) if away else None,
            el("div", ", ".join(self._file(row, event)), class_="muted") if event.kind == "file" else None,
            el("div", f"Said to be: {'; '.join(event.covers)}", class_="muted") if event.covers else None,
            el("div", el("code", event.text), class_="muted") if is_address and name != event.text else None,
            el("div", "In the message ", el("code", event.came_from), class_="muted") if event.came_from else None,
            el("div", f"SHA-256 of {whose}: ", el("code", event.digest), class_="muted") if event.digest else None,
        )

    def _removed(self, row: Record) -> str:
        """Why a piece was taken away, by whom and when; empty while it counts."""
        away = next((p.removed for p in self.reading.pieces if p.row is row), None)
        if away is None or not isinstance(away.event, e.EvidenceRemoved):
            return ""
        return f"{away.event.reason} ({away.actor_name}, {self.paper.moment(away.at)}, entry {away.sequence})"

    def _file(self, row: Record, event: e.EvidenceAdded) -> Iterator[str]:
        yield event.name
        if event.size is not None:
            yield f"{event.size:,} bytes"
        if said := kinds.in_words(event.claimed, event.seen):
            yield said
        yield self.paper.enclosed.where(row.sequence) or kept_how(event)

    def _revisions(self, key: str) -> Html | None:
        found = [s for s in self.paper.stated if s.uid in (f"task-{key}", f"waiting-{key}")]
        return self.paper.dates_grid("Dates and their revisions", found) if found else None

    def _entries(self, rows: Sequence[Record]) -> Html | None:
        if not rows:
            return el("p", "Nothing is recorded of it yet.", class_="muted")
        shown, left = self.paper.shortened(rows, MOST_OF_A_TASK)
        told = [
            el("li", self._entry(row), class_="undone" if row.sequence in self.reading.undone else "") for row in shown
        ]
        return el("div", el("h5", "What was recorded"), left, el("ol", *told, class_="entries"))

    def _entry(self, row: Record) -> Html:
        undone = ", undone" if row.sequence in self.reading.undone else ""
        later = f"{self.paper.happened(row)}; " if self.reading.back_dated(row) else ""
        said = f"{self.paper.moment(row.at)}, {row.actor_name}: {self.reading.says(row)}"
        return together([said, el("span", f" ({later}entry {row.sequence}{undone})")])


def _keys(row: Record) -> Sequence[str]:
    """The task that a row is about."""
    task = getattr(row.event, "task", "")
    return (task,) if task else ()
