"""`cais sandbox`: a pretend Slack with a page on this machine, and the bot in it."""

import asyncio
import sys

import click

from bot.manifest import manifest_path
from bot.practice.own import not_its_own
from bot.practice.supervisor import CannotStart, Plan, supervise
from bot.settings import Settings, is_given, load, misspelt
from storage.errors import StorageError, may_pass


@click.command()
def sandbox() -> None:
    """Try it on this machine, without Slack, whatever tokens are set.

    Nothing of it reaches Slack or what was done there: it is kept in the folder `sandbox` of CAIS_DATA_DIR. Where no
    token is set, CAIS_DATABASE_URL may name another database, with nothing in it but the sandbox's own.
    """
    open_sandbox(load(CAIS_MODE="sandbox"))


def _check_pack(settings: Settings) -> None:
    """A pack of the operator's own is proved first: the bot would refuse it once the page is open already."""
    if settings.pack is None:
        return
    from bot.serving import NotServing, open_pack  # most starts use the pack that is built in

    try:
        open_pack(settings)
    except NotServing as reason:
        click.echo(str(reason), err=True)
        sys.exit(2)


def _check_database(settings: Settings) -> None:
    """What was recorded for Slack is nothing to play on, and its reminders are not the sandbox's to send."""
    try:
        sentence, code = asyncio.run(not_its_own(settings)), 2
    except (StorageError, ValueError) as error:
        where = "CAIS_DATABASE_URL and CAIS_DATA_DIR say where the database is."
        sentence, code = f"{error} {where}", 1 if may_pass(error) else 2
    if sentence:
        click.echo(sentence, err=True)
        sys.exit(code)


def open_sandbox(settings: Settings) -> None:
    """Run sandbox and bot until stopped, then exit with the code that says how it ended."""
    # A visitor reads the address, not log lines; whoever asked for more gets it.
    level = settings.log_level if is_given("CAIS_LOG_LEVEL") else "WARNING"
    nothing_of_slacks = dict.fromkeys(misspelt(), "")  # the bot in it would stop at them
    environment = {**nothing_of_slacks, "CAIS_LOG_LEVEL": level, "CAIS_DATABASE_URL": settings.database}
    _check_pack(settings)
    _check_database(settings)
    plan = Plan(
        settings.sandbox_port,
        settings.sandbox_folder,
        manifest_path(),
        environment,
        start_at=settings.start_at,
        speed=settings.clock_speed,
    )
    try:
        code = asyncio.run(supervise(plan, click.echo))
    except CannotStart as reason:
        click.echo(str(reason), err=True)
        code = 2
    sys.exit(code)
