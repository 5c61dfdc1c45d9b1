"""What one can type, and what to say where somebody typed something else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import fits
from bot.buttons import RunCommand, ShowHelp, ShowNext
from bot.surfaces import Block, Message
from bot.views.blocks import Element, actions, button, clip, context, escape, literal, section
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
    """A command that may have been meant: as it reads, as it is run, and the id of the firm it is run for.

    `as_typed`: the firm is settled, and none is taken off the end of the words.
    """

    label: str
    words: str
    firm: str = ""
    as_typed: bool = False

    @property
    def carried(self) -> RunCommand:
        """What its button carries."""
        return RunCommand(firm=self.firm, words=self.words, as_typed=self.as_typed)


USAGES = (
    Usage(
        "",
        "Where you are: how far, what is next, who is waited for. The first time: set-up.",
        ("",),
        "*Next task* opens the card that `/cais next` opens.",
    ),
    Usage(
        "next",
        "The next task, as a card with buttons.",
        ("next", "next for Example Securities"),
        "The card says what to do and why. Press how it ended: the next card takes its place, with *Undo* above it.",
    ),
    Usage(
        "status",
        "The whole roadmap: what is done, open and waiting.",
        ("status", "status for Example Securities"),
        "Behind each task stands its short name, such as `s2`, for the commands that take a task.",
    ),
    Usage(
        "step",
        "One step with its tasks, quotes and links.",
        ("step 4", "step 6", "step 6-II-A"),
        "Without a number: the step the next task is in. Its buttons open each task.",
        "[number]",
    ),
    Usage(
        "done",
        "Marks a task as done; the next one if you name none.",
        ("done", "done s3e", "done test relationship"),
        "Name it by its short name in `/cais status`, its step, or words of its title; a date of every year by its "
        "name. A task that can end in several ways is shown for you to choose. `/cais undo` takes it back.",
        "[task]",
    ),
    Usage(
        "undo",
        "Takes your last click back.",
        ("undo", "undo s2", "undo 12"),
        "Nothing is lost: `/cais redo` and it counts again. With a task: what was recorded of it last, by anybody. "
        "With a number: that entry of the history.",
        "[task or entry]",
    ),
    Usage(
        "redo",
        "Takes your last undo back.",
        ("redo",),
        "What was undone counts again; both stay in the history.",
    ),
    Usage(
        "reopen",
        "Opens a finished task again, with a reason.",
        ("reopen s3e", "reopen s3e the wrong person had access"),
        "What was recorded before stays in the history. Answers are changed instead: *Change the answer…* on the card.",
        "<task> [reason]",
    ),
    Usage(
        "ask",
        "Answers a question from the roadmap, with the sentence and where it stands.",
        ("ask when do we have to register?", "ask who grants access to the test portal?"),
        "In a message here you can leave `ask` away. In a thread, what you ask follows what was asked before. "
        "What the roadmap does not say goes to your lead, with a message for the Helpdesk to copy.",
        "<question>",
    ),
    Usage(
        "questions",
        "What the roadmap did not answer: for leads everybody's, to reply to; for others their own.",
        ("questions",),
        "A lead's reply goes to whoever asked, and is the firm's own answer from then on, with name and day. "
        "After 180 days it asks to be checked again.",
    ),
    Usage(
        "notes",
        "Update notes: what has changed since the roadmap's edition. Workspace admins add and remove them.",
        ("notes",),
        "They stand beside the passages they are about, in answers and on the pages of steps.",
    ),
    Usage(
        "due",
        "Sets the date of a task or step, or one of every year; alone it shows your dates.",
        ("due s1 Dec 15", "due step 4 in 3 business days", "due s1 none", 'due "SAA certification" every March 15'),
        "Also: tomorrow, next Friday, next business day, year end, last Friday of January, 5/31/2027, 2027-05-31. "
        "`none` takes a date off. "
        "Where words can mean several days, you are asked.",
        "[task or step] [date]",
    ),
    Usage(
        "target",
        "The day by which the firm wants to be through.",
        ("target May 28, 2027", "target none"),
        takes="[date]",
    ),
    Usage(
        "plan",
        "Proposes a date for each open task, worked back from the target over trading days.",
        ("plan", "plan May 28, 2027", "plan earliest"),
        "Nothing is saved before you press *Accept*, and one *Undo* takes all of it back.",
        "[date or earliest]",
    ),
    Usage(
        "assign",
        "Says whose a task is, the next one where none is named.",
        ("assign s1 @ben", "assign s1 to me", "assign s1 nobody"),
        "Only members of the firm can own tasks.",
        "[task] <person>",
    ),
    Usage(
        "handover",
        "All open tasks of one person go to another. Somebody else's are for a lead to hand over.",
        ("handover @ben @lea", "handover to @lea from @ben", "handover to @lea"),
        takes="[from] <to>",
    ),
    Usage("hand over", "The same as `handover`.", ("hand over @ben @lea",), takes="[from] <to>"),
    Usage(
        "deadlines",
        "The industry dates: how each stands, how often it moved, what was known when; and your firm's own.",
        ("deadlines", "deadlines request certification", "deadlines as of May 27, 2022"),
        "Workspace admins add what was published, and edit the trading calendar here.",
        "[name] [as of <date>]",
    ),
    Usage(
        "remind",
        "Your reminders: your hour, a pause, off and on.",
        ("remind", "remind 8:30", "remind pause until next Friday", "remind end pause", "remind off"),
        "You get one message when something is due, over all your firms. A lead sets the firm's numbers here, too.",
        "[hour, pause until <date>, end pause, off or on]",
    ),
    Usage(
        "snooze",
        "Where *Snooze* is: beside each reminder, in the message that told you.",
        ("snooze",),
        "It puts off one reminder. `remind pause until next Friday` holds all of yours back.",
    ),
    Usage(
        "summary",
        "Where a firm stands: each step, what to look at first, what changed; or all your firms, the worst first.",
        ("summary", "summary for Example Securities", "summary late", "summary weekly", "summary off"),
        "Seen by you alone. `all`, `late`, `waiting`, `no owner` and `this week` show all your firms, a line each; "
        "*late* goes by the days a firm set itself. In a channel, a lead types `post` to have it posted there once, "
        "`daily` or `weekly` to have it posted at the lead's own hour and kept up to date, `off` to stop that; "
        "with `all` behind it, for all firms one leads.",
        "[which, or how often]",
    ),
    Usage(
        "waiting",
        "All waits of the firm: since when, whom to chase, a message to copy.",
        ("waiting",),
        "Each is asked about every 5 trading days, and its owner is told; leads from the 10th on.",
    ),
    Usage(
        "agents",
        "The firm's CAT Reporting Agents: add, rename, take off, change, and the supervision file of each.",
        ("agents",),
        "*Change agent* shows which tasks a change brings before anything is recorded. *Supervision file* keeps the "
        "agreement, who repairs errors, a contact and the certification.",
    ),
    Usage(
        "memo",
        "The decision memo of an answer that ends the roadmap: to copy, to attest to, to look at again.",
        ("memo",),
        "It comes with *No* to step 1: grounds, basis, a second attester if you like, and a day to look again.",
    ),
    Usage(
        "review",
        "What is done and to be looked at by somebody else; leads ask for that here.",
        ("review",),
        "*Approve* and *Send back…* stand beside each task. The walk goes on meanwhile, and nobody reviews their own.",
    ),
    Usage(
        "note",
        "Keeps a note on a task, or on the firm.",
        ("note called the Helpdesk, answer by Friday", "note s2 form sent by Ben"),
        "It is kept on the task whose short name comes first, such as `s2`, else on the firm. "
        "No personal data, account numbers or lists of FDIDs: those are refused and not stored. "
        "Where `for` at its end may name another firm, I ask before anything is kept.",
        "[task] <text>",
    ),
    Usage(
        "evidence",
        "Adds files, a link or a note that prove a task.",
        ("evidence", "evidence s2"),
        "Without a task: the next one. To keep a Slack message, use *Save as CAIS evidence* on it. A file sent in our "
        "direct messages is proof, too: with `evidence s2` beside it I know of what.",
        "[task]",
    ),
    Usage(
        "history",
        "Everything that was recorded: who, when, what, before and after.",
        (
            "history",
            "history s3",
            "history step 3 since June",
            "history by @dana last month",
            "history s2 by me in May",
        ),
        "With a task or step, a person (`by`) or a period: only those entries, and the evidence kept for a task. "
        "A period can be `since June 3`, `until May`, `May 3 to May 9`, `last month`, `last 30 days`, `2026`. "
        "*Filter…* asks for the same in a form.",
        "[task or step] [by person] [period]",
    ),
    Usage(
        "hold",
        "A legal hold: nothing of the firm can be removed while it stands. For leads.",
        ("hold", "hold SEC inquiry, asked for by counsel", "hold lift the inquiry is closed"),
        "Alone it says whether one stands, who set it and why. `hold lift` ends it, with a reason as well. Both stay "
        "in the history.",
        "[reason, or lift and a reason]",
    ),
    Usage(
        "export",
        "The firm's record as a file: Excel, CSV, calendar, JSON, or a packet for an examiner.",
        ("export", "export xlsx", "export packet", "export ics all"),
        "It comes in our direct messages; `all` means every firm you can see. Viewers may have it too, since they can "
        "read all of it anyway. That it was made is kept in the history.",
        "[format] [all]",
    ),
    Usage(
        "firm",
        "Your firm: where it stands, its lead and channels.",
        ("firm", "firm Example Securities"),
        "With a firm's name it is the same as `/cais firm use`.",
        "[name]",
    ),
    Usage(
        "firm new",
        "Sets another firm up.",
        ("firm new", "firm new Example Securities"),
        "Whoever sets a firm up becomes its lead, unless another lead is chosen in the form.",
        "[name]",
    ),
    Usage(
        "firm import",
        "For workspace admins: sets up many firms from a csv file, after a look at what would come of it.",
        ("firm import",),
        "The form has lines to copy. Excel's csv is fine, with commas, semicolons or tabs. Up to 300 firms at once. "
        "If you are no admin: ask one, with your handle in the column `lead`, and the firms are yours to lead.",
    ),
    Usage(
        "firm use",
        "Makes a firm the one you mean from now on.",
        ("firm use Example Securities",),
        "In a channel that is linked to a firm, that firm is meant.",
        "<name>",
    ),
    Usage(
        "firm list",
        "Your firms. Workspace admins see all of them.",
        ("firm list",),
        "*Open* makes a firm your current one.",
    ),
    Usage(
        "firm copy",
        "For leads of both: copies answers and agents from a firm like this one, after a look.",
        ("firm copy", "firm copy Example Securities"),
        "The firm named is the one they come from. What was done, dates, owners and proof are never copied.",
        "[name]",
    ),
    Usage(
        "firm members",
        "Who is in the firm; a lead adds people here.",
        ("firm members", "firm members @ben"),
        "A lead does everything, a member does the work, a viewer reads. Tell people yourself that you added them: "
        "no message is sent.",
        "[@user]",
    ),
    Usage(
        "firm link",
        "Makes this channel mean the firm. For leads.",
        ("firm link", "firm link Example Securities"),
        "Type it in the channel. `/cais firm unlink` takes it back.",
        "[name]",
    ),
    Usage(
        "firm unlink",
        "Makes this channel mean no firm. For leads.",
        ("firm unlink",),
        "Nothing else changes. `/cais firm link` takes it back.",
    ),
    Usage(
        "firm rename",
        "Another name for the firm. For leads.",
        ("firm rename Example Capital",),
        "`/cais undo` takes it back.",
        "<name>",
    ),
    Usage(
        "firm settings",
        "Name, situation, target date, time zone.",
        ("firm settings",),
        "Only a lead can change the name. `/cais undo` takes a change back.",
    ),
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

HELP_GROUPS = (
    ("Where you are", ("", "next", "status", "step", "summary")),
    ("Record, and take it back", ("done", "undo", "redo", "reopen", "agents")),
    ("Dates and owners", ("due", "target", "plan", "assign", "handover", "hand over", "deadlines")),
    ("Reminders", ("remind", "snooze", "waiting")),
    ("Questions", ("ask", "questions", "notes")),
    ("Proof", ("note", "evidence", "review", "memo", "history", "export", "hold")),
    ("Your firms", tuple(u.command for u in USAGES if u.command.split(" ")[0] == "firm")),
    ("Also", ("firms", "settings", "documents", "help")),
)
"""The commands as the help lists them, under a heading each."""

FIRST_IN_HELP = (
    "",
    "next",
    "status",
    "step",
    "ask",
    "done",
    "undo",
    "due",
    "plan",
    "assign",
    "deadlines",
    "note",
    "history",
    "export",
    "firm",
    "help",
)

PROMPTS = (
    ("What do I do next?", "next"),
    ("Where do we stand?", "status"),
    ("When is the deadline?", "When is the deadline?"),
    ("What can I type?", "help"),
)
"""The agent view's suggested prompts, as in the app's manifest."""


_OF_THE_RECORD = {
    "status": r"how far (?:along )?(?:are|have) we(?: got| come)?|what remains|where are we|are we done(?: yet)?"
    r"|what(?:['’]?s| is) (?:still )?(?:left|open|missing|to do)(?: to do| for us)?"
    r"|what (?:have we|did we|has our firm) (?:do|done|finish(?:ed)?|completed?)(?: so far| yet| already)?",
    "waiting": r"who is waiting|(?:who|what) are we waiting (?:for|on)",
    "": r"(?:what (?:are|is) )?(?:my (?:open )?tasks?|mine)|what do i have to do|what is there for me to do",
    "agents": r"(?:who|which|what) (?:is|are) (?:our|my) (?:cat reporting |reporting )?agents?(?: called)?"
    r"|(?:which|what) agents? (?:do|did) we (?:have|use|name)",
    "firm members": r"who (?:is|are) (?:our|my|the) leads?|who is in (?:our|my|the|this) firm"
    r"|who (?:are|is) (?:our|the|a) members?(?: of (?:our|the) firm)?",
    "history": r"what(?: has|['’]s)? (?:changed|happened)(?: lately| recently)?|who did what(?:,? (?:and )?when)?",
    "help": r"what (?:can|do) you do|how (?:does|do) (?:this|you|it) work|what is this",
}
"""Questions about the firm's own record, which a command answers, and no roadmap or Helpdesk."""


_ENDED = r"(?:done|finished|completed?|recorded)"
_NAMED = r"(\w+|step [1-9](?:-[\w-]+)?)"
_OF_TASK = re.compile(
    rf"(?:is|was) {_NAMED} (?:already |now |still )?(?:{_ENDED}|open)(?: yet| already| now)?"
    rf"|has {_NAMED} been {_ENDED}(?: yet| already)?"
    rf"|(?:who|who has|(?:when )?did (?:we|i)|have (?:we|i)) (?:did|do|done|finish(?:ed)?|completed?|recorded) {_NAMED}"
    rf"|(?:when|by whom) was {_NAMED} {_ENDED}"
    rf"|when did (?:[\w<@>|.-]+ ){{1,2}}(?:do|finish|complete|record) {_NAMED}"
    rf"|who owns {_NAMED}|whose (?:task |step )?is {_NAMED}|what did (?:we|i) (?:answer|say) (?:in|to) {_NAMED}"
)
"""Questions whether a task or step is done, by whom and when, and whose it is.

What a task is about, the roadmap says, and the firm's lead.
"""


_A_DAY = (
    r"(?:week|month|year|yesterday|\d|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b)[\d ,/-]*"
)
_CHANGED_IN = re.compile(
    r"what(?: has| was)? (?:changed|happened|recorded|done) "
    rf"((?:this|last) (?:week|month)|today|yesterday|since (?:(?:this|last) )?{_A_DAY})"
)
"""Questions what changed in some days, which the history reads; since what else, such as a rule, it does not know."""


def of_the_record(typed: str, pack: Pack) -> str | None:
    """The command that shows what is asked about the firm's own record, in words that leave no doubt; else None."""
    said = " ".join(typed.casefold().split()).rstrip("?!. ")
    if asked := _OF_TASK.fullmatch(said):
        named: str = next(filter(None, asked.groups()))
        if named.startswith("step "):
            return named
        task = pack.tasks.get(named)
        return f"step {task.part}" if task else None
    if asked := _CHANGED_IN.fullmatch(said):
        return f"history {asked[1]}"
    return next((command for command, words in _OF_THE_RECORD.items() if re.fullmatch(words, said)), None)


def prompted(typed: str) -> str:
    """The command behind a suggested prompt whose title was typed; empty for other words, and for a question."""
    said = " ".join(typed.casefold().split()).rstrip("?!. ")
    return next((c for title, c in PROMPTS if title.casefold().rstrip("?") == said and c != title), "")


_ASKING = frozenset({"who", "whom", "what", "when", "where", "why", "how", "which", "whats", "whos", "wheres"})
"""A word that asks, wherever it stands."""
_BEGINNING = frozenset(
    {"do", "does", "did", "is", "are", "can", "could", "may", "must", "should", "will", "would", "has", "have", "am"}
)
"""A word that asks where it comes first."""


GREETINGS = frozenset({"hi", "hello", "hey", "hi there", "hello there", "good morning", "good afternoon", "start"})


def greets(typed: str) -> bool:
    """Whether somebody only says hello, and is to be shown where they are."""
    return " ".join(re.findall(r"[a-z]+", typed.casefold())) in GREETINGS


def find_usage(command: str) -> Usage | None:
    """The usage of a command as typed, with or without the slash and `cais`; None where there is no such command."""
    wanted = " ".join(re.sub(r"/?\bcais\b", " ", command.casefold()).split())
    return next((u for u in USAGES if u.command == wanted), None)


def overview(pack: Pack, firm: str = "", version: int = 0) -> Message:
    """Everything one can type, in groups, a line each."""
    intro = (
        "*What you can type after* `/cais`\n"
        "In a direct message with me the words alone are enough. In a channel you can mention me as well, and only "
        "you see the answer. To mean another firm, end with `for` and its name or the beginning of it."
    )
    blocks = [
        section(intro),
        *(section("\n".join([f"*{title}*", *(_line(u) for u in _usages(names))])) for title, names in HELP_GROUPS),
        section(
            "*Save as CAIS evidence*\nOn any message: More actions, then *Save as CAIS evidence*, keeps it and its "
            "files as proof for a task. A file sent to me in our direct messages is proof, too: I ask for which task."
        ),
        section(
            "*Questions*\nAsk in your own words: after `/cais ask`, in a message here, or with *Ask* on a task. I "
            "answer from the roadmap, with the sentence and its place, or say that it does not say."
        ),
        actions(
            button("Next", ShowNext(firm=firm, version=version), style="primary"),
            *[button(f"Help: {w}", ShowHelp(firm=firm, command=w)) for w in ("note", "history", "firm use")],
        ),
        context(literal(pack.wording.footer)),
    ]
    words = ", ".join(w or "/cais" for w in FIRST_IN_HELP)
    return Message(f"You can type: {words}. Add a command after help for examples, such as: help note.", blocks)


def _usages(names: Sequence[str]) -> list[Usage]:
    return [u for name in names for u in USAGES if u.command == name]


def _line(usage: Usage) -> str:
    """One command as the list has it: without the `/cais` that stands before them all."""
    return f"`{usage.typed.removeprefix('/cais ')}` {usage.says}"


def of_command(usage: Usage, firm: str = "") -> Message:
    """How one command is used, with examples to type as they stand."""
    examples = "\n".join(f"• `{' '.join(p for p in ('/cais', e) if p)}`" for e in usage.examples)
    more = f"\n{usage.more}" if usage.more else ""
    blocks = [section(f"*`{usage.typed}`*\n{usage.says}{more}\n\n*Examples*\n{examples}")]
    blocks.append(actions(button("All commands", ShowHelp(firm=firm))))
    said = ", ".join(" ".join(p for p in ("/cais", e) if p) for e in usage.examples)
    text = f"{usage.typed}: {usage.says} {usage.more} Examples: {said}."
    return Message(text.replace("  ", " ").replace("*", ""), blocks)


def reads_like_a_question(text: str) -> bool:
    """Whether somebody seems to ask rather than to command."""
    words = [w.strip(',.;:!()"“”') for w in text.casefold().replace("'", "").replace("’", "").split()]
    if not words or text.rstrip().endswith("?"):
        return bool(words)
    return len(words) > 2 and (words[0] in _BEGINNING or not _ASKING.isdisjoint(words))


WAYS = "Ask a question, or type `next`, `status`, `step 4`, `done`, `undo`, `note`, `history`, `firm` or `help`."


def unknown(typed: str, near: Sequence[Offer], firm: str = "", *, ways: str = WAYS) -> Message:
    """Words that are no command: the nearest ones as buttons, never run by themselves. `ways`: what can be typed."""
    said = f"I do not know “{literal(clip(' '.join(typed.split()), 80))}”."
    offer = f" {_did_you_mean(len(near))} Nothing was run." if near else " Nothing was changed."
    if not all(fits(o.carried) for o in near):
        offer = " It is too long for a button: type it again. Nothing was run."
    blocks = [section(said + offer), _offers(near, firm), context(ways)]
    plain = f" {literal(clip(', '.join(o.label for o in near), 300))}." if near else ""
    plain += f" {ways}" if not near or ways is not WAYS else ""
    return Message(said + offer + plain, blocks)


def offers(near: Sequence[Offer], firm: str = "") -> list[Block]:
    """Below the answer to a question: the commands that may have been meant instead."""
    return [context("Or did you mean a command? Nothing was run."), _offers(near, firm)] if near else []


def _offers(near: Sequence[Offer], firm: str) -> Block:
    """What is too long to be carried by a button is not offered: cut off, it would be recorded so."""
    offered: list[Element] = [
        button(clip(o.label, 70), o.carried, says=f"Run {o.label}") for o in near if fits(o.carried)
    ]
    return actions(*offered, button("What can I type?", ShowHelp(firm=firm)))


def _did_you_mean(offered: int) -> str:
    return "Did you mean this?" if offered == 1 else "Did you mean one of these?"


def welcome(firm: str = "", version: int = 0) -> Message:
    """To somebody who says thank you."""
    text = "You are welcome. I am here when you want to go on."
    ways = [button("Next", ShowNext(firm=firm, version=version))] if firm else []
    return Message(text, [section(text), actions(*ways, button("Help", ShowHelp(firm=firm)))])


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
        text += f" {_did_you_mean(len(offered))}"
    return Message(text, [section(text), actions(*offered, button("All commands", ShowHelp(firm=firm)))])
