"""Builds the Bolt app and everything round it from plain values; nothing is read from the environment."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.background import LAST_WORDS, Background
from bot.delivery.planner import Planner
from bot.delivery.rounds import Delivery
from bot.errors import OfBolt
from bot.front.answering import Answering
from bot.front.authors import Authors
from bot.front.event_inbox import EventInbox
from bot.front.hearing import Call
from bot.front.middleware import BUDGET, Routing
from bot.front.replays import Replays
from bot.front.signatures import Signatures, SignedRequest
from bot.front.table import Table
from bot.front.turned_away import Known, TurnedAway
from bot.metrics import Counts
from bot.router import Router
from bot.slack.channels import Channels
from bot.slack.installed import NOT_HERE, Installed, ManyWorkspaces, OneWorkspace
from bot.slack.outgoing import STRAIGHT_ON, Outgoing
from bot.slack.people import People
from bot.slack.places import place, slack_id
from bot.slack.standstill import Standstill
from bot.slack.web_api import DEFAULT_URL, WebApi
from bot.surfaces import Publish
from bot.workers.exporter import Exporter
from bot.workers.firm_list_reader import FirmListReader
from bot.workers.keeper import Keeper
from bot.workers.librarian import Librarian
from flows.asked import Owed
from flows.services import Services
from storage.copies import Copies
from storage.errors import StorageError
from storage.installations import Installation, Installations

log = logging.getLogger("cais.app")

INSTALLED = "installed"
"""The kind of letter that whoever added the app is greeted with."""

STOPS = 6.0
"""Seconds for what is under way at a stop. With those of the server it stays within ten: then containers are killed."""

TIMEOUT = 20.0
"""Seconds for one call to Slack, shorter than an event's lease."""


class OneClientApp(AsyncApp):
    """Bolt's app without a new client and logger for every request, which took a tenth of the time of a command.

    They are made per request so that each may have its own token; our listeners never see Bolt's context, and what we
    send goes through `WebApi.of`, which knows whose token it takes.

    Bolt looks at the signature once the body was read. Our own door looks first, by these `signatures`, so that Bolt's
    look is left out, and what comes over HTTP by another way is refused.
    """

    signatures: Signatures

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Hears a request; one over HTTP only as our own door made it."""
        if req.mode == "http" and not isinstance(req, SignedRequest):
            return BoltResponse(status=401, body="")
        return await super().async_dispatch(req)

    def _init_context(self, req: AsyncBoltRequest) -> None:
        req.context["logger"] = self.logger
        req.context["token"] = None
        req.context["client"] = self.client
        req.context["listener_runner"] = self.listener_runner


class Bot:
    """The bot, built but not yet listening: `start` it, feed it by `server` or `socket_mode`, `stop` it."""

    def __init__(
        self,
        *,
        token: str = "",
        installations: Installations | None = None,
        signing_secret: str,
        router: Router,
        services: Services,
        now: Callable[[], float],
        api_url: str = DEFAULT_URL,
        outgoing: Outgoing = STRAIGHT_ON,
        budget: float = BUDGET,
        speed: float = 1.0,
        copies: Copies | None = None,
    ) -> None:
        """Has to be called in a running loop. Works with one token, or with those of the installations.

        `now` is real time in UNIX seconds, never moved for practice; `speed` is how many times as fast as it business
        time runs. Without `copies` no file is kept here, only its digest.
        """
        self._services = services
        self._speed = speed
        # Slack's API needs no cookies, and one that came with a workspace's answer has no business in another's call.
        no_cookies, timeout = aiohttp.DummyCookieJar(), aiohttp.ClientTimeout(total=TIMEOUT)
        self.session = aiohttp.ClientSession(timeout=timeout, cookie_jar=no_cookies)
        self.outgoing = outgoing
        self.workspaces = ManyWorkspaces(installations, now) if installations else None
        self.installed: Installed = self.workspaces or OneWorkspace(token, now)
        self.counts = Counts()
        self.background = Background()
        calling = WebApi(
            self.session, tokens=self.installed, base_url=api_url, outgoing=outgoing, called=self.counts.called
        )
        self.standstill = Standstill(
            calling, services.outbox, now, installed=self.installed, background=self.background
        )
        self.slack = calling.telling(self.standstill.doubted)
        services.asking.came = self.counts.asked
        services.summaries.look = Channels(self.slack).look
        services.left = self._clear_home
        self.people = People(self.slack, services.directory, self.background, now, services.now)
        self.answering = Answering(self.slack, self._redraw_home, lambda call: self.table.answer(call))
        self.planner = Planner(services, self.people, planned=lambda: self.delivery.wake())
        self.table = Table(
            router,
            services,
            people=self.people,
            is_direct=self.answering.is_direct,
            counts=self.counts,
            afterwards=self.planner.wake,
        )
        self.inbox = EventInbox(
            services.inbox,
            table=self.table,
            answering=self.answering,
            background=self.background,
            now=now,
            bot_user=self.installed.bot_user,
        )
        self.delivery = Delivery(
            self.slack,
            services,
            router.letters,
            self.background,
            now,
            standstill=self.standstill,
            caught_up=self.planner.caught_up.wait,
            speed=speed,
        )
        self.standstill.plan = self.planner.catch_up
        self.standstill.gone_on = self.delivery.wake
        self.librarian = Librarian(services, self.slack, now)
        self.copies = copies or Copies(Path(), keeps=False)
        self.keeper = Keeper(services, self.slack, self.copies, now)
        self.exporter = Exporter(services, self.slack, self.background, self.copies)
        self.firm_list_reader = FirmListReader(services, self.slack, self.background, now, speed=speed)
        turned_away = TurnedAway(self.counts)
        routing = Routing(
            table=self.table,
            answering=self.answering,
            inbox=self.inbox,
            background=self.background,
            counts=self.counts,
            standstill=self.standstill,
            people=self.people,
            authors=Authors(self.installed, services.directory),
            replays=Replays(now),
            turned_away=turned_away,
            bot_user=self.installed.bot_user,
            budget=budget,
        )
        self.client = AsyncWebClient(
            token=token or None, base_url=api_url, session=self.session, retry_handlers=[], logger=_logger()
        )
        outgoing.guide(self.client)
        authorize = Known(self.installed.authorize, turned_away)
        self.app = build_app(self.client, authorize, signing_secret, routing)

    def _clear_home(self, tenant: str, person: str) -> None:
        """Somebody was taken off a firm, which stands on their Home until that is drawn anew."""
        theirs = Call(kind="event", name="app_home_opened", tenant=tenant, user=slack_id(person), cause="")
        self.background.start(self._redraw_home(theirs, ""))

    async def _redraw_home(self, call: Call, note: str) -> None:
        answer = await self.table.redraw_home(call, note)
        if isinstance(answer, Publish):
            anew = Call(kind="event", name="app_home_opened", tenant=call.tenant, user=call.user, cause="")
            await self.answering.deliver(anew, answer)

    async def start(self) -> None:
        """Asks Slack who we are and takes up what a crash left.

        Raises SlackSaidNo where the one token is no good, KeyTrouble where those of the installations do not open.
        """
        await self.installed.begin(self.slack)
        await self.standstill.begin()
        if self.workspaces is None:  # with many, whether there is a token is seen when one is needed
            await self.standstill.leave_alone(key.tenant for key in await self._services.events.firm_keys())
        self.inbox.start()
        self.planner.start()
        self.delivery.start()
        self.librarian.start()
        self.keeper.start()

    async def arrived(self, new: Installation) -> bool:
        """The app was added to a workspace by OAuth: what was stopped there goes on, and whoever added it is greeted.

        False where it is installed, and the database was away for the rest. Raises StorageError where it is not.
        """
        assert self.workspaces is not None, "only with OAuth"
        await self.workspaces.arrived(new)
        try:
            await self._welcome(new)
        except StorageError as error:
            about = {"action": "welcome", "workspace": new.tenant, "error": type(error).__name__}
            log.error("what follows from an installation was not done", extra=about)
            return False
        return True

    async def _welcome(self, new: Installation) -> None:
        """An org's installer is not greeted: the app is in none of its workspaces yet."""
        await self.standstill.installed_again(new.tenant)
        if new.installer and not new.for_org:
            at = self._services.now().timestamp()
            who = place(new.tenant, new.installer)
            key = f"installed:{new.installer}"
            await self._services.outbox.owe([Owed(new.tenant, key, "", INSTALLED, who, "", at)])
            self.delivery.wake()

    async def outbox_lag(self) -> float:
        """How many seconds of real time the oldest message that is due has waited. Raises StorageError."""
        due = await self._services.outbox.next_due(after=0.0)
        waited = self._services.now().timestamp() - due if due is not None else 0.0
        return max(0.0, waited / self._speed)

    @property
    def key_missing(self) -> str:
        """Which key this replica lacks to open a workspace's token, in a sentence; empty where it lacks none."""
        return self.installed.key_missing

    async def look_for_key(self) -> str:
        """The same, looked at anew where it lacked one: nobody may ask for that workspace any more."""
        return await self.installed.look_for_key()

    async def stopped_workspaces(self) -> Mapping[str, str]:
        """Those that nothing is sent to, each with the reason. Raises StorageError."""
        return await self._services.outbox.stopped()

    async def stop(self, seconds: float = STOPS) -> None:
        """Finishes what is under way, for at most this long in all, last words included, and hangs up."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds - min(LAST_WORDS, seconds / 3)
        # Beside each other: what one takes, as where the database is in trouble, is not taken from another's time.
        await asyncio.gather(
            self.librarian.stop(),
            self.keeper.stop(),
            self.inbox.stop(),
            self.planner.stop(),
            self.delivery.stop(max(0.0, ends - loop.time())),
        )
        await self.background.drain(max(0.0, ends - loop.time()))
        await self.session.close()


def build_app(client: AsyncWebClient, authorize: AsyncAuthorize, signing_secret: str, routing: Routing) -> OneClientApp:
    """Bolt with its own ssl_check and authorize, then our one middleware and nothing else."""
    with _without_slack_variables():
        app = OneClientApp(
            name="cais",
            logger=_logger(),
            client=AsyncWebClient(
                base_url=client.base_url, session=client.session, retry_handlers=[], logger=client.logger
            ),
            user_facing_authorize_error_message=NOT_HERE,
            authorize=authorize,  # type: ignore[arg-type]  # Bolt takes its own class too, and says so only in code
            signing_secret=signing_secret or "none: Socket Mode only",
            request_verification_enabled=False,
            ignoring_self_events_enabled=False,
            url_verification_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
    app.client.proxy = client.proxy
    app.signatures = Signatures(signing_secret)
    app.use(routing)
    app.error(_no_shape_of_slacks)
    return app


async def _no_shape_of_slacks(error: Exception) -> BoltResponse:
    """Bolt itself stumbled over a body; whatever our listeners raise is answered before it gets here."""
    log.warning("a request could not be read", extra={"action": "unreadable", "error": type(error).__name__})
    return BoltResponse(status=400, body="")


def _logger() -> logging.Logger:
    """A level of its own: at DEBUG slack_sdk writes whole bodies, and with none it builds those lines for nothing."""
    logger = logging.getLogger("cais.slack")
    logger.setLevel(logging.INFO)
    if not logger.filters:
        logger.addFilter(OfBolt())
    return logger


@contextmanager
def _without_slack_variables() -> Iterator[None]:
    """Bolt switches itself to OAuth with file stores where it finds Slack's variables."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("SLACK_")}
    try:
        yield
    finally:
        os.environ.update(hidden)
