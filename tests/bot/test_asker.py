"""What reading the questions comes to is kept beside them, and only ever taken up where it is still true."""

import shutil
from pathlib import Path

import pytest

from bot import asker, bootstrap
from bot.asker import make_asker
from bot.bootstrap import LazyAsker
from flows.questions.answer import citations_of
from flows.questions.asking import Asker
from flows.roadmap import Pack
from tests.flows.questions.shipped import PACK, QUESTIONS, shorter

SHIPPED = Path(__file__).parents[2] / "flows" / "roadmaps"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack of the operator's own, read by nobody yet."""
    return a_pack(tmp_path)


def a_pack(tmp_path: Path) -> Path:
    for file in ("cais-small-firm.yaml", "small-firm-roadmap.txt"):
        shutil.copy(SHIPPED / file, tmp_path / file)
    (tmp_path / "cais-small-firm.questions.yaml").write_text(shorter(QUESTIONS), encoding="utf-8")
    (tmp_path / "cais-small-firm.examples.yaml").write_text(
        "schema: roadmap-examples/1\npack: cais-small-firm\nsubjects: {}\nthemes: {}\n"
    )
    return tmp_path / "cais-small-firm.yaml"


@pytest.fixture(scope="module")
def once_read(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What is kept of such a pack once somebody has read it."""
    pack = a_pack(tmp_path_factory.mktemp("read"))
    made(pack)
    return kept(pack).read_bytes()


@pytest.fixture
def read_before(pack: Path, once_read: bytes) -> Path:
    """The pack of the operator's own, after somebody has read it."""
    file = pack.parent / "__pycache__" / "cais-small-firm.questions.learned"
    file.parent.mkdir()
    file.write_bytes(once_read)
    return pack


def made(pack: Path) -> Asker:
    return make_asker(PACK, pack)


def kept(pack: Path) -> Path:
    (found,) = (pack.parent / "__pycache__").iterdir()
    return found


def cited(made: Asker) -> list[str]:
    return [c.id for c in citations_of(made.ask("who do i call"))]


def test_what_was_read_once_is_not_read_again(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cited(made(pack))
    monkeypatch.setattr(asker, "learn", lambda *_: pytest.fail("it was read again"))
    assert cited(made(pack)) == first == ["C1"]


def test_changed_questions_are_read_afresh(read_before: Path) -> None:
    before = kept(read_before).read_bytes()
    questions = read_before.with_name("cais-small-firm.questions.yaml")
    questions.write_text(questions.read_text().replace("who do i call", "who is to be rung up"))
    made(read_before)
    assert kept(read_before).read_bytes() != before


@pytest.mark.parametrize("broken", [b"", b"what is this", None])
def test_what_is_kept_and_broken_is_read_afresh(read_before: Path, broken: bytes | None) -> None:
    file = kept(read_before)
    file.write_bytes(file.read_bytes()[:2000] if broken is None else broken)
    assert cited(made(read_before)) == ["C1"]
    assert file.stat().st_size > 2000


def test_where_nothing_can_be_kept_it_is_read_each_time(pack: Path) -> None:
    (pack.parent / "__pycache__").write_text("in the way")
    assert cited(made(pack)) == ["C1"]


async def test_where_making_it_failed_the_next_who_asks_has_it_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    made = iter([OSError(24, "Too many open files"), "asker"])

    def make(pack: Pack, path: Path | None) -> object:
        found = next(made)
        if isinstance(found, OSError):
            raise found
        return found

    monkeypatch.setattr(bootstrap, "_ready_asker", make)
    lazy = LazyAsker(PACK)
    with pytest.raises(OSError, match="Too many"):
        await lazy()
    assert [str(await lazy()), str(await lazy())] == ["asker", "asker"]
