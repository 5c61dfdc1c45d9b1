"""What answers questions about the shipped pack, made once for all tests."""

import re
from functools import cache
from importlib.resources import files

from bot.asker import make_asker
from flows.packs import load_pack
from flows.questions.asking import Asker
from tests.flows.shipped import SOURCE, YAML

QUESTIONS = (files("flows.roadmaps") / "cais-small-firm.questions.yaml").read_text(encoding="utf-8")
EXAMPLES = (files("flows.roadmaps") / "cais-small-firm.examples.yaml").read_text(encoding="utf-8")
ENGLISH = (files("flows.roadmaps") / "english.yaml").read_text(encoding="utf-8")
PACK = load_pack(YAML, SOURCE)


@cache
def asker() -> Asker:
    """As the bot makes it: from what reading the files came to, where that is kept already."""
    return make_asker(PACK)


def shorter(questions: str) -> str:
    """The questions with four phrasings of each subject and theme: all in all the same, and read in half the time."""

    def few(block: re.Match[str]) -> str:
        return block[1] + "".join(block[2].splitlines(keepends=True)[:4])

    return re.sub(r"^(    (?:asked|yes|no): \|\n)((?:      .*\n)+)", few, questions, flags=re.MULTILINE)
