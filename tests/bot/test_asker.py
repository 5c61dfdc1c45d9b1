"""What reading the questions comes to is kept beside them, and only ever taken up where it is still true."""

import shutil
from pathlib import Path

import pytest

from bot import asker
from bot.asker import make_asker
from bot.pack_files import read_pack
from flows.packs import load_pack
from flows.questions.answer import citations_of
from flows.questions.asking import Asker
from tests.flows.questions.shipped import QUESTIONS, shorter

SHIPPED = Path(__file__).parents[2] / "flows" / "roadmaps"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack of the operator's own, read by nobody yet."""
    for file in ("cais-small-firm.yaml", "small-firm-roadmap.txt"):
        shutil.copy(SHIPPED / file, tmp_path / file)
    (tmp_path / "cais-small-firm.questions.yaml").write_text(shorter(QUESTIONS), encoding="utf-8")
    (tmp_path / "cais-small-firm.examples.yaml").write_text(
        "schema: roadmap-examples/1\npack: cais-small-firm\nsubjects: {}\nthemes: {}\n"
    )
    return tmp_path / "cais-small-firm.yaml"


def made(pack: Path) -> Asker:
    return make_asker(load_pack(*read_pack(pack)), pack)


def kept(pack: Path) -> Path:
    (found,) = (pack.parent / "__pycache__").iterdir()
    return found


def cited(made: Asker) -> list[str]:
    return [c.id for c in citations_of(made.ask("who do i call"))]


def test_what_was_read_once_is_not_read_again(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cited(made(pack))
    monkeypatch.setattr(asker, "learn", lambda *_: pytest.fail("it was read again"))
    assert cited(made(pack)) == first == ["C1"]


def test_changed_questions_are_read_afresh(pack: Path) -> None:
    made(pack)
    before = kept(pack).read_bytes()
    questions = pack.with_name("cais-small-firm.questions.yaml")
    questions.write_text(questions.read_text().replace("who do i call", "who is to be rung up"))
    made(pack)
    assert kept(pack).read_bytes() != before


@pytest.mark.parametrize("broken", [b"", b"what is this", None])
def test_what_is_kept_and_broken_is_read_afresh(pack: Path, broken: bytes | None) -> None:
    made(pack)
    file = kept(pack)
    file.write_bytes(file.read_bytes()[:2000] if broken is None else broken)
    assert cited(made(pack)) == ["C1"]
    assert file.stat().st_size > 2000


def test_where_nothing_can_be_kept_it_is_read_each_time(pack: Path) -> None:
    (pack.parent / "__pycache__").write_text("in the way")
    assert cited(made(pack)) == ["C1"]
