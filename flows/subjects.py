"""What an event is about, as short names: two events that share one change the same thing."""

from flows import events as e
from flows.events import Record


def subjects(record: Record) -> frozenset[str]:
    """What a row changes. `of` an agent or a change: what may be recorded for it from then on."""
    event = record.event
    match event:
        case e.TaskCompleted() | e.TaskWaiting() | e.WaitEnded() | e.TaskSetAside() | e.TaskReopened():
            return frozenset({f"task {event.task}"})
        case e.TaskApproved():
            return frozenset({f"review {event.task}"})
        case e.TaskSentBack():
            return frozenset({f"task {event.task}", f"review {event.task}"})
        case e.ReviewSet() | e.ReviewCleared():
            return frozenset({f"reviews of {event.scope}"})
        case e.AnswerGiven():
            return frozenset({f"fact {event.fact}"})
        case e.MemoAttested():
            return frozenset({f"attested {event.fact}"})
        case e.AgentAdded():
            return frozenset({f"agent {event.agent}", f"name {event.agent}", f"of {event.agent}"})
        case e.AgentRenamed():
            return frozenset({f"name {event.agent}"})
        case e.AgentRemoved() | e.AgentReturned():
            return frozenset({f"agent {event.agent}", f"of {event.agent}"})
        case e.AgentFileKept():
            return frozenset({f"file {event.agent}"})
        case e.ChangeOfAgentStarted():
            return frozenset({f"agent {event.old}", f"of {event.old}", f"agent {event.new}", f"of {event.change}"})
        case e.TaskDueSet():
            return frozenset({f"due {event.task}"})
        case e.StepDueSet():
            return frozenset({f"due step {event.step}"})
        case e.TaskAssigned() | e.TaskUnassigned():
            return frozenset({f"owner {event.task}"})
        case e.RecurringSet() | e.RecurringRemoved():
            return frozenset({f"recurring {event.recurring}"})
        case e.RecurringDone():
            return frozenset({f"recurring done {event.recurring}"})
        case e.ChannelLinked() | e.ChannelUnlinked():
            return frozenset({f"channel {event.channel}"})
        case e.SummarySet() | e.SummaryStopped():
            return frozenset({f"summary {event.channel}"})
        case e.EvidenceAdded() | e.NoteAdded() | e.AnswersCopied():
            return frozenset({f"row {record.sequence}"})
        case e.EvidenceRemoved():
            return frozenset({f"row {event.evidence}"})
        case e.FirmAnswerGiven() | e.FirmAnswerConfirmed() | e.FirmAnswerWithdrawn():
            return frozenset({f"firm answer {event.answer}"})
        case _:
            return frozenset({record.type})
