"""What listeners hand back: messages, modals and Homes as values, and where each one goes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from bot.actions import Carried

Block = dict[str, Any]


class Message(msgspec.Struct, frozen=True):
    """`text` is what phones show and screen readers say: a sentence that says the same as the blocks."""

    text: str
    blocks: Sequence[Block] = ()


class Modal(msgspec.Struct, frozen=True):
    """A modal. `carried` comes back with its submission; a modal without `submit` only shows something."""

    title: str
    blocks: Sequence[Block]
    carried: Carried
    submit: str = ""
    close: str = "Cancel"


class Home(msgspec.Struct, frozen=True):
    """A person's App Home. `place` says what of it is shown, so that it is drawn anew there; empty for the first."""

    blocks: Sequence[Block]
    place: str = ""


class Say(msgspec.Struct, frozen=True):
    """A new message: ephemeral where it was asked for in a channel, plain in a DM.

    `threaded`: in a DM, below the message that asked for it. `quiet`: for this moment only, ephemeral in a DM too.
    """

    message: Message
    threaded: bool = False
    quiet: bool = False


class Bar(msgspec.Struct, frozen=True):
    """A bar of a picture: what it is of, what is said beside it, and how many tasks are done, wait and are left."""

    label: str
    said: str
    done: int = 0
    waiting: int = 0
    left: int = 0


class Picture(msgspec.Struct, frozen=True):
    """How far something is, in bars: `across` beside each other, else one below the other. `alt` says the same."""

    alt: str
    bars: tuple[Bar, ...]
    across: bool = False
    more: str = ""


class Letter(msgspec.Struct, frozen=True):
    """A message that is owed to somebody: below what was said in this thread of this DM, else at the end of theirs.

    `whisper` is a channel's thread where the person asked: the same is shown there too, for them only and if it can be.
    With `instead_of` it takes the place of a message of ours, `D123/1700000000.000100`, and nothing new is posted.
    """

    message: Message
    channel: str = ""
    thread: str = ""
    whisper: tuple[str, str] | None = None
    instead_of: str = ""
    inside: bool = False
    """Only to a channel that nobody of another company is in."""
    anew: bool = False
    """Where the message it takes the place of is gone, it is posted as a new one."""
    picture: Picture | None = None
    """Shown below the heading, the first two blocks, where it can be had."""


class Outside(msgspec.Struct, frozen=True):
    """Instead of a letter only for the workspace's own channels: what of it others may read too, and its keys."""

    letter: Letter | None
    keys: tuple[str, ...]


class Written(msgspec.Struct, frozen=True):
    """What became of all that one person is owed at one time.

    A letter; the keys of what need not be said any more; and of what is not to be said yet, as it turns out. `outside`:
    where the channel is not the workspace's own, and a part of it may be read there; all else is refused then. `zone`:
    the one of which it names a day.
    """

    letter: Letter | None
    needless: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    outside: Outside | None = None
    zone: str = ""


class Replace(msgspec.Struct, frozen=True):
    """The message clicked, or a modal was opened from, becomes this; so does the Home, where it can stand there."""

    message: Message


class Redraw(msgspec.Struct, frozen=True):
    """A Replace that is drawn once Slack has its ack, which says no more than that the click was recorded."""

    draw: Callable[[], Message]


class Open(msgspec.Struct, frozen=True):
    """A modal opens; where one is open already it goes on top."""

    modal: Modal


class Swap(msgspec.Struct, frozen=True):
    """The open modal turns into this one."""

    modal: Modal


class FieldErrors(msgspec.Struct, frozen=True):
    """The modal stays, what was typed stays, and each named block (block_id) shows its sentence."""

    sentences: Mapping[str, str]


class Publish(msgspec.Struct, frozen=True):
    """The person's Home is drawn anew.

    `anew` draws the same once more, as things are then: several clicks at once cross on their way to Slack.
    """

    home: Home
    anew: Callable[[], Awaitable[Home]] | None = None


class Prompts(msgspec.Struct, frozen=True):
    """Suggested prompts for the agent view, title and message each; four at most."""

    prompts: Sequence[tuple[str, str]]


class Options(msgspec.Struct, frozen=True):
    """Choices for a select that asks while one types: label and value each, a hundred at most."""

    options: Sequence[tuple[str, str]]


class Quiet(msgspec.Struct, frozen=True):
    """Nothing to show."""


Answer = Say | Replace | Redraw | Open | Swap | FieldErrors | Publish | Prompts | Options | Quiet
