"""A firm's own documents in storage: read piece by piece, found by words, gone when removed, never another firm's."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from flows.documents.words import asked
from flows.events import FirmKey
from flows.ports import Document, Passage
from storage.database import Database, open_database
from tests.storage.decisions import set_up
from tests.storage.memory import MemoryDatabase

OURS = FirmKey("-/T1", "f1")
THEIRS = FirmKey("-/T1", "f2")
ELSEWHERE = FirmKey("-/T2", "f1")


def document(key: FirmKey = OURS, name: str = "manual.pdf", id: str = "d1") -> Document:  # noqa: A002
    return Document(key, id, name, "pdf", "F1", "slack:-/T1/U1", "Ana Ruiz", "2026-11-23T14:00:00+00:00")


def passage(text: str, of: str = "d1", page: int | None = 1, heading: str = "") -> Passage:
    return Passage(of, page, heading, text)


GIFTS = "No employee may accept a gift worth more than one hundred dollars from a customer in any year."
EMAIL = "All electronic mail of employees is retained for three years and reviewed by the supervising principal."


@pytest.fixture
async def knowledge(database: Database | MemoryDatabase) -> Database | MemoryDatabase:
    """With three firms in it, two of one workspace and two with the same id."""
    for key in (OURS, THEIRS, ELSEWHERE):
        await database.events.change(key, set_up())
    return database


async def read(
    database: Database | MemoryDatabase, of: Document, passages: list[Passage], *, now: float = 100.0
) -> Document:
    """The document, taken and read to its end."""
    await database.knowledge.expect(of)
    taken = await database.knowledge.take(by="me", now=now, lease=60)
    assert taken is not None
    assert await database.knowledge.shelve(taken, passages, pages_read=1, by="me", until=now + 60)
    done = replace(taken, state="ready", pages=1, digest="abc", size=5)
    assert await database.knowledge.save(done, by="me", until=now)
    return done


async def texts(database: Database | MemoryDatabase, question: str, key: FirmKey = OURS) -> list[str]:
    return [p.text for p in (await database.knowledge.search(key, asked(question))).passages]


async def test_a_document_is_expected_once_and_listed_as_it_came(knowledge: Database) -> None:
    first, second = document(), document(id="d2", name="second.pdf")
    assert await knowledge.knowledge.expect(first)
    assert await knowledge.knowledge.expect(second)
    assert not await knowledge.knowledge.expect(replace(first, name="other.pdf"))
    assert list(await knowledge.knowledge.documents(OURS)) == [first, second]
    assert list(await knowledge.knowledge.documents(THEIRS)) == []


async def test_workspaces_take_turns(knowledge: Database) -> None:
    for key, name in ((OURS, "d1"), (OURS, "d2"), (OURS, "d3"), (ELSEWHERE, "d1"), (ELSEWHERE, "d2")):
        await knowledge.knowledge.expect(document(key, id=name))
    taken, after = list[tuple[str, str]](), ""
    while one := await knowledge.knowledge.take(by="me", now=100, lease=60, after=after):
        after = one.key.tenant
        taken.append((after, one.id))
    assert taken == [("-/T1", "d1"), ("-/T2", "d1"), ("-/T1", "d2"), ("-/T2", "d2"), ("-/T1", "d3")]


async def test_passages_are_found_while_the_document_is_still_read(knowledge: Database) -> None:
    await knowledge.knowledge.expect(document())
    taken = await knowledge.knowledge.take(by="me", now=100, lease=60)
    assert taken is not None
    assert await knowledge.knowledge.shelve(taken, [passage(GIFTS)], pages_read=1, by="me", until=160)
    assert await texts(knowledge, "gifts from customers") == [GIFTS]
    (listed,) = await knowledge.knowledge.documents(OURS)
    assert (listed.passages, listed.pages_read) == (1, 1)


async def test_a_passage_comes_back_word_for_word_with_its_heading_and_page(knowledge: Database) -> None:
    whole = Passage("d1", 7, "3 Supervision › 3.1 Mail", EMAIL)
    bare = Passage("d1", None, "", GIFTS)
    await read(knowledge, document(), [whole, bare])
    assert (await knowledge.knowledge.search(OURS, asked("supervised mail"))).passages[0] == whole
    assert (await knowledge.knowledge.search(OURS, asked("gifts"))).passages == (bare,)


async def test_words_are_found_in_another_form_and_counted(knowledge: Database) -> None:
    await read(knowledge, document(), [passage(GIFTS), passage(EMAIL)])
    hits = await knowledge.knowledge.search(OURS, asked("Which gifts may an employee accept? zebra"))
    assert hits.passages[0].text == GIFTS
    assert hits.counts == {"gift": 1, "employe": 2, "accept": 1}
    assert hits.total == 2


async def test_the_passage_with_more_and_rarer_words_comes_first(knowledge: Database) -> None:
    filler = [passage(f"The customer account number {n} was opened by an employee.") for n in range(30)]
    await read(knowledge, document(), [*filler, passage(EMAIL), *filler])
    found = await texts(knowledge, "customer account mail retained")
    assert found[0] == EMAIL
    assert len(found) == 30


async def test_no_firm_finds_anothers_passages_even_of_a_document_with_the_same_id_and_name(
    knowledge: Database,
) -> None:
    await read(knowledge, document(), [passage(GIFTS)])
    await read(knowledge, document(THEIRS), [passage(GIFTS + " Theirs.")], now=200)
    await read(knowledge, document(ELSEWHERE), [passage(GIFTS + " Elsewhere.")], now=300)
    assert await texts(knowledge, "accept gifts") == [GIFTS]
    assert await texts(knowledge, "accept gifts", THEIRS) == [GIFTS + " Theirs."]
    assert await texts(knowledge, "accept gifts", ELSEWHERE) == [GIFTS + " Elsewhere."]
    assert await texts(knowledge, "accept gifts", FirmKey("-/T1", "f3")) == []
    hits = await knowledge.knowledge.search(OURS, asked("accept gifts theirs"))
    assert hits.total == 1
    assert "their" not in hits.counts  # how rare a word is with others is not ours to know


async def test_what_is_removed_is_gone_and_nothing_else(knowledge: Database) -> None:
    many = [passage(f"Gift number {n}.") for n in range(450)]
    await read(knowledge, document(), many)
    await read(knowledge, document(id="d2", name="other.pdf"), [passage(EMAIL, "d2")], now=200)
    await read(knowledge, document(THEIRS), [passage(GIFTS)], now=300)
    assert await knowledge.knowledge.discard(OURS, "d1")
    assert not await knowledge.knowledge.discard(OURS, "d1")
    assert not await knowledge.knowledge.discard(THEIRS, "d7")
    going = await knowledge.knowledge.take(by="other", now=400, lease=60)
    assert going is not None
    assert (going.key, going.id, going.state) == (OURS, "d1", "removing")
    rounds = 1
    while await knowledge.knowledge.clear(going, by="other", until=460):
        rounds += 1
    assert rounds <= 4
    assert [d.id for d in await knowledge.knowledge.documents(OURS)] == ["d2"]
    assert await texts(knowledge, "gift number") == []
    assert await texts(knowledge, "retained mail") == [EMAIL]
    assert await texts(knowledge, "accept gifts", THEIRS) == [GIFTS]
    assert await knowledge.knowledge.take(by="me", now=500, lease=60) is None


async def test_a_document_that_comes_after_one_that_went_shares_nothing_with_it(knowledge: Database) -> None:
    await read(knowledge, document(), [passage(GIFTS)])
    await knowledge.knowledge.discard(OURS, "d1")
    going = await knowledge.knowledge.take(by="me", now=200, lease=60)
    assert going is not None
    assert not await knowledge.knowledge.clear(going, by="me", until=260)
    await read(knowledge, document(id="d2"), [passage(EMAIL, "d2")], now=300)
    hits = await knowledge.knowledge.search(OURS, asked("accept gifts mail"))
    assert [(p.document, p.text) for p in hits.passages] == [("d2", EMAIL)]


async def test_who_lost_the_lease_adds_nothing_any_more(knowledge: Database) -> None:
    await knowledge.knowledge.expect(document())
    first = await knowledge.knowledge.take(by="first", now=100, lease=60)
    assert first is not None
    assert await knowledge.knowledge.take(by="second", now=159, lease=60) is None
    assert await knowledge.knowledge.shelve(first, [passage(GIFTS)], pages_read=1, by="first", until=170)
    second = await knowledge.knowledge.take(by="second", now=171, lease=60)
    assert second is not None
    assert (second.passages, second.tries) == (1, 2)
    later = replace(first, passages=1)
    assert not await knowledge.knowledge.shelve(later, [passage(EMAIL)], pages_read=2, by="first", until=300)
    assert not await knowledge.knowledge.save(replace(later, state="failed"), by="first", until=300)
    assert await knowledge.knowledge.shelve(second, [passage(EMAIL)], pages_read=2, by="second", until=300)
    assert not await knowledge.knowledge.shelve(second, [passage(EMAIL)], pages_read=2, by="second", until=300)
    assert len(await texts(knowledge, "employees")) == 2


async def test_a_lease_lasts_as_long_as_its_holder_says_so(knowledge: Database) -> None:
    await knowledge.knowledge.expect(document())
    first = await knowledge.knowledge.take(by="first", now=100, lease=60)
    assert first is not None
    await knowledge.knowledge.hold(first, by="first", until=300)
    assert await knowledge.knowledge.take(by="second", now=200, lease=60) is None
    await knowledge.knowledge.hold(first, by="second", until=0)
    assert await knowledge.knowledge.take(by="second", now=299, lease=60) is None
    await knowledge.knowledge.hold(first, by="first", until=210)
    assert await knowledge.knowledge.take(by="second", now=210, lease=60) is not None


async def test_nothing_is_added_to_a_document_that_goes(knowledge: Database) -> None:
    await knowledge.knowledge.expect(document())
    taken = await knowledge.knowledge.take(by="me", now=100, lease=60)
    assert taken is not None
    await knowledge.knowledge.discard(OURS, "d1")
    assert not await knowledge.knowledge.shelve(taken, [passage(GIFTS)], pages_read=1, by="me", until=160)
    assert not await knowledge.knowledge.save(replace(taken, state="ready"), by="me", until=160)


async def test_what_is_ready_or_failed_is_taken_by_nobody(knowledge: Database) -> None:
    done = await read(knowledge, document(), [passage(GIFTS)])
    assert await knowledge.knowledge.take(by="me", now=1000, lease=60) is None
    assert done.state == "ready"


@pytest.mark.parametrize(
    "words",
    [
        ('"', "' OR 1=1 --"),
        ("gift*", "NEAR(a", "^gift"),
        ("-", "AND", "OR", "NOT"),
        ("a" * 5000, "\x00", "''"),
        (":*", "!", "<->", "|", "\\"),
        ("ﷺ", "😀", "ß", "İ"),
    ],
)
async def test_hostile_questions_find_nothing_and_break_nothing(knowledge: Database, words: tuple[str, ...]) -> None:
    await read(knowledge, document(), [passage(GIFTS)])
    for question in (" ".join(words), *words):
        hits = await knowledge.knowledge.search(OURS, asked(question))
        assert all(p.text == GIFTS for p in hits.passages)


async def test_words_that_all_are_common_still_find_the_passage_with_most_of_them(
    knowledge: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.knowledge.COMMON", 5)
    filler = [passage(f"Employees and customers, {n}.") for n in range(10)]
    filler += [passage(f"Mail is retained, {n}.") for n in range(10)]
    await read(knowledge, document(), [*filler, passage(EMAIL)])
    assert (await texts(knowledge, "employees retained mail"))[0] == EMAIL
    assert EMAIL in (await texts(knowledge, "employees retained mail customers"))


async def test_documents_and_passages_outlive_the_program(url: str) -> None:
    async with await open_database(url) as opened:
        await opened.events.change(OURS, set_up())
        await read(opened, document(), [passage(GIFTS)])
    async with await open_database(url) as again:
        assert await texts(again, "accept gifts") == [GIFTS]


async def test_a_backup_of_the_one_file_has_the_documents_in_it(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "cais.db"
    async with await open_database(f"sqlite+aiosqlite:///{path}") as opened:
        await opened.events.change(OURS, set_up())
        await read(opened, document(), [passage(GIFTS)])
        source, copy = sqlite3.connect(path), sqlite3.connect(tmp_path / "copy.db")
        source.backup(copy)
        source.close()
        copy.close()
    async with await open_database(f"sqlite+aiosqlite:///{tmp_path}/copy.db") as copied:
        assert await texts(copied, "accept gifts") == [GIFTS]
