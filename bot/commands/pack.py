"""`cais pack check`: proves a roadmap pack before anybody is taken through it."""

import sys
from pathlib import Path

import click

from bot.pack_files import read_pack, read_questions
from bot.settings import load
from flows.pack_check import check as check_pack
from flows.pack_paths import plans
from flows.packs import PackError, load_pack
from flows.questions.checking import check_questions
from flows.questions.knowledge import load_knowledge


@click.group()
def pack() -> None:
    """The roadmap pack: tasks, questions, links, dates and quotes as data."""


@pack.command()
@click.argument("path", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(path: Path | None) -> None:
    """Prove the pack at PATH, or the one that the settings name, or the built-in one.

    Every quote must stand verbatim at its line, every link of the text must be used, and every combination of answers
    must lead to an end with every task reachable; what people ask about it, in the file beside it, must be understood.
    Exit code 1 names line and id of what is wrong.
    """
    asked, beside = None, []
    try:
        yaml_text, source_text = read_pack(path or load().pack)
        problems = check_pack(yaml_text, source_text)
        if not problems:
            asked = read_questions(path or load().pack)
        if asked:
            beside = check_questions(asked[0], asked[1], load_pack(yaml_text, source_text), source_text)
    except PackError as error:
        problems = list(error.problems)
    except (OSError, UnicodeDecodeError) as error:
        click.echo(f"The pack, or the text it quotes, cannot be read: {error}", err=True)
        sys.exit(2)
    for problem in problems:
        click.echo(str(problem))
    for problem in beside:
        click.echo(f"questions, {problem}")
    if problems or beside:
        sys.exit(1)
    proven = load_pack(yaml_text, source_text)
    walked = sum(1 for _ in plans(proven))
    click.echo(
        f"ok: {len(proven.tasks)} tasks, {len(proven.links)} links, {walked:,} paths of answers, agents and situations "
        "walked to their end and beyond."
    )
    if asked:
        known = load_knowledge(asked[0])
        click.echo(
            f"ok: {len(known.statements)} statements quoted, all phrasings of {len(known.subjects)} answers read."
        )
