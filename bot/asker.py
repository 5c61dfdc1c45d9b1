"""Makes what answers questions from the files of a pack, for Slack and for the terminal."""

from pathlib import Path

from bot.pack_files import read_english, read_examples, read_questions
from flows.questions import knowledge
from flows.questions.asking import Asker
from flows.roadmap import Pack


def make_asker(pack: Pack, path: Path | None = None) -> Asker:
    """Answers questions about this pack: the shipped one, or the one at `path` with its `.questions.yaml` beside it.

    A pack without that file answers nothing, and says so. Raises PackError where the file is wrong.
    """
    texts = read_questions(path)
    if texts is None:
        no_words = knowledge.Vocabulary({}, {}, {}, {})
        nothing = knowledge.Knowledge(knowledge.SCHEMA, pack.id, {}, no_words, {}, {}, next(iter(pack.contacts)))
        return Asker(nothing, knowledge.load_english(read_english()), pack)
    examples_yaml = read_examples(path)
    examples = knowledge.load_examples(examples_yaml) if examples_yaml else knowledge.NO_EXAMPLES
    return Asker(knowledge.load_knowledge(texts[0]), knowledge.load_english(texts[1]), pack, examples)
