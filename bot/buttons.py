"""Every button and modal there is, and what each carries. Verbs are for ever: old messages keep their buttons."""

from typing import ClassVar, Literal

from bot.actions import Carried
from flows.habits import Rules


class Changing(Carried, frozen=True):
    """What changes a firm, or opens the form for it: shown only to those who may."""


# --- steps: where the firm is ---------------------------------------------------------------------------------


class ShowNext(Carried, frozen=True):
    verb: ClassVar[str] = "steps.next"


class ShowStatus(Carried, frozen=True):
    verb: ClassVar[str] = "steps.status"


class ShowStep(Carried, frozen=True):
    verb: ClassVar[str] = "steps.step"
    step: str = "1"


class ShowTask(Carried, frozen=True):
    verb: ClassVar[str] = "steps.task"
    task: str = ""


class PickTask(Carried, frozen=True):
    """A select; the chosen option is the task's key. `part` keeps two such selects of one message apart."""

    verb: ClassVar[str] = "steps.pick"
    part: str = ""


class PickStep(Carried, frozen=True):
    """A select; the chosen option is the step's number."""

    verb: ClassVar[str] = "steps.pick_step"


# --- tasks: what was done -------------------------------------------------------------------------------------


class CompleteTask(Changing, frozen=True):
    verb: ClassVar[str] = "tasks.done"
    task: str = ""
    outcome: str = ""


class OpenEarlier(Changing, frozen=True):
    verb: ClassVar[str] = "tasks.earlier"
    task: str = ""


class EarlierForm(Changing, frozen=True):
    verb: ClassVar[str] = "tasks.earlier_form"
    task: str = ""


class OpenWaiting(Changing, frozen=True):
    verb: ClassVar[str] = "tasks.waiting"
    task: str = ""


class WaitingForm(Changing, frozen=True):
    verb: ClassVar[str] = "tasks.waiting_form"
    task: str = ""


class EndWait(Changing, frozen=True):
    verb: ClassVar[str] = "tasks.end_wait"
    task: str = ""


class OpenSetAside(Changing, frozen=True):
    verb: ClassVar[str] = "tasks.aside"
    task: str = ""


class SetAsideForm(Changing, frozen=True):
    verb: ClassVar[str] = "tasks.aside_form"
    task: str = ""


class OpenReopen(Changing, frozen=True):
    verb: ClassVar[str] = "tasks.reopen"
    task: str = ""


class ReopenForm(Changing, frozen=True):
    verb: ClassVar[str] = "tasks.reopen_form"
    task: str = ""


class UndoChange(Changing, frozen=True):
    """`of` is the sequence of the event to undo."""

    verb: ClassVar[str] = "tasks.undo"
    of: int = 0


# --- dates: when things are wanted ----------------------------------------------------------------------------


class ShowDates(Carried, frozen=True):
    """A page of the firm's own dates: 0 has those near today, below it are earlier ones, above it later ones."""

    verb: ClassVar[str] = "dates.list"
    page: int = 0


class OpenDate(Changing, frozen=True):
    verb: ClassVar[str] = "dates.open"
    task: str = ""


class DateForm(Changing, frozen=True):
    verb: ClassVar[str] = "dates.form"
    task: str = ""


class SetDate(Changing, frozen=True):
    """One of the days that typed words may have meant; `on` is `2027-05-31`. `what` it is the date of."""

    verb: ClassVar[str] = "dates.set"
    what: Literal["task", "step", "target", "plan"] = "task"
    key: str = ""
    """The task's key, or the step's or part's id."""
    on: str = ""


class OpenTarget(Changing, frozen=True):
    """`plan`: the plan for it is shown next, and nothing is set before it is accepted."""

    verb: ClassVar[str] = "dates.target"
    plan: bool = False


class TargetForm(Changing, frozen=True):
    verb: ClassVar[str] = "dates.target_form"
    plan: bool = False


class ShowPlan(Carried, frozen=True):
    """`target` is `2027-05-31`, empty for the firm's own."""

    verb: ClassVar[str] = "dates.plan"
    target: str = ""


class AcceptPlan(Changing, frozen=True):
    """`digest` stands for the very days that were proposed; a date that somebody set stays."""

    verb: ClassVar[str] = "dates.accept"
    target: str = ""
    digest: str = ""


class OpenPlan(Changing, frozen=True):
    """*Choose…* on a plan: which of its lines are set."""

    verb: ClassVar[str] = "dates.plan_lines"
    target: str = ""
    digest: str = ""


class PlanForm(Changing, frozen=True):
    verb: ClassVar[str] = "dates.plan_form"
    target: str = ""
    digest: str = ""


class RemoveRecurring(Changing, frozen=True):
    verb: ClassVar[str] = "dates.remove"
    recurring: str = ""


class FinishYear(Changing, frozen=True):
    """*Done for …* beside a date of every year: its day `on` is done, and the next one is a year later."""

    verb: ClassVar[str] = "dates.year_done"
    recurring: str = ""
    on: str = ""


# --- owners: whose a task is -----------------------------------------------------------------------------------


class OpenAssign(Changing, frozen=True):
    verb: ClassVar[str] = "owners.assign"
    task: str = ""
    below: bool = False
    """Whether the message it stands in stays, with the task below it."""


class AssignForm(Changing, frozen=True):
    verb: ClassVar[str] = "owners.assign_form"
    task: str = ""
    below: bool = False


class AssignTo(Changing, frozen=True):
    """A task for somebody who was offered, where the name that was typed is nobody's, or that of several."""

    verb: ClassVar[str] = "owners.assign_to"
    task: str = ""
    person: str = ""
    """Slack's id."""


class OpenHandover(Changing, frozen=True):
    verb: ClassVar[str] = "owners.handover"


class HandoverForm(Changing, frozen=True):
    verb: ClassVar[str] = "owners.handover_form"


# --- deadlines: the industry dates, and the trading calendar --------------------------------------------------


class ShowDeadlines(Carried, frozen=True):
    verb: ClassVar[str] = "deadlines.show"


class ShowStory(Carried, frozen=True):
    verb: ClassVar[str] = "deadlines.story"
    deadline: str = ""


class PickDeadline(Carried, frozen=True):
    """A select; the chosen option is the deadline's id."""

    verb: ClassVar[str] = "deadlines.pick"


class OpenRevision(Changing, frozen=True):
    """For workspace admins. `deadline` is chosen to begin with."""

    verb: ClassVar[str] = "deadlines.revise"
    deadline: str = ""


class ChooseRevision(Changing, frozen=True):
    """Which date, and what kind of thing was said of it; the form that follows asks for no more than that needs."""

    verb: ClassVar[str] = "deadlines.revision_choose"


class RevisionForm(Changing, frozen=True):
    """`deadline` is an industry date's id, or `new`; `said` is a deadlines.ValueType."""

    verb: ClassVar[str] = "deadlines.revision_form"
    deadline: str = ""
    said: str = ""


class ShowTradingDays(Carried, frozen=True):
    verb: ClassVar[str] = "deadlines.trading_days"


class OpenTradingDay(Changing, frozen=True):
    verb: ClassVar[str] = "deadlines.trading_day"


class TradingDayForm(Changing, frozen=True):
    verb: ClassVar[str] = "deadlines.trading_day_form"


class WithdrawEntry(Changing, frozen=True):
    """`of` is the sequence of the workspace's entry that was a mistake."""

    verb: ClassVar[str] = "deadlines.withdraw"
    of: int = 0


# --- answers: what the firm said, its agents ------------------------------------------------------------------


class GiveAnswer(Changing, frozen=True):
    """One click on an answer that needs no more words."""

    verb: ClassVar[str] = "answers.give"
    fact: str = ""
    value: str = ""


class OpenAnswer(Changing, frozen=True):
    """Opens the modal for a question: choices, basis, day, agents; prefilled where there is an answer."""

    verb: ClassVar[str] = "answers.open"
    fact: str = ""
    value: str = ""


class AnswerForm(Changing, frozen=True):
    """`agents` are the names the form was filled with: those lines are no additions, whatever happened since."""

    verb: ClassVar[str] = "answers.form"
    fact: str = ""
    agents: tuple[str, ...] = ()


class ConfirmAnswer(Changing, frozen=True):
    """The branch preview's modal: everything that was entered, to be recorded once confirmed.

    `version` is the one that the preview was drawn from, and `shown` stands for the tasks in it.
    """

    verb: ClassVar[str] = "answers.confirm"
    fact: str = ""
    value: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    basis: str = ""
    happened_on: str = ""
    recheck_on: str = ""
    grounds: tuple[str, ...] = ()
    attester: str = ""
    ticket: bool = False
    shown: str = ""


class ShowAgents(Carried, frozen=True):
    verb: ClassVar[str] = "answers.agents"


class OpenAgents(Changing, frozen=True):
    verb: ClassVar[str] = "answers.add_agents"


class AgentsForm(Changing, frozen=True):
    verb: ClassVar[str] = "answers.agents_form"


class OpenRenameAgent(Changing, frozen=True):
    verb: ClassVar[str] = "answers.rename_agent"
    agent: str = ""


class RenameAgentForm(Changing, frozen=True):
    verb: ClassVar[str] = "answers.rename_agent_form"
    agent: str = ""


class OpenRemoveAgent(Changing, frozen=True):
    verb: ClassVar[str] = "answers.remove_agent"
    agent: str = ""


class RemoveAgentForm(Changing, frozen=True):
    verb: ClassVar[str] = "answers.remove_agent_form"
    agent: str = ""


class OpenChangeOfAgent(Changing, frozen=True):
    """Empty `agent`: the firm comes in the middle of a change, and both names are asked."""

    verb: ClassVar[str] = "answers.change_agent"
    agent: str = ""


class ChangeOfAgentForm(Changing, frozen=True):
    verb: ClassVar[str] = "answers.change_agent_form"
    agent: str = ""


class ConfirmChangeOfAgent(Changing, frozen=True):
    """The preview's modal: the names that were entered, to be recorded once confirmed."""

    verb: ClassVar[str] = "answers.confirm_change"
    agent: str = ""
    new_name: str = ""
    old_name: str = ""
    ticket: bool = False


class ShowAgentFile(Carried, frozen=True):
    verb: ClassVar[str] = "supervision.show"
    agent: str = ""


class PickAgentFile(Carried, frozen=True):
    """A select; the chosen option is the agent's id."""

    verb: ClassVar[str] = "supervision.pick"


class OpenAgentFile(Changing, frozen=True):
    verb: ClassVar[str] = "supervision.open"
    agent: str = ""


class AgentFileForm(Changing, frozen=True):
    verb: ClassVar[str] = "supervision.form"
    agent: str = ""


class AnswerPrecheck(Changing, frozen=True):
    verb: ClassVar[str] = "answers.precheck"
    value: str = ""


# --- memos: an answer that ends the roadmap ----------------------------------------------------------------------


class ShowMemo(Carried, frozen=True):
    verb: ClassVar[str] = "memos.show"


class AttestMemo(Changing, frozen=True):
    """`of` is the sequence of the event that answered."""

    verb: ClassVar[str] = "memos.attest"
    of: int = 0


class OpenDisagree(Changing, frozen=True):
    verb: ClassVar[str] = "memos.open_disagree"
    of: int = 0


class DisagreeForm(Changing, frozen=True):
    verb: ClassVar[str] = "memos.disagree"
    of: int = 0


class RenewMemo(Changing, frozen=True):
    """Looked at again, and the answer still holds."""

    verb: ClassVar[str] = "memos.renew"
    of: int = 0


# --- reviews: a second pair of eyes ----------------------------------------------------------------------------


class ShowReviews(Carried, frozen=True):
    verb: ClassVar[str] = "reviews.show"


class ApproveTask(Changing, frozen=True):
    """`of` is the sequence of the event that finished the task: what was finished anew is another thing."""

    verb: ClassVar[str] = "reviews.approve"
    task: str = ""
    of: int = 0


class OpenSendBack(Changing, frozen=True):
    verb: ClassVar[str] = "reviews.open_send_back"
    task: str = ""
    of: int = 0


class SendBackForm(Changing, frozen=True):
    verb: ClassVar[str] = "reviews.send_back"
    task: str = ""
    of: int = 0


class OpenReviewRule(Changing, frozen=True):
    verb: ClassVar[str] = "reviews.open_rule"


class ReviewRuleForm(Changing, frozen=True):
    verb: ClassVar[str] = "reviews.rule"


class RemoveReviewRule(Changing, frozen=True):
    verb: ClassVar[str] = "reviews.remove_rule"
    scope: str = ""


# --- records: evidence, notes, history ------------------------------------------------------------------------


class OpenEvidence(Changing, frozen=True):
    verb: ClassVar[str] = "records.evidence"
    task: str = ""


class EvidenceForm(Changing, frozen=True):
    """`files` are Slack's ids of those that were sent in a direct message: the form asks for no others then."""

    verb: ClassVar[str] = "records.evidence_form"
    task: str = ""
    files: tuple[str, ...] = ()


class ShowEvidence(Carried, frozen=True):
    verb: ClassVar[str] = "records.show_evidence"
    task: str = ""


class OpenRemoveEvidence(Changing, frozen=True):
    """`evidence` is the sequence of the event that added the piece."""

    verb: ClassVar[str] = "records.remove_evidence"
    evidence: int = 0
    task: str = ""


class RemoveEvidenceForm(Changing, frozen=True):
    verb: ClassVar[str] = "records.remove_evidence_form"
    evidence: int = 0
    task: str = ""


class ProveTask(Changing, frozen=True):
    """A select below files that were sent in a direct message; the chosen option is the task's key."""

    verb: ClassVar[str] = "records.prove"
    files: tuple[str, ...] = ()


class OpenProof(Changing, frozen=True):
    """The form for files that were sent in a direct message: with their day and a name."""

    verb: ClassVar[str] = "records.prove_form"
    files: tuple[str, ...] = ()


class PickProofFirm(Carried, frozen=True):
    """A select: which firm files are for that were sent in a direct message."""

    verb: ClassVar[str] = "records.prove_firm"
    files: tuple[str, ...] = ()


class TakeAsDocuments(Changing, frozen=True):
    """Files that were sent are documents to quote from: id, name and size of each."""

    verb: ClassVar[str] = "records.as_documents"
    files: tuple[tuple[str, str, int], ...] = ()


class LeaveFiles(Carried, frozen=True):
    """Files that were sent are neither."""

    verb: ClassVar[str] = "records.leave_files"


class OpenNote(Changing, frozen=True):
    verb: ClassVar[str] = "records.note"
    task: str = ""


class NoteForm(Changing, frozen=True):
    verb: ClassVar[str] = "records.note_form"
    task: str = ""


class SaveMessageForm(Changing, frozen=True):
    """The message shortcut's modal: the message's permalink, the SHA-256 of its text, and Slack's ids of its files."""

    verb: ClassVar[str] = "records.save_message"
    permalink: str = ""
    digest: str = ""
    label: str = ""
    files: tuple[str, ...] = ()


class MessageFirmForm(Carried, frozen=True):
    """Asks which firm a saved message is for, where that is not clear; then comes SaveMessageForm."""

    verb: ClassVar[str] = "records.message_firm"
    permalink: str = ""
    digest: str = ""
    label: str = ""
    files: tuple[str, ...] = ()


class ShowHistory(Carried, frozen=True):
    """A page of history: the rows below sequence `before` (0: the newest), filtered as `flows.looking_back` says.

    `first` and `last` are days in ISO form.
    """

    verb: ClassVar[str] = "records.history"
    before: int = 0
    task: str = ""
    person: str = ""
    first: str = ""
    last: str = ""


class OpenHistoryFilter(Carried, frozen=True):
    """The form for a filter, filled in with the one that holds."""

    verb: ClassVar[str] = "history.filter"
    task: str = ""
    person: str = ""
    first: str = ""
    last: str = ""


class HistoryForm(Carried, frozen=True):
    verb: ClassVar[str] = "history.filter_form"


# --- onboarding and firms -------------------------------------------------------------------------------------


class OpenSetUp(Carried, frozen=True):
    """`name` is what was typed as the firm's name, to begin with."""

    verb: ClassVar[str] = "onboarding.open"
    name: str = ""


class SetUpForm(Carried, frozen=True):
    verb: ClassVar[str] = "onboarding.form"


class UseFirm(Carried, frozen=True):
    verb: ClassVar[str] = "firms.use"


class PickFirm(Carried, frozen=True):
    """A select; the chosen option is the firm's id. `then` is the command to go on with."""

    verb: ClassVar[str] = "firms.pick"
    then: str = ""


class ShowFirms(Carried, frozen=True):
    verb: ClassVar[str] = "firms.list"


class ShowMembers(Carried, frozen=True):
    verb: ClassVar[str] = "firms.members"


class OpenMember(Changing, frozen=True):
    verb: ClassVar[str] = "firms.member"
    person: str = ""
    task: str = ""
    """What they shall own once they are a member; empty where it is not about a task."""
    role: str = ""
    """What they were before they were taken off; empty where that is not known."""


class MemberForm(Changing, frozen=True):
    verb: ClassVar[str] = "firms.member_form"
    task: str = ""


class RemoveMember(Carried, frozen=True):
    verb: ClassVar[str] = "firms.remove_member"
    person: str = ""


class LinkChannel(Changing, frozen=True):
    verb: ClassVar[str] = "firms.link"
    channel: str = ""


class UnlinkChannel(Changing, frozen=True):
    verb: ClassVar[str] = "firms.unlink"
    channel: str = ""


class OpenFirmSettings(Changing, frozen=True):
    verb: ClassVar[str] = "firms.settings"


class FirmSettingsForm(Changing, frozen=True):
    """What the form was filled with: only what the person altered is a change. No situation: filled before this was."""

    verb: ClassVar[str] = "firms.settings_form"
    name: str = ""
    situation: str = ""
    target: str = ""
    time_zone: str = ""
    precheck: str = ""
    profile: str = ""
    crd: str = ""


# --- questions: asking, the lead's queue, update notes --------------------------------------------------------


class OpenAsk(Carried, frozen=True):
    """*Ask* on a task's card, whose task is what the question is about; `ticket` offers the way on after a refusal."""

    verb: ClassVar[str] = "questions.open"
    task: str = ""
    ticket: bool = False


class AskForm(Carried, frozen=True):
    verb: ClassVar[str] = "questions.form"
    task: str = ""


class PickReading(Carried, frozen=True):
    """Which of two readings was meant; `task` is that of the card the answer stands on."""

    verb: ClassVar[str] = "questions.reading"
    question: str = ""
    nth: int = 0
    task: str = ""


class Vote(Carried, frozen=True):
    verb: ClassVar[str] = "questions.vote"
    question: str = ""
    helpful: bool = False


class AskLead(Carried, frozen=True):
    verb: ClassVar[str] = "questions.ask_lead"
    question: str = ""


class ShowQueue(Carried, frozen=True):
    verb: ClassVar[str] = "queue.show"
    page: int = 0


class ShowFirmAnswers(Carried, frozen=True):
    verb: ClassVar[str] = "queue.answers"
    page: int = 0


class OpenReply(Changing, frozen=True):
    verb: ClassVar[str] = "queue.reply"
    question: str = ""


class ReplyForm(Changing, frozen=True):
    verb: ClassVar[str] = "queue.reply_form"
    question: str = ""


class CloseQuestion(Changing, frozen=True):
    verb: ClassVar[str] = "queue.close"
    question: str = ""


class ConfirmFirmAnswer(Changing, frozen=True):
    verb: ClassVar[str] = "queue.confirm"
    answer: str = ""


class WithdrawFirmAnswer(Changing, frozen=True):
    """The form for the reason."""

    verb: ClassVar[str] = "queue.withdraw"
    answer: str = ""


class WithdrawFirmAnswerForm(Changing, frozen=True):
    verb: ClassVar[str] = "queue.withdraw_form"
    answer: str = ""


class OpenUpdateNote(Carried, frozen=True):
    verb: ClassVar[str] = "notes.open"


class UpdateNoteForm(Carried, frozen=True):
    verb: ClassVar[str] = "notes.form"


class RemoveUpdateNote(Carried, frozen=True):
    verb: ClassVar[str] = "notes.remove"
    note: str = ""


# --- documents: the firm's own --------------------------------------------------------------------------------


class ShowDocuments(Carried, frozen=True):
    """A page of the firm's documents, counted from 0."""

    verb: ClassVar[str] = "documents.list"
    page: int = 0


class OpenDocument(Changing, frozen=True):
    """The form for a document; with `document` for one that takes its place."""

    verb: ClassVar[str] = "documents.open"
    document: str = ""


class DocumentForm(Changing, frozen=True):
    verb: ClassVar[str] = "documents.form"
    document: str = ""


class RemoveDocument(Changing, frozen=True):
    """The form for the reason."""

    verb: ClassVar[str] = "documents.remove"
    document: str = ""


class RemoveDocumentForm(Changing, frozen=True):
    verb: ClassVar[str] = "documents.remove_form"
    document: str = ""


# --- legal hold -----------------------------------------------------------------------------------------------


class OpenHold(Changing, frozen=True):
    """The form to set a legal hold, or to lift the one that stands."""

    verb: ClassVar[str] = "hold.open"
    lift: bool = False


class HoldForm(Changing, frozen=True):
    verb: ClassVar[str] = "hold.form"
    lift: bool = False


# --- reminders: what is said in time --------------------------------------------------------------------------


class FinishReminded(Changing, frozen=True):
    """*Done* on a reminder. `subject` is what it is about; `on` the day, of a date that comes back every year."""

    verb: ClassVar[str] = "reminders.done"
    subject: str = ""
    on: str = ""


class SnoozeReminded(Carried, frozen=True):
    """A select; the chosen option says how long. `row` stands for the reminder's row in the outbox."""

    verb: ClassVar[str] = "reminders.snooze"
    row: str = ""


class WakeReminded(Carried, frozen=True):
    """A snooze is taken back."""

    verb: ClassVar[str] = "reminders.wake"
    row: str = ""


class OpenReminded(Carried, frozen=True):
    verb: ClassVar[str] = "reminders.open"
    subject: str = ""


class UndoReminded(Changing, frozen=True):
    """`of` is the sequence of the event to undo; the reminders stay where they are."""

    verb: ClassVar[str] = "reminders.undo"
    of: int = 0


class ShowHabits(Carried, frozen=True):
    verb: ClassVar[str] = "reminders.mine"


class SetHabits(Carried, frozen=True):
    """A person's own settings as they are after the click. `hour` is `09:00`, empty for the firm's.

    `only` is the one of them that the click is about: the others stay as they are by then. Empty: all, of *Undo* and
    in earlier messages. `of` is when the change was made that *Undo* is for, as ISO; empty in earlier messages.
    """

    verb: ClassVar[str] = "reminders.set"
    hour: str = ""
    paused_until: str = ""
    off: bool = False
    only: Literal["", "hour", "pause", "off"] = ""
    of: str = ""


class OpenHabits(Carried, frozen=True):
    verb: ClassVar[str] = "reminders.habits"


class HabitsForm(Carried, frozen=True):
    """The hour it was drawn with: in another firm that may be another one by then. Empty: drawn before this was."""

    verb: ClassVar[str] = "reminders.habits_form"
    hour: str = ""


class OpenRules(Changing, frozen=True):
    verb: ClassVar[str] = "reminders.rules"


class RulesForm(Changing, frozen=True):
    """What it was filled with: only what the person altered is a change. None: filled before this was."""

    verb: ClassVar[str] = "reminders.rules_form"
    filled: Rules | None = None


class ReachAgain(Carried, frozen=True):
    """What earlier messages have; to be heard of is enough now."""

    verb: ClassVar[str] = "reminders.reach_again"


class ShowWaiting(Carried, frozen=True):
    verb: ClassVar[str] = "reminders.waiting"


# --- copying: answers of one firm for another -----------------------------------------------------------------


class PickCopy(Changing, frozen=True):
    """A select; the chosen option is the id of the firm whose answers are looked at, for `firm`."""

    verb: ClassVar[str] = "copying.pick"


class ShowCopy(Changing, frozen=True):
    """The choice of such a firm."""

    verb: ClassVar[str] = "copying.choose"


class CopyAnswers(Changing, frozen=True):
    """`source`: the id of the firm they come from. `seen`: what was looked at, see `flows.copying.Copy.digest`."""

    verb: ClassVar[str] = "copying.copy"
    source: str = ""
    seen: str = ""


# --- lists of firms: many set up at once ----------------------------------------------------------------------


class OpenFirmList(Carried, frozen=True):
    verb: ClassVar[str] = "firm_lists.open"


class FirmListForm(Carried, frozen=True):
    verb: ClassVar[str] = "firm_lists.form"


class SetUpListed(Carried, frozen=True):
    """`list`: the list that was looked at."""

    verb: ClassVar[str] = "firm_lists.set_up"
    list: str = ""


# --- exports: the record as a file ----------------------------------------------------------------------------


class ExportRecord(Carried, frozen=True):
    """`every`: of all firms in reach of whoever presses it, and not of this one alone."""

    verb: ClassVar[str] = "exports.make"
    format: str = "xlsx"
    every: bool = False


# --- summaries: where one firm stands, and many ---------------------------------------------------------------


class ShowSummary(Carried, frozen=True):
    verb: ClassVar[str] = "summaries.one"


class ShowPortfolio(Carried, frozen=True):
    """A page of the person's firms, counted from 0, those that the filter `only` leaves."""

    verb: ClassVar[str] = "summaries.many"
    only: str = "all"
    page: int = 0


class PickSummary(Carried, frozen=True):
    """A select; the chosen option is the firm's id."""

    verb: ClassVar[str] = "summaries.pick"


class OpenSummaries(Carried, frozen=True):
    """*Open* on a summary in a channel: the same for whoever presses it, of one firm or of all theirs, and as it is."""

    verb: ClassVar[str] = "summaries.open"


class PostShared(Changing, frozen=True):
    """A lead's yes: other companies may see the firm's summary in this channel."""

    verb: ClassVar[str] = "summaries.post_shared"
    channel: str = ""


class PostAll(Carried, frozen=True):
    """The word to post all firms that the person leads, after a look: how often, and which there were then.

    `firms`: how many; `which`: a mark of their ids, as they are too many for a button.
    """

    verb: ClassVar[str] = "summaries.post_all"
    channel: str = ""
    often: str = "post"
    firms: int = 0
    which: str = ""


class StopSummary(Changing, frozen=True):
    verb: ClassVar[str] = "summaries.stop"
    channel: str = ""


# --- home -----------------------------------------------------------------------------------------------------


class ShowHome(Carried, frozen=True):
    """What the person's Home shows: their tasks, or with `only`, a filter, a page of their firms, counted from 0."""

    verb: ClassVar[str] = "home.page"
    page: int = 0
    only: str = ""


class PickHomePage(Carried, frozen=True):
    """A select; the chosen option is the page of the filter `only`, counted from 0."""

    verb: ClassVar[str] = "home.pick_page"
    only: str = ""


class FinishAtHome(Changing, frozen=True):
    """*Done* on the Home, which is then drawn anew."""

    verb: ClassVar[str] = "home.done"
    task: str = ""


class UndoAtHome(Changing, frozen=True):
    """*Undo* on the Home of what was done there; `of` is an event of that click."""

    verb: ClassVar[str] = "home.undo"
    of: int = 0


class LookLater(Changing, frozen=True):
    """A wait goes on for another week."""

    verb: ClassVar[str] = "home.later"
    task: str = ""


class OpenNudge(Carried, frozen=True):
    """Who would be asked to look at the tasks that `only`, a filter, leaves, or at this one, before anybody is."""

    verb: ClassVar[str] = "home.nudge"
    only: str = ""
    task: str = ""


class NudgeForm(Carried, frozen=True):
    verb: ClassVar[str] = "home.nudge_form"
    only: str = ""
    task: str = ""


class OpenChase(Carried, frozen=True):
    """The words to chase somebody with, in a window."""

    verb: ClassVar[str] = "home.chase"
    task: str = ""


# --- help -----------------------------------------------------------------------------------------------------


class RunCommand(Carried, frozen=True):
    """A command offered for a mistyped one, one of several that may be meant, or suggested: run only when clicked."""

    verb: ClassVar[str] = "help.run"
    words: str = ""
    as_typed: bool = False
    """The firm is settled: no firm is taken off the end of the words."""


class PickCommand(Carried, frozen=True):
    """A select of several commands that may be meant; the chosen option is the one to run."""

    verb: ClassVar[str] = "help.pick"


class ShowHelp(Carried, frozen=True):
    verb: ClassVar[str] = "help.show"
    command: str = ""
