"""Makes what answers questions from the files of a pack, for Slack and for the terminal.

What reading those files comes to is kept beside them in `__pycache__`, as Python keeps what compiling comes to: a
second of work for whoever asks first, and for nobody after. It is plain values, bound to the files and to the code that
read them; where it cannot be written or is out of date, everything is read afresh.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib import resources
from pathlib import Path

import msgspec

from bot.pack_files import questions_file, read_english, read_examples, read_questions
from flows.questions.asking import Asker
from flows.questions.knowledge import (
    NO_EXAMPLES,
    SCHEMA,
    Knowledge,
    Vocabulary,
    load_english,
    load_examples,
    load_knowledge,
)
from flows.questions.learning import Learned, from_bytes, learn, to_bytes
from flows.roadmap import Pack

_KEY = 32
"""Bytes in front of what is kept: what it was worked out from."""


def make_asker(pack: Pack, path: Path | None = None) -> Asker:
    """Answers questions about this pack: the shipped one, or the one at `path` with its `.questions.yaml` beside it.

    A pack without that file answers nothing, and says so. Raises PackError where the file is wrong.
    """
    texts = read_questions(path)
    if texts is None:
        no_words = Vocabulary({}, {}, {}, {})
        nothing = Knowledge(SCHEMA, pack.id, {}, no_words, {}, {}, next(iter(pack.contacts)))
        return Asker(learn(nothing, load_english(read_english())), pack)
    examples = read_examples(path)
    kept = _kept_file(path)
    key = sha256(b"\0".join(text.encode() for text in (*texts, examples or "", _code()))).digest()
    learned = _taken_up(kept, key)
    if learned is None:
        learned = learn(
            load_knowledge(texts[0]), load_english(texts[1]), load_examples(examples) if examples else NO_EXAMPLES
        )
        _keep(kept, key, learned)
    return Asker(learned, pack)


def _kept_file(path: Path | None) -> Path:
    questions = Path(str(questions_file(path)))
    return questions.parent / "__pycache__" / f"{questions.stem}.learned"


def _code() -> str:
    """The code that reads, whole: what an older one has read is not taken up."""
    folder = resources.files("flows.questions")
    modules = sorted((f for f in folder.iterdir() if f.name.endswith(".py")), key=lambda f: f.name)
    return "\0".join(module.read_text(encoding="utf-8") for module in modules)


def _taken_up(kept: Path, key: bytes) -> Learned | None:
    try:
        with kept.open("rb") as file, _uncollected():
            return from_bytes(file.read()) if file.read(_KEY) == key else None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage among a hundred thousand new values that all stay: three quarters of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _keep(kept: Path, key: bytes, learned: Learned) -> None:
    """Whole or not at all: others may be reading. A folder that is not ours to write in is no fault."""
    new = kept.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        kept.parent.mkdir(exist_ok=True)
        new.write_bytes(key + to_bytes(learned))
        new.replace(kept)
