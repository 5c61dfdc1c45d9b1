"""The shipped data: the roadmap, the text it quotes, what people ask about it, plain English, the industry dates."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from flows.packs import source_file

SHIPPED = "cais-small-firm.yaml"
ENGLISH = "english.yaml"
DEADLINES = "cais-deadlines.json"


def read_pack(path: Path | None = None) -> tuple[str, str]:
    """The YAML text of a pack and the text it quotes: the shipped pack, or one of the operator's own.

    The quoted text is the file that the pack names under `source`, in the same folder. Raises PackError where the pack
    names none, OSError where a file cannot be read, and UnicodeDecodeError where one is not UTF-8.
    """
    pack = path or _shipped() / SHIPPED
    yaml_text = pack.read_text(encoding="utf-8")
    folder = path.parent if path else _shipped()
    return yaml_text, (folder / source_file(yaml_text)).read_text(encoding="utf-8")


def read_questions(path: Path | None = None) -> tuple[str, str] | None:
    """What people ask about a pack, and plain English, as YAML texts; None where a pack has no such file beside it.

    The file of `roadmap.yaml` is `roadmap.questions.yaml`. Raises as `read_pack` does.
    """
    beside = questions_file(path)
    if not beside.is_file():
        return None
    return beside.read_text(encoding="utf-8"), read_english()


def questions_file(path: Path | None = None) -> Traversable:
    """Where what people ask about a pack stands, if anything does."""
    return _beside(path, "questions")


def read_examples(path: Path | None = None) -> str | None:
    """Examples of what people ask about a pack, as YAML text; None where a pack has no such file beside it.

    The file of `roadmap.yaml` is `roadmap.examples.yaml`. Raises as `read_pack` does.
    """
    beside = _beside(path, "examples")
    return beside.read_text(encoding="utf-8") if beside.is_file() else None


def _beside(path: Path | None, kind: str) -> Traversable:
    name = f"{Path((path or _shipped() / SHIPPED).name).stem}.{kind}.yaml"
    return path.parent / name if path else _shipped() / name


def read_deadlines() -> str:
    """The ledger of industry dates, as JSON text."""
    return (_shipped() / DEADLINES).read_text(encoding="utf-8")


def read_english() -> str:
    """Plain English, which is the same for every pack."""
    return (_shipped() / ENGLISH).read_text(encoding="utf-8")


def _shipped() -> Traversable:
    return resources.files("flows") / "roadmaps"
