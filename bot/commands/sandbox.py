"""`cais sandbox`: a pretend Slack with a page on this machine, and the bot in it."""

import asyncio
import sys

import click

from bot.manifest import manifest_path
from bot.practice.supervisor import CannotStart, Plan, supervise
from bot.settings import Settings, is_given, load, misspelt


@click.command()
def sandbox() -> None:
    """Try it on this machine, without Slack, whatever tokens are set.

    Nothing of it reaches Slack or what was done there: it is kept in the folder `sandbox` of CAIS_DATA_DIR.
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


def open_sandbox(settings: Settings) -> None:
    """Run sandbox and bot until stopped, then exit with the code that says how it ended."""
    # A visitor reads the address, not log lines; whoever asked for more gets it.
    level = settings.log_level if is_given("CAIS_LOG_LEVEL") else "WARNING"
    # Beside tokens for Slack, a database that was named is meant for Slack, not for playing.
    database = "" if settings.slack_bot_token else settings.database
    nothing_of_slacks = dict.fromkeys(misspelt(), "")  # the bot in it would stop at them
    environment = {**nothing_of_slacks, "CAIS_LOG_LEVEL": level, "CAIS_DATABASE_URL": database}
    _check_pack(settings)
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
