"""A second pair of eyes: what is to be reviewed, the letters about it, and the forms."""

from collections.abc import Sequence

from bot.buttons import (
    OpenReminded,
    OpenReviewRule,
    RemoveReviewRule,
    ReviewRuleForm,
    SendBackForm,
    ShowNext,
    ShowStatus,
    ShowTask,
)
from bot.surfaces import Block, Message, Modal
from bot.views.blocks import (
    Element,
    actions,
    button,
    clip,
    context,
    escape,
    field,
    header,
    literal,
    option,
    section,
    select_input,
    text_input,
    user_input,
)
from bot.views.scene import Scene, banner, said_of, whose
from bot.views.task_buttons import review_buttons
from bot.views.tasks import NOTHING, Top
from flows.events import RoleName
from flows.firms import Person
from flows.history import reviewer_words, scope_words
from flows.position import ReviewRule
from flows.reviews import EVERYTHING, Review, may_review, pending
from flows.walk import Item

REASON, SCOPE, PERSON = "reason", "scope", "person"
MOST_LISTED = 10
NAMED = 3
"""Tasks that are named where the message is read aloud, or on a lock screen."""

NOTHING_TO_REVIEW = "Nothing is to be reviewed just now."
HOW = (
    "A lead can ask that somebody else looks at what is done: at every task, a step or one task. The walk goes on "
    "meanwhile, and whoever did the task never reviews it."
)


def page(scene: Scene, who: Person, role: RoleName | None, top: Top = NOTHING) -> Message:
    """What is to be reviewed, what the viewer may say of it, and the rules that ask for it."""
    found = pending(scene.position, scene.walk.items)
    blocks: list[Block] = [*top.blocks, header("Reviews"), banner(scene, "a second pair of eyes")]
    for review in found[:MOST_LISTED]:
        blocks += _listed(scene, who, review)
    if len(found) > MOST_LISTED:
        blocks.append(context(f"and {len(found) - MOST_LISTED} more; they come up here as these are reviewed"))
    if not found:
        blocks.append(section(NOTHING_TO_REVIEW))
    blocks += _rules(scene, lead=role == "lead")
    ways = [button("Ask for a review…", scene.carry(OpenReviewRule))] if role == "lead" else []
    ways += [button("Next task", scene.carry(ShowNext)), button("Status", scene.carry(ShowStatus))]
    blocks.append(actions(*ways))
    said = f"{literal(scene.position.name)}: {len(found)} to be reviewed."
    return Message(f"{top.text} {said}".strip(), tuple(blocks))


def _listed(scene: Scene, who: Person, review: Review) -> list[Block]:
    by = f"*To be reviewed by:* {whose(scene, review)}"
    text = f"🔎 *{literal(review.item.title)}*\n{_what(scene, review.item)}\n{by}"
    look = _open(scene, review.item)
    row = [*_verdict(scene, review), look] if may_review(scene.position, review, who) else [look]
    return [section(text), actions(*row)]


def _what(scene: Scene, item: Item) -> str:
    """What is recorded of it, as a reviewer wants to see it; safe in mrkdwn."""
    record = item.record
    word = "Not applicable" if item.state == "set_aside" else "Done"
    note = f"\nNote: {literal(clip(record.reason, 500))}" if record and record.reason and word == "Done" else ""
    kept = scene.position.evidence.get(item.key, 0)
    return f"{word}: {clip(said_of(scene, item), 800)}{note}\nEvidence recorded: {kept}"


def _verdict(scene: Scene, review: Review) -> list[Element]:
    return review_buttons(scene.carry, review.item.key, review.record.sequence, review.item.title)


def _open(scene: Scene, item: Item) -> Element:
    return button("Open", scene.carry(ShowTask, task=item.key), says=f"Open {item.title}")


def _rules(scene: Scene, *, lead: bool) -> list[Block]:
    rules = scene.position.review_rules
    if not rules:
        return [context(f"ℹ️ {HOW}")]
    blocks = [section("*Asked for*")]
    for scope, rule in rules.items():
        off = button("Take off", scene.carry(RemoveReviewRule, scope=scope), says=f"Take off: {scope}")
        blocks.append(section(_rule_line(scene, scope, rule), accessory=off if lead else None))
    return blocks


def rules_in_short(scene: Scene) -> str:
    """What is asked for now, in a line for the settings; safe in mrkdwn."""
    rules = scene.position.review_rules
    said = [f"{escape(scope_words(scene.pack, s))} by {literal(_eyes(scene, r))}" for s, r in rules.items()]
    asked = "; ".join(said) if said else "none are asked for"
    return f"🔎 *Reviews*, a second pair of eyes: {asked}. `/cais review` shows them all."


def _rule_line(scene: Scene, scope: str, rule: ReviewRule) -> str:
    words = scope_words(scene.pack, scope)
    who = f"by {scene.by(rule.by, rule.by_name)}, {scene.moment(rule.at)}"
    return f"{escape(words[:1].upper() + words[1:])}: {literal(_eyes(scene, rule))}\n{who}"


def _eyes(scene: Scene, rule: ReviewRule) -> str:
    """Whose eyes these are: of one who has left or only reads now, that others are asked."""
    named = scene.position.members.get(rule.reviewer)
    if rule.reviewer and (named is None or named.role == "viewer"):
        return f"another member or lead, since {rule.name} cannot any more"
    return reviewer_words(rule.name)


# --- letters -----------------------------------------------------------------------------------------------------


def requests(scene: Scene, asked: Sequence[Review]) -> Message:
    """To a reviewer: what was finished, by whom, and the buttons that say something about each."""
    shown, more = asked[:MOST_LISTED], len(asked) - MOST_LISTED
    blocks: list[Block] = [banner(scene, "a second pair of eyes")]
    for review in shown:
        item = review.item
        what = f"🔎 *Please look at this:* {literal(item.title)} (step {escape(item.task.step)})"
        look = button("Open", scene.carry(OpenReminded, subject=f"task:{item.key}"), says=f"Open {item.title}")
        blocks += [section(f"{what}\n{_what(scene, item)}"), actions(*_verdict(scene, review), look)]
    left = f"{more} more {'is' if more == 1 else 'are'} to be reviewed. " if more > 0 else ""
    blocks.append(context(f"{left}You are told once. `/cais review` shows everything that is to be reviewed."))
    named = ", ".join(f"“{literal(review.item.title)}”" for review in asked[:NAMED])
    others = f" and {len(asked) - NAMED} more" if len(asked) > NAMED else ""
    return Message(f"{literal(scene.position.name)}: please review {named}{others}.", blocks)


def sent_back(scene: Scene, item: Item) -> Message:
    """To whoever had finished it: that it is open again, through whom and why."""
    record = item.record
    assert record is not None, "the task was sent back"
    by = scene.by(record.by, record.by_name)
    what = f"↩️ *Sent back to you:* {literal(item.title)} (step {escape(item.task.step)})"
    text = f"{what}\n*Why:* {literal(record.reason)}"
    blocks = [
        banner(scene, "a second pair of eyes"),
        section(f"{text}\nBy {by}, {scene.moment(record.at)}. The task is open again; nothing you recorded is lost."),
        actions(_open(scene, item)),
    ]
    return Message(f"{literal(scene.position.name)}: “{literal(item.title)}” was sent back to you by {by}.", blocks)


# --- forms -------------------------------------------------------------------------------------------------------


def send_back_form(scene: Scene, item: Item, of: int) -> Modal:
    """What is missing."""
    asked = field(
        REASON,
        "What is missing?",
        text_input(multiline=True),
        hint="The task is opened again with this beside it, and whoever did it is told.",
    )
    about = section(f"*{literal(scene.position.name)}* · step {escape(item.task.step)}\n*{literal(item.title)}*")
    carried = scene.carry(SendBackForm, task=item.key, of=of)
    return Modal("Send back", [about, asked], carried, submit="Send back")


def rule_form(scene: Scene) -> Modal:
    """What somebody else shall look at, and who."""
    blocks = [
        section(f"*{literal(scene.position.name)}*\n{HOW} What is done already stays as it is."),
        field(SCOPE, "What shall be reviewed?", select_input(_scopes(scene), EVERYTHING)),
        field(
            PERSON,
            "By whom?",
            user_input(),
            hint="Empty: any other member or lead; the leads are asked first. Somebody named must be in the firm.",
            optional=True,
        ),
    ]
    return Modal("Ask for a review", blocks, scene.carry(ReviewRuleForm), submit="Save")


def _scopes(scene: Scene) -> Sequence[Element]:
    tasks = [t for t in scene.pack.tasks.values() if t.kind != "question"]
    steps = [s for s in scene.pack.steps if any(t.step == s.id for t in tasks)]
    return [
        option("Every task", EVERYTHING),
        *(option(f"Step {s.id}: {s.title}", f"step {s.id}") for s in steps),
        *(option(f"{t.title} ({t.id})", f"task {t.id}") for t in tasks),
    ]
