"""What people type becomes what Slack sends (escapes, mentions, links), and whom a message would notify."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.sandbox.wire import Json

_TYPED = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|<#([CG][A-Z0-9]+)(?:\|[^>]*)?>|(https?://[^\s<>|]+)")
_NOTIFYING = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|<!(channel|here|everyone|subteam\^[A-Z0-9]+)(?:\|[^>]*)?>")


def escape(text: str) -> str:
    """The three characters Slack escapes in every text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed_text(text: str, users: dict[str, Json], channels: dict[str, Json], *, named: bool = False) -> str:
    """A person's words as Slack hands them on: mentions as ids (and names when ``named``), links, the rest escaped."""
    result, end = [], 0
    for match in _TYPED.finditer(text):
        user, channel, link = match.groups()
        known = link or user in users or channel in channels
        if not known:
            continue
        result.append(escape(text[end : match.start()]))
        if link:
            result.append(f"<{escape(link)}>")
        elif user:
            result.append(f"<@{user}|{users[user]['name']}>" if named else f"<@{user}>")
        else:
            result.append(f"<#{channel}|{channels[channel]['name'] if named else ''}>")
        end = match.end()
    return "".join(result) + escape(text[end:])


def plain_text(text: str, users: dict[str, Json], channels: dict[str, Json]) -> str:
    """A command's text when ``should_escape`` is off: names instead of ids, nothing escaped."""

    def name(match: re.Match[str]) -> str:
        user, channel, link = match.groups()
        if user in users:
            return f"@{users[user]['name']}"
        return f"#{channels[channel]['name']}" if channel in channels else link or match.group(0)

    return _TYPED.sub(name, text)


def mentioned_users(text: str) -> set[str]:
    """The ids of the people mentioned in a text."""
    return {match.group(1) for match in _NOTIFYING.finditer(text) if match.group(1)}


def notifies(message: Json) -> list[str]:
    """Whom a message would notify: user ids, ``!channel`` and its like; empty when nobody."""
    found: set[str] = set()
    for text in (message.get("text") or "", *_mrkdwn_in(message.get("blocks") or [])):
        for match in _NOTIFYING.finditer(text):
            found.add(match.group(1) or f"!{match.group(2)}")
    found |= set(_rich_mentions(message.get("blocks") or []))
    return sorted(found)


def _mrkdwn_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "markdown") and isinstance(value.get("text"), str):
            yield value["text"]
        for child in value.values():
            yield from _mrkdwn_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from _mrkdwn_in(child)


def _rich_mentions(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") == "user" and "user_id" in value:
            yield value["user_id"]
        if value.get("type") == "broadcast" and "range" in value:
            yield f"!{value['range']}"
        for child in value.values():
            yield from _rich_mentions(child)
    elif isinstance(value, list):
        for child in value:
            yield from _rich_mentions(child)
