"""`cais ask`: a question answered with a quote of the roadmap, or an honest "it does not say"."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click
import msgspec

from bot.asker import make_asker
from bot.clock import BusinessClock
from bot.pack_files import read_pack, read_questions
from bot.settings import load
from flows.packs import PackError, load_pack
from flows.questions.answer import (
    Answer,
    Citation,
    Context,
    Declined,
    Part,
    Refused,
    citations_of,
    parts_of,
)
from flows.questions.asking import Asker
from flows.roadmap import Contact, Link

USAGE = 'Send one JSON object per line, such as {"id": "1", "question": "Who grants access?"}, or the bare question.'
LONGEST_LINE = 200_000
"""Characters of one line that are looked at."""


@click.command()
@click.argument("question", nargs=-1)
@click.option("--json", "piped", metavar="-", help="Stay running: a JSON object or bare line in, a JSON object out.")
def ask(question: tuple[str, ...], piped: str | None) -> None:
    """Answer a QUESTION with the roadmap's own words, or say that it does not say.

    With `--json -` it stays running. Each line in is {"id", "question", "context": {"previous_question",
    "current_step"}} or a bare question; each line out is {"id", "answered", "answer", "citations", "confidence"}.
    """
    if piped is None and not question:
        raise click.UsageError('Ask something, such as: cais ask "who grants access to the portal?"')
    if piped not in (None, "-"):
        raise click.UsageError("After --json comes a single -, for lines from standard input.")
    settings = load()
    today = BusinessClock(settings.start_at, settings.clock_speed)().date()
    try:
        asker = read_asker(settings.pack)
    except (PackError, OSError, UnicodeDecodeError) as error:
        click.echo(f"The questions of the roadmap pack cannot be read: {error}", err=True)
        sys.exit(2)
    if piped:
        _stay(asker, today)
    else:
        click.echo(as_text(asker.ask(" ".join(question), today=today)))


def read_asker(path: Path | None = None) -> Asker:
    """What answers questions about the pack at this path, or the built-in one. Raises as reading a pack does."""
    if read_questions(path) is None:
        raise FileNotFoundError(f"there is no {path.stem if path else ''}.questions.yaml beside the pack")
    return make_asker(load_pack(*read_pack(path)), path)


# --- a line in, a line out -----------------------------------------------------------------------------------------


class Asked(msgspec.Struct):
    """What one line asks."""

    question: str
    id: Any = None
    context: "AskedIn | None" = None


class AskedIn(msgspec.Struct):
    """What a question follows."""

    previous_question: str | None = None
    current_step: int | str | None = None


def _stay(asker: Asker, today: date) -> None:
    """Answer each line at once. A line that cannot be read is answered too."""
    for raw in iter(sys.stdin.buffer.readline, b""):
        line = raw.decode("utf-8", errors="replace").strip()
        if line:
            sys.stdout.write(f"{answer_line(asker, line[:LONGEST_LINE], today)}\n")
            sys.stdout.flush()


def answer_line(asker: Asker, line: str, today: date | None) -> str:
    """One JSON object for one line."""
    try:
        asked = msgspec.json.decode(line, type=Asked) if line.startswith("{") else Asked(question=line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        return _encoded(
            {"id": None, "answered": False, "answer": f"{error}. {USAGE}", "citations": [], "confidence": 0}
        )
    given = asked.context or AskedIn()
    step = "" if given.current_step is None else str(given.current_step)
    context = Context(previous_question=given.previous_question or "", current_step=step)
    answer = asker.ask(asked.question, context, today=today)
    return _encoded(
        {
            "id": asked.id,
            "answered": bool(parts_of(answer)),
            "answer": as_text(answer),
            "citations": [
                {"step": f"Step {c.step}" if c.step else None, "quote": c.quote, "line": c.lines[0]}
                for c in citations_of(answer)
            ],
            "confidence": 1.0 if isinstance(answer, Refused) else answer.confidence,
        }
    )


def _encoded(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()


# --- in words ------------------------------------------------------------------------------------------------------


def as_text(answer: Answer) -> str:
    """An answer as plain text: the direct line, the quotes with step and lines, links, the edition."""
    if isinstance(answer, Refused):
        return answer.reason
    if isinstance(answer, Declined):
        return _declined(answer)
    said: set[str] = set()
    blocks = []
    for part in parts_of(answer):
        blocks.append(_part(part, with_direct=part.direct not in said))
        said.add(part.direct)
    return "\n\n".join([*blocks, answer.edition])


def _part(part: Part, *, with_direct: bool) -> str:
    lines = [part.direct, part.firm] if with_direct else []
    if part.contact and part.contact.phone not in part.direct:
        lines.append(_contact(part.contact))
    lines += [_quoted(citation, part.environment) for citation in part.citations]
    lines += [_link(link) for link in part.links]
    return "\n".join(line for line in lines if line)


def _declined(answer: Declined) -> str:
    lines = [f"{answer.reason} Ask the {_contact(answer.contact)}."]
    if answer.nearest:
        lines += ["", "The nearest passage:", _quoted(answer.nearest)]
    lines += ["", "A message you can copy:", "", answer.draft.replace("{firm}", "[your firm]"), "", answer.edition]
    return "\n".join(lines)


def _quoted(citation: Citation, environment: str | None = None) -> str:
    first, last = citation.lines
    lines = f"line {first}" if first == last else f"lines {first}-{last}"
    place = f"Step {citation.step}, {lines}" if citation.step else lines
    place = f"{environment.upper()} environment: {place}" if environment else place
    return f"  “{citation.quote}” ({place})"


def _contact(contact: Contact) -> str:
    return f"{contact.name}: {contact.phone}, {contact.email}"


def _link(link: Link) -> str:
    environment = f" [{link.environment.upper()} environment]" if link.environment else ""
    note = f" ({link.note})" if link.note else ""
    return f"  {link.label}{environment}{note}: {link.url}"
