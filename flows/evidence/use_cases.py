"""What can be done with evidence beyond a link or a note: files, and taking a piece away. Rights are checked here."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime

import msgspec

from flows import events as e
from flows import guard
from flows.acts import Act, Result
from flows.asked import Owed
from flows.documents.cutting import one_line
from flows.events import FirmKey, Record
from flows.evidence import pieces as deciding
from flows.evidence.intake import Coming, Intake
from flows.evidence.pieces import File, Piece
from flows.firms import NO_FIRM, Person, must_exist, require
from flows.ports import Changed, EventStore, Outbox
from flows.position import Position
from flows.progress import find
from flows.proof import suggestions
from flows.readers import position_for
from flows.records import Stamp, record
from flows.roadmap import Pack
from flows.zones import zone_of

TOLD = "evidence_kept"
"""The kind of what is owed to whoever handed a file over: what became of it."""

TOGETHER = 4.0
"""Seconds (business time) after a form until when the word about one of its files waits for the others."""

ABOUT = ("evidence_added", "evidence_removed", "undone")


class Became(msgspec.Struct, frozen=True):
    """What became of a file, for the message that tells. `sequence` is the event's, 0 where nothing was recorded."""

    name: str
    task: str
    sequence: int = 0
    said: str = ""
    """Why nothing was recorded, or what else is to be said of it, a sentence."""


class Evidence:
    """The use cases. `now` is business time, UTC; `stamp` says who changes a firm and when."""

    def __init__(
        self,
        events: EventStore,
        intake: Intake,
        outbox: Outbox,
        *,
        pack: Pack,
        stamp: Callable[[Act], Stamp],
        now: Callable[[], datetime],
    ) -> None:
        self._events = events
        self._intake = intake
        self._outbox = outbox
        self._pack = pack
        self._stamp = stamp
        self._now = now
        self.wake: Callable[[], None] = lambda: None
        """Told when there is a file to fetch."""
        self.woken: Callable[[], None] = lambda: None
        """Told when somebody is owed word of a file."""
        self.real_now: Callable[[], float] = lambda: now().timestamp()
        """Real time in UNIX seconds, which the adapter sets: from then on a file is tried for a day."""

    # --- people ------------------------------------------------------------------------------------------------

    def check(
        self,
        position: Position,
        act: Act,
        task: str,
        files: Sequence[File],
        *,
        label: str = "",
        happened_on: date | None = None,
        ticket: bool = False,
    ) -> str:
        """The task's key. Raises Refusal where these files may not be added to it, or not by this person."""
        today = self._now().astimezone(zone_of(position.time_zone)).date()
        return deciding.may_hand_over(
            self._pack, position, act.who, task, files, today=today, label=label, happened_on=happened_on, ticket=ticket
        )

    async def expect(
        self,
        key: FirmKey,
        act: Act,
        task: str,
        files: Sequence[File],
        *,
        label: str = "",
        happened_on: date | None = None,
        covers: Sequence[str] = (),
        came_from: str = "",
        ticket: bool = False,
    ) -> Sequence[Coming]:
        """Keep that these files are to be fetched, before Slack is answered; the same form twice is one.

        Raises Refusal where they may not be added.
        """
        position = await position_for(self._events, key, act.who)
        of_task = self.check(position, act, task, files, label=label, happened_on=happened_on, ticket=ticket)
        item = find(self._pack, position, of_task)
        batch = _digest(act.cause or self._now().isoformat(), key.firm)
        coming = [
            Coming(
                key=key,
                id=_digest(batch, file.id, of_task),
                batch=batch,
                task=of_task,
                file=file.id,
                name=one_line(file.name)[: deciding.LONGEST_NAME],
                by=act.who.id,
                by_name=act.who.name,
                source=act.source,
                added_at=self._now().isoformat(),
                since=self.real_now(),
                label=label.strip(),
                happened_on=happened_on,
                covers=suggestions(item.task, covers),
                came_from=came_from,
                together=len(files),
            )
            for file in {f.id: f for f in files}.values()
        ]
        await self._intake.expect(coming)
        self.wake()
        return coming

    async def of_task(self, key: FirmKey, who: Person, task: str) -> tuple[Piece, ...]:
        """The pieces of a task, also those that were removed, oldest first. Raises Refusal where not a member."""
        await position_for(self._events, key, who)
        rows = await self._events.history(key, types=ABOUT)
        return tuple(p for p in deciding.pieces(rows) if p.event.task == task)

    async def coming(self, key: FirmKey, who: Person, task: str = "") -> Sequence[Coming]:
        """Files still on their way, of one task where given. Raises Refusal where the person is no member."""
        await position_for(self._events, key, who)
        return [one for one in await self._intake.coming(key) if task in ("", one.task)]

    async def remove(self, key: FirmKey, act: Act, evidence: int, *, reason: str, ticket: bool = False) -> Result:
        """A piece counts no more; see `pieces.remove`."""

        def unit(position: Position, history: Sequence[Record]) -> Changed:
            must_exist(position)
            events = deciding.remove(position, history, act.who, evidence, reason=reason, ticket=ticket)
            return record(position, events, self._stamp(act))

        changed = await self._events.change(key, unit, cause=act.cause, with_history=True)
        return Result(position=changed.position, records=changed.records)

    # --- what became of a file -----------------------------------------------------------------------------------

    async def record_file(self, coming: Coming, who: Person, event: e.EvidenceAdded, about: str = "") -> bool:
        """A file is here, or its reference: record it, and owe its sender the word. False where it counts already.

        `about` is a sentence of how it is kept, which the word has, too.

        Raises Refusal where the person may not add it any more, or the task is gone from the firm's roadmap.
        """

        def unit(position: Position, history: Sequence[Record]) -> Changed:
            self._must_be_welcome(position, coming, who, event)
            act = Act(who, coming.source, f"evidence:{coming.id}")
            changed = record(position, deciding.add_file(history, event), self._stamp(act))
            if not changed.records:
                return changed
            same = deciding.same_content(history, event)
            copies = "one copy is kept" if event.copied else "both are recorded"
            said = [f"Its content is that of “{same[0].event.name}”; {copies}."] if same else []
            if event.copied and any(p.event.name == event.name for p in same):
                said = ["It was recorded before without a copy; now one is kept."]
            said += [about] if about else []
            became = Became(event.name, event.task, changed.records[0].sequence, " ".join(said))
            return msgspec.structs.replace(changed, owed=(self._owed(coming, became),))

        changed = await self._events.change(coming.key, unit, cause=f"evidence:{coming.id}", with_history=True)
        self.woken()
        return bool(changed.records)

    async def must_be_welcome(self, coming: Coming, who: Person, event: e.EvidenceAdded) -> None:
        """Raises Refusal where `record_file` would, as it stands now: of such a file no copy is to be kept either."""
        position = await self._events.position(coming.key)
        if position is None:
            raise NO_FIRM
        self._must_be_welcome(position, coming, who, event)

    def _must_be_welcome(self, position: Position, coming: Coming, who: Person, event: e.EvidenceAdded) -> None:
        must_exist(position)
        require(position, who, "member")
        if not coming.name:  # it is known only now
            guard.check([event.name], ticket=False, way_on=False)
        find(self._pack, position, event.task)

    async def is_recorded(self, coming: Coming) -> bool:
        """Whether it was recorded before a crash."""
        cause = f"evidence:{coming.id}"
        return any(row.cause == cause for row in await self._events.history(coming.key, types=ABOUT[:1]))

    async def tell(self, coming: Coming, name: str, sentence: str) -> None:
        """Nothing was recorded, and why: owe that to whoever handed it over. Once, however often it is said."""
        became = Became(name or coming.name, coming.task, said=sentence)
        await self._outbox.owe([self._owed(coming, became)])
        self.woken()

    def _owed(self, coming: Coming, became: Became) -> Owed:
        return Owed(
            tenant=coming.key.tenant,
            key=f"evidence/{coming.key.firm}/{coming.id}",
            firm=coming.key.firm,
            kind=TOLD,
            person=coming.by,
            about=msgspec.json.encode(became).decode(),
            due_at=self._due(coming),
            slot=f"evidence/{coming.key.firm}/{coming.batch}",
        )

    def _due(self, coming: Coming) -> float:
        """Of several files of one form: the same moment for all, so that one message tells of those that are ready."""
        given = datetime.fromisoformat(coming.added_at).timestamp()
        return given + (TOGETHER if coming.together > 1 else 0)

    async def piece(self, key: FirmKey, sequence: int) -> Piece | None:
        """The piece that this event added, for a message about it; None where it was undone since."""
        rows = await self._events.history(key, types=ABOUT)
        return next((p for p in deciding.pieces(rows) if p.row.sequence == sequence), None)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
