"""What has to be so after everything that happened, and the figures of docs/operations.md."""

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import asyncpg

from bot.clock import SKEW
from bot.delivery.arrivals import IN_DOUBT, keys_in
from bot.delivery.rounds import LEASE
from flows.asked import ARRIVED, FINE, SUMMARY
from flows.events import NoteAdded, Record
from storage.urls import plain_url
from tests.bot.conversing import Json, words_of
from tests.e2e.answers import APOLOGY, NOTHING_CHANGED, Act
from tests.e2e.town import Town, business_time
from tests.e2e.troubles import REFUSALS

IN_TIME = 3000.0
"""Milliseconds that Slack waits for an ack."""

ITS_OWN = 0.4
"""Seconds of those that the machine may take without being what made an ack late."""

A_WHILE = 10.0
"""Seconds after an act within which a kill may have kept it from being answered."""

LONGER_THAN_A_LEASE = LEASE + 2 * SKEW
"""Seconds."""

MEGABYTES = 150.0
"""Of memory, at most, for a replica."""

OWED = "SELECT key, kind, person, slot, due_at, message, outcome, settled_at FROM outbox WHERE kind <> 'redraw'"


async def stored(address: str, statement: str) -> Sequence[Any]:
    """What the database itself says."""
    if address.startswith("sqlite"):
        with sqlite3.connect(address.partition("///")[2]) as file:
            file.row_factory = sqlite3.Row
            return file.execute(statement).fetchall()
    connection = await asyncpg.connect(plain_url(address))
    try:
        return list(await connection.fetch(statement))
    finally:
        await connection.close()


async def all_is_settled(town: Town, address: str, until: float = 0.0) -> bool:
    """Whether Slack has nothing left to tell, every event is answered and nothing that is due waits.

    `until`: only what Slack told, and what was due, by this time in UNIX seconds.
    """
    # What may have arrived and must not be said at night is left alone for ten minutes: here they are two weeks.
    await stored(address, f"UPDATE taken SET until = 0 WHERE until > {time.time() + LONGER_THAN_A_LEASE}")
    told, due = until or time.time() + SKEW, business_time(town.replicas[0].begun, until).timestamp()
    waits = [
        f"SELECT id FROM inbox WHERE settled_at IS NULL AND told_at <= {told}",
        f"SELECT key FROM outbox WHERE settled_at IS NULL AND due_at <= {due}",
    ]
    still_told = town.sandbox.slack.delivery._tasks and not until
    return not still_told and not [1 for one in waits if await stored(address, one)]


async def settles(town: Town, address: str, until: float = 0.0, patience: float = 300.0) -> None:
    """Waits until all is settled. Raises TimeoutError."""
    async with asyncio.timeout(patience):
        while not await all_is_settled(town, address, until):
            await asyncio.sleep(0.2)


def act_of(row: Record) -> str:
    """What the act is called that an event comes from."""
    return (row.cause or "").partition("+")[0]


def acts_in(rows: Sequence[Record]) -> dict[str, Record]:
    """The first event of each act."""
    return {act_of(row): row for row in reversed(rows)}


def assert_what_people_read_is_so(town: Town, rows: Sequence[Record]) -> None:
    """What is said to be recorded is in the history, as that act; what is said not to have happened is not."""
    there, by_place = acts_in(rows), {(row.firm, row.sequence): row for row in rows}
    assert [receipt for receipt in town.answers.read if receipt not in by_place] == []
    assert [act for act in town.answers.acts if act.closed and act.cause not in there] == []
    once = [act for act in town.answers.acts if act.told == 1]  # an old click that comes again is answered anew
    assert [act for act in once if any(not is_its_own(act, by_place[receipt]) for receipt in act.receipts)] == []
    assert [act for act in once if act.cause in there and says_nothing_changed(act)] == []


def is_its_own(act: Act, row: Record) -> bool:
    """Whether that is what this act recorded; a click that opened a form also hears what the form recorded."""
    return act_of(row) == act.cause or (act_of(row).startswith("submit:") and row.actor.endswith(act.user))


def says_nothing_changed(act: Act) -> bool:
    """Whether it was answered so, and not to somebody's later try."""
    return any(APOLOGY in words and NOTHING_CHANGED in words for words in act.words)


def read_by(town: Town, user: str) -> list[Json]:
    """What stands before somebody, but what he typed himself."""
    seen = [m for channel in town.sandbox.slack.workspace.messages.values() for m in channel.values()]
    return [m for m in seen if m["user"] != user and user in (m.get("ephemeral_to"), f"U{m['channel'][1:]}")]


def apologies(town: Town, user: str) -> int:
    """How often somebody reads that it did not work."""
    return sum(APOLOGY in words_of(message) for message in read_by(town, user))


def assert_each_note_is_answered_once(town: Town, rows: Sequence[Record]) -> None:
    """What was typed is recorded, or said not to be; each has one answer, unless Slack refused that very answer."""
    kept = {row.event.text for row in rows if isinstance(row.event, NoteAdded)}
    refused = {cause(c.args) for c in town.calls if c.method == "chat.postMessage" and not c.answer["ok"]}
    for typist in town.typists:
        unkept = [text for text in typist.typed if text not in kept]
        answers = Counter(typist.answers)
        assert [answer for answer, n in answers.items() if n > 1] == []
        told = town.event_ids(typist.user)
        assert set(told) - set(answers) - refused == set()
        assert len(unkept) <= apologies(town, typist.user) + len(set(told) & refused)


def cause(args: Json) -> str:
    """Which Slack event a message answers."""
    return str(((args.get("metadata") or {}).get("event_payload") or {}).get("cause", ""))


def assert_what_is_owed_was_sent_once(town: Town, outbox: Sequence[Any]) -> None:
    """By the keys in the messages: what was sent stands in a message, and nothing stands in two."""
    said = [m for channel in town.sandbox.slack.workspace.messages.values() for m in channel.values()]
    assert [key for key, n in Counter(key for message in said for key in keys_in(message)).items() if n > 1] == []
    sent = [row for row in outbox if row["outcome"] in ARRIVED]
    assert sent
    there = {f"{message['channel']}/{message['ts']}" for message in said if keys_in(message)}
    assert [row["key"] for row in sent if row["message"] not in there] == []
    ends = {row["kind"]: set[str]() for row in outbox}
    for row in outbox:
        ends[row["kind"]] |= {row["outcome"]} if row["settled_at"] is not None else set()
    # Channels are not read: a summary that may stand there is not posted again, and whoever set it up is told.
    ends.setdefault(SUMMARY, set()).discard(IN_DOUBT)
    assert {kind: words for kind, words in ends.items() if words - {*FINE, *REFUSALS}} == {}


def assert_nothing_is_stuck_late_or_growing(town: Town, rows: Sequence[Record]) -> None:
    """Each click that was acknowledged was answered, each ack came in time, or what else was at fault is known."""
    there = acts_in(rows)
    silent = [act for act in town.answers.acts if act.acked and not act.tries and not act.words and not act.closed]
    unheard = [act for act in silent if act.kind == "interactive" and act.cause not in there]
    assert [act for act in unheard if not any(0 < at - act.at < A_WHILE for at in town.deaths)] == []
    assert late(town, by_itself=True) == []
    assert max(town.megabytes) < MEGABYTES


def late(town: Town, *, by_itself: bool = False) -> list[Act]:
    """Acts whose ack came too late; `by_itself`: and not because the machine kept everybody waiting."""
    waited = [act for act in town.answers.acts if act.status == "timeout" or (act.acked and act.ms > IN_TIME)]
    if not by_itself:
        return waited
    return [act for act in waited if town.heartbeat.late(act.told_at, act.told_at + act.ms / 1000) < ITS_OWN]


def ended(act: Act, there: dict[str, Record]) -> str:
    """What came of an act that may be recorded, in a word or two."""
    if not act.acked:
        return "no ack"
    if act.cause in there:
        told = act.closed or any(receipt.sequence == there[act.cause].sequence for receipt in act.receipts)
        if told:
            return "recorded, and said so"
        return "recorded, and answered" if act.words else "recorded, and Slack would not say so"
    if act.words:
        return "answered in other words"
    return "no answer got through" if act.tries else "no answer"


def meanwhile(town: Town, act: Act) -> str:
    """What went wrong while an act waited for its ack, and since when."""
    begun = [(at, name) for at, name in town.troubles if at <= act.told_at + act.ms / 1000]
    return f"{act.cause} {act.status} after {act.told_at - begun[-1][0]:.1f} s of {begun[-1][1]}" if begun else ""


def report(town: Town, rows: Sequence[Record], happened: Counter[str]) -> str:
    """The figures of docs/operations.md."""
    there, acts = acts_in(rows), town.answers.acts
    waits = sorted(act.ms for act in acts if act.acked)
    meant = {cause for person in town.people for cause in person.causes}
    ends = Counter(ended(act, there) for act in acts if act.cause in meant)
    typed = sum(len(typist.typed) for typist in town.typists)
    drained = ", ".join(f"{took:.1f} s ({machine:.1f} s of them the machine)" for took, machine in town.drained)
    return "\n".join(
        (
            f"\n{town.replicas[0].transport} on {town.replicas[0].address.partition('+')[0]}:",
            f"  {len(town.people)} conversations, {town.finished} to their end",
            f"  {len(acts)} acts, {len(rows)} events recorded, {typed} notes typed, {len(town.answers.read)} receipts",
            f"  of the acts that record something: {dict(sorted(ends.items()))}",
            f"  troubles: {dict(sorted(happened.items()))}",
            f"  faults that met a call: {dict(sorted(Counter(town.answers.faults).items()))}",
            f"  ack: p50 {waits[len(waits) // 2]:.0f} ms, p99 {waits[len(waits) * 99 // 100]:.0f} ms,"
            f" {len(late(town))} too late, {len(late(town, by_itself=True))} of them not by the machine's load",
            *(f"    {meanwhile(town, act)}" for act in late(town)),
            f"  told to stop, gone after {drained}",
            f"  memory of a replica: {town.megabytes[-1]:.0f} MB at the end, {max(town.megabytes):.0f} MB at most",
            f"  starts that failed and were tried again: {sum(replica.restarts for replica in town.replicas)}",
        )
    )
