"""The packet's picture of how far a firm is: a bar for each step, and the same in words."""

from urllib.parse import quote

from bot.files.packet.html import Html, el
from flows.exports.record import STATES, Reading
from flows.roadmap import Step
from flows.walk import State

WIDTH, HEIGHT, GAP = 640, 54, 8
DONE, LEFT, NONE = "#1f7a4d", "#c9d3df", "#eef1f5"


def progress_picture(reading: Reading) -> Html:
    """The bars, with what they say as their alternative text."""
    steps = reading.pack.steps
    each = (WIDTH - GAP * (len(steps) - 1)) / len(steps)
    bars, said = [], []
    for nth, step in enumerate(steps):
        items = [i for i in reading.walk.of_step(step.id) if i.state in ("open", "waiting", "done", "locked")]
        done = sum(1 for item in items if item.state == "done")
        bars.append(_bar(nth * (each + GAP), each, done / len(items) if items else 0.0, bool(items), step.id))
        said.append(f"step {step.id}: {f'{done} of {len(items)} done' if items else _why_none(reading, step)}")
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"{''.join(bars)}</svg>"
    )
    return el("img", src=f"data:image/svg+xml,{quote(svg)}", alt=f"Progress: {'; '.join(said)}.", class_="progress")


def _why_none(reading: Reading, step: Step) -> str:
    state: State = "later" if any(i.state == "later" for i in reading.walk.of_step(step.id)) else "not_applicable"
    return STATES[state].lower()


def _bar(x: float, width: float, share: float, applies: bool, step: str) -> str:
    ground = LEFT if applies else NONE
    return (
        f'<rect x="{x:.1f}" y="0" width="{width:.1f}" height="18" rx="4" fill="{ground}"/>'
        f'<rect x="{x:.1f}" y="0" width="{width * share:.1f}" height="18" rx="4" fill="{DONE}"/>'
        f'<text x="{x:.1f}" y="42" font-family="Inter, Liberation Sans, DejaVu Sans, sans-serif" font-size="15"'
        f' fill="#5b6775">Step {step}</text>'
    )
