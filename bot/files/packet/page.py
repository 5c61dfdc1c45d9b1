"""The examiner packet as one page of HTML, which its PDF is printed from."""

from collections.abc import Sequence
from datetime import date, datetime
from importlib import resources

from bot.files.packet.agents import agents
from bot.files.packet.enclosed import Enclosed
from bot.files.packet.html import Html, Part, el, facts, grid, lines, together
from bot.files.packet.memos import memos
from bot.files.packet.notes import notes
from bot.files.packet.paper import MOST_IN_LOG, Paper, stacked
from bot.files.packet.picture import progress_picture
from bot.files.packet.tasks import Tasks
from flows import events as e
from flows.events import Record
from flows.exports.record import Export, Reading
from flows.history import SITUATIONS, SOURCES, counted, label, rules_in_words
from flows.legal_hold import in_words
from flows.moved_dates import SHOWN_FOR_REFERENCE, is_concerned, line, moved
from flows.records import verify
from flows.roadmap import Step
from flows.time_words import day
from flows.walk import LEFT

IS_NOT = (
    "It is made by the app from what people of the firm recorded. It does not show that what they recorded is true.",
    "It is no opinion on whether the firm complies with any rule, and not legal advice.",
    "It makes no claim to be a record under SEC Rule 17a-4, and the app is no 17a-4 record system.",
    "It is not affiliated with FINRA, FINRA CAT or CAT LLC, and none of them has seen it.",
    "The roadmap covers preparation only: reporting and supervision duties continue after its last task.",
)

CHAPTERS = (
    ("stands", "Where the firm stands"),
    ("answers", "Answers to the roadmap's questions"),
    ("tasks", "The roadmap, task by task"),
    ("dates", "The firm's own dates and reminders"),
    ("questions", "Questions and the firm's own answers"),
    ("people", "People, agents and documents"),
    ("log", "Everything that was recorded"),
    ("verify", "How to check this packet"),
)


def page(
    export: Export, reading: Reading, enclosed: Enclosed | None = None, *, printed: bool = False, remark: str = ""
) -> Html:
    """The whole page; `printed` for the PDF, where a very long history is cut, and says so.

    `remark` is what is to be said on its cover of how it is printed.
    """
    paper = Paper(export, reading, enclosed or Enclosed(), printed=printed, remark=remark)
    drawn = _Page(paper)
    bodies = (
        drawn.stands(),
        drawn.answers(),
        Tasks(paper).chapter(),
        drawn.dates(),
        drawn.questions(),
        drawn.people(),
        drawn.log(),
        drawn.verify(),
    )
    chapters = [
        el("section", el("h2", f"{nth}. {title}", id=anchor), body)
        for nth, ((anchor, title), body) in enumerate(zip(CHAPTERS, bodies, strict=True), start=1)
    ]
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="author", content=export.made_by),
        el("meta", name="description", content=f"What {reading.name} recorded of its way through the CAIS roadmap"),
        el("title", paper.title),
        el("style", Html(resources.files("bot.files.packet").joinpath("packet.css").read_text(encoding="utf-8"))),
    )
    body = el("body", drawn.cover(), el("main", *chapters), el("footer", export.pack.wording.footer))
    return together([Html("<!doctype html>\n"), el("html", head, body, lang="en")])


def not_as_written(reading: Reading) -> str:
    """That a link of the chain did not hold when it was packed, and which; empty where all did."""
    broken = verify(reading.rows)
    return f"This record is not as it was written. {broken.sentence}" if broken else ""


class _Page:
    """The cover and the chapters that are tables."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.export = paper.export
        self.reading = paper.reading
        self.pack = paper.pack
        self.position = paper.position

    # --- cover ---------------------------------------------------------------------------------------------------

    def cover(self) -> Html:
        pack, position = self.pack, self.position
        made = f"{self.paper.moment(self.export.made_at)} {self.paper.zone_name}, by {self.export.made_by}"
        practice = self.export.practice or position.practice
        return el(
            "header",
            el("p", "Examiner packet", class_="kicker"),
            el("h1", self.reading.name),
            el("p", f"{pack.title}: {pack.edition_title}", class_="subtitle"),
            el("p", "Practice run: the clock was moved, and nothing here is a real record.", class_="practice")
            if practice
            else None,
            el("p", self.paper.remark, class_="muted") if self.paper.remark else None,
            progress_picture(self.reading),
            facts(
                [
                    ("Made", made),
                    ("Roadmap", f"edition {pack.edition}, pack {pack.id} {pack.version}"),
                    ("State", self._state()),
                    ("Recorded", f"{counted(position.version, 'entry', 'entries')}, each chained"),
                    ("Head of the chain", el("code", position.head)),
                    ("Broken chain", not_as_written(self.reading) or None),
                    ("Legal hold", self._hold()),
                ]
            ),
            el(
                "aside",
                el("h2", "What this packet is not", class_="plain"),
                el("ul", *(el("li", sentence) for sentence in IS_NOT)),
            ),
            el(
                "nav",
                el("h2", "Contents", class_="plain"),
                el("ol", *(el("li", el("a", title, href=f"#{anchor}")) for anchor, title in CHAPTERS)),
                aria_label="Contents",
            ),
        )

    def _hold(self) -> str | None:
        hold = self.position.hold
        return in_words(hold, self.position.time_zone) if hold else None

    def _state(self) -> str:
        walk = self.reading.walk
        if walk.outcome:
            return walk.outcome.title
        counted_tasks = f"{walk.done} of {walk.total} tasks done"
        return f"{counted_tasks}; next: {walk.next.title}" if walk.next else counted_tasks

    # --- 1 and 2 -------------------------------------------------------------------------------------------------

    def stands(self) -> Html:
        walk, position = self.reading.walk, self.position
        outcome = walk.outcome
        waiting = [
            f"{item.record.whom}, since {day(item.record.since)}: {item.title}"
            for item in walk.waiting
            if item.record and item.record.since
        ]
        return together(
            [
                facts(
                    [
                        ("Situation", SITUATIONS[position.situation]),
                        ("The firm's target", day(position.target) if position.target else "none set"),
                        ("Next", walk.next.title if walk.next else None),
                        ("Waiting for", el("ul", *(el("li", one) for one in waiting)) if waiting else None),
                    ]
                ),
                el("p", outcome.say) if outcome else None,
                grid("The six steps", ("Step", "What it is", "Done", "Left"), map(self._step_row, self.pack.steps)),
                self._milestones(),
                notes(self.paper, self._on_the_firm(), el("h3", "Notes on the firm")),
            ]
        )

    def _on_the_firm(self) -> Sequence[Record]:
        return [row for row in self.reading.rows if isinstance(row.event, e.NoteAdded) and not row.event.task]

    def _step_row(self, step: Step) -> Sequence[Part]:
        items = self.reading.walk.of_step(step.id)
        done = sum(1 for item in items if item.state == "done")
        left = sum(1 for item in items if item.state in LEFT)
        applies = any(item.state not in ("not_applicable", "set_aside") for item in items)
        return f"Step {step.id}", step.title, str(done), str(left) if applies else "does not apply"

    def _milestones(self) -> Html:
        today = self.reading.day(self.export.made_at)
        ledger = self.export.shared[self.reading.key.tenant].ledger
        now = {one.milestone.id: line(one) for one in moved(self.pack, ledger, today)}
        past = "" if is_concerned(self.pack, self.position) else SHOWN_FOR_REFERENCE
        rows = []
        for m in self.pack.milestones:
            on = date.fromisoformat(m.date)
            rows.append((m.title, day(on), now.get(m.id) or (past or m.past if on < today else "To come.")))
        caption = "Industry dates that the roadmap names, for reference"
        return grid(caption, ("What", "Day in the roadmap", "What it means now"), rows, class_="milestones")

    def answers(self) -> Html:
        rows = [row for row in self.reading.rows if isinstance(row.event, e.AnswerGiven)]
        if not rows:
            return el("p", "No question of the roadmap has been answered yet.")
        heads = ("Question", "Answer and basis", "By", f"Recorded ({self.paper.zone_name})", "Counts", "Entry")
        caption = "Every answer, also those that were changed since"
        return together([memos(self.paper), grid(caption, heads, map(self._answer_row, rows), class_="answers")])

    def _answer_row(self, row: Record) -> Sequence[Part]:
        event = row.event
        assert isinstance(event, e.AnswerGiven), "picked by its type"
        question = self.pack.questions.get(event.fact)
        said = ", ".join(label(question.options if question else (), value) for value in event.value)
        again = f"To be looked at again on {day(event.recheck_on)}." if event.recheck_on else ""
        standing = self.position.answers.get(event.fact)
        stands = standing is not None and standing.sequence == row.sequence
        return (
            question.ask if question else event.fact,
            stacked(said, event.basis, again),
            row.actor_name,
            self.paper.when(row),
            "undone" if row.sequence in self.reading.undone else "yes" if stands else "changed since",
            str(row.sequence),
        )

    # --- 4 to 6 --------------------------------------------------------------------------------------------------

    def dates(self) -> Html:
        stated = self.paper.stated
        grid_of_them = self.paper.dates_grid("Every date, each time it was set, cleared or marked done", stated)
        return together(
            [
                grid_of_them if stated else el("p", "The firm has set no dates of its own."),
                el("h3", "When the firm's people are reminded"),
                el("p", self._whose_numbers(), class_="muted"),
                el("ul", *(el("li", words) for words in rules_in_words(self.position.reminders))),
            ]
        )

    def _whose_numbers(self) -> str:
        rows = (row for row in reversed(self.reading.rows) if row.sequence not in self.reading.undone)
        row = next((row for row in rows if isinstance(row.event, e.RemindersSet)), None)
        if row is None:
            return "These are the app's own numbers; the firm has set no others."
        return f"Set by {row.actor_name}, {self.paper.moment(row.at)} {self.paper.zone_name}, entry {row.sequence}."

    def questions(self) -> Html:
        answers = [a for a in self.position.firm_answers.values() if not a.withdrawn]
        asked = self.reading.firm.asked
        if not answers and not asked:
            return el("p", "Nobody has asked anything, and no lead has answered for the firm.")
        by_lead = [
            (a.question, lines(a.text), a.by_name, self.paper.moment(a.at), day(a.check_on), str(a.sequence))
            for a in answers
        ]
        heads = ("Question", "Answer", "By", f"Recorded ({self.paper.zone_name})", "Check again on", "Entry")
        told = [
            (
                q.question,
                stacked(q.said or "No answer in the roadmap."),
                q.name,
                self.paper.moment(datetime.fromisoformat(q.asked_at)),
            )
            for q in asked
        ]
        said = ("Question", "What the app said", "Asked by", f"Asked ({self.paper.zone_name})")
        return together(
            [
                grid("Answers of the firm's own", heads, by_lead) if by_lead else None,
                grid("What people asked, and what they were told", said, told) if told else None,
            ]
        )

    def people(self) -> Html:
        names, people = self.reading.names, self.position.members
        members = [(names[p] or p, m.role, el("code", p)) for p, m in people.items()]
        added = [row.event for row in self.reading.rows if isinstance(row.event, e.DocumentAdded)]
        documents = [
            (d.name, el("code", d.digest), "kept" if d.document in self.position.documents else "removed since")
            for d in added
        ]
        return together(
            [
                grid("People of the firm in the app", ("Name", "Role", "Id"), members),
                agents(self.paper),
                grid("Documents of the firm's own", ("Name", "SHA-256", "State"), documents) if documents else None,
            ]
        )

    # --- 7 and 8 -------------------------------------------------------------------------------------------------

    def log(self) -> Html:
        rows, left = self.paper.shortened(self.reading.rows, MOST_IN_LOG)
        heads = ("Entry", f"When ({self.paper.zone_name}), who, how", "What", "Hash begins")
        return together(
            [
                left,
                grid("The audit log, oldest first", heads, map(self._log_row, rows), class_="log"),
            ]
        )

    def _log_row(self, row: Record) -> Sequence[Part]:
        undone = row.sequence in self.reading.undone
        how = SOURCES.get(row.source, row.source)
        return (
            str(row.sequence),
            stacked(self.paper.moment(row.at), f"{row.actor_name}, {how}", "practice run" if row.practice else ""),
            stacked(self.reading.says(row) + (" (undone)" if undone else ""), self.paper.happened(row)),
            el("code", row.hash[:12]),
        )

    def verify(self) -> Html:
        return together(
            [
                el("p", "With Python 3.8 or newer, and nothing else, offline:"),
                el("pre", "python3 verify.py"),
                el(
                    "p",
                    "It compares every file with manifest.sha256, follows the chain of entries in record.json from the "
                    "first to the last, and compares where it ends with the head that VERIFY.txt names. VERIFY.txt "
                    "says how to do the same without it, and what it cannot show. A head that was kept elsewhere, "
                    "such as one from an earlier packet, it looks for in this one:",
                ),
                el("pre", "python3 verify.py HEAD"),
            ]
        )
