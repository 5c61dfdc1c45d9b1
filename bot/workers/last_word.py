"""The last word in a message that told of progress: what is said on the way may be dropped, this may not."""

import logging

from bot.front.answering import NO_UNFURLING, content
from bot.slack.web_api import SlackSaidNo, TooBusy, Unsure, WebApi
from bot.surfaces import Message

log = logging.getLogger("cais.last_word")

PATIENCE = 40.0
"""Seconds for which we wait where Slack asks for it."""


async def say_last(slack: WebApi, user: str, channel: str, ts: str, message: Message) -> None:
    """Puts it into the message; where there is none, or Slack does not take the change, says it anew, for `user`."""
    said = content(message)
    if channel and ts and await _changed(slack, {"channel": channel, "ts": ts, **said}):
        return
    where = {"channel": channel or user, **NO_UNFURLING, **said}
    try:
        await slack.call("chat.postMessage", where, patience=PATIENCE)
    except (SlackSaidNo, TooBusy, Unsure) as error:
        log.warning("a last word was not said", extra={"action": "last_word", "error": str(error)})


async def _changed(slack: WebApi, change: dict[str, object]) -> bool:
    for _ in range(2):  # sent twice it says the same, so an answer that got lost is no reason not to
        try:
            await slack.call("chat.update", change, patience=PATIENCE)
            return True
        except Unsure:
            continue
        except (SlackSaidNo, TooBusy):
            break
    return False
