"""What a bot may say through a response_url, or in the acknowledgement of a command."""

from __future__ import annotations

from bot.sandbox.chat import as_bot, change, checked_content, remove
from bot.sandbox.slack import Slack
from bot.sandbox.tickets import Ticket
from bot.sandbox.wire import Json, SlackError


def respond(slack: Slack, ticket: Ticket, body: Json, name: str = "response_url") -> None:
    """Does what the body asks: a new message, ephemeral by default, or the original replaced or deleted.

    Works without the app being in the channel. Raises SlackError: no_text, invalid_blocks, thread_ts_not_allowed.
    """
    original = slack.workspace.message(ticket.channel, ticket.message_ts) if ticket.message_ts else None
    if body.get("delete_original") and original:
        remove(slack, original)
        if not body.get("text") and not body.get("blocks"):
            return
    content = checked_content(slack, name, body)
    # A command has no original: what the person typed is not the app's to replace.
    if body.get("replace_original") and original:
        change(slack, original, content)
        return
    public = body.get("response_type") == "in_channel"
    if body.get("thread_ts") and (not public or body.get("replace_original")):
        raise SlackError("thread_ts_not_allowed")
    # An ephemeral message can never become a public one.
    if body.get("replace_original") and not original and ticket.message_ts:
        public = False
    as_bot(slack, ticket.channel, content, body.get("thread_ts"), None if public else ticket.user)
