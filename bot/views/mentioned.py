"""An entry's words where the record knows people and channels by their ids only."""

from bot.slack.places import channel_mention, mention, slack_id
from flows.events import MemberSet, Record
from flows.history import channel_of


def with_mentions(row: Record, words: str) -> str:
    """The words with a mention where they can only give an id: Slack shows the name of the person or channel."""
    event = row.event
    if channel := channel_of(event):
        return words.replace(slack_id(channel), channel_mention(channel))
    if isinstance(event, MemberSet) and not event.name:
        return words.replace(slack_id(event.person), mention(event.person))
    return words
