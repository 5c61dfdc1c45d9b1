"""The `cais` command: a table of commands, each loaded only when it is called."""

import sys
from importlib import import_module

import click

from bot.settings import BadSettings
from bot.version import version

COMMANDS = {
    "run": "bot.commands.run:run",
    "sandbox": "bot.commands.sandbox:sandbox",
    "doctor": "bot.commands.doctor:doctor",
    "migrate": "bot.commands.migrate:migrate",
    "ask": "bot.commands.ask:ask",
    "next-reminder": "bot.commands.next_reminder:next_reminder",
    "backup": "bot.commands.backup:backup",
    "restore": "bot.commands.backup:restore",
    "move": "bot.commands.backup:move",
    "keys": "bot.commands.keys:keys",
    "verify": "bot.commands.verify:verify",
    "export": "bot.commands.exporting:export",
    "import": "bot.commands.exporting:import_",
    "retention": "bot.commands.retention:retention",
    "delete": "bot.commands.delete:delete",
    "pack": "bot.commands.pack:pack",
}


class Commands(click.Group):
    """A start pays only for what it runs: importing everything would take longer than starting the bot."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


def _say_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(f"cais {version()}")
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_say_version, help="Say which.")
def cais() -> None:
    """Takes a small broker-dealer through FINRA CAT's Small Firm Roadmap, in Slack.

    `cais run` is all one needs: with Slack's tokens it works in Slack, without any in a sandbox on this machine.
    Settings come from the environment and a .env file; docs/install.md lists them.
    """


def main() -> None:
    """Runs one command. A bad setting ends it with a sentence and exit code 2."""
    try:
        cais(prog_name="cais")
    except BadSettings as bad:
        click.echo(f"{bad}\nEvery setting is described in docs/install.md.", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
