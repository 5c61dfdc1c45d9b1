"""An entry's words where the record knows people and channels by their ids only."""

from collections.abc import Mapping

from bot.slack.places import channel_mention, mention, slack_id
from flows.events import MemberSet, Record
from flows.history import NO_ROWS, channels_of


def with_mentions(row: Record, words: str, rows: Mapping[int, Record] = NO_ROWS) -> str:
    """The words with a mention where they can only give an id: Slack shows the name of the person or channel.

    `rows` are the firm's rows by sequence, for an undo that names what it is about.
    """
    event = row.event
    for channel in channels_of(row, rows):
        words = words.replace(slack_id(channel), channel_mention(channel))
    if isinstance(event, MemberSet) and not event.name:
        return words.replace(slack_id(event.person), mention(event.person))
    return words
