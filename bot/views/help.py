"""What one can type, and what to say where somebody typed something else."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import fits
from bot.buttons import OpenSetUp, RunCommand, ShowHelp, ShowNext
from bot.surfaces import Block, Message
from bot.views.blocks import Element, actions, button, clip, context, escape, literal, section
from bot.views.passages import contact_line
from flows.roadmap import Pack


@dataclass(frozen=True, slots=True)
class Usage:
    """How a command is used. `says` is one line; `examples` are typed as they stand, after `/cais`."""

    command: str
    says: str
    examples: tuple[str, ...]
    more: str = ""
    takes: str = ""

    @property
    def typed(self) -> str:
        """As it is typed, safe in mrkdwn: `/cais step &lt;number&gt;`."""
        return escape(" ".join(p for p in ("/cais", self.command, self.takes) if p))


@dataclass(frozen=True, slots=True)
class Offer:
    """A command that may have been meant: as it reads, as it is run, and the id of the firm it is run for."""

    label: str
    words: str
    firm: str = ""


USAGES = (
    Usage("", "Where you are: the next task and its buttons. The first time: set-up.", ("",)),
    Usage("next", "The next task, as a card with buttons.", ("next", "next for Example Securities")),
    Usage("status", "The whole roadmap with what is done, open and waiting.", ("status",)),
    Usage("step", "One step with its tasks, quotes and links.", ("step 4", "step 6"), takes="<number>"),
    Usage(
        "done",
        "Marks a task as done, the next one where none is named.",
        ("done", "done s3e"),
        "The short names of tasks stand in `/cais status`.",
        "[task]",
    ),
    Usage(
        "undo",
        "Takes your last click back. Nothing is lost: `/cais redo` and it counts again.",
        ("undo", "undo s2", "undo 12"),
        "With a task: what was recorded of it last, by anybody. With a number: that entry of the history.",
        "[task or entry]",
    ),
    Usage("redo", "Takes your last undo back: what it was about counts again.", ("redo",)),
    Usage(
        "reopen",
        "Opens a finished task again, with a reason.",
        ("reopen s3e", "reopen s3e the wrong person had access"),
        "What was recorded before stays in the history.",
        "<task> [reason]",
    ),
    Usage("agents", "The firm's CAT Reporting Agents: add, rename, take off, change.", ("agents",)),
    Usage(
        "note",
        "Keeps a note on the firm, or on a task where one is named first.",
        ("note called the Helpdesk, answer by Friday", "note s2 form sent by Ben"),
        "No personal data, account numbers or lists of FDIDs: those are refused and not stored. "
        "`for` at its end means another firm only with that firm's whole name.",
        "[task] <text>",
    ),
    Usage(
        "evidence",
        "Adds a link or a note that proves a task, the next one where none is named.",
        ("evidence", "evidence s2"),
        "Or use *Save as evidence* on a message.",
        "[task]",
    ),
    Usage(
        "history",
        "Everything that was recorded: who, when, what.",
        ("history", "history s3"),
        "With a task or step: only its entries, and the evidence kept for it.",
        "[task or step]",
    ),
    Usage("firm", "The firm you are in: where it stands, its lead, members and channels.", ("firm",)),
    Usage("firm new", "Sets another firm up.", ("firm new", "firm new Example Securities"), takes="[name]"),
    Usage(
        "firm use",
        "Makes a firm the one you mean from now on.",
        ("firm use Example Securities",),
        "In a channel that is linked to a firm, that firm is meant.",
        "<name>",
    ),
    Usage("firm list", "Your firms. Workspace admins see all of them.", ("firm list",)),
    Usage("firm members", "Who is in the firm. A lead adds people and changes roles here.", ("firm members",)),
    Usage("firm link", "Commands in this channel then mean this firm. For leads.", ("firm link",), takes="[name]"),
    Usage("firm unlink", "This channel no longer means the firm. For leads.", ("firm unlink",)),
    Usage("firm rename", "Another name for the firm. For leads.", ("firm rename Example Capital",), takes="<name>"),
    Usage("firm settings", "The firm's name, situation, target, time zone and set-up answers.", ("firm settings",)),
    Usage(
        "firm documents",
        "The firm's own documents, and what they say to a few words. Leads add, replace and remove them.",
        ("firm documents", "firm documents gifts to customers"),
        "Text, Markdown, PDF and Word files. Answers from them are the firm's, and only its members see them.",
        "[words]",
    ),
    Usage("documents", "The same as `firm documents`.", ("documents",), takes="[words]"),
    Usage("firms", "The same as `firm list`.", ("firms",)),
    Usage("settings", "The same as `firm settings`.", ("settings",)),
    Usage("help", "This list, or how one command is used.", ("help", "help note"), takes="[command]"),
)
"""Every command there is; a test compares this with the router."""

FIRST_IN_HELP = ("", "next", "status", "step", "done", "undo", "note", "history", "firm", "help")

PROMPTS = (
    ("What do I do next?", "next"),
    ("Where do we stand?", "status"),
    ("What happened so far?", "history"),
    ("What can I type?", "help"),
)
"""The agent view's suggested prompts, as in the app's manifest."""


def prompted(typed: str) -> str:
    """The command behind a suggested prompt whose title was typed; empty for other words."""
    said = " ".join(typed.casefold().split()).rstrip("?!. ")
    return next((command for title, command in PROMPTS if title.casefold().rstrip("?") == said), "")


_ASKING = ("who", "what", "when", "where", "why", "how", "which", "do", "does", "is", "are", "can", "must", "should")


def find_usage(command: str) -> Usage | None:
    """The usage of a command as typed, with or without the slash."""
    wanted = " ".join(command.casefold().replace("/cais", " ").split())
    return next((u for u in USAGES if u.command == wanted), None) if wanted else None


def overview(pack: Pack, firm: str = "", version: int = 0) -> Message:
    """Everything one can type, a line each."""
    lines = [f"`{u.typed}` · {u.says}" for u in USAGES]
    middle = len(lines) // 2
    intro = (
        "*What you can type*\nThe same words work here without the slash, and after you mention me in a channel. "
        "Capitals do not matter. In a channel only you see the answer. "
        "End with `for` and a firm's name to mean another firm."
    )
    blocks = [
        section(intro),
        section("\n".join(lines[:middle])),
        section("\n".join(lines[middle:])),
        section(
            "*Save as evidence*\nOn any message: More actions, then *Save as evidence*, keeps it as proof for a task."
        ),
        section(f"*Questions about CAIS itself*\nI cannot answer those. The Helpdesk can:\n{_contacts(pack)}"),
        actions(
            button("Next", ShowNext(firm=firm, version=version), style="primary"),
            *[button(f"Help: {w}", ShowHelp(firm=firm, command=w)) for w in ("note", "history", "firm use")],
        ),
        context(literal(pack.wording.footer)),
    ]
    words = ", ".join(w or "/cais" for w in FIRST_IN_HELP)
    return Message(f"You can type: {words}. Add a command after help for examples, such as: help note.", blocks)


def of_command(usage: Usage, firm: str = "") -> Message:
    """How one command is used, with examples that can be run by a click where they change nothing."""
    examples = "\n".join(f"• `{' '.join(p for p in ('/cais', e) if p)}`" for e in usage.examples)
    more = f"\n{usage.more}" if usage.more else ""
    blocks = [section(f"*`{usage.typed}`*\n{usage.says}{more}\n\n*Examples*\n{examples}")]
    blocks.append(actions(button("All commands", ShowHelp(firm=firm))))
    said = ", ".join(" ".join(p for p in ("/cais", e) if p) for e in usage.examples)
    return Message(f"{usage.typed}: {usage.says} {usage.more} Examples: {said}.".replace("  ", " "), blocks)


def reads_like_a_question(text: str) -> bool:
    """Whether somebody seems to ask rather than to command."""
    words = text.casefold().split()
    return bool(words) and (text.rstrip().endswith("?") or (len(words) > 2 and words[0] in _ASKING))


def unknown(pack: Pack, typed: str, near: Sequence[Offer], firm: str = "", *, member: bool = True) -> Message:
    """Words that are no command: the nearest ones as buttons, never run by themselves. `member`: of any firm yet."""
    if reads_like_a_question(typed):
        return _question(pack, near, firm, member=member)
    said = f"I do not know “{literal(clip(' '.join(typed.split()), 80))}”."
    offer = " Did you mean one of these? Nothing was run." if near else " Nothing was changed."
    if not all(fits(RunCommand(firm=o.firm, words=o.words)) for o in near):
        offer = " It is too long for a button: type it again. Nothing was run."
    ways = "You can type `next`, `status`, `step 4`, `done`, `undo`, `note`, `history`, `firm` or `help`."
    blocks = [section(said + offer), _offers(near, firm), context(ways)]
    plain = f" {literal(clip(', '.join(o.label for o in near), 300))}." if near else f" {ways}"
    return Message(said + offer + plain, blocks)


def _question(pack: Pack, near: Sequence[Offer], firm: str, *, member: bool) -> Message:
    text = f"I walk firms through the roadmap; I cannot answer free questions. The Helpdesk can:\n{_contacts(pack)}"
    onward = button("Next", ShowNext(firm=firm)) if member else button("Set up your firm", OpenSetUp())
    offers = _offers(near, firm)
    return Message(text, [section(text), {**offers, "elements": [onward, *offers["elements"]]}])


def _contacts(pack: Pack) -> str:
    return "\n".join(contact_line(c) for c in pack.contacts.values())


def _offers(near: Sequence[Offer], firm: str) -> Block:
    """What is too long to be carried by a button is not offered: cut off, it would be recorded so."""
    offered: list[Element] = [
        button(clip(o.label, 70), carried, says=f"Run {o.label}")
        for o in near
        if fits(carried := RunCommand(firm=o.firm, words=o.words))
    ]
    return actions(*offered, button("What can I type?", ShowHelp(firm=firm)))


def stale(firm: str = "", version: int = 0) -> Message:
    """A button nobody listens to any more."""
    text = "This button is from an older version of this app and does nothing any more. Nothing was changed."
    onward = "Here is the way on to where you are now."
    ways = [button("Next", ShowNext(firm=firm, version=version), style="primary"), button("Help", ShowHelp(firm=firm))]
    return Message(f"{text} {onward}", [section(f"{text}\n{onward}"), actions(*ways)])


def no_such_help(command: str, near: Sequence[str], firm: str = "") -> Message:
    """Help was asked for something that is no command."""
    text = f"There is no command “{literal(clip(command, 60))}”."
    offered = [button(f"Help: {w}", ShowHelp(firm=firm, command=w)) for w in near]
    if offered:
        text += " Did you mean one of these?"
    return Message(text, [section(text), actions(*offered, button("All commands", ShowHelp(firm=firm)))])
