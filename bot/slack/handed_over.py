"""What Slack says of a file that somebody handed over: that it is gone is one thing, that Slack cannot say another."""

from collections.abc import Mapping
from typing import Any

from bot.slack.web_api import NO_TOKEN, NOT_NOW, NotHandedOver, SlackSaidNo, Unsure, WebApi

GONE = frozenset({"file_not_found", "file_deleted", "access_denied"})
"""Slack's words for a file that is not there, or not for us."""

NOT_ABOUT_IT = NOT_NOW | NO_TOKEN | {"ratelimited", "accesslimited", "team_added_to_org"}
"""Words that say nothing of the file: the same file may be had a while later."""


async def describe(slack: WebApi, file: str, *, patience: float = 100.0) -> Mapping[str, Any]:
    """The file, as Slack describes it now. Raises NotHandedOver where it is gone; Unsure or TooBusy where Slack only
    could not say; SlackSaidNo for any other word, `missing_scope` among them."""
    try:
        answer = await slack.call("files.info", {"file": file}, form=True, patience=patience)
    except SlackSaidNo as no:
        if no.error in GONE:
            raise NotHandedOver(no.error) from no
        if no.error in NOT_ABOUT_IT:
            raise Unsure(str(no)) from no
        raise
    return answer.get("file") or {}
