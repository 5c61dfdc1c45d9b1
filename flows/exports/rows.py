"""The rows of each table, one function for each, in the order of its columns."""

from collections.abc import Iterator
from datetime import date, datetime

from flows import events as e
from flows.events import Record
from flows.exports.dates import stated_dates
from flows.exports.record import Reading
from flows.history import SITUATIONS, SOURCES, label, rules_in_words
from flows.legal_hold import in_words
from flows.own_dates import due_of
from flows.proof import KINDS, is_weak, kept_how
from flows.reviews import approval_stands, of_item
from flows.walk import Item

Cell = str | date | datetime | int | None
Row = tuple[Cell, ...]


def _yes(value: bool) -> str:
    return "yes" if value else ""


def _counts(reading: Reading, row: Record) -> str:
    return "undone" if row.sequence in reading.undone else "yes"


def _who(row: Record) -> tuple[Cell, ...]:
    return row.actor_name, row.at


def _happened(row: Record) -> date | None:
    return date.fromisoformat(row.happened_on) if row.happened_on else None


# --- where each firm is ---------------------------------------------------------------------------------------


def firms(reading: Reading) -> Iterator[Row]:
    """Where the firm is."""
    position, walk = reading.position, reading.walk
    outcome = walk.outcome.title if walk.outcome else ""
    yield (
        SITUATIONS[position.situation],
        walk.done,
        walk.total,
        walk.next.title if walk.next else outcome,
        "; ".join(f"{i.record.whom}: {i.title}" for i in walk.waiting if i.record),
        position.target,
        position.time_zone,
        "; ".join(rules_in_words(position.reminders)),
        _yes(position.practice),
        position.version,
        position.head,
        in_words(position.hold, position.time_zone) if position.hold else "",
    )


def tasks(reading: Reading) -> Iterator[Row]:
    """Each task of the roadmap, with what holds for it."""
    for item in reading.walk.items:
        yield _task(reading, item)


def _task(reading: Reading, item: Item) -> Row:
    position, record = reading.position, item.record
    done = record if record and record.state != "open" else None
    answer = position.answers.get(item.task.sets) if item.task.kind == "question" else None
    owner = position.owners.get(item.key)
    due = due_of(position, item.task, item.key)
    return (
        item.task.part,
        item.key,
        item.title,
        reading.state(item),
        outcome_words(reading, item),
        owner.name if owner else "",
        due.on if due else None,
        answer.by_name if answer else done.by_name if done else "",
        answer.at if answer else done.at if done else None,
        answer.happened_on if answer else done.happened_on if done else None,
        _yes(bool(done and done.earlier)),
        *_review(reading, item),
        done.whom if done else "",
        done.since if done else None,
        done.follow_up_on if done else None,
        done.reason if done else answer.basis if answer else "",
        position.evidence.get(item.key, 0),
        position.notes.get(item.key, 0),
    )


def _review(reading: Reading, item: Item) -> tuple[Cell, Cell]:
    """Who looked at it and when, or that somebody is to."""
    review = of_item(reading.position, item)
    if review and review.approval:
        return f"approved by {review.approval.by_name}", review.approval.at
    return ("to be reviewed" if review else ""), None


def outcome_words(reading: Reading, item: Item) -> str:
    """How a task ended: the label of its outcome, or what was answered; empty where neither is."""
    if item.task.kind == "question":
        question = reading.pack.questions[item.task.sets]
        return ", ".join(label(question.options, value) for value in reading.position.value(item.task.sets))
    return label(item.task.outcomes, item.record.outcome) if item.record and item.record.outcome else ""


# --- what is recorded, from the history -------------------------------------------------------------------------


def answers(reading: Reading) -> Iterator[Row]:
    """Every answer given, also those that were changed."""
    for row in reading.rows:
        event = row.event
        if isinstance(event, e.AnswerGiven):
            question = reading.pack.questions.get(event.fact)
            options = question.options if question else ()
            standing = reading.position.answers.get(event.fact)
            stands = standing is not None and standing.sequence == row.sequence
            counts = "undone" if row.sequence in reading.undone else "yes" if stands else "earlier"
            said = ", ".join(label(options, value) for value in event.value)
            asked = question.ask if question else event.fact
            yield asked, said, event.basis, *_who(row), _happened(row), event.recheck_on, counts, row.sequence
        elif isinstance(event, e.PrecheckAnswered | e.ProfileAnswered):
            about = reading.pack.precheck if isinstance(event, e.PrecheckAnswered) else reading.pack.profile
            counts = _counts(reading, row)
            yield about.ask, label(about.options, event.value), "", *_who(row), None, None, counts, row.sequence


def agents(reading: Reading) -> Iterator[Row]:
    """The firm's agents."""
    words = {"active": "reports for the firm", "leaving": "is being replaced", "removed": "no longer reports"}
    for agent in reading.position.agents:
        row = reading.by_sequence[agent.sequence]
        yield agent.name, words[agent.status], *_who(row), agent.id


def agent_files(reading: Reading) -> Iterator[Row]:
    """Every supervision file as it was each time it was kept; an agent that was taken off has ended."""
    for row in reading.rows:
        event = row.event
        if not isinstance(event, e.AgentFileKept):
            continue
        agent, file = reading.position.agent(event.agent), event.file
        kept = reading.position.agent_files.get(event.agent)
        stands = kept is not None and kept.sequence == row.sequence
        yield (
            agent.name if agent else event.agent,
            reading.day(agent.ended_at) if agent and agent.ended_at else None,
            file.agreement,
            file.place,
            file.agreed_on,
            file.repairs,
            file.contact,
            file.mail,
            file.phone,
            file.certified,
            file.certified_on,
            file.note,
            *_who(row),
            "undone" if row.sequence in reading.undone else "yes" if stands else "earlier",
            row.sequence,
        )


def reviews(reading: Reading) -> Iterator[Row]:
    """What reviewers said, each time."""
    for row in reading.rows:
        event = row.event
        if isinstance(event, e.TaskApproved | e.TaskSentBack):
            said, reason = ("sent back", event.reason) if isinstance(event, e.TaskSentBack) else ("approved", "")
            title = reading.title(event.task)
            counting = isinstance(event, e.TaskSentBack) or _approves(reading, row, event.task)
            counts = "undone" if row.sequence in reading.undone else "yes" if counting else "earlier"
            yield event.task, title, said, reason, event.of, *_who(row), counts, row.sequence


def _approves(reading: Reading, row: Record, task: str) -> bool:
    """Whether this is the approval that stands: the task may have been opened or finished again since."""
    approval = reading.position.approvals.get(task)
    return bool(approval and approval.sequence == row.sequence and approval_stands(reading.position, task, approval))


def evidence(reading: Reading) -> Iterator[Row]:
    """Every piece of evidence, also what was removed or undone."""
    removed = {p.row.sequence: p.removed for p in reading.pieces if p.removed}
    for row in reading.rows:
        event = row.event
        if not isinstance(event, e.EvidenceAdded):
            continue
        away = removed.get(row.sequence)
        yield (
            event.task,
            reading.title(event.task),
            KINDS[event.kind],
            event.label,
            event.text,
            event.name,
            event.size,
            event.claimed,
            event.seen,
            event.digest,
            kept_how(event) if event.kind == "file" else "",
            event.came_from,
            _yes(is_weak(event)),
            "; ".join(event.covers),
            event.happened_on,
            *_who(row),
            "removed" if away else _counts(reading, row),
            away.event.reason if away and isinstance(away.event, e.EvidenceRemoved) else "",
            row.sequence,
        )


def notes(reading: Reading) -> Iterator[Row]:
    """Every note."""
    for row in reading.rows:
        event = row.event
        if isinstance(event, e.NoteAdded):
            yield event.task, reading.title(event.task), event.text, *_who(row), _counts(reading, row), row.sequence


def dates(reading: Reading) -> Iterator[Row]:
    """Every date of the firm's own, each time it was set, cleared or marked done."""
    for stated in stated_dates(reading):
        row = stated.row
        yield stated.kind, stated.what, stated.day, stated.words, *_who(row), stated.counts, row.sequence


def questions(reading: Reading) -> Iterator[Row]:
    """What people asked."""
    words = {
        "answered": "answered from the roadmap",
        "firm": "answered by the firm",
        "ambiguous": "asked what was meant",
        "declined": "the roadmap does not say",
    }
    for asked in reading.firm.asked:
        yield asked.question, words[asked.outcome], asked.said, asked.name, datetime.fromisoformat(asked.asked_at)


def firm_answers(reading: Reading) -> Iterator[Row]:
    """What leads answered for the firm."""
    for answer in reading.position.firm_answers.values():
        counts = "withdrawn" if answer.withdrawn else "yes"
        yield answer.question, answer.text, answer.by_name, answer.at, answer.check_on, counts, answer.sequence


def documents(reading: Reading) -> Iterator[Row]:
    """The firm's own documents."""
    for row in reading.rows:
        event = row.event
        if isinstance(event, e.DocumentAdded):
            there = "yes" if event.document in reading.position.documents else "removed"
            yield event.name, event.kind, event.size, event.pages, event.digest, *_who(row), there, row.sequence


def members(reading: Reading) -> Iterator[Row]:
    """Who is in the firm."""
    for member in reading.position.members.values():
        yield reading.names[member.person], member.role, member.person


def history(reading: Reading) -> Iterator[Row]:
    """Every entry of the history."""
    for row in reading.rows:
        yield (
            row.sequence,
            row.at,
            row.actor_name,
            reading.says(row),
            SOURCES.get(row.source, row.source),
            _happened(row),
            _yes(reading.back_dated(row)),
            _counts(reading, row),
            _yes(row.practice),
            row.edition,
            row.actor,
            row.hash,
        )
