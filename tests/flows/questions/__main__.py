"""`python -m tests.flows.questions`: the figures of the question sets, as `docs/answers.md` shows them."""

from tests.flows.questions.scoring import figures, read_set
from tests.flows.questions.shipped import asker

for name in ("tuned", "held_out"):
    found = figures(asker(), read_set(name))
    parts = [f"{part:.1%}" for part in (found.right, found.wrong, found.missed, found.declined)]
    print(f"{name}: {found.questions} questions, score {found.score:.1f}; right, wrong, missed, declined:", *parts)
