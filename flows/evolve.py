"""Folding: what each event does to a firm's position."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec.structs import replace

from flows import events as e
from flows.events import FirmKey, Record
from flows.position import (
    Agent,
    Answer,
    Approval,
    Attestation,
    Change,
    Due,
    FirmAnswer,
    Hold,
    KeptFile,
    KnownDocument,
    Member,
    Moment,
    Nudge,
    Owner,
    Position,
    Posted,
    Recurring,
    ReviewRule,
    TaskRecord,
    Undoing,
    YearDone,
    nudge_key,
    works,
)
from flows.proof import is_weak
from flows.subjects import subjects

UNDOINGS_KEPT = 50
"""So many of a firm's newest undos are kept apart: a pause may last a year, and in it a click is taken back soon."""

Evolver = Callable[[Position, Any, Record], Position]
_evolvers: dict[type, Evolver] = {}


def _on(kind: type) -> Callable[[Evolver], Evolver]:
    def keep(evolver: Evolver) -> Evolver:
        _evolvers[kind] = evolver
        return evolver

    return keep


_OPEN_OR_END = (e.TaskCompleted, e.TaskSetAside, e.TaskReopened, e.TaskSentBack)
"""Where one of these is undone, a task may be to do that was not; a wait changes nothing there."""


def evolve(position: Position, record: Record) -> Position:
    """The position after this record. An Undone changes nothing here: `fold` leaves out what it undoes."""
    event = record.event
    evolver = _evolvers.get(type(event))
    moved = evolver(position, event, record) if evolver else position
    practice = position.practice or record.practice  # what began as practice never becomes a real record
    return replace(moved, version=record.sequence, head=record.hash, edition=record.edition, practice=practice)


def fold(key: FirmKey, records: Sequence[Record]) -> Position:
    """The position that these records, a firm's whole history in order, add up to."""
    left_out = undone(records)
    rows = {record.sequence: record for record in records} if left_out else {}
    position = Position(key=key)
    for record in records:
        if record.sequence in left_out:
            position = replace(position, version=record.sequence, head=record.hash)
            continue
        position = evolve(position, record)
        if record.type == "undone":
            touched = behind(rows, [record])
            opened = (f"opened {row.event.task}" for row in touched if isinstance(row.event, _OPEN_OR_END))
            position = _changed(position, record, *(s for row in touched for s in subjects(row)), *opened)
            position = replace(position, undoings=(*position.undoings, _undoing(rows, record))[-UNDOINGS_KEPT:])
    return position


def behind(rows: Mapping[int, Record], clicked: Iterable[Record]) -> list[Record]:
    """The rows that these come down to: themselves, and for an undo those that it took back, or brought back."""
    found: dict[int, Record] = {}
    pending = list(clicked)
    while pending:
        row = pending.pop()
        event = row.event
        if isinstance(event, e.Undone):
            pending += [rows[n] for n in event.of]
        else:
            found[row.sequence] = row
    return list(found.values())


def _undoing(rows: Mapping[int, Record], r: Record) -> Undoing:
    assert isinstance(r.event, e.Undone), "the tag says so"
    return Undoing(clicked=min(rows[n].at for n in r.event.of), undone=r.at)


def _changed(p: Position, r: Record, *touched: str) -> Position:
    return replace(p, changed_at={**p.changed_at, **dict.fromkeys(touched, r.at)})


def undone(records: Iterable[Record]) -> frozenset[int]:
    """Sequences of the events that do not count: undone, and the undoing not undone in its turn."""
    left_out: set[int] = set()
    for record in reversed(list(records)):
        if record.type == "undone" and record.sequence not in left_out:
            event = record.event
            assert isinstance(event, e.Undone), "the tag says so"
            left_out.update(event.of)
    return frozenset(left_out)


@_on(e.FirmSetUp)
def _(p: Position, event: e.FirmSetUp, r: Record) -> Position:
    set_up = replace(p, name=event.name, situation=event.situation, time_zone=event.time_zone, target=event.target)
    dated = replace(set_up, target_sequence=r.sequence, target_at=r.at) if event.target else set_up
    return replace(dated, set_up_at=r.at)


@_on(e.FirmRenamed)
def _(p: Position, event: e.FirmRenamed, r: Record) -> Position:
    return replace(p, name=event.name)


@_on(e.SituationChanged)
def _(p: Position, event: e.SituationChanged, r: Record) -> Position:
    return replace(p, situation=event.situation)


@_on(e.TargetSet)
def _(p: Position, event: e.TargetSet, r: Record) -> Position:
    return replace(p, target=event.target, target_sequence=r.sequence, target_at=r.at)


@_on(e.TimeZoneSet)
def _(p: Position, event: e.TimeZoneSet, r: Record) -> Position:
    return replace(p, time_zone=event.time_zone)


@_on(e.PrecheckAnswered)
def _(p: Position, event: e.PrecheckAnswered, r: Record) -> Position:
    return replace(p, precheck=event.value)


@_on(e.ProfileAnswered)
def _(p: Position, event: e.ProfileAnswered, r: Record) -> Position:
    return replace(p, profile=event.value)


@_on(e.CrdEntered)
def _(p: Position, event: e.CrdEntered, r: Record) -> Position:
    return replace(p, crd=event.crd)


@_on(e.MemberSet)
def _(p: Position, event: e.MemberSet, r: Record) -> Position:
    member = Member(event.person, event.name, event.role)
    return _of_member(p, replace(p, members={**p.members, event.person: member}), event.person, r)


@_on(e.MemberRemoved)
def _(p: Position, event: e.MemberRemoved, r: Record) -> Position:
    without = replace(p, members={k: m for k, m in p.members.items() if k != event.person})
    return _of_member(p, without, event.person, r)


def _of_member(before: Position, after: Position, person: str, r: Record) -> Position:
    """With when somebody's part changed, and when they came to do tasks or did none any more, if they did."""
    worked, do = works(before.members.get(person)), works(after.members.get(person))
    return _changed(after, r, f"member {person}", *([f"works {person}"] if worked != do else ()))


@_on(e.ChannelLinked)
def _(p: Position, event: e.ChannelLinked, r: Record) -> Position:
    return p if event.channel in p.channels else replace(p, channels=(*p.channels, event.channel))


@_on(e.ChannelUnlinked)
def _(p: Position, event: e.ChannelUnlinked, r: Record) -> Position:
    return replace(p, channels=tuple(c for c in p.channels if c != event.channel))


@_on(e.AnswerGiven)
def _(p: Position, event: e.AnswerGiven, r: Record) -> Position:
    moment = Moment(r.sequence, r.at, r.actor)
    before = p.answers.get(event.fact)
    turned = set(before.value) ^ set(event.value) if before else ()
    answer = Answer(
        value=event.value,
        by=r.actor,
        by_name=r.actor_name,
        at=r.at,
        sequence=r.sequence,
        basis=event.basis,
        happened_on=event.happened_on,
        recheck_on=event.recheck_on,
        grounds=event.grounds,
        attester=event.attester,
        attester_name=event.attester_name,
        known=(before.known if before else None) or moment,
        turned={**(before.turned if before else {}), **dict.fromkeys(turned, moment)},
    )
    return replace(p, answers={**p.answers, event.fact: answer})


@_on(e.MemoAttested)
def _(p: Position, event: e.MemoAttested, r: Record) -> Position:
    said = Attestation(event.of, event.agrees, event.reason, r.actor, r.actor_name, r.at, r.sequence)
    return replace(p, attestations={**p.attestations, event.fact: said})


@_on(e.AgentAdded)
def _(p: Position, event: e.AgentAdded, r: Record) -> Position:
    others = tuple(a for a in p.agents if a.id != event.agent)
    return replace(p, agents=(*others, Agent(event.agent, event.name, r.sequence)))


def _with_agent(p: Position, agent: str, **fields: Any) -> Position:
    return replace(p, agents=tuple(replace(a, **fields) if a.id == agent else a for a in p.agents))


@_on(e.AgentRenamed)
def _(p: Position, event: e.AgentRenamed, r: Record) -> Position:
    return _with_agent(p, event.agent, name=event.name)


@_on(e.AgentRemoved)
def _(p: Position, event: e.AgentRemoved, r: Record) -> Position:
    return _with_agent(p, event.agent, status="removed", ended_at=r.at)


@_on(e.AgentReturned)
def _(p: Position, event: e.AgentReturned, r: Record) -> Position:
    return _with_agent(p, event.agent, status="active", sequence=r.sequence, ended_at=None)


@_on(e.AgentFileKept)
def _(p: Position, event: e.AgentFileKept, r: Record) -> Position:
    kept = KeptFile(event.file, r.actor, r.actor_name, r.at, r.sequence)
    return replace(p, agent_files={**p.agent_files, event.agent: kept})


@_on(e.ChangeOfAgentStarted)
def _(p: Position, event: e.ChangeOfAgentStarted, r: Record) -> Position:
    change = Change(event.change, event.old, event.new, r.sequence, p.knows)
    return replace(_with_agent(p, event.old, status="leaving"), changes=(*p.changes, change))


def _with_task(p: Position, key: str, record: TaskRecord) -> Position:
    return replace(p, tasks={**p.tasks, key: record})


def _stamped(state: Any, r: Record, **fields: Any) -> TaskRecord:
    return TaskRecord(state=state, sequence=r.sequence, by=r.actor, by_name=r.actor_name, at=r.at, **fields)


@_on(e.TaskCompleted)
def _(p: Position, event: e.TaskCompleted, r: Record) -> Position:
    done = _stamped("done", r, outcome=event.outcome, happened_on=event.happened_on, earlier=event.earlier)
    return _with_task(p, event.task, replace(done, reason=event.note))


@_on(e.TaskWaiting)
def _(p: Position, event: e.TaskWaiting, r: Record) -> Position:
    waiting = _stamped("waiting", r, whom=event.whom, since=event.since, follow_up_on=event.follow_up_on)
    return _with_task(p, event.task, replace(waiting, reason=event.note))


@_on(e.WaitEnded)
def _(p: Position, event: e.WaitEnded, r: Record) -> Position:
    return _with_task(p, event.task, _stamped("open", r))


@_on(e.TaskSetAside)
def _(p: Position, event: e.TaskSetAside, r: Record) -> Position:
    return _with_task(p, event.task, _stamped("set_aside", r, reason=event.reason))


@_on(e.TaskReopened)
def _(p: Position, event: e.TaskReopened, r: Record) -> Position:
    return _with_task(p, event.task, _stamped("open", r, reason=event.reason))


@_on(e.ReviewSet)
def _(p: Position, event: e.ReviewSet, r: Record) -> Position:
    kept = p.review_rules.get(event.scope)
    since = kept.since if kept else r.sequence
    rule = ReviewRule(event.reviewer, event.name, since, r.sequence, r.actor, r.actor_name, r.at)
    return replace(p, review_rules={**p.review_rules, event.scope: rule})


@_on(e.ReviewCleared)
def _(p: Position, event: e.ReviewCleared, r: Record) -> Position:
    return replace(p, review_rules={scope: rule for scope, rule in p.review_rules.items() if scope != event.scope})


@_on(e.TaskApproved)
def _(p: Position, event: e.TaskApproved, r: Record) -> Position:
    approval = Approval(event.of, r.actor, r.actor_name, r.at, r.sequence)
    return replace(p, approvals={**p.approvals, event.task: approval})


@_on(e.TaskSentBack)
def _(p: Position, event: e.TaskSentBack, r: Record) -> Position:
    return _with_task(p, event.task, _stamped("open", r, reason=event.reason, sent_back_to=event.doer))


@_on(e.EvidenceAdded)
def _(p: Position, event: e.EvidenceAdded, r: Record) -> Position:
    return _count_evidence(p, event.task, 1, weak=is_weak(event), covers=event.covers)


@_on(e.EvidenceRemoved)
def _(p: Position, event: e.EvidenceRemoved, r: Record) -> Position:
    return _count_evidence(p, event.task, -1, weak=event.weak, covers=event.covers)


def _count_evidence(p: Position, task: str, by: int, *, weak: bool, covers: Sequence[str]) -> Position:
    covered = list(p.covered.get(task, ()))
    for item in covers:
        if by > 0:
            covered.append(item)
        elif item in covered:
            covered.remove(item)
    return replace(
        p,
        evidence=_counted(p.evidence, task, by),
        weak_evidence=_counted(p.weak_evidence, task, by if weak else 0),
        covered={k: v for k, v in {**p.covered, task: tuple(covered)}.items() if v},
    )


def _counted(counts: Mapping[str, int], task: str, by: int) -> Mapping[str, int]:
    return {k: n for k, n in {**counts, task: counts.get(task, 0) + by}.items() if n > 0}


@_on(e.NoteAdded)
def _(p: Position, event: e.NoteAdded, r: Record) -> Position:
    return replace(p, notes={**p.notes, event.task: p.notes.get(event.task, 0) + 1})


@_on(e.TaskDueSet)
def _(p: Position, event: e.TaskDueSet, r: Record) -> Position:
    return replace(p, task_due=_dated(p.task_due, event.task, event.due, r))


@_on(e.StepDueSet)
def _(p: Position, event: e.StepDueSet, r: Record) -> Position:
    return replace(p, step_due=_dated(p.step_due, event.step, event.due, r))


def _dated(dates: Mapping[str, Due], key: str, on: date | None, r: Record) -> Mapping[str, Due]:
    if on is None:
        return {k: d for k, d in dates.items() if k != key}
    return {**dates, key: Due(on, r.sequence, r.at, r.actor)}


@_on(e.TaskAssigned)
def _(p: Position, event: e.TaskAssigned, r: Record) -> Position:
    owner = Owner(event.person, event.name, r.sequence, r.at, r.actor, r.actor_name)
    return replace(p, owners={**p.owners, event.task: owner})


@_on(e.TaskUnassigned)
def _(p: Position, event: e.TaskUnassigned, r: Record) -> Position:
    without = replace(p, owners={k: o for k, o in p.owners.items() if k != event.task})
    return _changed(without, r, f"owner {event.task}")


@_on(e.RecurringSet)
def _(p: Position, event: e.RecurringSet, r: Record) -> Position:
    new = Recurring(event.recurring, event.name, event.month, event.day, r.sequence, r.at)
    before = next((x for x in p.recurring if x.id == new.id), None)
    if before is None:
        return replace(p, recurring=(*p.recurring, new))
    if (before.month, before.day) == (new.month, new.day):  # what is late on that day stays late
        new = replace(before, name=new.name)
    return replace(p, recurring=tuple(new if x is before else x for x in p.recurring))


@_on(e.RecurringRemoved)
def _(p: Position, event: e.RecurringRemoved, r: Record) -> Position:
    return replace(p, recurring=tuple(x for x in p.recurring if x.id != event.recurring))


@_on(e.RecurringDone)
def _(p: Position, event: e.RecurringDone, r: Record) -> Position:
    done = YearDone(event.on, r.sequence, r.actor, r.actor_name, r.at)
    return replace(p, years_done={**p.years_done, event.recurring: (*p.years_done.get(event.recurring, ()), done)})


@_on(e.RemindersSet)
def _(p: Position, event: e.RemindersSet, r: Record) -> Position:
    return replace(p, reminders=event.rules)


@_on(e.SummarySet)
def _(p: Position, event: e.SummarySet, r: Record) -> Position:
    posted = Posted(
        every=event.every,
        hour=event.hour,
        time_zone=event.time_zone,
        shared=event.shared,
        by=r.actor,
        by_name=r.actor_name,
        at=r.at,
        sequence=r.sequence,
    )
    return replace(p, posted={**p.posted, event.channel: posted})


@_on(e.Nudged)
def _(p: Position, event: e.Nudged, r: Record) -> Position:
    told = {nudge_key(one.task, one.person): Nudge(r.at, event.nudge) for one in event.told}
    return replace(p, nudged={**p.nudged, **told})


@_on(e.SummaryStopped)
def _(p: Position, event: e.SummaryStopped, r: Record) -> Position:
    return replace(p, posted={channel: kept for channel, kept in p.posted.items() if channel != event.channel})


def _with_firm_answer(p: Position, answer: FirmAnswer) -> Position:
    return replace(p, firm_answers={**p.firm_answers, answer.id: answer})


@_on(e.FirmAnswerGiven)
def _(p: Position, event: e.FirmAnswerGiven, r: Record) -> Position:
    given = FirmAnswer(
        id=event.answer,
        question=event.question,
        text=event.text,
        by=r.actor,
        by_name=r.actor_name,
        at=r.at,
        check_on=event.check_on,
        sequence=r.sequence,
    )
    return _with_firm_answer(p, given)


@_on(e.FirmAnswerConfirmed)
def _(p: Position, event: e.FirmAnswerConfirmed, r: Record) -> Position:
    kept = p.firm_answers.get(event.answer)
    if kept is None:  # given by an entry that was undone
        return p
    fresh = replace(kept, by=r.actor, by_name=r.actor_name, at=r.at, check_on=event.check_on, sequence=r.sequence)
    return _with_firm_answer(p, fresh)


@_on(e.FirmAnswerWithdrawn)
def _(p: Position, event: e.FirmAnswerWithdrawn, r: Record) -> Position:
    kept = p.firm_answers.get(event.answer)
    return _with_firm_answer(p, replace(kept, withdrawn=True, sequence=r.sequence)) if kept else p


@_on(e.DocumentAdded)
def _(p: Position, event: e.DocumentAdded, r: Record) -> Position:
    added = KnownDocument(event.document, event.name, r.actor, r.actor_name, r.at, r.sequence)
    return replace(p, documents={**p.documents, event.document: added})


@_on(e.DocumentRemoved)
def _(p: Position, event: e.DocumentRemoved, r: Record) -> Position:
    return replace(p, documents={k: d for k, d in p.documents.items() if k != event.document})


@_on(e.HoldSet)
def _(p: Position, event: e.HoldSet, r: Record) -> Position:
    return replace(p, hold=Hold(event.reason, r.actor, r.actor_name, r.at, r.sequence))


@_on(e.HoldLifted)
def _(p: Position, event: e.HoldLifted, r: Record) -> Position:
    return replace(p, hold=None)
