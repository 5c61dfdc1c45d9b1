"""`cais doctor`: what is wrong, and what to do about it."""

import asyncio
import platform
import sys

import click

from bot.clock import real_now
from bot.doctor import checks
from bot.doctor.checks import Finding
from bot.doctor.evidence import check_evidence
from bot.doctor.oauth import check_oauth
from bot.doctor.whose import check_whose
from bot.settings import Settings, load
from bot.version import version
from storage.database import check as check_database

MARKS = {"ok": "ok", "look": "look", "wrong": "WRONG"}


@click.command()
def doctor() -> None:
    """Look at settings, tokens, clock, database, what was not delivered, evidence, pack, PDF and port; say what to do.

    Changes nothing, and can be asked while the bot runs. Exit code 1 if something is wrong.
    """
    findings = asyncio.run(examine(load()))
    width = max(len(finding.about) for finding in findings)
    for finding in findings:
        click.echo(f"{MARKS[finding.verdict]:<6} {finding.about:<{width}}  {finding.sentence}")
    wrong = sum(finding.verdict == "wrong" for finding in findings)
    looks = sum(finding.verdict == "look" for finding in findings)
    click.echo(f"\n{_count(wrong, looks)}")
    sys.exit(1 if wrong else 0)


def _count(wrong: int, looks: int) -> str:
    if not wrong:
        few = "one thing is" if looks == 1 else f"{looks} things are"
        return f"Nothing is wrong; {few} worth a look." if looks else "All is well."
    return "One thing is wrong." if wrong == 1 else f"{wrong} things are wrong."


async def examine(settings: Settings) -> list[Finding]:
    """Every check, in the order in which one would mend things."""
    found = [Finding("version", "ok", f"cais {version()}, with Python {platform.python_version()}.")]
    found += checks.check_settings(settings)
    if settings.way != "sandbox":
        look = check_oauth if settings.by_oauth else checks.check_slack
        found += await look(settings, real_now())
        found.append(await checks.check_line(settings))
    found += checks.check_folder(settings) if settings.way == "sandbox" or settings.database_url is None else []
    found += [
        Finding("database", "ok" if one.ok else "wrong", one.sentence)
        for one in await check_database(settings.database)
    ]
    found += await check_whose(settings)
    found += checks.check_private(settings.database)
    by_real_time = settings.way != "sandbox" and not settings.clock_moved
    found += await checks.check_sending(
        settings.database, by_oauth=settings.by_oauth, now=real_now() if by_real_time else None
    )
    found += await check_evidence(settings)
    found += checks.check_pack(settings.pack)
    found += checks.check_pdf()
    found += await checks.check_port(settings)
    return found
