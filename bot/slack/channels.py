"""What Slack says of a channel before anything is posted there: what it is called, and whether we may."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from bot.slack.places import slack_id
from bot.slack.web_api import SlackSaidNo, TooBusy, Unsure, WebApi
from flows.summaries.posting import SHARED, UNSEEN, Seen

log = logging.getLogger("cais.channels")

A_LOOK = 1.0
"""Seconds that somebody who sets a summary up may wait for it."""


def is_shared(channel: Mapping[str, Any]) -> bool:
    """Whether people of another company are in it, or are about to be (Slack Connect)."""
    return any(channel.get(name) for name in ("is_ext_shared", "is_pending_ext_shared"))


class Channels:
    """Asks Slack about one channel, and waits for a moment only: nothing depends on the answer but what is said."""

    def __init__(self, slack: WebApi) -> None:
        self._slack = slack

    async def look(self, tenant: str, channel: str) -> Seen:
        """What is known of it; `UNSEEN` where Slack does not say in time."""
        where = {"channel": slack_id(channel)}
        try:
            async with asyncio.timeout(A_LOOK):
                found = await self._slack.of(tenant).call("conversations.info", where, form=True, patience=0.0)
        except SlackSaidNo as no:
            return Seen(why=no.error) if no.error == "channel_not_found" else UNSEEN
        except (TooBusy, Unsure, TimeoutError) as error:
            log.info("not looked at", extra={"action": "channel", "error": type(error).__name__})
            return UNSEEN
        return _seen(found.get("channel") or {})


def _seen(channel: Mapping[str, Any]) -> Seen:
    name = str(channel.get("name") or "")
    if channel.get("is_archived"):
        return Seen(name, "is_archived")
    if channel.get("is_member") is False:
        return Seen(name, "not_in_channel")
    return Seen(name, SHARED if is_shared(channel) else "")
