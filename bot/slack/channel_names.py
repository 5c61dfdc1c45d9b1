"""What the channels of a record are called, asked of Slack: an examiner cannot look an id up."""

import msgspec

from bot.slack.places import slack_id
from bot.slack.web_api import SlackSaidNo, TooBusy, Unsure, WebApi
from flows.exports.record import Export
from flows.history import channel_of

MOST = 30
"""Channels that are asked about for one file; Slack takes about fifty such questions a minute."""

READ_BY_PEOPLE = ("packet", "xlsx", "csv")


async def with_channel_names(export: Export, slack: WebApi) -> Export:
    """The same record; in files that people read, with the names of channels that the app may look at."""
    if export.format not in READ_BY_PEOPLE:
        return export
    named = (channel_of(row.event) for firm in export.firms for row in reversed(firm.rows))
    names: dict[str, str] = {}
    for channel in list(dict.fromkeys(filter(None, named)))[:MOST]:
        try:
            found = await slack.call("conversations.info", {"channel": slack_id(channel)}, form=True, patience=0.0)
        except SlackSaidNo:
            continue  # it is gone, or private and the app is not in it
        except (TooBusy, Unsure):
            break  # an id says as much; nobody waits for a name
        if name := str((found.get("channel") or {}).get("name") or ""):
            names[channel] = name
    return msgspec.structs.replace(export, channels=names)
