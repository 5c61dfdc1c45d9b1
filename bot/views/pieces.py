"""A piece of evidence in words: what it is, whose, how it is kept, and whether it is weak by itself."""

from collections.abc import Sequence

from bot.views.blocks import clip, escape, literal, short_day
from bot.views.scene import Scene
from flows.events import EvidenceAdded, Record
from flows.evidence import kinds
from flows.evidence.pieces import name_of
from flows.history import bytes_in_words
from flows.proof import KINDS, is_weak, kept_how
from flows.roadmap import Task

WEAK_MARK = "⚠️ weak by itself"
SUGGESTED = "Worth keeping (our suggestion, not the roadmap's words)"


def link(url: str, label: str) -> str:
    """A link whose address and label cannot break out of it; Slack takes none that goes on in another line."""
    safe = escape("%20".join(url.replace("|", "%7C").replace(">", "%3E").replace("<", "%3C").split()))
    return f"<{safe}|{literal(' '.join(label.split())).replace('|', '/')}>"


def piece_line(row: Record) -> str:
    """One piece in a line: what it is, its day, who added it, and its weakness."""
    event = row.event
    assert isinstance(event, EvidenceAdded), "the caller picked these rows by type"
    name = clip(" ".join(name_of(event).split()), 90)
    what = link(event.text, name) if event.text.startswith(("https://", "http://")) else literal(name)
    about = [KINDS[event.kind], *_of_content(event)]
    if event.happened_on:
        about.append(short_day(event.happened_on))
    weak = f" {WEAK_MARK}" if is_weak(event) else ""
    return f"{what} ({', '.join(about)}), added by {literal(row.actor_name)}{weak}"


def _of_content(event: EvidenceAdded) -> list[str]:
    found = []
    if event.kind == "file":
        if event.label and event.label != event.name:
            found.append(literal(clip(event.name, 60)))
        if event.size is not None:
            found.append(bytes_in_words(event.size))
        if said := kinds.in_words(event.claimed, event.seen):
            found.append(escape(said))
        found.append(kept_how(event))
    if event.digest:
        whose = "SHA-256" if event.kind == "file" else "text SHA-256"
        found.append(f"{whose} begins {event.digest[:12]}")
    return found


def checklist(task: Task, covered: Sequence[str]) -> str:
    """Our suggestions for a task as a list, ticked where a piece is said to be it; empty where there are none."""
    if not task.evidence:
        return ""
    lines = [f"{'☑' if item in covered else '☐'} {escape(item)}" for item in task.evidence]
    return f"*{SUGGESTED}:*\n" + "\n".join(lines)


def weak_words(scene: Scene, task: str) -> str:
    """How much of a task's evidence is no more than an address, in Slack or where Slack links to; empty for none."""
    kept, weak = scene.position.evidence.get(task, 0), scene.position.weak_evidence.get(task, 0)
    if not weak:
        return ""
    many = "weak by itself" if weak == kept == 1 else f"{weak} of it weak by itself"
    return f" (⚠️ {many}: no copy of it here)"
