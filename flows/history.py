"""A firm's history in words: one sentence for each event."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

import msgspec

from flows import events as e
from flows.agent_file import AgentFile, in_words
from flows.events import AnyEvent, Record
from flows.habits import Rules
from flows.position import Position
from flows.proof import kept_how
from flows.roadmap import Option, Pack
from flows.time_words import clock, day, hour_there
from flows.walk import titled

SITUATIONS = {
    "new": "new to CAIS reporting",
    "reporting": "already reporting",
    "changing": "changing agent or clearing firm",
}

SOURCES = {
    "command": "typed",
    "button": "by button",
    "modal": "by form",
    "message": "typed in a message",
    "shortcut": "by shortcut",
    "event": "sent as a file",
    "list": "from a list",
    "import": "imported",
}
"""How an entry came to be recorded."""

NO_ROWS: Mapping[int, Record] = MappingProxyType({})


def sentence(pack: Pack, position: Position, record: Record, rows: Mapping[int, Record] = NO_ROWS) -> str:
    """What happened, without who and when, as plain text that the caller escapes.

    `rows` are the firm's rows by sequence, for an undo to name what it is about; without them it names their numbers.
    """
    event = record.event
    match event:
        case e.TaskCompleted() | e.TaskWaiting() | e.WaitEnded() | e.TaskSetAside() | e.TaskReopened():
            return _of_task(pack, position, event)
        case e.TaskApproved():
            return f"Approved: {task_title(pack, position, event.task)}"
        case e.TaskSentBack():
            return f"Sent back: {task_title(pack, position, event.task)}. Reason: {event.reason}"
        case e.ReviewSet() | e.ReviewCleared():
            return _of_rule(pack, event)
        case e.EvidenceAdded() | e.EvidenceRemoved() | e.NoteAdded() | e.TextRefused():
            return _of_text(pack, position, event)
        case e.AnswerGiven():
            return _of_answer(pack, event)
        case e.MemoAttested():
            return _of_attestation(pack, event)
        case e.AgentAdded() | e.AgentRenamed() | e.AgentRemoved() | e.AgentReturned() | e.ChangeOfAgentStarted():
            return _of_agent(position, event)
        case e.AgentFileKept():
            return _of_file(position, record, event)
        case e.TaskDueSet() | e.StepDueSet() | e.RecurringSet() | e.RecurringRemoved() | e.RecurringDone():
            return _of_date(pack, position, record, event)
        case e.TaskAssigned():
            return f"“{task_title(pack, position, event.task)}” was given to {event.name or 'somebody'}"
        case e.TaskUnassigned():
            return f"“{task_title(pack, position, event.task)}” was left without an owner"
        case e.FirmAnswerGiven() | e.FirmAnswerConfirmed() | e.FirmAnswerWithdrawn():
            return _of_firm_answer(position, event)
        case e.DocumentAdded() | e.DocumentRemoved():
            return _of_document(event)
        case e.RemindersSet():
            return _of_reminders(record, event)
        case e.Nudged():
            return _of_nudge(pack, position, event)
        case e.RecordExported():
            return _of_export(event)
        case e.SummarySet() | e.SummaryStopped():
            return _of_summary(event)
        case e.AnswersCopied():
            return _of_copy(event)
        case e.HoldSet() | e.HoldLifted():
            word = "Set a legal hold" if isinstance(event, e.HoldSet) else "Lifted the legal hold"
            return f"{word}. Reason: {event.reason}"
        case e.Undone():
            return _of_undo(pack, position, event, rows)
        case _:
            return _of_firm(record, event)


def _of_rule(pack: Pack, event: e.ReviewSet | e.ReviewCleared) -> str:
    if isinstance(event, e.ReviewCleared):
        return f"No second pair of eyes any more on {scope_words(pack, event.scope)}"
    return f"Asked for a second pair of eyes on {scope_words(pack, event.scope)}: {reviewer_words(event.name)}"


def scope_words(pack: Pack, scope: str) -> str:
    """What a review is asked for: `every task`, `step 3`, `“Register for CAIS”`."""
    kind, _, name = scope.partition(" ")
    if kind == "task":
        task = pack.tasks.get(name)
        return f"“{task.title if task else name}”"
    return f"step {name}" if kind == "step" else "every task"


def reviewer_words(name: str) -> str:
    """Whose eyes they are."""
    return name or "any other member or lead"


def _of_copy(event: e.AnswersCopied) -> str:
    what = [counted(n, thing) for n, thing in ((event.answers, "answer"), (event.agents, "agent")) if n]
    return f"Copied {' and '.join(what)} from another firm that this person leads"


def _of_undo(pack: Pack, position: Position, event: e.Undone, rows: Mapping[int, Record]) -> str:
    """An undo of an undo is told as what it brought back, however many there are."""
    of, word = event.of, "Undid"
    while all(n in rows for n in of):
        first = rows[of[0]].event
        if not isinstance(first, e.Undone):
            said = "; ".join(sentence(pack, position, rows[n]) for n in of)
            return f"{word} entry {_numbers(of)}: {said}"
        of, word = first.of, "Brought back" if word == "Undid" else "Undid"
    return f"Undid entry {_numbers(event.of)}"


def _numbers(of: Sequence[int]) -> str:
    return ", ".join(map(str, of))


def task_title(pack: Pack, position: Position, key: str) -> str:
    """The title of a task by its key, naming the agent it is for; the key itself where the pack knows it no more."""
    task_id, _, rest = key.partition("[")
    task = pack.tasks.get(task_id)
    title = task.title if task else key
    each = rest.rstrip("]")
    if not each:
        return title
    change = next((c for c in position.changes if c.id == each), None)
    name = (
        _agent(position, each) if change is None else f"{_agent(position, change.old)} → {_agent(position, change.new)}"
    )
    return titled(title, name)


def label(options: tuple[Option, ...], option_id: str) -> str:
    """An option's label; its id where the pack knows it no more."""
    return next((o.label for o in options if o.id == option_id), option_id)


def _of_task(pack: Pack, position: Position, event: e.AnyEvent) -> str:
    assert isinstance(event, e.TaskCompleted | e.TaskWaiting | e.WaitEnded | e.TaskSetAside | e.TaskReopened)
    title = task_title(pack, position, event.task)
    match event:
        case e.TaskCompleted():
            task = pack.tasks.get(event.task.partition("[")[0])
            how = f" ({label(task.outcomes, event.outcome)})" if task and event.outcome else ""
            word = "Recorded as done earlier" if event.earlier else "Done"
            note = f". Note: {event.note}" if event.note else ""
            return f"{word}: {title}{how}{note}"
        case e.TaskWaiting():
            until = f", to be looked at again on {day(event.follow_up_on)}" if event.follow_up_on else ""
            note = f". Note: {event.note}" if event.note else ""
            return f"Waiting for {event.whom}: {title}{until}{note}"
        case e.WaitEnded():
            return f"No longer waiting: {title}"
        case e.TaskSetAside():
            return f"Marked not applicable: {title}. Reason: {event.reason}"
        case e.TaskReopened():
            return f"Reopened: {title}. Reason: {event.reason}"


Texts = e.EvidenceAdded | e.EvidenceRemoved | e.NoteAdded | e.TextRefused


def _of_text(pack: Pack, position: Position, event: Texts) -> str:
    about = f" for {task_title(pack, position, event.task)}" if event.task else ""
    match event:
        case e.EvidenceAdded():
            return f"Evidence ({event.kind}){about}: {_piece(event)}"
        case e.EvidenceRemoved():
            return f"Evidence removed{about}: {event.name} (entry {event.evidence}). Reason: {event.reason}"
        case e.NoteAdded():
            return f"Note{about}: {event.text}"
        case e.TextRefused():
            return f"Refused to store text that looked like {event.looked_like}{about}"


def _piece(event: e.EvidenceAdded) -> str:
    kept = event.text
    if event.kind == "file":
        size = f", {bytes_in_words(event.size)}" if event.size is not None else ""
        digest = f", SHA-256 {event.digest}" if event.digest else ""
        kept = f"{event.name}{size}, {kept_how(event)}{digest}"
    if event.label and event.label not in (event.text, event.name):
        kept = f"{event.label} ({without_full_stop(kept)})"
    return f"{kept}; said to be: {'; '.join(event.covers)}" if event.covers else kept


def _of_date(pack: Pack, position: Position, record: Record, event: e.AnyEvent) -> str:
    match event:
        case e.TaskDueSet():
            return _dated(f"the date of “{task_title(pack, position, event.task)}”", event.due)
        case e.StepDueSet():
            return _dated(f"the date of step {event.step}", event.due)
        case e.RecurringSet():
            return f"Every {yearly(event.month, event.day)}: {event.name}"
        case e.RecurringRemoved():
            return f"No longer every year: {name_before(record) or 'a date of the firm'}"
        case e.RecurringDone():
            return f"Done for {full_day(event.on)}: {name_before(record) or 'a date of the firm'}"
        case _:
            return record_type(event)


def _dated(what: str, on: date | None) -> str:
    return f"Set {what} to {full_day(on)}" if on else f"Cleared {what}"


def yearly(month: int, day_of_month: int) -> str:
    """A day of every year: `March 15`."""
    return f"{date(2000, month, day_of_month):%B} {day_of_month}"


def _of_reminders(record: Record, event: e.RemindersSet) -> str:
    before = rules_in_words(msgspec.json.decode(record.before, type=Rules))
    changed = [words for words in rules_in_words(event.rules) if words not in before]
    return "Set the firm's reminders: " + "; ".join(changed or ["as before"])


def rules_in_words(rules: Rules) -> tuple[str, ...]:
    """What a firm's rules for reminders say, each a few words that can stand in a list."""
    return (
        f"before a date, {_rungs(rules.before)}",
        f"before an industry date, {_rungs(rules.milestone_before)}",
        f"what is past its date is said again every {counted(rules.late_every, 'day')}",
        f"what is past its date goes to the leads after {counted(rules.late_to_leads, 'trading day')}",
        f"what waits is asked about every {counted(rules.wait_every, 'trading day')}",
        f"what waits goes to the leads after {counted(rules.wait_to_leads, 'trading day')}",
        f"new tasks at once where wanted within {counted(rules.soon, 'trading day')}",
        f"reminders come at {clock(rules.hour)}, by each one's own clock",
        f"what is said at once comes only from {clock(rules.awake_from)} to {clock(rules.awake_to)}",
    )


OF_CHANNELS = ("channel_linked", "channel_unlinked", "summary_set", "summary_stopped")
"""The types of the events that `channel_of` finds one in."""


def channel_of(event: AnyEvent) -> str:
    """The channel that an event names by its id, empty where it names none."""
    if isinstance(event, e.ChannelLinked | e.ChannelUnlinked | e.SummarySet | e.SummaryStopped):
        return event.channel
    return ""


def channels_of(row: Record, rows: Mapping[int, Record] = NO_ROWS) -> set[str]:
    """The channels that an entry names by their ids: its own, or those of the entries it undoes."""
    if isinstance(row.event, e.Undone):
        return {channel for n in row.event.of if n in rows for channel in channels_of(rows[n], rows)}
    return {channel} if (channel := channel_of(row.event)) else set()


def channel_names(rows: Sequence[Record]) -> dict[str, str]:
    """What channels were called when somebody last had a summary posted there, by our id, as far as it was known."""
    set_up = (row.event for row in rows if row.type == "summary_set")
    return {event.channel: event.name for event in set_up if isinstance(event, e.SummarySet) and event.name}


def _of_summary(event: e.SummarySet | e.SummaryStopped) -> str:
    channel = event.channel.rpartition("/")[2]
    if isinstance(event, e.SummaryStopped):
        return f"Stopped the summary in the channel {channel}"
    shared = ", which other companies see" if event.shared else ""
    at = "" if event.every == "once" else f", {hour_there(event.hour, event.time_zone)}"
    unless = "the app cannot post there" + ("" if event.shared else ", or other companies see it")
    return f"Summary set up to be posted {event.every} in the channel {channel}{shared}{at}; not posted while {unless}"


def _rungs(before: Sequence[int]) -> str:
    """`10, 5, 2 and 1 trading days before and on the day itself`."""
    ahead = [str(n) for n in sorted(set(before), reverse=True) if n]
    counted_back = ", ".join(ahead[:-1]) + " and " + ahead[-1] if len(ahead) > 1 else "".join(ahead)
    parts = [f"{counted_back} trading {'day' if counted_back == '1' else 'days'} before"] if ahead else []
    if 0 in before:
        parts.append("on the day itself")
    return " and ".join(parts) or "never"


def _of_document(event: e.DocumentAdded | e.DocumentRemoved) -> str:
    match event:
        case e.DocumentAdded():
            pages = f", {counted(event.pages, 'page')}" if event.pages is not None else ""
            about = f"{event.kind}{pages}, {bytes_in_words(event.size)}"
            return f"Added the document {event.name} ({about}), SHA-256 {event.digest}"
        case e.DocumentRemoved() if event.replaced_by:
            return f"Replaced the document {event.name} by {event.replaced_by}"
        case e.DocumentRemoved():
            why = f". Reason: {event.reason}" if event.reason else ""
            return f"Removed the document {event.name}; nothing is quoted from it any more{why}"


EXPORTS = {
    "xlsx": "Excel workbook",
    "csv": "CSV tables",
    "ics": "calendar file",
    "json": "JSON document",
    "packet": "examiner packet",
    "canvas": "canvas",
}
"""What each format of an export is called."""


def _of_nudge(pack: Pack, position: Position, event: e.Nudged) -> str:
    of: dict[str, list[str]] = {}
    for told in event.told:
        of.setdefault(told.name or "somebody", []).append(f"“{task_title(pack, position, told.task)}”")
    return f"Nudged {'; '.join(f'{name} about {_listed(titles)}' for name, titles in of.items())}"


def _listed(titles: Sequence[str]) -> str:
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"


def _of_export(event: e.RecordExported) -> str:
    what = EXPORTS.get(event.format, event.format)
    return f"Had the record written out: {what}, {bytes_in_words(event.size)}, SHA-256 {event.digest}"


def without_full_stop(text: str) -> str:
    """What somebody wrote, to stand inside a sentence that has an end of its own."""
    return text.rstrip().removesuffix(".")


def _of_answer(pack: Pack, event: e.AnswerGiven) -> str:
    question = pack.questions.get(event.fact)
    options = question.options if question else ()
    said = ", ".join(label(options, v) for v in event.value)
    asked = question.ask if question else event.fact
    basis = (
        f". Basis: {without_full_stop(event.basis) if event.recheck_on or event.attester else event.basis}"
        if event.basis
        else ""
    )
    again = f". To be looked at again on {day(event.recheck_on)}" if event.recheck_on else ""
    named = "; ".join(g.label for o in options if o.id in event.value for g in o.grounds if g.id in event.grounds)
    grounds = f". Grounds: {named}" if named else ""
    second = f". Second attester: {event.attester_name or 'somebody'}" if event.attester else ""
    return f"Answered “{asked}” with: {said}{grounds}{basis}{second}{again}"


def _of_attestation(pack: Pack, event: e.MemoAttested) -> str:
    question = pack.questions.get(event.fact)
    asked = question.ask if question else event.fact
    if event.agrees:
        return f"Attested to the answer to “{asked}”"
    return f"Does not agree with the answer to “{asked}”. Reason: {event.reason}"


def _of_agent(position: Position, event: e.AnyEvent) -> str:
    match event:
        case e.AgentAdded():
            return f"Added the agent {event.name}"
        case e.AgentRenamed():
            return f"Corrected an agent's name to {event.name}"
        case e.AgentRemoved():
            why = f". Reason: {event.reason}" if event.reason else ""
            return f"Took the agent {_agent(position, event.agent)} off{why}"
        case e.AgentReturned():
            return f"The agent {_agent(position, event.agent)} reports for the firm again"
        case e.ChangeOfAgentStarted():
            return f"Began a change of agent from {_agent(position, event.old)} to {_agent(position, event.new)}"
        case _:
            return record_type(event)


class _Before(msgspec.Struct):
    file: AgentFile = AgentFile()


def _of_file(position: Position, record: Record, event: e.AgentFileKept) -> str:
    """What it says that it did not say before, and what it says no more."""
    was = in_words((msgspec.json.decode(record.before, type=_Before | None) or _Before()).file)
    now = in_words(event.file)
    said = [*(x for x in now if x not in was), *(f"no longer: {x}" for x in was if x not in now)]
    return f"Supervision file of {_agent(position, event.agent)}: {'; '.join(said) or 'emptied'}"


def _of_firm_answer(
    position: Position, event: e.FirmAnswerGiven | e.FirmAnswerConfirmed | e.FirmAnswerWithdrawn
) -> str:
    kept = position.firm_answers.get(event.answer)
    asked = f"“{kept.question}”" if kept else "a question"
    match event:
        case e.FirmAnswerGiven():
            again = f"to be looked at again on {day(event.check_on)}"
            return f"Answered the question “{event.question}” for the firm, {again}: {event.text}"
        case e.FirmAnswerConfirmed():
            return f"The firm's answer to {asked} still holds, to be looked at again on {day(event.check_on)}"
        case e.FirmAnswerWithdrawn():
            why = f". Reason: {event.reason}" if event.reason else ""
            return f"Withdrew the firm's answer to {asked}{why}"


def _of_firm(record: Record, event: e.AnyEvent) -> str:
    match event:
        case e.FirmSetUp():
            target = f", target {day(event.target)}" if event.target else ""
            return f"Set up {event.name}, {SITUATIONS[event.situation]}{target}"
        case e.FirmRenamed():
            return f"Renamed the firm to {event.name}"
        case e.SituationChanged():
            return f"The firm is now {SITUATIONS[event.situation]}"
        case e.TargetSet():
            return _dated("the target", event.target)
        case e.TimeZoneSet():
            return f"Set the firm's time zone to {event.time_zone.replace('_', ' ')}"
        case e.PrecheckAnswered():
            return f"Transaction onboarding done: {event.value}"
        case e.ProfileAnswered():
            return f"Small Industry Member: {event.value}"
        case e.CrdEntered():
            return f"CRD number: {event.crd}" if event.crd else "Took the CRD number away"
        case e.MemberSet():
            return f"{event.name or event.person.rpartition('/')[2]} is now a {event.role}"
        case e.MemberRemoved():
            return f"Took {name_before(record) or event.person.rpartition('/')[2]} off the firm"
        case e.ChannelLinked() | e.ChannelUnlinked():
            word = "Linked" if isinstance(event, e.ChannelLinked) else "Unlinked"
            return f"{word} the channel {event.channel.rpartition('/')[2]}"
        case _:
            return record_type(event)


def name_before(record: Record) -> str:
    """The name of what was taken off or marked done, as it was then: nobody knows it afterwards."""
    before = msgspec.json.decode(record.before)
    return str(before.get("name") or "") if isinstance(before, dict) else ""


def record_type(event: e.AnyEvent) -> str:
    """The event's name in words, for one that has no sentence."""
    return str(type(event).__struct_config__.tag).replace("_", " ").capitalize()


def full_day(value: date) -> str:
    """A date that was set, as it is said back: `Monday, November 23, 2026`."""
    return f"{value:%A, %B} {value.day}, {value.year}"


def _agent(position: Position, agent_id: str) -> str:
    agent = position.agent(agent_id)
    return agent.name if agent else "an agent"


def counted(number: int, thing: str, things: str = "") -> str:
    """`1 page`, `3,000 pages`; what makes no plural with an s gives its own."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


def bytes_in_words(size: int) -> str:
    """How large a file is: `14 bytes`, `3 kB`, `1.2 MB`."""
    if size < 1000:
        return counted(size, "byte")
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{round(size / 1000)} kB"
