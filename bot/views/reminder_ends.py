"""What a reminder says that holds no more: done, given away, gone."""

from bot.views import dated
from bot.views.blocks import day, literal, short_day
from bot.views.reminded import Reminded, moment, title
from flows.deadline_words import value_words
from flows.deadlines import TakenBack
from flows.own_dates import OPEN
from flows.reminders.milestones import holds_since, was_superseded
from flows.walk import Item


def became(it: Reminded) -> str:
    """What a reminder says that holds no more: done, given away, gone. Safe in mrkdwn."""
    said = title(it)
    if item := it.item:
        return _task_became(it, item, said)
    if it.recurring:
        done = it.year_done
        if done is None:
            why = _not_brought(said) if it.lost else _not_leading(it, said)
            return why or (f"📅 {said}: its day was changed." if it.is_set_anew else _still_open(said))
        by = f"{it.scene.by(done.by, done.by_name)}, {it.scene.own_moment(done.at)}"
        return f"✅ {said}: done for {short_day(done.on)} by {by}."
    if back := it.withdrawn:
        taken = f"this change was taken back by {literal(back.by)}, {moment(it, back.at)}."
        return f"📣 {said}: {taken}{_in_its_place(it, back)}"
    if it.deadline:
        return _not_leading(it, said) or _moved_since(it, said)
    if it.answered:
        answer = it.scene.position.answers.get(it.answered.id)
        again = answer.recheck_on if answer else None
        if again == it.rung.on and (why := _not_brought(said) if it.lost else _not_leading(it, said)):
            return why
        if not it.is_set_anew:
            return _not_leading(it, said) or _still_open(said)
        return f"🧾 {said}: looked at again, the next day is {day(again)}." if again else f"🧾 {said}: settled."
    if it.rung.subject == "target":
        target = it.scene.position.target
        if target == it.rung.on and (why := _not_brought(said) if it.lost else _not_leading(it, said)):
            return why
        return f"🎯 {said}: it is {day(target)} now." if target and target != it.rung.on else f"🎯 {said}: settled."
    if it.rung.kind == "unreachable":
        return f"📬 {said}: settled."
    if it.rung.subject.startswith("recurring:"):
        gone = it.taken_off
        by = f" by {it.scene.by(gone.by, gone.by_name)}, {it.scene.own_moment(gone.at)}" if gone else ""
        return f"➖ {said}: this date of every year was taken off{by}."
    if it.rung.subject.startswith("task:"):
        return _does_not_apply(it, said)
    return f"➖ {said}: it is not there any more."


def _in_its_place(it: Reminded, back: TakenBack) -> str:
    """What holds where a change was taken back; empty where that is not confirmed."""
    other = holds_since(it.scene.ledger, back, it.today)
    if other is None or other.revision.unverified:
        return ""
    if other.revision.value == back.was.revision.value:
        return f" The same was entered anew since, so it is {value_words(other.revision.value)}."
    again = "" if was_superseded(it.scene.ledger, back) else " again"
    return f" It is {value_words(other.revision.value)}{again}."


def _moved_since(it: Reminded, said: str) -> str:
    """Of an industry date: what it is by now, where that is another day than was said."""
    known = it.scene.ledger.as_of(it.deadline.id, it.scene.today) if it.deadline and it.rung.kind == "before" else None
    if known is None or known.revision.unverified or known.revision.value.day == it.rung.on:
        return f"📅 {said}: this is settled, `/cais deadlines` shows how it stands."
    return f"🏛️ {said}: it is {value_words(known.revision.value)} now, `/cais deadlines` shows its story."


def _does_not_apply(it: Reminded, said: str) -> str:
    """Of a task, with who took off the agent it was for, where it was for one."""
    gone = it.taken_off
    if gone is None:
        return f"➖ {said}: it does not apply any more."
    agent = it.scene.position.agent(it.without_agent)
    leaves = agent is not None and agent.status == "leaving"
    what = "the change to another agent was begun" if leaves else "this agent was taken off"
    return f"➖ {said}: {what} by {it.scene.by(gone.by, gone.by_name)}, {it.scene.own_moment(gone.at)}."


def _task_became(it: Reminded, item: Item, said: str) -> str:
    scene, record, kept = it.scene, item.record, dated.owner(it.scene, item)
    if item.state == "done":
        done = scene.position.answers.get(item.task.sets) if item.task.kind == "question" else record
        by = f" by {scene.by(done.by, done.by_name)}, {scene.own_moment(done.at)}" if done else ""
        return f"✅ {said}: done{by}."
    if item.state in ("set_aside", "not_applicable", "later"):
        return _does_not_apply(it, said)
    if kept and kept.person != it.rung.person and (kept.at >= it.now or not it.to_a_lead):
        return f"↪️ {said}: it belongs to {dated.owner_name(scene, kept)} now."
    if it.lost and item.state in OPEN:
        return _not_brought(said)
    if it.owns_it and it.owner_lost:
        return f"↪️ {said}: still open. You only look on in this firm now, so its leads are reminded of it."
    if set_anew := _set_anew(it, item, said):
        return set_anew
    if item.state not in OPEN:
        return f"➖ {said}: settled."
    if kept and kept.person == it.rung.person:
        return _still_open(said)
    whom = f"{dated.owner_name(scene, kept)} is" if kept else "the firm's leads are"
    return f"↪️ {said}: still open, and {whom} reminded of it now."


def _set_anew(it: Reminded, item: Item, said: str) -> str:
    """What became of the wait, or of the date, that it went by; empty where that is as it was."""
    if it.rung.kind == "wait":
        if item.state != "waiting":
            return f"▶️ {said}: this wait is over."
        return f"⏳ {said}: the wait was set anew." if it.is_set_anew else ""
    until = dated.due(it.scene, item)
    if until and until.on != it.rung.on:
        return f"📅 {said}: its date is {day(until.on)} now."
    return f"📅 {said}: its date was taken off." if it.rung.on and not until else ""


def _still_open(said: str) -> str:
    return f"📅 {said}: still open."


def _not_brought(said: str) -> str:
    return f"📭 {said}: still open. You cannot be reached, so you are not reminded of it for now."


def _not_leading(it: Reminded, said: str) -> str:
    """Of what is the leads': that its recipient is none any more; empty where they are one."""
    return "" if it.to_a_lead else f"↪️ {said}: you do not lead this firm any more, so its leads are reminded of it."
