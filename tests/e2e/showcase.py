"""One of each: the blocks and elements of Slack that the page draws, as a message and as a modal."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

NOON = 1_780_329_600
"""June 1, 2026, 16:00 UTC: noon in New York, five in the afternoon in London."""


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def options(*names: str) -> list[Json]:
    return [{"text": plain(name), "value": name.lower()} for name in names]


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def rich_section(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def rich_item(text: str) -> Json:
    return rich_section({"type": "text", "text": text})


def rich_list(style: str, *texts: str, **more: int) -> Json:
    return {"type": "rich_text_list", "style": style, "elements": [rich_item(text) for text in texts], **more}


MRKDWN = (
    "*bold* _italic_ ~gone~ `code` <https://example.com|a link> :tada: :wave::skin-tone-3: :no_such_emoji:\n"
    "<@U0BEN> in <#C0COMPL> writes to help@example.com & co.\n"
    f"<!date^{NOON}^{{date_short}} at {{time}}|then>\n"
    "> quoted\n> twice\n```\na < b\n```\n>>> to the end\nof it all"
)

RICH = rich(
    rich_section(
        {"type": "text", "text": "Rich ", "style": {"bold": True}},
        {"type": "emoji", "name": "rocket"},
        {"type": "user", "user_id": "U0ANA"},
        {"type": "link", "url": "https://example.com", "text": "there"},
    ),
    rich_list("bullet", "first point", "second point"),
    rich_list("ordered", "then", "and then", offset=2),
    {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said somebody"}]},
    {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "as  it  is"}]},
)

TABLE = {
    "type": "table",
    "column_settings": [{"is_wrapped": True}, {"align": "right"}, {"align": "center"}],
    "rows": [
        [{"type": "raw_text", "text": text} for text in ("Firm", "Done", "Next")],
        [
            {"type": "raw_text", "text": "Apex"},
            {"type": "raw_number", "value": 7},
            rich(rich_section({"type": "text", "text": "Step 4", "style": {"bold": True}})),
        ],
    ],
}

FEEDBACK = {
    "type": "feedback_buttons",
    "action_id": "vote",
    "positive_button": {"text": plain("Helpful"), "value": "up"},
    "negative_button": {"text": plain("Not helpful"), "value": "down"},
}

CONFIRM = {
    "title": plain("Sure?"),
    "text": mrkdwn("It *cannot* wait."),
    "confirm": plain("Go on"),
    "deny": plain("Stay"),
}

MENU = {"type": "overflow", "action_id": "more", "options": options("Open", "Archive")}

MARKDOWN = "## Markdown\n\n1. one\n2. **two**\n\n- [x] \\<Inc\\> \\& \\*Co\\*\n\n| a | b |\n|---|---|\n| c | d |"


def buttons() -> Json:
    ask = {"type": "button", "action_id": "ask", "text": plain("Ask first"), "style": "danger", "confirm": CONFIRM}
    kind = {"type": "static_select", "action_id": "kind", "placeholder": plain("Kind"), "options": options("Paper")}
    due = {"type": "datepicker", "action_id": "due", "initial_date": "2026-06-01"}
    private = {"type": "button", "action_id": "bens", "text": plain("For Ben alone"), "visible_to_user_ids": ["U0BEN"]}
    return {"type": "actions", "block_id": "buttons", "elements": [ask, kind, due, private]}


def message(picture: str) -> list[Json]:
    """What stands in messages; `picture` is the address of one on this machine."""
    elsewhere = {"type": "image", "image_url": "https://pictures.example.com/1.png", "alt_text": "A far picture"}
    fields = [mrkdwn("*Owner*\nAna"), plain("Due\nnever")]
    return [
        {"type": "header", "text": plain("Everything :tada:")},
        {"type": "section", "text": mrkdwn(MRKDWN), "accessory": MENU, "fields": fields},
        {"type": "divider"},
        {"type": "context", "elements": [elsewhere, mrkdwn("a note in *small* print")]},
        RICH,
        {"type": "markdown", "text": MARKDOWN},
        TABLE,
        {"type": "image", "image_url": picture, "alt_text": "A red dot", "title": plain("Progress")},
        buttons(),
        {"type": "context_actions", "elements": [FEEDBACK]},
    ]


def _input(name: str, kind: str, *, optional: bool = True, **more: Any) -> Json:
    element = {"type": kind, "action_id": "value", **more}
    return {"type": "input", "block_id": name, "label": plain(name), "optional": optional, "element": element}


def modal() -> Json:
    """Every input there is, all empty, none required but the first."""
    kinds = options("Paper", "Phone", "Portal")
    groups = [{"label": plain("Kinds"), "options": kinds}]
    blocks = [
        _input("Words", "plain_text_input", optional=False, max_length=10),
        _input("Lines", "plain_text_input", multiline=True),
        _input("Mail", "email_text_input"),
        _input("Address", "url_text_input"),
        _input("Number", "number_input", is_decimal_allowed=False, max_value="9"),
        _input("Day", "datepicker"),
        _input("Hour", "timepicker", timezone="Europe/London"),
        _input("Moment", "datetimepicker"),
        _input("One", "static_select", option_groups=groups),
        _input("Some", "multi_static_select", options=kinds, max_selected_items=2),
        _input("Found", "external_select", min_query_length=0),
        _input("Person", "users_select"),
        _input("People", "multi_users_select"),
        _input("Channel", "channels_select"),
        _input("Channels", "multi_channels_select"),
        _input("Place", "conversations_select", default_to_current_conversation=True),
        _input("Places", "multi_conversations_select"),
        _input("Radio", "radio_buttons", options=kinds),
        _input("Boxes", "checkboxes", options=kinds),
        _input("Rich", "rich_text_input"),
        _input("Proof", "file_input", filetypes=["txt", "png"], max_files=1),
    ]
    texts = {"title": plain("Everything"), "submit": plain("Save"), "close": plain("Cancel")}
    return {"type": "modal", "callback_id": "everything", "blocks": blocks, **texts}
