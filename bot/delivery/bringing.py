"""Brings one person what is owed at one time: written, sent, settled; after a crash only what did not arrive."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from bot.clock import SKEW
from bot.delivery.arrivals import IN_DOUBT, NOBODY, Arrivals, metadata
from bot.delivery.posting import FIXED, NotSent, Posting, TooLate
from bot.router import SlotWriter
from bot.slack.places import is_channel, slack_id
from bot.slack.standstill import NOT_GRANTED, Standstill
from bot.slack.web_api import NO_TOKEN, NOT_NOW, SlackSaidNo, TooBusy, Unsure, WebApi
from bot.surfaces import Letter, Written
from flows.asked import REDRAW, SUMMARY, Owed, Slot
from flows.events import FirmKey
from flows.habits import MAY_PASS
from flows.services import Services
from flows.summaries.posting import SHARED, not_posted
from storage.errors import StorageError
from storage.sealing import KeyMissing

log = logging.getLogger("cais.delivery")

UNTIL_TRIED_AGAIN = 30.0
"""Seconds, where Slack takes nothing for now."""

A_MOMENT = 5.0
"""Seconds after which it is looked again at what is not to be said yet: by then it is planned anew."""

MOST_IN_A_MESSAGE = 500
"""What stands in one message, by its metadata; more become another."""

INACTIVE = "account_inactive"
"""Slack's word for a token that was the app's, and for a closed account. Of a person it is believed only where their
profile says it too: a token may be good again by the time that somebody asks."""

FOR_GOOD = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "invalid_arguments",
        "invalid_metadata_format",
        "metadata_too_large",
        "missing_scope",
        "not_in_channel",
        "restricted_action",
        "message_not_found",
        "thread_not_found",
        SHARED,
        IN_DOUBT,
        NOT_GRANTED,
        *FIXED,
    }
)
"""Words for a message, a place or a person with which no later try would end otherwise. One that we do not know may
pass; so may one for a token that Slack takes when it is asked about it."""

MOST_REFUSALS = 4
"""How often what may pass is tried, before it counts as refused."""

SOME_MINUTES = 300.0
"""Seconds between such tries."""

A_DAY = 86_400.0
"""Seconds for which what only another version can write waits for it."""

LEFT_TO_OTHERS = 95.0
"""Seconds for which whoever lacks a key leaves what was given back: long enough for another replica's rounds."""

A_CALL = 20.0
"""Seconds that a call to Slack may take: no message is posted where others may have taken it up by its end."""

FORGOTTEN = 3600.0
"""Seconds after which such a refusal no longer counts as the one before."""

Place = tuple[str, str, str]
"""Tenant, person and slot: what is one message."""


class NotWritten(Exception):
    """What is owed under these keys could not be written, so that nothing was sent of it."""

    def __init__(self, keys: Sequence[str], error: Exception) -> None:
        super().__init__(type(error).__name__)
        self.keys = keys
        self.until_again = UNTIL_TRIED_AGAIN if isinstance(error, StorageError) else SOME_MINUTES


class Bringing:
    """Brings a slot that was taken up. `now` is real time in UNIX seconds; `wake` is told when more is owed by it."""

    def __init__(
        self,
        slack: WebApi,
        services: Services,
        letters: Mapping[str, SlotWriter],
        now: Callable[[], float],
        *,
        standstill: Standstill,
        wake: Callable[[], None],
    ) -> None:
        self._slack = slack
        self._services = services
        self._outbox = services.outbox
        self._letters = letters
        self._now = now
        self._standstill = standstill
        self._wake = wake
        self._posting = Posting(slack, now)
        self._arrivals = Arrivals(slack, now)
        self.put_off_until: set[float] = set()
        """When something may be tried again, in real time: looked at then, and not with the next round only."""
        self.unanswered: set[Place] = set()
        """What Slack has not answered yet. It makes room for more before its receipt is written."""
        self.waiting: set[Place] = set()
        """What is only to be drawn anew, and not before its conversation's turn comes."""
        self._lacks_key_until = 0.0
        """Until when it counts as lacking a key, in real time."""
        self._refusals: dict[Place, tuple[int, float]] = {}
        """How often in a row Slack refused a slot for a reason that may pass, and when it last did."""

    def stop(self) -> None:
        """What waits for its turn is left to whoever goes on."""
        self._posting.stop()

    def forget_put_off(self) -> None:
        """What was put off until now is looked at now."""
        now = self._now()
        self.put_off_until = {at for at in self.put_off_until if at > now}

    @property
    def behind(self) -> float:
        """For how many seconds what is given back is to be left to others; what is new may be for a token it opens."""
        return LEFT_TO_OTHERS if self._now() < self._lacks_key_until else 0.0

    async def bring(self, slot: Slot, until: float) -> None:
        """Whatever happens to one, the others go on. `until`: when its lease ends, in real time."""
        place = _place(slot)
        self.unanswered.add(place)
        try:
            if slot.owed[0].kind in self._letters:
                # What was released, settled or put off is no part of it from then on: released twice, nobody would look
                # for it any more, and a refusal of the message is not about what does not stand in it.
                slot, written = await self._first_written(slot)
                slot, written, has_turn = await self._in_turn(slot, written)
                slot = await self._only_said(slot, written)
                if slot.owed:
                    await self._send(slot, written, has_turn=has_turn, until=until)
            else:
                await self._leave_to_another_version(slot)
        except NotSent as put_off:
            await self._release(slot.tenant, [o.key for o in slot.owed], put_off.until)
        except NotWritten as error:
            # Given back, as nobody may look in a channel: what might have arrived there is not sent again.
            log.error("cannot be written", extra={**_about(slot), "error": str(error)})
            with suppress(StorageError):
                await self._release(slot.tenant, error.keys, self._now() + error.until_again)
        except TooLate:
            log.warning("not sent in time", extra=_about(slot))
            # Where another replica has it by now it is not ours to give back.
            await self._release(slot.tenant, [o.key for o in slot.owed], self._now(), lease=until)
        except KeyMissing as error:
            # Nothing was sent. Given back for a while it would be taken up again by whoever knows until when: by us.
            self._lacks_key_until = self._now() + LEFT_TO_OTHERS
            log.error("a key is missing", extra={**_about(slot), "error": str(error)})
            await self._release(slot.tenant, [o.key for o in slot.owed], self._now())
        except Unsure as error:
            # It may have arrived: the lease runs out, and whoever takes it up then looks before sending it again.
            log.info("not sure that it arrived", extra={**_about(slot), "error": str(error)})
        except SlackSaidNo as no:
            await self._refused(slot, no.error)
        except Exception as error:  # noqa: BLE001 - the others are not to wait for what is wrong with one
            log.error("cannot be written", extra={**_about(slot), "error": type(error).__name__})
        finally:
            self.unanswered.discard(place)

    async def _first_written(self, slot: Slot) -> tuple[Slot, Written]:
        """What of it becomes a message, for the first time; the rest is left for another one."""
        if more := slot.owed[MOST_IN_A_MESSAGE:]:
            await self._release(slot.tenant, [o.key for o in more], self._now())
        owed, written = await self._write_what_can_be(slot.owed[:MOST_IN_A_MESSAGE])
        return replace(slot, owed=tuple(owed)), written

    async def _in_turn(self, slot: Slot, written: Written) -> tuple[Slot, Written, bool]:
        """What of it did not arrive yet, as it is once its conversation's turn comes; whether that came already."""
        owed: Sequence[Owed] = slot.owed
        changes = written.letter.instead_of if written.letter else ""
        if changes and await self._waited(_place(slot), changes.partition("/")[0]):
            written = await self._write(owed)  # what it shows may have changed while others were brought
        if _is_in_doubt(owed) and _may_stand_there(written.letter):
            owed = await self._without_arrived(slot.tenant, owed, written.letter)
            if not owed:
                return replace(slot, owed=()), Written(None), False
            written = await self._write(owed)
        elif _is_in_doubt(owed):
            written = _not_anew(written)
        has_turn = bool(changes)
        if written.letter and not changes and await self._queued(written.letter.channel or slack_id(slot.person)):
            written, has_turn = await self._write(owed), True
        return replace(slot, owed=tuple(owed)), written, has_turn

    async def _only_said(self, slot: Slot, written: Written) -> Slot:
        """What stands in the letter; what is not to be said yet is put off, and what nobody wants any more is done."""
        if written.later:
            await self._put_off([o for o in slot.owed if o.key in written.later])
        left = [o for o in slot.owed if o.key not in written.later]
        if written.needless:
            outcomes = dict.fromkeys(written.needless, "needless")
            try:
                await self._outbox.settle(slot.tenant, outcomes, now=self._now())
            except StorageError as error:  # nothing was sent yet
                raise NotWritten([o.key for o in left], error) from error
        said = [o for o in left if o.key not in written.needless] if written.letter else []
        return replace(slot, owed=tuple(said))

    async def _send(self, slot: Slot, written: Written, *, has_turn: bool, until: float) -> None:
        at = self._services.now().timestamp()
        how = {"has_turn": has_turn, "before": until - SKEW - A_CALL}
        message, said = await self._delivered(slot, written, how)
        self.unanswered.discard(_place(slot))
        reached = slot.person if message[:1] == "D" and not _only_changes(written.letter) else ""
        if reached:  # whatever was refused before, they can be written to
            self._refusals.pop(_place(slot), None)
        outcomes = {o.key: "sent" for o in said}
        await self._outbox.settle(
            slot.tenant, outcomes, now=self._now(), message=message, reached=reached, at=at, zone=written.zone
        )

    async def _delivered(self, slot: Slot, written: Written, how: Mapping[str, Any]) -> tuple[str, Sequence[Owed]]:
        """The message, and what stands in it: where others see the channel, only what may be read there."""
        place, outside, said = (slot.tenant, slot.person), written.outside, slot.owed
        assert written.letter
        try:
            return await self._posting.deliver(*place, written.letter, metadata(said), **how), said
        except SlackSaidNo as no:
            if no.error != SHARED or outside is None:
                raise
        stands = [o for o in said if o.key in outside.keys]
        message = ""
        if outside.letter and stands:
            message = await self._posting.deliver(*place, outside.letter, metadata(stands), **how)
        if refused := tuple(o for o in said if o.key not in outside.keys):
            await self._refused_by_channel(replace(slot, owed=refused), SHARED)
        return message, stands

    async def _queued(self, channel: str) -> bool:
        """Whether others came first in its conversation, so that what it says may be otherwise now; else it goes on."""
        if self._posting.is_free(channel):
            return False
        await self._posting.turn(channel)
        return True

    async def _waited(self, place: Place, channel: str) -> bool:
        """Its turn has come, after every message; whether it had to be waited for, which takes nobody's room."""
        if self._posting.is_free(channel):
            await self._posting.turn(channel)
            return False
        self.unanswered.discard(place)
        self.waiting.add(place)
        try:
            await self._posting.last_turn(channel)
        finally:
            self.waiting.discard(place)
        self.unanswered.add(place)
        return True

    async def _release(
        self, tenant: str, keys: Sequence[str], until: float, *, looked: bool = False, lease: float | None = None
    ) -> None:
        """They were surely not sent, and are tried again then."""
        await self._outbox.release(tenant, keys, until=until, looked=looked, lease=lease)
        self.put_off_until.add(until)

    async def _put_off(self, owed: Sequence[Owed]) -> None:
        """Not to be said yet, as after a stop at night: a plan made anew knows until when."""
        # It was looked for where it may have been sent before, and is not there: no plan would move it otherwise.
        await self._release(owed[0].tenant, [o.key for o in owed], self._now() + A_MOMENT, looked=True)
        for firm in dict.fromkeys(FirmKey(o.tenant, o.firm) for o in owed):
            await self._services.reminders.replan(firm)

    async def _write(self, owed: Sequence[Owed]) -> Written:
        write = self._letters[owed[0].kind]
        try:
            return await write(owed, self._services)
        except Exception as error:  # raised again: whatever went wrong, nothing was sent yet
            raise NotWritten([o.key for o in owed], error) from error

    async def _leave_to_another_version(self, slot: Slot) -> None:
        """A later version beside this one owes a kind that this one does not know; after a day nobody brings it."""
        since = self._services.now().timestamp() - A_DAY
        old = [o.key for o in slot.owed if o.due_at < since]
        await self._outbox.settle(slot.tenant, dict.fromkeys(old, "needless"), now=self._now())
        young = [o.key for o in slot.owed if o.key not in old]
        await self._release(slot.tenant, young, self._now() + UNTIL_TRIED_AGAIN)

    async def _write_what_can_be(self, owed: Sequence[Owed]) -> tuple[Sequence[Owed], Written]:
        """A firm of which nothing can be written keeps back nothing that the same message says of the others."""
        try:
            return owed, await self._write(owed)
        except NotWritten as error:
            wrong = await self._firms_not_written(owed)
            rest = [o for o in owed if o.firm not in wrong]
            if not wrong or not rest:
                raise
            for firm in wrong:
                about = {"action": "owed", "workspace": owed[0].tenant, "kind": owed[0].kind, "firm": firm}
                log.error("cannot be written", extra={**about, "error": str(error)})
            left = [o.key for o in owed if o.firm in wrong]
            await self._release(owed[0].tenant, left, self._now() + SOME_MINUTES)
            return rest, await self._write(rest)

    async def _firms_not_written(self, owed: Sequence[Owed]) -> Collection[str]:
        firms = dict.fromkeys(o.firm for o in owed)
        if len(firms) == 1:
            return ()
        return [firm for firm in firms if not await self._is_written([o for o in owed if o.firm == firm])]

    async def _is_written(self, owed: Sequence[Owed]) -> bool:
        with suppress(NotWritten):
            await self._write(owed)
            return True
        return False

    async def _without_arrived(self, tenant: str, owed: Sequence[Owed], letter: Letter | None) -> Sequence[Owed]:
        """What does not stand in the conversation yet; what does is settled."""
        arrived = await self._arrivals.look(owed, letter)
        for message in dict.fromkeys(arrived.values()):
            there = {key: "sent" for key, at in arrived.items() if at == message}
            await self._outbox.settle(tenant, there, now=self._now(), message=message)
        return [o for o in owed if o.key not in arrived]

    async def _refused(self, slot: Slot, error: str) -> None:
        """Slack does not take it: for the token, for now, or for good."""
        keys = [o.key for o in slot.owed]
        extra: dict[str, Any] = {**_about(slot), "error": error}
        if error in NOT_NOW:  # looked for and tried again once the lease has run out
            log.info("not sure that it arrived", extra=extra)
            return
        # Where nobody knows whether it was for the token, it is owed still, and says nothing about the person.
        if error == "ratelimited" or await self._standstill.is_over(slot.tenant, error) is not False:
            await self._release(slot.tenant, keys, self._now() + UNTIL_TRIED_AGAIN)
            return
        log.warning("Slack does not take it", extra=extra)
        is_post, in_channel = slot.owed[0].kind != REDRAW, is_channel(slot.person)
        if error == "message_not_found" and in_channel and _is_in_doubt(slot.owed):
            error = IN_DOUBT  # an earlier try may have found it gone, too, and posted another
        is_theirs = is_post and not in_channel and await self._is_out_of_reach(slot, error)
        stays = is_theirs or error in (FOR_GOOD | MAY_PASS if in_channel else FOR_GOOD)
        if (is_post or error in NO_TOKEN) and not stays and self._may_still_pass(slot):
            await self._release(slot.tenant, keys, self._now() + SOME_MINUTES)
            return
        if in_channel:
            await self._refused_by_channel(slot, error)
            return
        if is_theirs or (is_post and error in MAY_PASS):
            # Before it is settled: what is refused to somebody who is not marked so is owed again at once.
            at = self._services.now().timestamp()
            await self._services.directory.blocked(slot.tenant, slot.person, error, at=at)
        await self._outbox.settle(slot.tenant, dict.fromkeys(keys, error), now=self._now())

    async def _is_out_of_reach(self, slot: Slot, error: str) -> bool:
        """Whether the word is about the person, and not about the message, the app or the moment."""
        if error != INACTIVE:
            return error in NOBODY
        asked = {"user": slack_id(slot.person)}
        try:
            answer = await self._slack.of(slot.tenant).call("users.info", asked, form=True, patience=5.0)
        except (SlackSaidNo, TooBusy, Unsure):
            return False
        return bool((answer.get("user") or {}).get("deleted"))

    def _may_still_pass(self, slot: Slot) -> bool:
        place, now = _place(slot), self._now()
        # A slot may go without coming here again: moved by a plan, or brought by another replica.
        old = [p for p, (_, at) in self._refusals.items() if now - at > FORGOTTEN]
        for gone in old:
            del self._refusals[gone]
        refusals = self._refusals.pop(place, (0, now))[0] + 1
        if refusals < MOST_REFUSALS:
            self._refusals[place] = refusals, now
            return True
        return False

    async def _refused_by_channel(self, slot: Slot, error: str) -> None:
        """Whoever set it up is told; what was only to be drawn anew comes with the next message."""
        posts = [owed for owed in slot.owed if owed.kind == SUMMARY]
        at, told = self._services.now().timestamp(), list[Owed]()
        for post in posts:
            last = await self._outbox.last_summary(slot.tenant, slot.person, slot.slot, firm=post.firm)
            told += filter(None, [not_posted(post, error, at, last=last)])
        await self._outbox.owe(told)
        outcomes = {owed.key: error if owed.kind == SUMMARY else "needless" for owed in slot.owed}
        await self._outbox.settle(slot.tenant, outcomes, now=self._now())
        if told:
            self._wake()


def _is_in_doubt(owed: Sequence[Owed]) -> bool:
    """Whether an earlier try may have sent it."""
    return max(o.tries for o in owed) > 1


def _not_anew(written: Written) -> Written:
    """The same, which is only changed where it stands: in a channel nobody may look whether it was posted anew."""
    letter, outside = written.letter, written.outside
    if outside and outside.letter:
        outside = replace(outside, letter=replace(outside.letter, anew=False))
    return replace(written, letter=replace(letter, anew=False) if letter else None, outside=outside)


def _only_changes(letter: Letter | None) -> bool:
    """Drawing a message anew twice harms nobody."""
    return letter is not None and bool(letter.instead_of)


def _may_stand_there(letter: Letter | None) -> bool:
    """Whether an earlier try may have posted it; in a channel nobody may look, and there it is changed first."""
    return not _only_changes(letter) or (letter is not None and letter.anew and not letter.channel)


def _about(slot: Slot) -> dict[str, Any]:
    """What a line of the log says of it."""
    return {"action": "owed", "workspace": slot.tenant, "kind": slot.owed[0].kind}


def _place(slot: Slot) -> Place:
    return slot.tenant, slot.person, slot.slot
