"""Interactive elements: the ids Slack fills in, what they hold, and what a use of one looks like in a payload."""

from __future__ import annotations

import copy
import secrets
from typing import Any

from bot.sandbox.limits import elements_of
from bot.sandbox.wire import Json, SlackError

VALUE_NAMES: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),
}
"""What each stateful element type calls its value and its first value."""

_NOT_INTERACTIVE = ("image", "mrkdwn", "plain_text")
_COPIED = ("placeholder", "confirm", "initial_option", "initial_date", "initial_time", "style")


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy of the blocks in which every block and every interactive element has an id, as Slack stores them."""
    blocks = copy.deepcopy(blocks)
    for block in blocks:
        block.setdefault("block_id", secrets.token_urlsafe(4))
    for _, element in elements_of(blocks):
        if element.get("type") not in _NOT_INTERACTIVE and not str(element.get("type")).startswith("rich_text_"):
            element.setdefault("action_id", secrets.token_urlsafe(4))
    return blocks


def find_element(blocks: list[Json], block_id: str, action_id: str) -> tuple[Json, Json]:
    """The block and the element a person used. Raises SlackError no_such_element."""
    for block, element in elements_of(blocks):
        if block.get("block_id") == block_id and element.get("action_id") == action_id:
            return block, element
    raise SlackError("no_such_element")


def first_values(blocks: list[Json], kept: Json | None = None) -> Json:
    """state.values of blocks nobody has touched; values in ``kept`` under the same ids and type stay."""
    values: Json = {}
    for block, element in elements_of(blocks):
        names = VALUE_NAMES.get(element.get("type", ""))
        if names is None or "action_id" not in element:
            continue
        empty: Any = [] if names[0].endswith("s") else None
        value = {"type": element["type"], names[0]: element.get(names[1], empty)}
        old = (kept or {}).get(block["block_id"], {}).get(element["action_id"])
        if old and old["type"] == element["type"]:
            value = old
        values.setdefault(block["block_id"], {})[element["action_id"]] = value
    return values


def chosen(element: Json, given: Json, offered: list[Json] | None = None) -> Json:
    """What the person chose, checked against what the element offers, under Slack's name for it.

    An option may be given whole or by its value. Raises SlackError no_such_option.
    """
    kind = element["type"]
    if kind == "button" or kind == "icon_button":
        return {"value": element["value"]} if "value" in element else {}
    if kind == "feedback_buttons":
        buttons = [element["positive_button"], element["negative_button"]]
        picked = next((button for button in buttons if button["value"] == given.get("value")), None)
        if picked is None:
            raise SlackError("no_such_option")
        return {"value": picked["value"], "text": picked["text"]}
    name = "selected_option" if kind == "overflow" else VALUE_NAMES[kind][0]
    value = given.get(name)
    options = _options(element) if kind not in ("external_select", "multi_external_select") else offered
    if name == "selected_option" and value is not None:
        value = _option(value, options)
    elif name == "selected_options":
        value = [_option(each, options) for each in value or []]
    return {name: value}


def action_of(element: Json, block_id: str, given: Json, action_ts: str, offered: list[Json] | None = None) -> Json:
    """The entry of ``actions`` for a use of an element."""
    kept = {name: element[name] for name in _COPIED if name in element}
    if element["type"] in ("button", "icon_button") and "text" in element:
        kept["text"] = element["text"]
    ids = {"action_id": element["action_id"], "block_id": block_id, "type": element["type"], "action_ts": action_ts}
    return {**ids, **kept, **chosen(element, given, offered)}


def _options(element: Json) -> list[Json]:
    groups = element.get("option_groups")
    return [o for group in groups for o in group["options"]] if groups else element.get("options") or []


def _option(given: Any, options: list[Json] | None) -> Json:
    value = given.get("value") if isinstance(given, dict) else given
    for option in options or []:
        if option["value"] == value:
            return option
    if options is None and isinstance(given, dict):
        return given
    raise SlackError("no_such_option")
