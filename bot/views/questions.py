"""An answer: one direct line, the quoted sentence with its place, links, what has changed since; or an honest no."""

from collections.abc import Sequence

import msgspec

from bot.actions import pack as packed
from bot.buttons import AskForm, AskLead, OpenAsk, PickReading, ShowHelp, ShowStep, Vote
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    SECTION,
    Element,
    actions,
    button,
    clip,
    context,
    day,
    divider,
    escape,
    field,
    literal,
    plain,
    section,
    short_day,
    text_input,
    ticket_field,
)
from bot.views.documents import cited, quoted
from bot.views.milestones import announced, published
from bot.views.notes import note_line
from bot.views.passages import contact_line, link_line, source_words, to_copy
from flows.asked import Voted
from flows.asking import LONGEST, Reply, is_question
from flows.documents.finding import Found
from flows.firm_answers import to_be_checked
from flows.moved_dates import SHOWN_FOR_REFERENCE, standing
from flows.position import FirmAnswer, Member, Position
from flows.questions.answer import Ambiguous, Answered, Citation, Declined, Part, Refused
from flows.questions.composing import NOT_SAID, NOT_SURE
from flows.roadmap import Pack, Quote

QUESTION = "question"
"""The block_id of the modal's field."""

MOST_PASSAGES = 2
"""Passages of the firm's own documents in one answer."""
MOST_QUOTED = 300
MOST_NAMED = 3
MOST_READINGS = 3
_ORDINALS = ("the first", "the second", "the third")

KEPT_HERE = {
    "agent_changes": "📒 `/cais agents` keeps your agents, a change of agent with its tasks, and a file on each.",
    "extension": "📅 How often each industry date moved so far, when that was announced and where: `/cais deadlines`.",
    "other_people": "📒 What is kept of your own firm is under `/cais status`, `agents`, `firm members` and `history`.",
}
"""By theme, where what the roadmap does not say is kept all the same: what was announced, what the firm recorded."""

LONGEST_LINE = 120
"""Characters of a direct line that are all in bold; of a longer one, the first sentence of more than a few words."""
SHORTEST_LINE = 25


class Asking(msgspec.Struct, frozen=True):
    """What a screen about a question starts from. `task` is that of the card it stands on, empty elsewhere."""

    pack: Pack
    firm: Position | None = None
    task: str = ""

    @property
    def id(self) -> str:
        """The firm's id for a button, empty where there is none."""
        return self.firm.key.firm if self.firm else ""

    @property
    def version(self) -> int:
        """The firm's version for a button."""
        return self.firm.version if self.firm else 0


def answer(asking: Asking, reply: Reply, more: Sequence[Block] = ()) -> Message:
    """What comes of a question, with everything that can be done about it. `more` stands below it."""
    said, blocks = _said(asking, reply)
    head = context(_head(asking, reply))
    return Message(said, (head, *blocks, *_beside(asking, reply), *more, *_feedback(asking, reply), _foot(asking)))


def in_general(pack: Pack, reply: Reply) -> Message:
    """The same for somebody of whom nothing is kept: the whole of each reading, and nothing to press."""
    found = reply.answer
    if isinstance(found, Ambiguous):
        found = Answered(parts=found.readings[:MOST_READINGS], confidence=found.confidence, edition=found.edition)
    if isinstance(found, Refused):
        return Message(escape(found.reason), (section(f"⚠️ {escape(found.reason)}"),))
    asking, reply = Asking(pack), msgspec.structs.replace(reply, answer=found)
    said, blocks = _said(asking, reply)
    shown = [block for block in blocks if block["type"] != "actions"]
    return Message(said, (*shown, *_beside(asking, reply), _foot(asking)))


def _head(asking: Asking, reply: Reply) -> str:
    """The firm and the question; not where it may hold personal data, for then nothing of it was kept."""
    question = reply.asked.question if reply.asked else "…"
    quoted = f"❓ “{literal(clip(' '.join(question.split()), MOST_QUOTED))}”"
    return f"*{literal(asking.firm.name)}* · {quoted}" if asking.firm else quoted


def _said(asking: Asking, reply: Reply) -> tuple[str, list[Block]]:
    """What phones show, and the blocks that say the same."""
    match reply.answer:
        case Answered():
            return _answered(asking, reply, reply.answer)
        case Ambiguous():
            return _ambiguous(asking, reply, reply.answer)
        case Declined():
            if reply.own:
                return _own(asking, reply, reply.own)
            if reply.found:
                return _from_documents(asking, reply, reply.found)
            return _declined(asking, reply, reply.answer)
        case Refused():
            return _refused(asking, reply.answer)


# --- answered -------------------------------------------------------------------------------------------------


def _answered(asking: Asking, reply: Reply, found: Answered) -> tuple[str, list[Block]]:
    blocks: list[Block] = []
    for part in found.parts:
        blocks += [*([divider()] if blocks else []), *_part(asking, part)]
    blocks[1:1] = _moved(reply)
    blocks += _own_dates(asking, reply, found.parts)
    ways = _step_button(asking, found.parts)
    blocks += [actions(*ways)] if ways else []
    said = " ".join(part.direct or _first_quote(part) for part in found.parts)
    return " ".join([escape(clip(said, SECTION // 2)), *_moved_words(reply)]), blocks


def _first_quote(part: Part) -> str:
    return f"“{part.citations[0].quote}”" if part.citations else ""


def _part(asking: Asking, part: Part) -> list[Block]:
    lines = [link_line(link) for link in part.links]
    if part.contact and part.contact.phone not in part.direct:
        lines.append(contact_line(part.contact))
    return [
        *([section(_direct(part.direct))] if part.direct else []),
        *([section(f"👉 {escape(part.firm)}")] if part.firm else []),
        *([section(_quoted(asking.pack, part.citations))] if part.citations else []),
        *([section(clip("\n".join(lines), SECTION))] if lines else []),
    ]


def _direct(direct: str) -> str:
    """The one line in bold; what comes after it, such as what is to be said of a date that has passed, below."""
    line, rest = direct, ""
    if len(direct) > LONGEST_LINE:
        end = direct.find(". ", SHORTEST_LINE) + 1 or len(direct)
        line, rest = direct[:end], direct[end:].strip()
    return f"*{escape(line)}*" + (f"\n{escape(rest)}" if rest else "")


def _moved(reply: Reply) -> list[Block]:
    """What an industry date is by now that the roadmap has on another day, and where that was published."""
    blocks = []
    for one, now in zip(reply.moved, _moved_words(reply), strict=True):
        last = one.revision
        added = f" · added by {literal(last.added_by)}" if last.added_by else ""
        sources = "; ".join(published(s) for s in last.sources)
        told = f"Announced {announced(last)}. Source: {sources}{added}.\n`/cais deadlines` has its story."
        blocks.append(section(clip(f"📅 *{now}*\n{told}", SECTION)))
    return blocks


def _moved_words(reply: Reply) -> list[str]:
    """The same in a sentence each; of one that has passed since, that it has."""
    return [
        escape(standing(one)) + (f" {SHOWN_FOR_REFERENCE}" if one.revision.value.has_passed(reply.today) else "")
        for one in reply.moved
    ]


def _own_dates(asking: Asking, reply: Reply, parts: Sequence[Part]) -> list[Block]:
    """The firm's own date beside an industry date that has passed, or is another by now."""
    past = [m.past.partition(". ")[0] for m in asking.pack.milestones]
    has_passed = any(words in part.direct for words in past for part in parts)
    if asking.firm is None or not (has_passed or reply.moved):
        return []
    if asking.firm.target is None:
        return [context("🎯 Your firm has set no target date yet: `/cais firm settings` sets one.")]
    return [section(f"🎯 *Your firm's target:* {day(asking.firm.target)}")]


def _quoted(pack: Pack, citations: Sequence[Citation]) -> str:
    said = [
        f">“{escape(c.quote)}”\n>_{source_words(pack.edition_title, c.step, Quote(text=c.quote, lines=c.lines))}_"
        for c in citations
    ]
    return clip("\n>\n".join(said), SECTION)


def _step_button(asking: Asking, parts: Sequence[Part]) -> list[Element]:
    """The way to the step the first quote is from; for whoever has a firm to look at it with."""
    steps = list(dict.fromkeys(c.step for part in parts for c in part.citations[:1] if c.step))
    if not asking.firm:
        return []
    return [button(f"Open step {s}", ShowStep(asking.id, asking.version, step=s)) for s in steps[:2]]


def _ambiguous(asking: Asking, reply: Reply, found: Ambiguous) -> tuple[str, list[Block]]:
    """The line of each reading, and a button that shows the whole of it."""
    text = "That can be read in more than one way. Which one do you mean?"
    kept = reply.asked.id if reply.asked else ""
    blocks = [section(text)]
    for nth, part in enumerate(found.readings[:MOST_READINGS]):
        picked = PickReading(asking.id, asking.version, question=kept, nth=nth, task=asking.task)
        label = f"{part.environment.upper()} environment" if part.environment else f"Show {_ORDINALS[nth]}"
        line = _direct(part.direct or _first_quote(part))
        blocks.append(section(line, accessory=button(label, picked, says=f"{label}: {part.direct}")))
    said = f"{text} {escape(clip(' '.join(p.direct for p in found.readings), SECTION // 2))}"
    return " ".join([said, *_moved_words(reply)]), [*blocks, *_moved(reply)]


# --- not in the roadmap ---------------------------------------------------------------------------------------


def _why_not(reply: Reply) -> str:
    """That the roadmap does not say, or that one is not sure whether it does."""
    unsure = isinstance(reply.answer, Declined) and reply.answer.reason == NOT_SURE
    return NOT_SURE if unsure else NOT_SAID


def _own(asking: Asking, reply: Reply, own: FirmAnswer) -> tuple[str, list[Block]]:
    by = f"Your firm's answer, by {literal(own.by_name or 'a lead')} on {short_day(own.at.date())}"
    quoted = literal(own.text).replace("\n", "\n>")
    blocks = [
        section(f"*{by}:*\n>{quoted}"),
        context(f"It was given to the question “{literal(clip(own.question, MOST_QUOTED))}”. {_why_not(reply)}"),
    ]
    if to_be_checked(own, reply.today):
        again = f"⏳ *To be checked again* since {short_day(own.check_on)}: your lead has not confirmed it since."
        blocks.append(context(again))
    ways = _lead_button(asking, reply)
    return f"{by}: {literal(clip(own.text, MOST_QUOTED))}", [*blocks, *([actions(*ways)] if ways else [])]


def _from_documents(asking: Asking, reply: Reply, found: Sequence[Found]) -> tuple[str, list[Block]]:
    """The firm's own documents, word for word; that the roadmap does not say it stands above them."""
    why = _why_not(reply)
    head = f"{why} Your firm's own documents {'do' if why == NOT_SAID else 'say'}:"
    passages = [block for passage in found[:MOST_PASSAGES] for block in quoted(passage)]
    ways = _lead_button(asking, reply)
    said = f"{head} “{escape(clip(found[0].text, MOST_QUOTED))}” {cited(found[0])}"
    return said, [section(f"*{head}*"), *passages, *([actions(*ways)] if ways else [])]


def _declined(asking: Asking, reply: Reply, found: Declined) -> tuple[str, list[Block]]:
    why = escape(found.reason or NOT_SAID)
    if not is_question(found):
        ways = actions(button("What can I ask or type?", ShowHelp(firm=asking.id)))
        return why, [section(f"*{why}*"), ways]
    blocks = [section(f"*{why}*\nI would rather say so than guess.")]
    if found.nearest:
        blocks += [section(f"The nearest passage:\n{_quoted(asking.pack, [found.nearest])}"), *_moved(reply)]
    blocks += [section(KEPT_HERE[found.theme])] if asking.firm and found.theme in KEPT_HERE else []
    blocks.append(section(f"The Helpdesk can say more:\n{contact_line(found.contact)}"))
    name = asking.firm.name if asking.firm else "(your firm)"
    blocks += to_copy(found.draft.replace("{firm}", name))
    blocks += [context(_queued(reply))] if reply.asked and reply.asked.waiting else []
    ways_on = _lead_button(asking, reply)
    blocks += [actions(*ways_on)] if ways_on else []
    return f"{why} The Helpdesk: {escape(found.contact.phone)}, {escape(found.contact.email)}.", blocks


def _queued(reply: Reply) -> str:
    who = _names(reply.leads)
    if not who:
        return "📥 It waits under `/cais questions`, where you can write the answer down once you have it."
    return f"📥 It waits for {who} under `/cais questions`. *Ask my lead* tells them now."


def _names(leads: Sequence[Member]) -> str:
    named = [literal(lead.name or "a lead") for lead in leads[:MOST_NAMED]]
    more = [f"{len(leads) - MOST_NAMED} more"] if len(leads) > MOST_NAMED else []
    all_of_them = [*named, *more]
    return " and ".join([", ".join(all_of_them[:-1]), all_of_them[-1]] if len(all_of_them) > 1 else all_of_them)


def _lead_button(asking: Asking, reply: Reply) -> list[Element]:
    if not (asking.firm and reply.leads and reply.asked):
        return []
    label = f"Ask my lead, {reply.leads[0].name}" if len(reply.leads) == 1 else "Ask my leads"
    return [button(label, AskLead(asking.id, asking.version, question=reply.asked.id))]


def asked_lead(leads: Sequence[Member], *, new: bool) -> Message:
    """The leads are told, or were before."""
    who = _names(leads)
    if not new:
        return Message(f"{who} was told before. You get the answer here as soon as there is one.")
    return Message(f"{who} is being told now, and sees it under `/cais questions`. You get the answer in our messages.")


def _refused(asking: Asking, found: Refused) -> tuple[str, list[Block]]:
    text = escape(found.reason)
    again = "If it is a ticket number, ask again and say so."
    way_on = actions(button("Ask again…", OpenAsk(asking.id, asking.version, task=asking.task, ticket=True)))
    return text, [section(f"⚠️ {text}\n{again}"), way_on]


# --- beside the answer ----------------------------------------------------------------------------------------


def _beside(asking: Asking, reply: Reply) -> list[Block]:
    """What has changed since the edition: admins' notes on the passages shown, and the standing one."""
    blocks = [context(note_line(note, reply.today)) for note in reply.notes]
    return [*blocks, *([context(f"🗓️ {escape(reply.since)}")] if reply.since else [])]


def _feedback(asking: Asking, reply: Reply) -> list[Block]:
    """Whether it helped; where there is an answer to think well or badly of."""
    if not reply.asked or isinstance(reply.answer, Ambiguous | Refused):
        return []
    yes, no = (Vote(asking.id, asking.version, question=reply.asked.id, helpful=helpful) for helpful in (True, False))
    thumbs = {
        "type": "feedback_buttons",
        "action_id": Vote.verb,
        "positive_button": {"text": plain("Helpful", 75), "value": packed(yes)},
        "negative_button": {"text": plain("Not helpful", 75), "value": packed(no)},
    }
    return [{"type": "context_actions", "elements": [thumbs]}]


def _foot(asking: Asking) -> Block:
    edition = f"Roadmap edition: {escape(asking.pack.edition_title)}."
    return context(f"{edition} {escape(asking.pack.wording.footer)}")


_THANKS: dict[Voted, str] = {
    "new": "Thank you, that is noted.",
    "same": "That is noted already. Press the other one if you see it differently by now.",
    "changed": "Thank you, your vote is changed. It counts once.",
}


def voted(how: Voted, *, helpful: bool) -> Message:
    """One vote per person and answer."""
    way_on = "" if helpful else " `/cais questions` shows what waits for your lead; the Helpdesk answers, too."
    return Message(_THANKS[how] + (way_on if how != "same" else ""))


# --- asking ---------------------------------------------------------------------------------------------------


def form(firm: str, version: int, *, task: str = "", title: str = "", ticket: bool = False) -> Modal:
    """Asks for a question. `title` is that of the task it is about."""
    about = f"About *{literal(title)}*. " if title else ""
    intro = f"{about}I answer from the roadmap, with the sentence and where it stands, or say that it does not say."
    return Modal(
        title="Ask",
        blocks=(
            section(intro),
            field(
                QUESTION,
                "Your question",
                text_input(multiline=True, longest=LONGEST, placeholder="When do we have to register?"),
                hint="No personal data, account numbers or lists of FDIDs, please.",
            ),
            *([ticket_field()] if ticket else ()),
        ),
        carried=AskForm(firm, version, task=task),
        submit="Ask",
    )


def how_to_ask(firm: str) -> Message:
    """Nothing was asked."""
    text = "Type the question behind it, for example `ask when do we have to register?`"
    ways = actions(button("Ask…", OpenAsk(firm=firm)), button("What can I type?", ShowHelp(firm=firm)))
    return Message(text, [section(text), ways])
