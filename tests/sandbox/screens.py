"""Blocks and views that several of these tests send."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(action_id: str, value: str = "1", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "value": value, "text": plain(action_id), **more}


def actions(*elements: Json, block_id: str = "do") -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def option(value: str) -> Json:
    return {"text": plain(value), "value": value}


def menu(action_id: str, *values: str, **more: Any) -> Json:
    return {"type": "static_select", "action_id": action_id, "options": [option(v) for v in values], **more}


def text_input(block_id: str = "name", **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "value", **more.pop("element", {})}
    return {"type": "input", "block_id": block_id, "label": plain("Name"), "element": element, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    title, submit = plain("Your name"), plain("Send")
    return {
        "type": "modal",
        "callback_id": "name",
        "title": title,
        "submit": submit,
        "blocks": list(blocks or [text_input()]),
        **more,
    }


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": list(blocks or [section("Home")])}
