"""From happening to happening: what holds until its instant is sent then, once."""

import heapq
import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tests.simulation import script as s
from tests.simulation.oracle.days import Human, Local
from tests.simulation.oracle.firm import Firm, fold, taken_back
from tests.simulation.oracle.ledger import Revision
from tests.simulation.oracle.rungs import Lost, Rung, Rungs, World

LOOK_AGAIN = timedelta(days=30)
"""Firms in which nothing happens are looked at so often; rungs are made for longer than that."""
AHEAD = timedelta(days=45)
BEHIND = timedelta(days=120)
"""Nothing is held back for longer, by a pause, a snooze or a downtime."""

KNOWN_FOR = timedelta(days=130)
"""The buttons of a message work for so long."""

IN_TIME = timedelta(minutes=15)
"""What goes out within so long is not late."""


def expected(script: s.Script) -> list[s.Message]:
    """Every message of the script, in order."""
    play = _Play(script)
    for at, happening in play.moments():
        play.send_until(at)
        if happening is not None:
            play.take(at, happening)
        else:
            play.look_again(at)
    play.send_until(script.until)
    return play.messages


SAYS_MOST = ("moved", "late", "before", "wait", "possible", "given", "unreachable")
"""Of several reminders of one subject in a message, this one stands there, and is the one to snooze."""


def _date_of(key: tuple) -> tuple:
    """Of the key of a reminder before a date: whose it is, and what set it."""
    _, _, person, subject, _, *which = key
    return person, subject, *which


COMES_AGAIN = ("before", "late", "wait")


def _family(key: tuple) -> tuple:
    """Of the key of a reminder: whose, of what kind, and what set its date, whichever of the kind it is."""
    firm, kind, person, subject, *which = key
    return firm, kind, person, subject, *(which[1:] if kind in COMES_AGAIN else which)


def _was_given_since(firm: Firm, snooze: Rung) -> bool:
    """Whether the task was given to somebody else since it was said, so that it is theirs no longer."""
    owner = firm.owners.get(snooze.subject.removeprefix("task:"))
    said = snooze.first_due or snooze.due
    return owner is not None and owner.person != snooze.person and owner.at >= said


class Pending(NamedTuple):
    """A reminder that holds since an instant, and will be sent at another."""

    rung: Rung
    send_at: datetime
    since: datetime


class _Play:
    def __init__(self, script: s.Script) -> None:
        self.script = script
        self.world = World()
        self.messages: list[s.Message] = []
        self.said: dict[str, list[tuple[int, s.InFirm]]] = defaultdict(list)
        self.firms_of: dict[str, set[str]] = defaultdict(set)
        self.lost: dict[str, dict[str, Lost]] = defaultdict(dict)
        self.out_of_reach: dict[tuple[str, str], datetime] = {}
        """By firm and owner: since when, whether they own something to do or not."""
        self.pending: dict[str, dict[tuple, Pending]] = defaultdict(dict)
        """By firm: what holds and is not yet sent."""
        self.taken: dict[str, dict[tuple, tuple[datetime, Pending]]] = defaultdict(dict)
        """By firm: what a pause keeps and a click took away, and when; an undo of that click brings it back."""
        self.sent: dict[str, set[tuple]] = defaultdict(set)
        self.reminded: dict[str, set[tuple[tuple, date]]] = defaultdict(set)
        """By firm: which dates of whom were reminded of, and on which day."""
        self.snoozes: dict[str, list[Rung]] = defaultdict(list)
        self.last: dict[tuple[str, str, str], Rung] = {}
        """By person, firm and subject: what the last message about it said."""
        self.told: dict[tuple[str, str, str], Revision | None] = {}
        """By person, firm and subject: what they were told last that an industry date was moved to."""
        self.queue: list[tuple[datetime, str, int, str, tuple]] = []
        self.count = itertools.count()
        for person, zone in script.zones.items():
            self._human(person).zone = zone

    def moments(self) -> Iterable[tuple[datetime, s.Happening | None]]:
        """All happenings in order, and between them the looks at everybody."""
        happenings = sorted(self.script.happenings, key=lambda h: h.at)
        looked = happenings[0].at
        for happening in happenings:
            while happening.at - looked > LOOK_AGAIN:
                looked += LOOK_AGAIN
                yield looked, None
            yield happening.at, happening
        while (looked := looked + LOOK_AGAIN) < self.script.until:
            if looked > happenings[-1].at:
                yield looked, None

    def take(self, at: datetime, happening: s.Happening) -> None:
        """A happening changes what holds, for its firm or for everybody it touches."""
        if isinstance(happening, s.Snoozes):
            self._snooze(at, happening)
        elif isinstance(happening, s.InFirm):
            self.said[happening.firm].append((len(self.said[happening.firm]), happening))
            for person in (happening.by, getattr(happening, "person", None)):
                if person:
                    self._human(person)
                    self.firms_of[person].add(happening.firm)
            self._look(happening.firm, at, undone=taken_back(self.said[happening.firm]))
        else:
            touched = self.firms_of[happening.by] if self._take_of_person(at, happening) else set(self.said)
            for firm in sorted(touched):
                self._look(firm, at, closed=isinstance(happening, s.ClosesExchange))

    def look_again(self, at: datetime) -> None:
        for firm in sorted(self.said):
            self._look(firm, at)

    def _human(self, person: str) -> Human:
        return self.world.people.setdefault(person, Human(person))

    def _take_of_person(self, at: datetime, happening: s.Happening) -> bool:
        """Whether it touches that person's firms only."""
        human = self._human(happening.by)
        match happening:
            case s.Moves(zone=zone):
                human.zone = zone
            case s.Leaves():
                human.gone = True
            case s.TakesNoMessages():
                human.refuses = True
            case s.PicksHour(hour=hour):
                human.hour = hour
            case s.Pauses(until=until):
                human.paused_until = until
            case s.TurnsOff(off=off):
                human.off = off
            case s.ClosesExchange(day=day):
                self.world.days.close(day)
                return False
            case s.Revises(deadline=deadline, last=last, day=day, opens=opens):
                self.world.ledger.enter(deadline, last, day, opens)
                self.world.entered[self.world.ledger.revisions[-1].number] = at
                return False
        return True

    # --- What holds --------------------------------------------------------------------------------------------

    def _look(self, firm: str, at: datetime, *, closed: bool = False, undone: s.InFirm | None = None) -> None:
        """What holds now, where its instant did not lie before it came to hold; what held already may have moved.

        `undone`: what was taken back just now.
        """
        folded = fold(self.said[firm])
        lost = self.lost[firm]
        rungs = Rungs(self.world, folded, (at - BEHIND).date(), (at + AHEAD).date(), lost)
        gone = rungs.unreachable()
        for owner in [o for f, o in self.out_of_reach if f == firm and rungs.owns(o)]:
            del self.out_of_reach[firm, owner]
        for person in gone - set(lost):
            lost[person] = Lost(at, self.out_of_reach.setdefault((firm, person), at))
        for person in set(lost) - gone:
            del lost[person]
        holding = rungs.all()
        if closed:
            self._join_what_was_moved(firm, folded, holding)
        held, self.pending[firm] = self.pending[firm], {}
        families = {_family(key) for key in holding}
        for snooze in self.snoozes[firm]:
            if snooze.of in holding or (_family(snooze.of) in families and not _was_given_since(folded, snooze)):
                local = self.world.local(snooze.person, folded)
                holding[snooze.key] = replace(snooze, due=local.after_pause(local.snooze_ends(snooze.at, snooze.day)))
        held |= self._brought_back(firm, folded, at, holding, held, undone)
        for key, rung in holding.items():
            before = held.get(key)
            since = before.since if before else at
            if key in self.sent[firm] or rung.at < since:
                continue
            local = self.world.local(rung.person, folded)
            send_at = self._said(max(rung.due, at), rung.due, local)
            if before and before.rung.due == rung.due < at and before.send_at == local.after_the_night(at):
                send_at = before.send_at  # it was put off until then, as it was night; that stays so
            self.pending[firm][key] = Pending(rung, send_at, since)
            if before is None or before.send_at != send_at:
                heapq.heappush(self.queue, (send_at, rung.person, next(self.count), firm, key))

    def _brought_back(
        self,
        firm: str,
        folded: Firm,
        at: datetime,
        holding: Collection[tuple],
        held: Mapping[tuple, Pending],
        undone: s.InFirm | None,
    ) -> dict[tuple, Pending]:
        """What a pause kept for somebody until a click took it away, where an undo takes that click back.

        It is kept for them as long as they are paused, are reminded at all, and do tasks in the firm.
        """
        gone = {
            key: (at, one)
            for key, one in held.items()
            if key not in holding and one.rung.at < at and key[1] != "unreachable"
        }
        self.taken[firm] = {
            key: (since, one)
            for key, (since, one) in (gone | self.taken[firm]).items()
            if self._is_kept_for(one.rung.person, folded, at) and not one.rung.of
        }
        back = [key for key in self.taken[firm] if key in holding]
        found = [(key, *self.taken[firm].pop(key)) for key in back]
        return {key: one for key, since, one in found if undone and since == undone.at}

    def _is_kept_for(self, person: str, firm: Firm, at: datetime) -> bool:
        human, local = self.world.people[person], self.world.local(person, firm)
        does_tasks = firm.roles.get(person) in ("lead", "member")
        return does_tasks and not human.off and not human.gone and local.is_paused(at)

    def _join_what_was_moved(self, firm: str, folded: Firm, holding: Mapping[tuple, Rung]) -> None:
        """What a closed day moved to a day on which the same date was reminded of is one with that."""
        for key in self.pending[firm]:
            rung = holding.get(key)
            if rung and key[1] == "before" and not rung.of:
                day = self.world.local(rung.person, folded).day_of(rung.at)
                if (_date_of(key), day) in self.reminded[firm]:
                    self.sent[firm].add(key)

    def _said(self, at: datetime, due: datetime, local: Local) -> datetime:
        """That instant, if the bot is up then; and what could not be said when it was due is not said at night."""
        while (up := self._up(at)) - due >= IN_TIME and (awake := local.at_once(up)) != at:
            at = awake
        return up

    def _up(self, at: datetime) -> datetime:
        """That instant, or the end of the downtime it falls into."""
        return next((down.until for down in self.script.down if down.since <= at < down.until), at)

    def _snooze(self, at: datetime, happening: s.Snoozes) -> None:
        """What the last message said of it comes again; another snooze of it takes the place of the first."""
        firm, person, subject = happening.firm, happening.by, happening.subject
        said = self.last.get((person, firm, subject))
        if said is None or at - said.due > KNOWN_FOR:
            return
        of = said.of or said.key
        local = self.world.local(person, fold(self.said[firm]))
        until = local.snoozed(at, happening.choice)
        day = None if happening.choice == "hour" else local.day_of(until)
        others = [r for r in self.snoozes[firm] if (r.person, r.subject) != (person, subject)]
        due, first = local.after_pause(until), said.first_due or said.due
        snooze = Rung((*of, "snooze", until), person, subject, until, due, of, day, said.still, first)
        self.snoozes[firm] = [*others, snooze]
        self._look(firm, at)

    # --- What is sent ------------------------------------------------------------------------------------------

    def send_until(self, end: datetime) -> None:
        while self.queue and self.queue[0][0] < end:
            at, person = self.queue[0][:2]
            together: list[tuple[str, Rung]] = []
            while self.queue and self.queue[0][:2] == (at, person):
                *_, firm, key = heapq.heappop(self.queue)
                found = self.pending[firm].get(key)
                if found and found.send_at == at:
                    del self.pending[firm][key]
                    self.sent[firm].add(key)
                    if key[1] == "before" and not found.rung.of:
                        day = self.world.local(person, fold(self.said[firm])).day_of(found.rung.due)
                        self.reminded[firm].add((_date_of(key), day))
                    together.append((firm, found.rung))
            self._send(at, person, together)

    def _is_known(self, firm: str, rung: Rung, at: datetime) -> bool:
        """What an admin entered tells nobody what they were told last, or what held when their firm was set up.

        Where it moved nothing when it was entered, what they were told may have been refined since, too.
        """
        if rung.of or rung.key[1] != "moved" or rung.key[4] not in self.world.entered:
            return False
        set_up = fold(self.said[firm]).set_up
        last = self.told.get((rung.person, firm, rung.subject), self._known(firm, rung, set_up, known_by=set_up))
        holds = self._known(firm, rung, at)
        if last is None or last.day is None or holds is None:
            return False
        return last.day == holds.day or (holds.says_no_more_than(last) and self._moved_nothing(firm, rung))

    def _moved_nothing(self, firm: str, rung: Rung) -> bool:
        """Whether what this is about was earlier than what was known when it was entered, or refined it."""
        entered, number = self.world.entered[rung.key[4]], rung.key[4]
        after = self._known(firm, rung, entered, known_by=entered)
        before = self._known(firm, rung, entered, known_by=entered, without=[number])
        return after is None or after == before or (before is not None and after.says_no_more_than(before))

    def _known(
        self, firm: str, rung: Rung, at: datetime, known_by: datetime | None = None, without: Collection[int] = ()
    ) -> Revision | None:
        """An industry date by what is known at an instant, of all that was entered, or entered by then."""
        day, entered = self.world.local(rung.person, fold(self.said[firm])).day_of(at), self.world.entered
        left = [
            r.number for r in self.world.ledger.revisions if known_by and entered.get(r.number, known_by) > known_by
        ]
        return self.world.ledger.as_of(rung.subject.removeprefix("milestone:"), day, without=[*left, *without])

    def _send(self, at: datetime, person: str, together: list[tuple[str, Rung]]) -> None:
        items: dict[tuple[str, str], list[Rung]] = defaultdict(list)
        for firm, rung in together:
            if rung.holds(at) and not self._is_known(firm, rung, at):
                items[firm, rung.subject].append(rung)
        human = self.world.people[person]
        if items and human.refuses:
            human.gone = True
            for firm in sorted(self.firms_of[person]):
                self._look(firm, at + timedelta(seconds=1))  # known a moment after it was refused
            return
        for (firm, subject), rungs in items.items():
            if any((r.of or r.key)[1] == "moved" for r in rungs):
                self.told[person, firm, subject] = self._known(firm, rungs[0], at)
            self.last[person, firm, subject] = min(rungs, key=lambda r: SAYS_MOST.index((r.of or r.key)[1]))
        if items:
            self.messages.append(s.Message(person, at, frozenset(items)))
