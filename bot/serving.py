"""From settings to a bot that serves, over HTTP or Socket Mode, and back down again without losing work."""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, nullcontext
from typing import Any, TypeVar

from bot import logs
from bot.app import STOPS, Bot
from bot.background import end
from bot.bootstrap import build_router, build_services
from bot.clock import BusinessClock, real_time
from bot.health import Health, room_for
from bot.pack_files import read_pack
from bot.server import Page, Server, web_app
from bot.settings import Settings, unknown_names
from bot.slack.web_api import NO_TOKEN, SlackSaidNo, TooBusy, Unsure
from bot.socket_mode import SocketMode
from bot.version import version
from bot.workers.evidence_copies import build_copies
from flows.packs import PackError, load_pack
from flows.roadmap import Pack
from storage.database import Database, open_database
from storage.errors import StorageError, may_pass
from storage.sealing import KeyTrouble
from storage.urls import sqlite_path

log = logging.getLogger("cais.serving")
T = TypeVar("T")


class NotServing(Exception):
    """The bot does not serve, or no longer. Exit code 2 where trying again with the same settings is no use."""

    def __init__(self, sentence: str, *, exit_code: int = 2) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is under way. Raises NotServing."""
    logs.set_up(settings.log_level, practice=settings.clock_moved)
    for name in unknown_names():
        log.warning("There is no setting %s.", name, extra={"action": "unknown_setting"})
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    pack = open_pack(settings)
    database = await _before(stop, _opened(settings))
    async with _bot(settings, pack, database, stop) if database else nullcontext() as bot:
        if database is None or bot is None or stop.is_set():
            pass  # told so before it had begun
        elif settings.way == "http":
            async with _served(settings, bot, database, stop):
                await stop.wait()
                await asyncio.sleep(settings.stop_delay)  # whoever looks at /readyz sends nothing more meanwhile
        else:
            await _by_socket_mode(settings, bot, database, stop)
    log.info("Stopped.", extra={"action": "stopped"})


async def _opened(settings: Settings) -> Database:
    """The database, which may be waited for: another program, as a dump, may keep the tables from being migrated."""
    try:
        return await open_database(settings.database)
    except (StorageError, ValueError) as error:
        where = "CAIS_DATABASE_URL and CAIS_DATA_DIR say where the database is."
        raise NotServing(f"{error} {where}", exit_code=_exit_code(error)) from None


@asynccontextmanager
async def _bot(settings: Settings, pack: Pack, database: Database, stop: asyncio.Event) -> AsyncIterator[Bot]:
    clock = BusinessClock(settings.start_at, settings.clock_speed)
    secret, token = settings.slack_signing_secret, settings.slack_bot_token
    async with database:
        await _check_writable(database)
        bot = Bot(
            token=token.reveal() if token else "",
            installations=database.installations(settings.keys) if settings.by_oauth else None,
            signing_secret=secret.reveal() if secret else "",
            router=build_router(),
            services=build_services(
                database,
                pack,
                clock,
                practice=clock.moved,
                check_again_days=settings.check_again_days,
                pack_path=settings.pack,
            ),
            now=real_time,
            api_url=settings.slack_api_url,
            outgoing=settings.outgoing,
            speed=settings.clock_speed,
            copies=build_copies(settings),
        )
        try:
            if await _before(stop, _greet(bot)):
                tune_python()
            yield bot
        finally:
            await bot.stop(STOPS - settings.stop_delay)


async def _check_writable(database: Database) -> None:
    """What may only be read is found out now, and not when somebody's first answer is lost."""
    try:
        await database.must_be_writable()
    except StorageError as error:
        raise NotServing(f"{error} `cais doctor` says more.", exit_code=_exit_code(error)) from None


def _exit_code(error: Exception) -> int:
    return 1 if may_pass(error) else 2


def tune_python() -> None:
    """Sets up this process for serving: once all is loaded, and for good."""
    # The database's thread hands back every few microseconds; at Python's 5 ms a busy loop would let it wait.
    sys.setswitchinterval(0.0005)
    # What is loaded by now stays: looking at it again and again took a sixth of a command's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def open_pack(settings: Settings) -> Pack:
    """The roadmap pack the settings name, or the shipped one. Raises NotServing where it is wrong."""
    try:
        return load_pack(*read_pack(settings.pack))
    except (PackError, OSError, UnicodeDecodeError) as error:
        raise NotServing(f"The roadmap pack cannot be used: {error} `cais pack check` says more.") from None


async def _greet(bot: Bot) -> Bot:
    try:
        await bot.start()
        return bot
    except SlackSaidNo as no:
        raise _refused("SLACK_BOT_TOKEN", no.error) from None
    except (TooBusy, Unsure) as error:
        raise _no_answer(error) from None
    except StorageError as error:
        raise NotServing(str(error), exit_code=_exit_code(error)) from None
    except KeyTrouble as error:
        raise NotServing(str(error)) from None


NO_GOOD = NO_TOKEN - {"org_login_required"} | {"not_allowed_token_type", "missing_scope", "token_invalid"}
"""Slack's words for a token with which no later start would work either."""


def _refused(name: str, error: str) -> NotServing:
    """Whatever is not about the token itself may pass: who is started again may find it so."""
    if error in NO_GOOD:
        return NotServing(f"Slack refuses {name} ({error}). `cais doctor` says what to do.")
    sentence = f"Slack does not take {name} just now ({error}). Start again in a minute; `cais doctor` looks further."
    return NotServing(sentence, exit_code=1)


def _no_answer(error: Exception) -> NotServing:
    return NotServing(f"Slack did not answer ({error}). `cais doctor` looks further.", exit_code=1)


@asynccontextmanager
async def _served(
    settings: Settings, bot: Bot, database: Database, stop: asyncio.Event, line: SocketMode | None = None
) -> AsyncIterator[None]:
    """What is served over HTTP inside the block: Slack's requests where it reaches us so, pages and health."""
    path = sqlite_path(settings.database)
    room = (lambda: room_for(path)) if path else None
    health = Health(bot, stop.is_set, line, now=real_time, room=room, writes=database.must_be_writable)
    site = web_app(
        bot.app if line is None else None,
        ready=health.ready,
        counts=bot.counts,
        gauges=health.gauges,
        more=_oauth_pages(settings, bot),
    )
    server = Server(site, host=settings.host, port=settings.port)
    try:
        port = await server.start()
    except OSError as error:
        todo = "Stop the program that has it, or set CAIS_HOST or CAIS_PORT."
        raise NotServing(f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}). {todo}") from None
    try:
        what = "Listening for Slack at port %s." if line is None else "Pages and health are at port %s."
        log.info(what, port, extra={"action": "started", "way": "http", "version": version()})
        yield
    finally:
        await server.stop()


def _oauth_pages(settings: Settings, bot: Bot) -> Mapping[str, Page]:
    if not (settings.slack_client_id and settings.slack_client_secret and bot.workspaces):
        return {}
    from bot.manifest import read_manifest  # whoever serves one workspace reads no YAML at the start
    from bot.oauth import OAuth

    return OAuth(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.reveal(),
        scopes=read_manifest().scopes,
        installations=bot.workspaces.installations,
        session=bot.session,
        now=real_time,
        arrived=bot.arrived,
        api_url=settings.slack_api_url,
        outgoing=settings.outgoing,
    ).pages()


async def _by_socket_mode(settings: Settings, bot: Bot, database: Database, stop: asyncio.Event) -> None:
    assert settings.slack_app_token is not None, "settings refuse Socket Mode without it"
    line = SocketMode(bot, settings.slack_app_token.reveal())
    try:
        if not await _before(stop, _connect(line)):
            return
        about = {"action": "started", "way": "socket", "version": version()}
        log.info("Connected to Slack by Socket Mode.", extra=about)
        async with _served(settings, bot, database, stop, line) if settings.serves_pages else nullcontext():
            await _either(stop, line.gave_up)
        if line.gave_up.is_set():
            raise NotServing("The connection to Slack was lost and did not come back.", exit_code=1)
    finally:
        await line.stop()


async def _connect(line: SocketMode) -> SocketMode:
    try:
        await line.start()
        return line
    except SlackSaidNo as no:
        raise _refused("SLACK_APP_TOKEN", no.error) from None
    except Unsure as error:
        raise _no_answer(error) from None


async def _before(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """What it came to; None where we were told to stop first, which breaks it off: a start may wait for minutes."""
    doing, told = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({doing, told}, return_when=asyncio.FIRST_COMPLETED)
        came = doing.done()
    finally:
        await end(doing, told)
    # What was opened while it was being broken off is given back, to be closed.
    return doing.result() if came or not (doing.cancelled() or doing.exception()) else None


async def _either(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
