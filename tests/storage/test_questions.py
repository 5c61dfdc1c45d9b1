"""What was asked is kept once, followed by thread or person, queued for leads and voted on, whichever the database."""

import asyncio
from typing import Any

from flows.asked import Asked, Owed, Place, Slot, UpdateNote
from storage.database import Database, open_database

TENANT = "-/T1"
FIRM = "f1"
ANA, BEN = "slack:-/T1/UANA", "slack:-/T1/UBEN"
DM = "slack:-/T1/D1"


def asked(nth: int = 1, **more: Any) -> Asked:
    """Ben's nth question, a minute after the one before."""
    said: dict[str, Any] = {
        "tenant": TENANT,
        "firm": FIRM,
        "id": f"q{nth}",
        "person": BEN,
        "name": "Ben Cole",
        "channel": DM,
        "thread": f"{nth}.0",
        "asked_at": f"2026-11-23T14:{nth:02}:00.000+00:00",
        "question": f"question {nth}?",
        "outcome": "declined",
        "said": "The roadmap does not say.",
        "cited": "[]",
        "edition": "2024-05-31",
        "waiting": True,
    }
    return Asked(**{**said, **more})


def owed(key: str = "k1", **more: Any) -> Owed:
    said = {"tenant": TENANT, "key": key, "firm": FIRM, "kind": "lead_asked", "person": ANA, "about": "q1"}
    return Owed(**{**said, "due_at": 100.0, **more})


async def before(database: Database, place: Place, *, person: str = BEN, since: str = "", firm: str = FIRM) -> str:
    found = (await database.questions.remembered(TENANT, firm, person, place, since=since)).before
    return found.id if found else ""


async def test_a_question_is_kept_whole_and_once(database: Database) -> None:
    first = asked(step="2", before="who?", subject="who? and when?", practice=True)
    await database.questions.keep(first)
    await database.questions.keep(first)
    assert await database.questions.get(TENANT, FIRM, "q1") == first
    assert await database.questions.get("-/T2", FIRM, "q1") is None
    assert await database.questions.get(TENANT, "f2", "q1") is None


async def test_all_questions_of_a_firm_come_oldest_first_and_no_others(database: Database) -> None:
    for nth, firm in ((3, FIRM), (1, FIRM), (2, "f2")):
        await database.questions.keep(asked(nth, firm=firm, waiting=nth == 3))
    assert [a.id for a in await database.questions.all(TENANT, FIRM)] == ["q1", "q3"]
    assert await database.questions.all("-/T2", FIRM) == []


async def test_what_came_of_it_may_be_written_anew(database: Database) -> None:
    await database.questions.keep(asked(outcome="ambiguous", waiting=False))
    await database.questions.keep(asked(outcome="answered", said="Yes.", cited="[1]", waiting=False, question="other"))
    kept = await database.questions.get(TENANT, FIRM, "q1")
    assert kept is not None
    assert (kept.outcome, kept.said, kept.cited, kept.question) == ("answered", "Yes.", "[1]", "question 1?")


async def test_in_a_thread_the_last_one_there_is_followed_whoever_asked(database: Database) -> None:
    for nth, thread in ((1, "1.0"), (2, "2.0"), (3, "1.0"), (4, "4.0")):
        await database.questions.keep(asked(nth, thread=thread))
    assert await before(database, Place(DM, "1.0", replied=True), person=ANA) == "q3"
    assert await before(database, Place(DM, "9.0", replied=True)) == ""
    assert await before(database, Place(DM, "1.0", replied=True), firm="f2") == ""
    assert await before(database, Place("slack:-/T1/C1", "1.0", replied=True)) == ""


async def test_outside_of_threads_a_persons_own_recent_one_is_followed(database: Database) -> None:
    await database.questions.keep(asked(1))
    await database.questions.keep(asked(2, person=ANA))
    here = Place(DM, "3.0")
    assert await before(database, here, since="2026-11-23T14:00:30") == "q1"
    assert await before(database, here, since="2026-11-23T14:01:30") == ""
    assert await before(database, here, person=ANA, since="2026-11-23T14:00:30") == "q2"


async def test_the_queue_is_the_firms_those_asked_of_a_lead_first_then_the_oldest(database: Database) -> None:
    for nth in (3, 1, 2):
        await database.questions.keep(asked(nth))
    await database.questions.keep(asked(4, waiting=False))
    await database.questions.keep(asked(5, firm="f2"))
    await database.questions.keep(asked(6, person=ANA))
    assert await database.questions.press(asked(3), [], at="2026-11-23T15:00")
    found = await database.questions.waiting(TENANT, FIRM, limit=9)
    assert [a.id for a in found] == ["q3", "q1", "q2", "q6"]
    assert found[0].pressed_at == "2026-11-23T15:00"
    assert [a.id for a in await database.questions.waiting(TENANT, FIRM, person=ANA, limit=9)] == ["q6"]
    assert len(await database.questions.waiting(TENANT, FIRM, limit=2)) == 2


async def test_a_lead_is_asked_once_and_what_is_owed_is_kept_with_it(database: Database) -> None:
    await database.questions.keep(asked(1, waiting=False))
    pressed = await asyncio.gather(*(database.questions.press(asked(1), [owed()], at="now") for _ in range(6)))
    assert pressed.count(True) == 1
    claimed = await database.outbox.claim(due=100, now=1, lease=30, limit=9)
    assert claimed == [Slot(TENANT, ANA, "k1", (owed(tries=1, slot="k1", first_taken=1.0),))]
    assert [a.id for a in await database.questions.waiting(TENANT, FIRM, limit=9)] == ["q1"], "also what was answered"


async def test_what_is_closed_stays_closed(database: Database) -> None:
    await database.questions.keep(asked())
    assert not await database.questions.close(TENANT, "f2", "q1", by=ANA)
    assert await database.questions.close(TENANT, FIRM, "q1", by=ANA)
    assert not await database.questions.close(TENANT, FIRM, "q1", by=BEN)
    await database.questions.keep(asked())
    assert not await database.questions.press(asked(), [owed()], at="now")
    assert list(await database.questions.waiting(TENANT, FIRM, limit=9)) == []
    kept = await database.questions.get(TENANT, FIRM, "q1")
    assert kept is not None
    assert kept.closed_by == ANA
    assert await database.outbox.claim(due=1e9, now=1, lease=30, limit=9) == []


async def test_a_vote_counts_once_and_may_be_changed(database: Database) -> None:
    async def vote(person: str, helpful: bool, firm: str = FIRM) -> str:
        return await database.questions.vote(TENANT, firm, "q1", person, helpful=helpful, at="now")

    assert [await vote(BEN, True), await vote(BEN, True), await vote(BEN, False)] == ["new", "same", "changed"]
    assert await vote(ANA, True) == "new"
    assert await vote(ANA, True, firm="f2") == "new"
    assert [await vote(BEN, False), await vote(ANA, True), await vote(ANA, True, firm="f2")] == ["same"] * 3


def note(nth: int, **more: Any) -> UpdateNote:
    said = {"text": "Changed.", "source": "Alert", "as_of": "2026-01-01", "added_by": ANA, "added_by_name": "Ana Ruiz"}
    return UpdateNote(**{"tenant": TENANT, "id": f"n{nth}", "added_at": "2026-11-23", **said, **more})


async def test_notes_stand_in_the_roadmaps_order_until_they_are_removed(database: Database) -> None:
    notes = [note(1, step="5"), note(2), note(3, step="2", first=29, last=30), note(4, step="5", as_of="2026-02-01")]
    for one in (*notes, note(5, tenant="-/T2")):
        await database.notes.add(one)
    await database.notes.add(note(1, text="Another text."))
    assert [n.id for n in await database.notes.standing(TENANT)] == ["n2", "n3", "n4", "n1"]
    assert list(await database.notes.standing(TENANT))[3] == notes[0]
    assert not await database.notes.remove("-/T2", "n1", by=ANA, at="now")
    assert await database.notes.remove(TENANT, "n1", by=ANA, at="now")
    assert not await database.notes.remove(TENANT, "n1", by=ANA, at="now")
    assert [n.id for n in await database.notes.standing(TENANT)] == ["n2", "n3", "n4"]
    found = await database.questions.remembered(TENANT, "", BEN, Place(DM), since="")
    assert [n.id for n in found.notes] == ["n2", "n3", "n4"]


async def test_questions_and_notes_are_there_after_a_restart(url: str) -> None:
    async with await open_database(url) as database:
        await database.questions.keep(asked())
        await database.notes.add(note(1))
    async with await open_database(url) as database:
        assert await database.questions.get(TENANT, FIRM, "q1") == asked()
        assert list(await database.notes.standing(TENANT)) == [note(1)]
