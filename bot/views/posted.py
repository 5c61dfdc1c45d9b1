"""A summary as it stands in a channel, for everybody there, of one firm or several; and what is said about it."""

from collections.abc import Sequence
from datetime import date

from bot.buttons import OpenSummaries, PostAll, PostShared, StopSummary
from bot.slack.places import channel_mention
from bot.surfaces import Block, Message
from bot.views.blocks import (
    Element,
    actions,
    button,
    clip,
    confirm,
    context,
    escape,
    header,
    literal,
    section,
    short_day,
)
from bot.views.portfolio import AT_ONCE, NAME, ROWS, at_once, in_words, of_firms
from bot.views.posted_records import least, records
from bot.views.room import MOST_TEXT, characters
from bot.views.scene import Scene
from bot.views.summaries import body, text
from flows.events import FirmKey
from flows.history import counted
from flows.position import Position, Posted
from flows.summaries.changes import Change
from flows.summaries.posting import SHARED
from flows.summaries.standing import Standing
from flows.time_words import hour_there

MOST_CHANGES = 8
HUNDREDS, FEWER_CHANGES = 100, 4
"""Of more firms than that fewer changes are told: their heads need the room."""
WORDS = 160

OFTEN = {
    "once": "now",
    "daily": "now, and then each trading day",
    "weekly": "now, and then on the first trading day of each week",
}

AGAIN = {
    "once": "",
    "daily": ", each trading day",
    "weekly": ", on the first trading day of each week",
}
"""The same of one that is not posted yet."""

LOOKED_AT = {
    "post": "now, once, or as often as it comes there already",
    "daily": OFTEN["daily"],
    "weekly": OFTEN["weekly"],
}
LOOK = 5
"""Firms of a page that are shown before it is posted."""

INVITE = (
    "I am not in that channel. Type `/invite @CAIS Roadmap` there, which lets me into a private channel too; "
    "then type `/cais summary post` there."
)
WHY = {
    "not_in_channel": INVITE,
    "channel_not_found": INVITE,
    "is_archived": "The channel is archived. In another one, `/cais summary weekly` sets it up there.",
    SHARED: (
        "People of another company are in that channel (Slack Connect), or I may not know whether they are. "
        "They would read where a firm stands, so a lead has to say yes to that."
    ),
    "may_have_arrived": (
        "I was interrupted just then, and I never ask for the right to read channels, so I cannot look whether it "
        "arrived. If it is not there, type `/cais summary post` in the channel."
    ),
    "restricted_action": "Only some people may post there. Ask whoever runs the channel, or choose another one.",
}


def one(scene: Scene, standing: Standing, changes: Sequence[Change], posted: Posted, *, since: date | None) -> Message:
    """The summary of one firm in a channel. `since`: the day of the one before."""
    told = _since(since)
    blocks = [
        *body(scene, standing, changes, since=told),
        actions(button("Open", scene.carry(OpenSummaries), says=f"Open the summary of {standing.name} for me alone")),
        context(_who(posted), escape(scene.pack.wording.footer)),
        *records([scene.position]),
    ]
    return Message(text(scene, standing, changes, since=told), blocks)


def several(
    scenes: Sequence[Scene],
    standings: Sequence[Standing],
    changes: Sequence[tuple[Scene, Change]],
    posted: Sequence[Posted],
    *,
    since: date | None,
) -> Message:
    """The summary of several firms in a channel, the worst first."""
    positions = [scene.position for scene in scenes]
    lines = _of_each(changes, MOST_CHANGES if len(standings) <= HUNDREDS else FEWER_CHANGES)
    footer = escape(scenes[0].pack.wording.footer) if scenes else ""
    above: list[Block] = [
        header(f"Summary of {len(standings)} firms"),
        context(_heading(scenes, standings[0].today)),
    ]
    below: list[Block] = [
        section("\n".join([f"*Changed {_since(since)}*", *(lines or ["Nothing."])])),
        actions(button("Open", OpenSummaries(), says="Open my firms' summary for me alone")),
        context(" ".join(dict.fromkeys(_who(each, off="off all") for each in posted))[:1900], footer),
    ]
    whole = at_once(standings, MOST_TEXT - characters([*above, *below]) - least(positions))
    blocks = [*above, whole or of_firms(standings[:ROWS])]
    if not whole and (more := len(standings) - ROWS) > 0:
        blocks.append(context(f"and {counted(more, 'more firm')}, which press less"))
    blocks += below
    blocks += records(positions, beside=blocks)
    return Message(in_words(standings, standings), blocks)


def _heading(scenes: Sequence[Scene], day: date) -> str:
    moved = any(scene.practice or scene.position.practice for scene in scenes)
    return (
        f"{len(scenes)} firms · summary of {short_day(day)}{' · *Practice run: the clock is moved*' if moved else ''}"
    )


def _of_each(changes: Sequence[tuple[Scene, Change]], most: int) -> list[str]:
    """What changed, the newest first, a line for what somebody did in a firm on a day: else one firm would fill it."""
    done: dict[tuple[FirmKey, date, str], tuple[Scene, list[str]]] = {}
    for scene, change in changes:
        about = scene.position.key, scene.recorded_day(change.at), change.name
        done.setdefault(about, (scene, []))[1].append(change.words)
    lines = [
        f"• {short_day(on)}, *{literal(clip(scene.position.name, NAME))}*, {literal(name or 'somebody')}: "
        f"{literal(clip('; '.join(words), WORDS))}"
        for (_, on, name), (scene, words) in list(done.items())[:most]
    ]
    told = {key for key, _, _ in list(done)[:most]}
    more = len({key for key, _, _ in done} - told)
    return [*lines, *([f"• and in {more} more {'firm' if more == 1 else 'firms'}"] if more else [])]


def gone(positions: Sequence[Position], stopped_on: date) -> Message:
    """What stands where a summary stood that is posted there no more."""
    many = len(positions) > 1
    whose = f"{len(positions)} firms" if many else f"*{literal(positions[0].name)}*"
    said = f"The summary of {whose} is no longer posted here, since {short_day(stopped_on)}."
    return Message(f"{said} A lead starts it again with `/cais summary weekly{' all' if many else ''}`.")


def _since(day: date | None) -> str:
    return f"since the last one ({short_day(day)})" if day else "in the last 7 days"


def _who(posted: Posted, off: str = "off") -> str:
    """Who set it up, how often it comes, and how it is stopped."""
    name = literal(posted.by_name or "a lead")
    if posted.every == "once":
        return f"Posted by {name}; kept up to date until the day is over. `/cais summary {off}` takes it away."
    often = "Each trading day" if posted.every == "daily" else "On the first trading day of each week"
    at = escape(hour_there(posted.hour, posted.time_zone))
    stop = f"a lead stops it with `/cais summary {off}`"
    return f"{often} {at}, kept up to date until the next one. Set up by {name}; {stop}."


def look(standings: Sequence[Standing], carried: PostAll, *, left_out: int = 0, note: str = "") -> Message:
    """What would be posted, before it is: how many firms, with which it begins, where, and who would read it."""
    count, where = len(standings), channel_mention(carried.channel)
    said = f"{note} " if note else ""
    said += f"One message with {count} firms would be posted in {where} {LOOKED_AT[carried.often]}. Nothing is yet."
    shown = standings[:LOOK]
    more = f" It has the {ROWS} that need you most, and says how many more there are." if count > AT_ONCE else ""
    told = f"Everybody in that channel can read it, members of a firm or not.{more} It would begin like this:"
    blocks: list[Block] = [
        header(f"Post {count} firms?"),
        section(f"{said}\n{told}"),
        of_firms(shown),
        actions(
            button("Post all of them", carried, style="primary", says=f"Post the summary of {count} firms"),
            button("See all of it first", OpenSummaries(), says="See the summary of all my firms first, for me alone"),
        ),
    ]
    if left_out:
        blocks.append(context(f"{left_out} more firms do not fit; post those firm by firm with `for` and the name."))
    return Message(f"{said} {told} {in_words(standings, shown)}", blocks)


def set_up(positions: Sequence[Position], channel: str, why: str, stands: str | None = None) -> Message:
    """What is to be posted to the channel, when, and how to take it back.

    `why`: Slack's word for why it cannot be for now, empty where nothing is known that stands against it. `stands`:
    the address of this period's message where it is there already, empty where that is not known; None for none.
    """
    posted = positions[0].posted[channel]
    if why == SHARED and all(position.posted[channel].shared for position in positions):
        why = ""  # a lead said yes to that
    at = "" if posted.every == "once" else f" {escape(hour_there(posted.hour, posted.time_zone))}"
    back = (
        "`/cais summary off` stops it, `/cais undo` takes this back."
        if len(positions) == 1
        else "`/cais summary off all` stops it."
    )
    said = f"The summary of {named(positions)} is set up for {channel_mention(channel)}"
    if why:
        said += f"{AGAIN[posted.every]}{at}, but is not posted yet. {_reason(positions, channel, why)} {back}"
    elif stands is not None:
        again = f" The next one comes{AGAIN[posted.every]}{at}." if posted.every != "once" else ""
        said = (
            f"The summary of {named(positions)} stands in {channel_mention(channel)} already"
            f"{f' (<{stands}|open it>)' if stands else ''} and is kept up to date, so there is no second one; "
            f"if it was deleted, it is posted again.{again} {back}"
        )
    else:
        said += (
            f": it is to be posted {OFTEN[posted.every]}{at}. Everybody in that channel can read it, members or not. "
            f"If I cannot post there, I tell you why in a direct message. {back}"
        )
    ways = _ways(positions, channel, why)
    return Message(said, [section(said), *([actions(*ways)] if ways else [])])


def stopped(positions: Sequence[Position], channel: str, *, was: bool) -> Message:
    """It is posted no more, or was not."""
    what = named(positions)
    if not was:
        here = f"No summary of {what} is posted in {channel_mention(channel)}. Nothing was changed."
        elsewhere = any(position.posted for position in positions)
        return Message(f"{here} `/cais firm` says where it is, and stops it there." if elsewhere else here)
    back = "`/cais undo` brings it back." if len(positions) == 1 else "`/cais summary weekly all` starts it again."
    return Message(
        f"The summary of {what} is no longer posted in {channel_mention(channel)}, and is taken out of the newest "
        f"message there. {back}"
    )


def named(positions: Sequence[Position]) -> str:
    """The firm, or how many; safe in mrkdwn."""
    return f"*{literal(positions[0].name)}*" if len(positions) == 1 else f"your {len(positions)} firms"


def refused(positions: Sequence[Position], channel: str, why: str) -> Message:
    """To whoever set it up: what could not be posted, why, and what to do."""
    was = "may not have been" if why == "may_have_arrived" else "was not"
    reason = _reason(positions, channel, why)
    said = f"The summary of {named(positions)} {was} posted in {channel_mention(channel)}. {reason}"
    if positions[0].posted[channel].every == "once" and why != SHARED:
        return Message(said)  # it does not come again
    ways = _ways(positions, channel, why)
    said += "" if ways else " *Stop* is in `/cais firm`, wherever you are."
    return Message(said, [section(said), *([actions(*ways)] if ways else [])])


def _reason(positions: Sequence[Position], channel: str, why: str) -> str:
    """Why it is not posted, and what to do."""
    reason = WHY.get(why, f"Slack said `{escape(why)}`. `/cais summary post` in the channel tries again.")
    word = {"once": "post"}.get(every := positions[0].posted[channel].every, every)
    several = len(positions) > 1
    if several and why == SHARED:  # a yes is given firm by firm, each knowing which one it is for
        typed = f"`/cais summary {word} for` and its name in the channel"
        return f"{reason} For each firm that may be read there, type {typed}."
    whose = " all" if several else ""
    reason = reason.replace("`/cais summary post`", f"`/cais summary post{whose}`")
    return reason.replace("`/cais summary weekly`", f"`/cais summary {word}{whose}`")


def _ways(positions: Sequence[Position], channel: str, why: str) -> list[Element]:
    """The buttons below it: of one firm only, for each knows which one it is for."""
    if len(positions) > 1:
        return []
    (position,) = positions
    key, version = position.key, position.version
    stop = button("Stop", StopSummary(key.firm, version, channel=channel), says="Stop the summary here")
    if why != SHARED:
        return [stop]
    yes = confirm(
        "Post it in a shared channel?",
        f"Everybody in the channel, people of other companies too, can read where {position.name} stands.",
        "Post it",
    )
    return [button("Post it there all the same", PostShared(key.firm, version, channel=channel), confirm=yes), stop]
