"""`cais run`: the bot, in Slack or in the sandbox, until it is told to stop."""

import asyncio
import gc
import sys

import click

from bot.commands.sandbox import open_sandbox
from bot.settings import load


@click.command()
def run() -> None:
    """Run the bot: in Slack if there are tokens, in a sandbox on this machine if there are none.

    SIGTERM or Ctrl-C lets what is under way finish and stops it.
    """
    settings = load()
    if settings.way == "sandbox":
        open_sandbox(settings)
        return
    gc.disable()  # what is imported stays: looking through it again and again took a tenth of the time
    import uvloop  # these take a while to import, and the sandbox's supervisor needs none of them

    from bot.serving import NotServing, serve

    gc.freeze()
    gc.enable()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings))
    except NotServing as reason:
        click.echo(str(reason), err=True)
        sys.exit(reason.exit_code)
