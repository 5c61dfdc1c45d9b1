"""The shapes that cross the wire, and the errors by which Slack says no."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A refusal by the name Slack gives it, for example ``not_in_channel``; ``extra`` joins the answer as it is."""

    def __init__(self, error: str, *, messages: list[str] | None = None, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra: Json = dict(extra)
        if messages:
            self.extra["response_metadata"] = {"messages": messages}

    def answer(self) -> Json:
        """The body of the answer to the bot."""
        return {"ok": False, "error": self.error, **self.extra}
