"""Builds the Bolt app and everything round it from plain values; nothing is read from the environment."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.answering import Answering
from bot.background import Background
from bot.delivery import Delivery
from bot.errors import WithoutBodies
from bot.event_inbox import EventInbox
from bot.exporter import Exporter
from bot.firm_list_reader import FirmListReader
from bot.hearing import Call
from bot.librarian import Librarian
from bot.metrics import Counts
from bot.middleware import BUDGET, Routing
from bot.people import People
from bot.planner import Planner
from bot.router import Router
from bot.standstill import Standstill
from bot.surfaces import Publish
from bot.table import Table
from bot.web_api import DEFAULT_URL, WebApi
from flows.services import Services

log = logging.getLogger("cais.app")

TIMEOUT = 20.0
"""Seconds for one call to Slack, shorter than an event's lease."""


class OneWorkspace(AsyncAuthorize):
    """Authorizes every request with the one token there is; who we are was asked once, at the start."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.bot_user = ""
        self._bot_id = ""
        self._last: AuthorizeResult | None = None

    def know(self, *, bot_user: str, bot_id: str) -> None:
        """Keep what auth.test said."""
        self.bot_user, self._bot_id, self._last = bot_user, bot_id, None

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult:
        """Bolt asks this for every request."""
        known = self._last
        if known is None or known.enterprise_id != enterprise_id or known.team_id != team_id:
            known = self._last = AuthorizeResult(
                enterprise_id=enterprise_id,
                team_id=team_id,
                bot_user_id=self.bot_user,
                bot_id=self._bot_id,
                bot_token=self._token,
            )
        return known


class OneClientApp(AsyncApp):
    """Bolt's app without a new client and logger for every request, which took a tenth of the time of a command.

    They are made per request so that each may have its own token; there is one token here, and our listeners never
    see Bolt's context. Goes away with the first app that serves several workspaces.
    """

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
        token: str,
        signing_secret: str,
        router: Router,
        services: Services,
        now: Callable[[], float],
        api_url: str = DEFAULT_URL,
        budget: float = BUDGET,
        speed: float = 1.0,
    ) -> None:
        """Has to be called in a running loop. `now` is real time in UNIX seconds, never moved for practice.

        `speed` is how many times as fast as it business time runs.
        """
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))
        self.slack = WebApi(self.session, token=token, base_url=api_url)
        self.counts = Counts()
        self.background = Background()
        self._authorize = OneWorkspace(token)
        self.people = People(self.slack, services.directory, self.background, now, services.now)
        self.answering = Answering(self.slack, self._redraw_home)
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
            bot_user=self.bot_user,
        )
        self.standstill = Standstill(self.slack, services.outbox, now)
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
        self.standstill.gone_on = self.delivery.wake
        self.librarian = Librarian(services, self.slack, now)
        self.exporter = Exporter(services, self.slack, self.background)
        self.firm_list_reader = FirmListReader(services, self.slack, self.background, now)
        routing = Routing(
            table=self.table,
            answering=self.answering,
            inbox=self.inbox,
            background=self.background,
            counts=self.counts,
            bot_user=self.bot_user,
            standstill=self.standstill,
            budget=budget,
        )
        self.client = AsyncWebClient(
            token=token, base_url=api_url, session=self.session, retry_handlers=[], logger=_logger()
        )
        self.app = build_app(self.client, self._authorize, signing_secret, routing)

    def bot_user(self) -> str:
        """The app's own user id, known after `start`."""
        return self._authorize.bot_user

    async def _redraw_home(self, call: Call) -> None:
        answer = await self.table.redraw_home(call)
        if isinstance(answer, Publish):
            anew = Call(kind="event", name="app_home_opened", tenant=call.tenant, user=call.user, cause="")
            await self.answering.deliver(anew, answer)

    async def start(self) -> None:
        """Asks Slack who we are and takes up what a crash left. Raises SlackSaidNo where the token is no good."""
        who = await self.slack.call("auth.test", {}, form=True)
        self._authorize.know(bot_user=str(who.get("user_id", "")), bot_id=str(who.get("bot_id", "")))
        await self.standstill.begin()
        self.inbox.start()
        self.planner.start()
        self.delivery.start()
        self.librarian.start()

    async def stop(self, seconds: float = 10.0) -> None:
        """Finishes what is under way, for at most this long, and hangs up."""
        await self.librarian.stop()
        await self.inbox.stop()
        await self.planner.stop()
        await self.delivery.stop(seconds)
        await self.background.drain(seconds)
        await self.session.close()


def build_app(client: AsyncWebClient, authorize: AsyncAuthorize, signing_secret: str, routing: Routing) -> AsyncApp:
    """Bolt with its own ssl_check, signature check and authorize, then our one middleware and nothing else."""
    with _without_slack_variables():
        app = OneClientApp(
            name="cais",
            logger=_logger(),
            client=AsyncWebClient(
                base_url=client.base_url, session=client.session, retry_handlers=[], logger=client.logger
            ),
            authorize=authorize,  # type: ignore[arg-type]  # Bolt takes its own class too, and says so only in code
            signing_secret=signing_secret or "none: Socket Mode only",
            ignoring_self_events_enabled=False,
            url_verification_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
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
        logger.addFilter(WithoutBodies())
    return logger


@contextmanager
def _without_slack_variables() -> Iterator[None]:
    """Bolt switches itself to OAuth with file stores where it finds Slack's variables."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("SLACK_")}
    try:
        yield
    finally:
        os.environ.update(hidden)
