"""What Slack says of a file that somebody handed over: that it is gone is one thing, that Slack cannot say another.

A button or a form carries no more than the id of a file, which is a claim as everything in it: the app may see what
others sent it, and whoever names such a file is not to get it.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from bot.slack.web_api import NO_TOKEN, NOT_NOW, NotHandedOver, SlackSaidNo, Unsure, WebApi

GONE = frozenset({"file_not_found", "file_deleted", "access_denied"})
"""Slack's words for a file that is not there, or not for us."""

NOT_ABOUT_IT = NOT_NOW | NO_TOKEN | {"ratelimited", "accesslimited", "team_added_to_org"}
"""Words that say nothing of the file: the same file may be had a while later."""


NOT_THEIRS = "somebody else's"
"""Our own word, among Slack's, for a file that whoever handed it over does not see in Slack, as far as we do."""

MOST_PAGES = 20
"""Of a private channel's members: in one of more than twenty thousand a file of somebody else's is taken for that."""


async def describe(slack: WebApi, file: str, *, by: str, patience: float = 100.0) -> Mapping[str, Any]:
    """The file, as Slack describes it now; `by` is Slack's id of whoever handed it over.

    Raises NotHandedOver where it is gone, or is `NOT_THEIRS`; Unsure or TooBusy where Slack only could not say;
    SlackSaidNo for any other word, `missing_scope` among them.
    """
    found: Mapping[str, Any] = (await _ask(slack, "files.info", {"file": file}, patience)).get("file") or {}
    if not await _sees(slack, found, by, patience):
        raise NotHandedOver(NOT_THEIRS)
    return found


async def _ask(slack: WebApi, method: str, about: Mapping[str, Any], patience: float) -> Mapping[str, Any]:
    try:
        return await slack.call(method, dict(about), form=True, patience=patience)
    except SlackSaidNo as no:
        if no.error in GONE:
            raise NotHandedOver(no.error) from no
        if no.error in NOT_ABOUT_IT:
            raise Unsure(str(no)) from no
        raise


async def _sees(slack: WebApi, file: Mapping[str, Any], person: str, patience: float) -> bool:
    """Whether it is this person's, or stands where they read it: in public, in a private channel that they are in, or
    in their own direct messages with the app, into which they may have passed on what somebody else made."""
    public, private = _places(file)
    if public or file.get("user") in (None, "", person):
        return True
    groups = sorted(place for place in private if not place.startswith("D"))
    looks = [partial(_is_in, slack, group, person, patience) for group in groups]
    if len(groups) < len(private):
        looks.insert(0, partial(_is_theirs, slack, private, person, patience))
    for look in looks:
        with suppress(SlackSaidNo):  # of a place that the app may not look at nobody can say that they are in it
            if await look():
                return True
    return False


async def _is_theirs(slack: WebApi, private: Collection[str], person: str, patience: float) -> bool:
    opened = await _ask(slack, "conversations.open", {"users": person}, patience)
    return (opened.get("channel") or {}).get("id") in private


def _places(file: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Where Slack says that it stands, in public and not. Where it names the messages that show it, these tell which is
    which: an id that begins with C may be a private channel's."""
    shares = file.get("shares") or {}
    there = {str(place) for name in ("channels", "groups", "ims") for place in file.get(name) or ()}
    public = {*map(str, (shares.get("public") or ()) if shares else (file.get("channels") or ()))}
    return public, (there | {*map(str, shares.get("private") or ())}) - public


async def _is_in(slack: WebApi, channel: str, person: str, patience: float) -> bool:
    about = {"channel": channel, "limit": 1000}
    for _ in range(MOST_PAGES):
        page = await _ask(slack, "conversations.members", about, patience)
        if person in (page.get("members") or ()):
            return True
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
        about["cursor"] = cursor
    return False
