"""What the channels of a record are called, asked of Slack: an examiner cannot look an id up."""

from collections.abc import Iterable, Mapping
from itertools import islice

from bot.slack.places import slack_id
from bot.slack.web_api import SlackSaidNo, TooBusy, Unsure, WebApi

MOST = 30
"""Channels that are asked about for one file; Slack takes about fifty such questions a minute."""

READ_BY_PEOPLE = ("packet", "xlsx", "csv")
"""The formats in which a channel is called by its name, too."""


async def channel_names(channels: Iterable[str], slack: WebApi) -> Mapping[str, str]:
    """By our ids, those that the app may look at; no more than `MOST` are asked about, the first ones."""
    names: dict[str, str] = {}
    for channel in islice(channels, MOST):
        try:
            found = await slack.call("conversations.info", {"channel": slack_id(channel)}, form=True, patience=0.0)
        except SlackSaidNo:
            continue  # it is gone, or private and the app is not in it
        except (TooBusy, Unsure):
            break  # an id says as much; nobody waits for a name
        if name := str((found.get("channel") or {}).get("name") or ""):
            names[channel] = name
    return names
