"""`python -m tests.flows.questions`: the figures of the question sets, as `docs/answers.md` shows them."""

from typing import Any

from flows.questions.asking import Asker
from tests.flows.questions.left_out import asker_without, is_own_check
from tests.flows.questions.scoring import figures, read_set
from tests.flows.questions.shipped import asker


def show(name: str, answers: Asker, items: list[dict[str, Any]]) -> None:
    """One line."""
    found = figures(answers, items)
    parts = [f"{part:.1%}" for part in (found.right, found.wrong, found.missed, found.declined)]
    print(f"{name}: {found.questions} questions, score {found.score:.1f}; right, wrong, missed, declined:", *parts)


for name in ("tuned", "imagined", "reworded", "typed"):
    items = read_set(name)
    known = [item for item in items if not is_own_check(item)]
    show(name, asker(), known)
    show(f"{name}, its examples and what is nearly one of them left out", asker_without(known), known)
    if len(known) < len(items):
        show(f"{name}, the fifth in no examples", asker(), [item for item in items if is_own_check(item)])
for name in ("unseen", "held_out"):
    show(f"{name}, nothing was tuned on it", asker(), read_set(name))
    show(f"{name}, without examples that are nearly one of them", asker_without(read_set(name)), read_set(name))
