"""What answers questions about the shipped pack, made once for all tests."""

from functools import cache
from importlib.resources import files

from flows.packs import load_pack
from flows.questions.asking import Asker
from flows.questions.knowledge import load_english, load_examples, load_knowledge
from flows.questions.learning import learn
from tests.flows.shipped import SOURCE, YAML

QUESTIONS = (files("flows.roadmaps") / "cais-small-firm.questions.yaml").read_text(encoding="utf-8")
EXAMPLES = (files("flows.roadmaps") / "cais-small-firm.examples.yaml").read_text(encoding="utf-8")
ENGLISH = (files("flows.roadmaps") / "english.yaml").read_text(encoding="utf-8")
PACK = load_pack(YAML, SOURCE)


@cache
def asker() -> Asker:
    return Asker(learn(load_knowledge(QUESTIONS), load_english(ENGLISH), load_examples(EXAMPLES)), PACK)
