"""Notes as the packet shows them: those of a task in its card, those on the firm where one reads how it stands."""

from collections.abc import Sequence

from bot.files.packet.html import Html, el, lines
from bot.files.packet.paper import MOST_OF_A_TASK, Paper
from flows import events as e
from flows.events import Record


def notes(paper: Paper, rows: Sequence[Record], heading: Html) -> Html | None:
    """Those among the rows, below a heading; nothing where there are none."""
    found = [(row, row.event) for row in rows if isinstance(row.event, e.NoteAdded)]
    if not found:
        return None
    shown, left = paper.shortened(found, MOST_OF_A_TASK)
    told = [el("li", lines(event.text), el("div", _by(paper, row), class_="muted")) for row, event in shown]
    return el("div", heading, left, el("ul", *told))


def _by(paper: Paper, row: Record) -> str:
    undone = ", undone" if row.sequence in paper.reading.undone else ""
    return f"{row.actor_name}, {paper.moment(row.at)}{undone}"
