"""Questions about dates that a firm's own answer: which they are, and which of them have passed."""

from collections.abc import Sequence

from bot.surfaces import Block, Message
from bot.views import dated, dates
from bot.views.blocks import clip, context, escape, literal, section
from bot.views.milestones import milestone_line, started_after_all
from bot.views.scene import Scene
from bot.views.tasks import Top
from flows.roadmap import Milestone

MOST_QUOTED = 300
NOT_JUDGED = "Industry dates are shown for reference; whether a firm met one is not judged here."
LEAST_WORD = 5
"""Letters of a word by which a question names an industry date."""


def due(scene: Scene, question: str) -> Message:
    """The firm's own dates, as `/cais due` shows them, below the question."""
    lines = [line.partition(" ")[2] for line in dated.own_dates(scene)]  # without the signs, as phones show it
    said = "; ".join(lines).replace("*", "").replace("`", "")
    return dates.own(scene, Top(f"{said}." if said else "", (_asked(question),)))


def late(scene: Scene, question: str) -> Message:
    """Neither yes nor no of an industry date; of the firm's own dates, how many have passed, and all of them."""
    industry = scene.pack.wording.new_firm if started_after_all(scene) else NOT_JUDGED
    lines = [line for m in _meant(scene, question) if (line := milestone_line(scene, m))]
    passed = _passed(scene)
    blocks: list[Block] = [_asked(question), section(f"*{escape(industry)}*"), *map(section, lines)]
    more = "`/cais deadlines` shows every industry date with its story."
    top = Top(f"{escape(industry)} {passed.replace('`', '')}", (*blocks, section(passed), context(more)))
    return dates.own(scene, top)


def _asked(question: str) -> Block:
    return context(f"❓ “{literal(clip(' '.join(question.split()), MOST_QUOTED))}”")


def _meant(scene: Scene, question: str) -> Sequence[Milestone]:
    """The industry dates that the question names, first those to do something by; else the one at the roadmap's end."""
    words = {w for w in question.casefold().split() if len(w) >= LEAST_WORD}
    named = [m for m in scene.pack.milestones if words.intersection(m.title.casefold().split())]
    return [m for m in named if m.tasks] or named or scene.pack.milestones[-1:]


def _passed(scene: Scene) -> str:
    """How many of the firm's own dates have passed."""
    target = scene.position.target if dated.target_counts(scene) else None
    own = [*([target] if target else []), *(one.on for one in dated.coming(scene))]
    count = sum(1 for on in own if on < scene.today)
    if not own:
        return f"Your firm has set no dates of its own yet. {dated.HOW}"
    if not count:
        return "None of your firm's own dates has passed."
    return f"{count} of your firm's own dates {'has' if count == 1 else 'have'} passed."
