"""Finds out whether a message arrived whose receipt was lost: by the keys in its metadata, read in the conversation."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.delivery.posting import ELSEWHERE, NotSent
from bot.slack.places import is_channel, slack_id
from bot.slack.web_api import SlackSaidNo, TooBusy, Unsure, WebApi
from bot.surfaces import Letter
from flows.asked import Owed

Json = dict[str, Any]
OWED = "cais_owed"
"""The event_type of the metadata that such messages carry, with the keys of what stands in them."""

HASH = 10
"""Hex digits of a key's hash."""

PAGE = 200
MOST_PAGES = 20
APART = 300.0
"""Seconds that our clock and Slack's may be apart."""

A_DAY = 24 * 3600.0
"""Seconds for which a conversation that cannot be read is waited for; then it is sent without looking."""

LOOK_AGAIN = 60.0

IN_DOUBT = "may_have_arrived"
"""Our own word, among Slack's, for a message in a channel that we may not read."""

NOBODY = frozenset({"user_not_found", "user_disabled", "user_not_visible", "cannot_dm_bot"})
"""Slack's words for a person with whom there is no conversation: nothing can have arrived there."""


def short(key: str) -> str:
    """A key as it travels in a message: many fit in one."""
    return hashlib.sha256(key.encode()).hexdigest()[:HASH]


def metadata(owed: Sequence[Owed]) -> Json:
    """What a message carries about what is owed."""
    return {"event_type": OWED, "event_payload": {"keys": " ".join(short(o.key) for o in owed)}}


class Arrivals:
    """Looks only for what was taken up before. `now` is real time in UNIX seconds."""

    def __init__(self, slack: WebApi, now: Callable[[], float]) -> None:
        self._slack = slack
        self._now = now

    async def look(self, owed: Sequence[Owed], letter: Letter | None) -> Mapping[str, str]:
        """The message in which each of these keys stands already, for those that do.

        Raises NotSent where the conversation cannot be read now, until a day has gone by since it was first taken up.
        """
        since = min((o.first_taken for o in owed if o.first_taken), default=0.0) or self._now()
        try:
            return await self._find(owed, letter, since - APART)
        except SlackSaidNo as no:
            if no.error in NOBODY:
                return {}
            if no.error == "missing_scope" and is_channel(owed[0].person):
                # We never ask for the right to read channels. Said once too seldom is better there than twice.
                raise SlackSaidNo("conversations.history", IN_DOUBT) from no
            self._wait(since, LOOK_AGAIN)
        except TooBusy as error:
            self._wait(since, error.seconds)
        except Unsure:
            self._wait(since, LOOK_AGAIN)
        return {}

    async def _find(self, owed: Sequence[Owed], letter: Letter | None, oldest: float) -> Mapping[str, str]:
        if letter and letter.channel:
            try:
                return await self._read(owed, letter.channel, letter.thread, oldest)
            except SlackSaidNo as no:
                if no.error not in ELSEWHERE or is_channel(owed[0].person):
                    raise
        if is_channel(owed[0].person):  # nobody has direct messages with a channel: it would seem to hold nothing
            return await self._read(owed, slack_id(owed[0].person), "", oldest)
        # It is there, too, that it was sent where the conversation it was for is none of ours, or its thread is gone.
        return await self._read(owed, await self._dm(owed[0]), "", oldest)

    def _wait(self, since: float, seconds: float) -> None:
        if self._now() - since < A_DAY:
            raise NotSent(self._now() + max(seconds, 1.0))

    async def _dm(self, owed: Owed) -> str:
        where = {"users": slack_id(owed.person)}
        opened = await self._slack.of(owed.tenant).call("conversations.open", where, patience=0.0)
        return str(opened["channel"]["id"])

    async def _read(self, owed: Sequence[Owed], channel: str, thread: str, oldest: float) -> Mapping[str, str]:
        wanted = {short(o.key): o.key for o in owed}
        method, where = "conversations.history", {"channel": channel, "oldest": f"{oldest:.6f}"}
        if thread:
            method, where = "conversations.replies", {"channel": channel, "ts": thread}
        found: dict[str, str] = {}
        cursor = ""
        for _ in range(MOST_PAGES):
            asked = {**where, "limit": PAGE, "include_all_metadata": True, **({"cursor": cursor} if cursor else {})}
            page = await self._slack.of(owed[0].tenant).call(method, asked, form=True, patience=0.0)
            for message in page.get("messages") or ():
                at = f"{channel}/{message.get('ts', '')}"
                found |= {wanted[k]: at for k in keys_in(message) if k in wanted}
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor or len(found) == len(wanted):
                break
        return found


def keys_in(message: Mapping[str, Any]) -> Sequence[str]:
    """The short keys of what stands in a message of ours, by its metadata."""
    said = message.get("metadata") or {}
    if said.get("event_type") != OWED:
        return ()
    payload = said.get("event_payload") or {}
    # Messages of an earlier version carry the one key as it is.
    return [short(payload["key"])] if payload.get("key") else str(payload.get("keys", "")).split()
