"""What listeners hand back: messages, modals and Homes as values, and where each one goes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.actions import Carried

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is what phones show and screen readers say: a sentence that says the same as the blocks."""

    text: str
    blocks: Sequence[Block] = ()


@dataclass(frozen=True, slots=True)
class Modal:
    """A modal. `carried` comes back with its submission; a modal without `submit` only shows something."""

    title: str
    blocks: Sequence[Block]
    carried: Carried
    submit: str = ""
    close: str = "Cancel"


@dataclass(frozen=True, slots=True)
class Home:
    """A person's App Home. `page` is the page of firms that is shown, so that it is drawn anew there."""

    blocks: Sequence[Block]
    page: int = 0


@dataclass(frozen=True, slots=True)
class Say:
    """A new message: ephemeral where it was asked for in a channel, plain in a DM."""

    message: Message


@dataclass(frozen=True, slots=True)
class Replace:
    """The message clicked, or a modal was opened from, becomes this. From Home: said in the DM, Home redrawn."""

    message: Message


@dataclass(frozen=True, slots=True)
class Redraw:
    """A Replace that is drawn once Slack has its ack, which says no more than that the click was recorded."""

    draw: Callable[[], Message]


@dataclass(frozen=True, slots=True)
class Open:
    """A modal opens; where one is open already it goes on top."""

    modal: Modal


@dataclass(frozen=True, slots=True)
class Swap:
    """The open modal turns into this one."""

    modal: Modal


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """The modal stays, what was typed stays, and each named block (block_id) shows its sentence."""

    sentences: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Publish:
    """The person's Home is drawn anew."""

    home: Home


@dataclass(frozen=True, slots=True)
class Prompts:
    """Suggested prompts for the agent view, title and message each; four at most."""

    prompts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Options:
    """Choices for a select that asks while one types: label and value each, a hundred at most."""

    options: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing to show."""


Answer = Say | Replace | Redraw | Open | Swap | FieldErrors | Publish | Prompts | Options | Quiet
