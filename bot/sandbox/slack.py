"""One pretend Slack: the workspace, its rules and the way to the bot, put together."""

from __future__ import annotations

from bot.sandbox.changes import Changes
from bot.sandbox.delivery import VERIFICATION_TOKEN, Delivery
from bot.sandbox.faults import Faults
from bot.sandbox.hiding import Hiding
from bot.sandbox.http_events import HttpTransport
from bot.sandbox.oauth import OAuth
from bot.sandbox.options import Options
from bot.sandbox.persistence import MemoryStore, SqliteStore
from bot.sandbox.practice import Practice
from bot.sandbox.rates import Rates
from bot.sandbox.socket_mode import SocketTransport
from bot.sandbox.tickets import Tickets
from bot.sandbox.traffic import Traffic
from bot.sandbox.triggers import Triggers
from bot.sandbox.wire import Json
from bot.sandbox.wording import Wording
from bot.sandbox.workspace import BOT_USER, Workspace


class Slack:
    """Everything the Web API methods and the people's actions work on."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.base_url = ""
        self.changes = Changes()
        self.workspace = Workspace(SqliteStore(options.data_dir) if options.data_dir else MemoryStore(), self.changes)
        self.triggers = Triggers(options.trigger_seconds)
        self.tickets = Tickets(options.response_url_uses, options.response_url_seconds)
        self.oauth = OAuth(self)
        self.rates = Rates(enabled=options.rates)
        self.faults = Faults()
        self.practice = Practice(options.control_url, self.changes)
        hiding = Hiding(*options.secrets, VERIFICATION_TOKEN)
        self.traffic = Traffic(self.changes, Wording(self.workspace), hiding)
        self.uploads: dict[str, Json] = {}
        """Files the app announced and has not completed, by the last part of their address."""
        self.socket = SocketTransport(options, self.faults, self.changes, self.traffic)
        self.http = HttpTransport(options)
        transport = self.http if options.bot_url else self.socket
        self.delivery = Delivery(options, self.traffic, transport, self.workspace.team["id"])

    def event(self, subscription: str, event: Json, event_id: str | None = None) -> str | None:
        """Sends an event if the app subscribed to it and has its scope; the event id, or None when Slack would not."""
        refusal = self.options.manifest.event_is_sent(subscription)
        if refusal:
            says = f"Slack does not tell the bot of {subscription}"
            self.traffic.note("events_api", subscription, says, event, refused=refusal, direction="to_bot")
            return None
        channel = self.workspace.channels.get(str(event.get("channel")), {})
        return self.delivery.event(event, event_id, shared=bool(channel.get("is_ext_shared")))

    def message_event(self, channel: Json, event: Json) -> None:
        """Tells the app about a message, if it is in the channel and listens to channels of this kind."""
        kind = "im" if channel["is_im"] else "group" if channel["is_private"] else "channel"
        name = f"message.{kind if kind == 'im' else kind + 's'}"
        if BOT_USER in channel["members"] and name in self.options.manifest.events:
            whole = {"channel": channel["id"], "channel_type": kind, "event_ts": self.workspace.new_ts(), **event}
            self.event(name, {"type": "message", **whole})

    async def close(self) -> None:
        """Stops deliveries and lets go of connections and the data file."""
        await self.delivery.stop()
        await self.http.close()
        self.workspace.close()
