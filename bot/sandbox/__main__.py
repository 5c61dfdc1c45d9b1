"""``python -m bot.sandbox``: a pretend Slack on this machine."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from bot.sandbox.manifest import read_manifest
from bot.sandbox.options import Options
from bot.sandbox.sandbox import Sandbox


def _arguments() -> argparse.Namespace:
    defaults = Options()
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--manifest", type=Path, default=Path("manifest.yml"))
    parser.add_argument("--data-dir", type=Path, help="keep the workspace here; without it nothing is kept")
    parser.add_argument("--bot-url", default="none", help="where to POST for HTTP; none means Socket Mode")
    parser.add_argument("--signing-secret", default=defaults.signing_secret)
    parser.add_argument("--bot-token", default=defaults.bot_token)
    parser.add_argument("--app-token", default=defaults.app_token)
    parser.add_argument("--control-url", help="the address of a supervisor that can move the clock and start over")
    parser.add_argument("--no-rates", action="store_true", help="do not apply Slack's rate limits")
    return parser.parse_args()


def _options(given: argparse.Namespace) -> Options:
    return Options(
        manifest=read_manifest(given.manifest),
        data_dir=given.data_dir,
        bot_url=None if given.bot_url == "none" else given.bot_url,
        signing_secret=given.signing_secret,
        bot_token=given.bot_token,
        app_token=given.app_token,
        control_url=given.control_url,
        rates=not given.no_rates,
    )


async def serve(options: Options, host: str, port: int) -> None:
    """Runs until SIGTERM or SIGINT; one line on stdout says when it listens."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Sandbox(options, host, port) as sandbox:
        sys.stdout.write(f"The pretend Slack listens at {sandbox.url}\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    """Reads the command line and serves. Exits with 2 and a sentence when it cannot start."""
    given = _arguments()
    try:
        asyncio.run(serve(_options(given), given.host, given.port))
    except OSError as error:
        sys.stderr.write(f"The pretend Slack could not start: {error}\n")
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
