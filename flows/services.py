"""The use cases every chat adapter calls, and nothing deeper. Rights are checked here and in the rules called."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from flows import answers, legal_hold, own_dates, progress, setting_up, supervision
from flows import undo as undoing
from flows import workspace as shared
from flows.acts import Act, Result
from flows.agent_file import AgentFile
from flows.asked import Owed
from flows.asking import Asking, Engine
from flows.attesting import Memos
from flows.copying import Copying
from flows.deadlines import Ledger
from flows.documents.finding import Found
from flows.documents.use_cases import Documents
from flows.events import AnyEvent, FirmKey, Record, RoleName, TextRefused
from flows.evidence.intake import Intake
from flows.evidence.use_cases import Evidence
from flows.exports.use_cases import Exports
from flows.firm_lists.use_cases import FirmLists
from flows.firms import Person, Refusal, must_exist, require
from flows.guard import looks_like
from flows.lead_queue import CHECK_AGAIN_DAYS, LeadQueue
from flows.noting import UpdateNotes
from flows.nudging import Nudges
from flows.ports import (
    Changed,
    Directory,
    EventStore,
    FirmSummary,
    Gists,
    Inbox,
    Knowledge,
    Notes,
    Outbox,
    Plans,
    Questions,
    Workspaces,
)
from flows.position import Position
from flows.readers import position_for
from flows.records import Stamp, record, record_undo
from flows.reminders.use_cases import Reminders
from flows.reviewing import Reviews
from flows.roadmap import Pack
from flows.summaries.gisting import WithGists
from flows.summaries.portfolios import Portfolios
from flows.summaries.use_cases import Summaries
from flows.trading_days import NEW_YORK
from flows.walk import Preview, Walk, preview, walk
from flows.workspace import Entry, Workspace
from flows.zones import zone_of

__all__ = ["Act", "Result", "Services"]


class Kept(msgspec.Struct, frozen=True):
    """What holds for a workspace now, and what was added; None where nothing new was."""

    workspace: Workspace
    added: Entry | None


class Services:
    """Everything a person can do."""

    def __init__(
        self,
        *,
        events: EventStore,
        gists: Gists,
        directory: Directory,
        inbox: Inbox,
        questions: Questions,
        notes: Notes,
        outbox: Outbox,
        plans: Plans,
        engine: Engine,
        knowledge: Knowledge,
        intake: Intake,
        pack: Pack,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        workspaces: Workspaces,
        ledger: Ledger,
        source: Callable[[], str],
        practice: bool = False,
        check_again_days: int = CHECK_AGAIN_DAYS,
    ) -> None:
        self.events = events
        many = WithGists(events, pack)
        self.directory = directory
        self.inbox = inbox
        self.workspaces = workspaces
        self.ledger = ledger
        """The industry dates as they are shipped; see `workspace` for what a workspace added."""
        self.outbox = outbox
        self.plans = plans
        self.knowledge = knowledge
        self.intake = intake
        self.pack = pack
        self.clock = clock
        """Business time, aware."""
        self.new_id = new_id
        self.practice = practice
        self.left: Callable[[str, str], None] = lambda tenant, person: None
        """Told of whom others took off a firm: what they were last shown of it is to go."""
        self.documents = Documents(events, knowledge, stamp=self._stamp, now=self.now)
        """The firm's own documents."""
        self.evidence = Evidence(events, intake, outbox, pack=pack, stamp=self._stamp, now=self.now)
        self.asking = Asking(
            questions, notes, engine, self.documents.ask, pack, self.now, self._keep_refusal, self.workspace, practice
        )
        self.queue = LeadQueue(questions, self.now, self._change, check_again_days)
        self.notes = UpdateNotes(notes, pack, self.now)
        self.reminders = Reminders(
            plans=plans,
            outbox=outbox,
            directory=directory,
            events=events,
            workspace=self.workspace,
            change=self._change,
            pack=pack,
            ledger=ledger,
            now=self.now,
        )
        self.exports = Exports(
            events,
            questions,
            pack=pack,
            source=source,
            workspace=self.workspace,
            stamp=self._stamp,
            now=self.now,
            practice=practice,
        )

        self.copying = Copying(events, pack, self._change)
        """Answers of one firm for another like it."""
        self.firm_lists = FirmLists(
            many, directory, outbox, pack=pack, workspace=self.workspace, stamp=self._stamp, now=self.now
        )
        """Many firms from a table."""
        self.reviews = Reviews(self._change, pack, self.now)
        """A second pair of eyes on what is done."""
        self.memos = Memos(self._change, pack, today=self.today, workspace=self.workspace, now=self.now)
        """The memo of an answer that ends the roadmap."""
        self.summaries = Summaries(events, directory, pack, self.clock, self._change)
        """Where one firm stands, or many, and the channels in which that is posted."""
        self.portfolios = Portfolios(events, gists, pack, self.clock)
        """All firms of a person beside each other, however many."""
        self.nudges = Nudges(
            many,
            self.portfolios,
            directory,
            outbox,
            pack,
            workspace=self.workspace,
            stamp=self._stamp,
            now=self.now,
        )
        """Asking the owners of tasks to look at them."""

    def now(self) -> datetime:
        """Business time, UTC."""
        return self.clock().astimezone(UTC)

    def today(self, position: Position) -> date:
        """The day it is in the firm's own zone."""
        return self.clock().astimezone(zone_of(position.time_zone)).date()

    def walk(self, position: Position) -> Walk:
        """The firm's roadmap, read."""
        return walk(self.pack, position)

    # --- tasks -------------------------------------------------------------------------------------------------

    async def complete(self, key: FirmKey, act: Act, task: str, **said: Any) -> Result:
        """See `progress.complete`."""
        return await self._change(
            key, act, lambda p: progress.complete(self.pack, p, act.who, task, today=self.today(p), **said), **said
        )

    async def wait(self, key: FirmKey, act: Act, task: str, *, since: date | None = None, **said: Any) -> Result:
        """See `progress.wait`; a wait without a first day begins today."""
        return await self._change(
            key,
            act,
            lambda p: progress.wait(
                self.pack, p, act.who, task, since=since or self.today(p), today=self.today(p), **said
            ),
            **said,
        )

    async def end_wait(self, key: FirmKey, act: Act, task: str, *, seen: int | None = None) -> Result:
        """See `progress.end_wait`."""
        return await self._change(key, act, lambda p: progress.end_wait(self.pack, p, act.who, task, seen=seen))

    async def set_aside(self, key: FirmKey, act: Act, task: str, **said: Any) -> Result:
        """See `progress.set_aside`."""
        return await self._change(key, act, lambda p: progress.set_aside(self.pack, p, act.who, task, **said), **said)

    async def reopen(self, key: FirmKey, act: Act, task: str, **said: Any) -> Result:
        """See `progress.reopen`."""
        return await self._change(key, act, lambda p: progress.reopen(self.pack, p, act.who, task, **said), **said)

    async def add_evidence(self, key: FirmKey, act: Act, task: str, **said: Any) -> Result:
        """See `progress.add_evidence`."""
        return await self._change(
            key, act, lambda p: progress.add_evidence(self.pack, p, act.who, task, today=self.today(p), **said), **said
        )

    async def add_note(self, key: FirmKey, act: Act, text: str, *, task: str = "", ticket: bool = False) -> Result:
        """See `progress.add_note`."""
        return await self._change(
            key, act, lambda p: progress.add_note(self.pack, p, act.who, text=text, key=task, ticket=ticket), text=text
        )

    async def undo(self, key: FirmKey, act: Act, of: int | None = None) -> Result:
        """Undo the click that brought event `of`, or this person's last one. Undoing an undo brings it back."""
        return await self._undo(key, act, lambda _: of)

    async def redo(self, key: FirmKey, act: Act) -> Result:
        """Take this person's last undo back, so that what it was about counts again."""
        return await self._undo(key, act, lambda history: undoing.last_undo(history, act.who))

    async def _undo(self, key: FirmKey, act: Act, of: Callable[[Sequence[Record]], int | None]) -> Result:
        def decide(position: Position, history: Sequence[Record]) -> Changed:
            must_exist(position)
            event = undoing.undo(history, position, act.who, of(history))
            if event is None:
                return Changed(records=(), position=position)
            return self._with_owed(position, record_undo(history, position, event, self._stamp(act)))

        changed = await self.events.change(key, decide, cause=act.cause, with_history=True)
        self._hurry(changed)
        return Result(position=changed.position, records=changed.records)

    # --- the firm's own dates, and who owns what -----------------------------------------------------------------

    async def set_task_due(self, key: FirmKey, act: Act, task: str, due: date | None, **said: Any) -> Result:
        """See `own_dates.set_task_due`."""
        return await self._change(
            key,
            act,
            lambda p: own_dates.set_task_due(self.pack, p, act.who, task, due, today=self.today(p), **said),
        )

    async def set_step_due(self, key: FirmKey, act: Act, step: str, due: date | None, **said: Any) -> Result:
        """See `own_dates.set_step_due`."""
        return await self._change(
            key, act, lambda p: own_dates.set_step_due(self.pack, p, act.who, step, due, today=self.today(p), **said)
        )

    async def set_target(self, key: FirmKey, act: Act, target: date | None, *, seen: int | None = None) -> Result:
        """See `setting_up.set_target`."""
        return await self._change(key, act, lambda p: setting_up.set_target(p, act.who, target, self.today(p), seen))

    async def accept_plan(self, key: FirmKey, act: Act, dates: Mapping[str, date], **said: Any) -> Result:
        """See `own_dates.accept_plan`."""
        return await self._change(
            key, act, lambda p: own_dates.accept_plan(self.pack, p, act.who, dates, today=self.today(p), **said)
        )

    async def assign(self, key: FirmKey, act: Act, task: str, to: Person | None, *, seen: int | None = None) -> Result:
        """See `own_dates.assign`."""
        return await self._change(key, act, lambda p: own_dates.assign(self.pack, p, act.who, task, to, seen=seen))

    async def hand_over(self, key: FirmKey, act: Act, giver: str, to: Person) -> Result:
        """See `own_dates.hand_over`."""
        return await self._change(
            key, act, lambda p: own_dates.hand_over(p, act.who, walk(self.pack, p).items, giver, to)
        )

    async def set_recurring(self, key: FirmKey, act: Act, name: str, month: int, day: int, **said: Any) -> Result:
        """See `own_dates.set_recurring`."""
        return await self._change(
            key, act, lambda p: own_dates.set_recurring(p, act.who, name, month, day, **said), name=name, **said
        )

    async def remove_recurring(self, key: FirmKey, act: Act, recurring: str) -> Result:
        """See `own_dates.remove_recurring`."""
        return await self._change(key, act, lambda p: own_dates.remove_recurring(p, act.who, recurring))

    # --- what a whole workspace shares ----------------------------------------------------------------------------

    async def workspace(self, tenant: str) -> Workspace:
        """The industry dates and the trading calendar as they hold for this workspace."""
        return shared.fold(self.ledger, await self.workspaces.entries(tenant))

    async def record_for_workspace(self, tenant: str, act: Act, fact: shared.Fact, *, ticket: bool = False) -> Kept:
        """Keep what a workspace admin revised, edited or took back. See `workspace.decide`."""

        def decide(entries: Sequence[Entry]) -> Entry | None:
            decided = shared.decide(self.ledger, entries, act.who, fact, today=self.new_york_day(), ticket=ticket)
            if decided is None:
                return None
            return shared.entry(
                tenant, entries, decided, act.who, at=self.now(), cause=act.cause, practice=self.practice
            )

        entries, added = await self.workspaces.append(tenant, decide, cause=act.cause)
        return Kept(shared.fold(self.ledger, entries), added)

    def new_york_day(self) -> date:
        """The day it is where industry dates are set."""
        return self.now().astimezone(NEW_YORK).date()

    # --- answers -----------------------------------------------------------------------------------------------

    async def answer(self, key: FirmKey, act: Act, fact: str, value: Sequence[str], **said: Any) -> Result:
        """See `answers.give`."""
        return await self._change(
            key,
            act,
            lambda p: answers.give(self.pack, p, act.who, fact, value, today=self.today(p), **said),
            **said,
        )

    async def add_agents(self, key: FirmKey, act: Act, names: Sequence[str], *, ticket: bool = False) -> Result:
        """See `answers.add_agents`."""
        return await self._change(key, act, lambda p: answers.add_agents(p, act.who, names, ticket=ticket), names=names)

    async def rename_agent(self, key: FirmKey, act: Act, agent: str, name: str) -> Result:
        """See `answers.rename_agent`."""
        return await self._change(key, act, lambda p: answers.rename_agent(p, act.who, agent, name), name=name)

    async def remove_agent(self, key: FirmKey, act: Act, agent: str, **said: Any) -> Result:
        """See `answers.remove_agent`."""
        return await self._change(key, act, lambda p: answers.remove_agent(p, act.who, agent, **said), **said)

    async def start_change(self, key: FirmKey, act: Act, old: str, new_name: str, **said: Any) -> Result:
        """See `answers.start_change`."""
        return await self._change(
            key, act, lambda p: answers.start_change(p, act.who, old, new_name, **said), new_name=new_name, **said
        )

    async def keep_agent_file(self, key: FirmKey, act: Act, agent: str, file: AgentFile, **said: Any) -> Result:
        """See `supervision.keep`."""
        return await self._change(
            key,
            act,
            lambda p: supervision.keep(p, act.who, agent, file, today=self.today(p), **said),
            texts=supervision.texts(file),
        )

    def preview(self, position: Position, act: Act, events: Sequence[AnyEvent]) -> Preview:
        """What these events would do to the roadmap, without recording them."""
        return preview(self.pack, position, record(position, events, self._stamp(act)).position)

    def preview_answer(self, position: Position, act: Act, fact: str, value: Sequence[str], **said: Any) -> Preview:
        """What this answer would do to the roadmap. Raises Refusal where the answer itself is refused."""
        events = answers.give(self.pack, position, act.who, fact, value, today=self.today(position), **said)
        return self.preview(position, act, events)

    def preview_without_agent(self, position: Position, act: Act, agent: str) -> Preview:
        """What taking this agent off would do to the roadmap."""
        return self.preview(position, act, answers.remove_agent(position, act.who, agent))

    def preview_change(self, position: Position, act: Act, old: str, new_name: str, **said: Any) -> Preview:
        """What this change of agent would do to the roadmap. Raises Refusal where the change itself is refused."""
        return self.preview(position, act, answers.start_change(position, act.who, old, new_name, **said))

    # --- the firm ----------------------------------------------------------------------------------------------

    async def set_up(self, tenant: str, act: Act, taken: Sequence[FirmSummary] = (), **said: Any) -> Result:
        """See `setting_up.set_up`. The firm becomes the person's current one; the same click twice is one firm.

        Raises Refusal for the same click by somebody who is not in it, or not any more.
        """
        key = FirmKey(tenant, setting_up.firm_id(act.cause) if act.cause else self.new_id())
        names = [f.name for f in taken]
        zone = zone_of(said.get("time_zone") or "")
        today = self.now().astimezone(zone).date()

        def decide(position: Position, history: Sequence[Record]) -> Changed:
            events = setting_up.set_up(position, act.who, today=today, taken=names, **said)
            return record(position, events, self._stamp(act))

        changed = await self.events.change(key, decide, cause=act.cause)
        require(changed.position, act.who, "viewer")
        await self.directory.use(tenant, act.who.id, key.firm)
        return Result(position=changed.position, records=changed.records)

    async def rename(self, key: FirmKey, act: Act, name: str, taken: Sequence[FirmSummary] = ()) -> Result:
        """See `setting_up.rename`."""
        names = [f.name for f in taken]
        return await self._change(key, act, lambda p: setting_up.rename(p, act.who, name, names))

    async def settle(self, key: FirmKey, act: Act, taken: Sequence[FirmSummary] = (), **said: Any) -> Result:
        """See `setting_up.settle`."""
        names = [f.name for f in taken]
        return await self._change(
            key, act, lambda p: setting_up.settle(p, act.who, today=self.today(p), taken=names, **said)
        )

    async def answer_precheck(self, key: FirmKey, act: Act, value: str) -> Result:
        """See `setting_up.answer_precheck`."""
        return await self._change(key, act, lambda p: setting_up.answer_precheck(p, act.who, value))

    async def set_hold(self, key: FirmKey, act: Act, reason: str, *, ticket: bool = False) -> Result:
        """See `legal_hold.set_hold`."""
        return await self._change(
            key, act, lambda p: legal_hold.set_hold(p, act.who, reason, ticket=ticket), reason=reason
        )

    async def lift_hold(self, key: FirmKey, act: Act, reason: str, *, ticket: bool = False) -> Result:
        """See `legal_hold.lift_hold`."""
        return await self._change(
            key, act, lambda p: legal_hold.lift_hold(p, act.who, reason, ticket=ticket), reason=reason
        )

    async def set_member(self, key: FirmKey, act: Act, member: Person, role: RoleName) -> Result:
        """See `setting_up.set_member`."""
        return await self._change(key, act, lambda p: setting_up.set_member(p, act.who, member, role))

    async def remove_member(self, key: FirmKey, act: Act, member: str) -> Result:
        """See `setting_up.remove_member`."""
        result = await self._change(key, act, lambda p: setting_up.remove_member(p, act.who, member))
        if result.changed and member != act.who.id:  # who goes of their own accord reads so in this moment
            self.left(key.tenant, member)
        return result

    async def link_channel(self, key: FirmKey, act: Act, channel: str) -> Result:
        """See `setting_up.link_channel`."""
        return await self._change(key, act, lambda p: setting_up.link_channel(p, act.who, channel))

    async def unlink_channel(self, key: FirmKey, act: Act, channel: str) -> Result:
        """See `setting_up.unlink_channel`."""
        return await self._change(key, act, lambda p: setting_up.unlink_channel(p, act.who, channel))

    async def use(self, position: Position, act: Act) -> None:
        """Make this the person's current firm. Raises Refusal where the person is no member."""
        require(position, act.who, "viewer")
        await self.directory.use(position.key.tenant, act.who.id, position.key.firm)

    # --- reading -----------------------------------------------------------------------------------------------

    async def position(self, key: FirmKey, who: Person) -> Position:
        """Where the firm is. Raises Refusal where there is none, or the person is no member."""
        return await position_for(self.events, key, who)

    async def history(
        self,
        key: FirmKey,
        who: Person,
        *,
        types: Sequence[str] = (),
        limit: int | None = None,
        before: int | None = None,
    ) -> Sequence[Record]:
        """Rows of the firm's history, oldest first. Raises Refusal where the person is no member."""
        await self.position(key, who)
        return await self.events.history(key, types=types, limit=limit, before=before)

    async def ask_documents(self, key: FirmKey, who: Person, question: str) -> tuple[Found, ...]:
        """What the firm's own documents say to this, or nothing. Asked where the roadmap itself says nothing.

        Raises Refusal where the person is no member.
        """
        return await self.documents.ask(key, who, question)

    # --- within ------------------------------------------------------------------------------------------------

    async def _change(
        self,
        key: FirmKey,
        act: Act,
        decide: Callable[[Position], Sequence[AnyEvent]],
        *,
        owed: Sequence[Owed] = (),
        **texts: Any,
    ) -> Result:
        def unit(position: Position, history: Sequence[Record]) -> Changed:
            must_exist(position)
            return self._with_owed(position, record(position, decide(position), self._stamp(act)), owed)

        try:
            changed = await self.events.change(key, unit, cause=act.cause)
        except Refusal as refusal:
            if refusal.kind == "guard":
                await self._keep_refusal(key, act, texts)
            raise
        self._hurry(changed)
        return Result(position=changed.position, records=changed.records)

    def _with_owed(self, before: Position, changed: Changed, owed: Sequence[Owed] = ()) -> Changed:
        """What is owed to people because of a change goes with it, all or nothing."""
        seen = (before, changed.position, changed.records)
        told = (*owed, *self.reviews.owed(*seen), *self.memos.owed(*seen))
        return msgspec.structs.replace(changed, owed=told) if told and changed.records else changed

    def _hurry(self, changed: Changed) -> None:
        """What is owed need not wait for the next round."""
        if changed.owed:
            self.queue.wake()

    async def _keep_refusal(self, key: FirmKey, act: Act, texts: dict[str, Any]) -> None:
        """Only that it happened, never the text."""
        said = [
            t for v in texts.values() for t in ([v] if isinstance(v, str) else v if isinstance(v, list | tuple) else [])
        ]
        found = next((f for f in map(looks_like, said) if f), "personal data")
        event = TextRefused(looked_like=found)
        stamp = msgspec.structs.replace(self._stamp(act), cause=None)  # the corrected text comes with the same cause

        def unit(position: Position, _: Sequence[Record]) -> Changed:
            must_exist(position)  # deleted in between, it must not come back as this one entry
            return record(position, [event], stamp)

        await self.events.change(key, unit)

    def _stamp(self, act: Act) -> Stamp:
        return Stamp(
            who=act.who,
            at=self.now(),
            source=act.source,
            edition=self.pack.edition,
            cause=act.cause,
            practice=self.practice,
        )
