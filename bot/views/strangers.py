"""What somebody of another company reads in a shared channel, of whom we know no workspace with the app in it."""

from bot.surfaces import Message
from bot.views.blocks import context, section
from bot.views.questions import in_general
from flows.asking import Reply
from flows.questions.answer import Refused
from flows.roadmap import Pack

NOT_YOURS = "I know of no workspace of yours with this app in it"

FOR_MORE = "For a firm of your own, have the app added to your own Slack and use it there."


def answer(pack: Pack, reply: Reply) -> Message:
    """The roadmap's answer, and that it is all there is."""
    shown = in_general(pack, reply)
    if isinstance(reply.answer, Refused):
        return shown  # which says by itself that nothing was read
    line = f"{NOT_YOURS}, so this is the roadmap's answer for everybody, and your question was not kept. {FOR_MORE}"
    return Message(shown.text, (*shown.blocks, context(line)))


def greeting() -> Message:
    """Where nothing was asked, such as for a command."""
    ask = "You can ask me here what the roadmap says: mention me with *when do we have to register?*"
    text = f"{NOT_YOURS}, so nothing was done, and nothing was kept. {ask} {FOR_MORE}"
    return Message(text, (section(text),))
