"""`cais pack check`: proves a roadmap pack before anybody is taken through it."""

import sys
from pathlib import Path

import click

from bot.pack_files import read_pack
from bot.settings import load
from flows.pack_check import check as check_pack
from flows.pack_paths import plans
from flows.packs import PackError, load_pack


@click.group()
def pack() -> None:
    """The roadmap pack: tasks, questions, links, dates and quotes as data."""


@pack.command()
@click.argument("path", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(path: Path | None) -> None:
    """Prove the pack at PATH, or the one that the settings name, or the built-in one.

    Every quote must stand verbatim at its line, every link of the text must be used, and every combination of answers
    must lead to an end with every task reachable. Exit code 1 names line and id of what is wrong.
    """
    try:
        yaml_text, source_text = read_pack(path or load().pack)
        problems = check_pack(yaml_text, source_text)
    except PackError as error:
        problems = list(error.problems)
    except (OSError, UnicodeDecodeError) as error:
        click.echo(f"The pack, or the text it quotes, cannot be read: {error}", err=True)
        sys.exit(2)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        sys.exit(1)
    proven = load_pack(yaml_text, source_text)
    walked = sum(1 for _ in plans(proven))
    click.echo(
        f"ok: {len(proven.tasks)} tasks, {len(proven.links)} links, {walked:,} paths of answers, agents and situations "
        "walked to their end and beyond."
    )
