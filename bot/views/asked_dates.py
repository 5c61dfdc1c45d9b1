"""Questions about dates that a firm's own answer: which they are."""

from bot.surfaces import Block, Message
from bot.views import dated, dates
from bot.views.blocks import clip, context, literal
from bot.views.scene import Scene
from bot.views.tasks import Top

MOST_QUOTED = 300


def due(scene: Scene, question: str) -> Message:
    """The firm's own dates, as `/cais due` shows them, below the question."""
    lines = [line.partition(" ")[2] for line in dated.own_dates(scene)]  # without the signs, as phones show it
    said = "; ".join(lines).replace("*", "").replace("`", "")
    return dates.own(scene, Top(f"{said}." if said else "", (_asked(question),)))


def _asked(question: str) -> Block:
    return context(f"❓ “{literal(clip(' '.join(question.split()), MOST_QUOTED))}”")
