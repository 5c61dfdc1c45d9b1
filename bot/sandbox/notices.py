"""What Slack itself says to a person when the app did not answer as it must."""

from __future__ import annotations

NOT_A_COMMAND = (
    '{name} is not a valid command. In Slack, all messages that start with the "/" character '
    "are interpreted as commands."
)
NOT_IN_THREADS = "{name} is not supported in threads. Sorry!"
COMMAND_FAILED = '{name} failed with the error "{error}"'
CLICK_FAILED = "⚠ This app responded with an error: {error}. Please try that again."
MODAL_FAILED = "We had some trouble connecting. Try again?"
OPTIONS_FAILED = "The options could not be loaded: {error}."
SHORTCUT_FAILED = "{name} didn't work: {error}."
NOT_CONFIGURED = (
    "This app is not configured to handle interactive responses. Please configure interactivity in its manifest."
)
