"""`cais pack check`: proves a roadmap pack before anybody is taken through it."""

import sys
from pathlib import Path

import click

from bot.pack_files import read_examples, read_pack, read_questions
from bot.settings import load
from flows.pack_check import check as check_pack
from flows.pack_paths import plans
from flows.packs import PackError, load_pack
from flows.questions.checking import check_examples, check_questions
from flows.questions.knowledge import NO_EXAMPLES, load_examples, load_knowledge
from flows.roadmap import Pack


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
    asked, beside, examples_yaml = None, [], None
    try:
        yaml_text, source_text = read_pack(path or load().pack)
        problems = check_pack(yaml_text, source_text)
        if not problems:
            asked, examples_yaml = read_questions(path or load().pack), read_examples(path or load().pack)
        if asked:
            beside = _beside(*asked, examples_yaml, load_pack(yaml_text, source_text), source_text)
    except PackError as error:
        problems = list(error.problems)
    except (OSError, UnicodeDecodeError) as error:
        click.echo(f"The pack, or the text it quotes, cannot be read: {error}", err=True)
        sys.exit(2)
    for problem in problems:
        click.echo(str(problem))
    for line in beside:
        click.echo(line)
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


def _beside(
    questions_yaml: str, english_yaml: str, examples_yaml: str | None, pack: Pack, source_text: str
) -> list[str]:
    """The problems of the files beside a pack, each with the file's name."""
    wrong = check_examples(examples_yaml, load_knowledge(questions_yaml)) if examples_yaml else []
    examples = load_examples(examples_yaml) if examples_yaml and not wrong else NO_EXAMPLES
    problems = check_questions(questions_yaml, english_yaml, pack, source_text, examples)
    return [f"questions, {p}" for p in problems] + [f"examples, {p}" for p in wrong]
