"""What a reminder says that holds no more: done, given away, gone."""

from bot.views import dated
from bot.views.blocks import day, short_day
from bot.views.reminded import Reminded, title
from flows.walk import Item


def became(it: Reminded) -> str:
    """What a reminder says that holds no more: done, given away, gone. Safe in mrkdwn."""
    said = title(it)
    if item := it.item:
        return _task_became(it, item, said)
    if it.recurring:
        done = it.year_done
        if done is None:
            return f"📅 {said}: its day was changed."
        by = f"{it.scene.by(done.by, done.by_name)}, {it.scene.moment(done.at)}"
        return f"✅ {said}: done for {short_day(done.on)} by {by}."
    if it.deadline:
        return f"📅 {said}: this is settled, `/cais deadlines` shows how it stands."
    if it.rung.subject == "target":
        target = it.scene.position.target
        return f"🎯 {said}: it is {day(target)} now." if target and target != it.rung.on else f"🎯 {said}: settled."
    if it.rung.kind == "unreachable":
        return f"📬 {said}: settled."
    return f"➖ {said}: it is not there any more."


def _task_became(it: Reminded, item: Item, said: str) -> str:
    scene, record, kept = it.scene, item.record, dated.owner(it.scene, item)
    if item.state == "done":
        done = scene.position.answers.get(item.task.sets) if item.task.kind == "question" else record
        by = f" by {scene.by(done.by, done.by_name)}, {scene.moment(done.at)}" if done else ""
        return f"✅ {said}: done{by}."
    if item.state in ("set_aside", "not_applicable", "later"):
        return f"➖ {said}: it does not apply any more."
    if kept and kept.person != it.rung.person and not it.to_a_lead:
        return f"↪️ {said}: it belongs to {dated.owner_name(scene, kept)} now."
    if it.rung.kind == "wait":
        return f"▶️ {said}: this wait is over." if item.state != "waiting" else f"⏳ {said}: the wait was set anew."
    until = dated.due(scene, item)
    if until and until.on != it.rung.on:
        return f"📅 {said}: its date is {day(until.on)} now."
    return f"📅 {said}: its date was taken off." if it.rung.on and not until else f"➖ {said}: settled."
