"""Finds out about somebody who is named where the members of a firm are shown."""

from collections.abc import Sequence

from bot.listeners.scenes import scene_for
from bot.router import Heard
from bot.slack.places import place
from bot.surfaces import Block
from bot.typed.dates import assign_words, person_called
from bot.views import who_is as views
from bot.views.blocks import literal
from bot.views.scene import Scene
from flows.firms import Refusal, role_of
from flows.ports import Known
from flows.services import Services
from flows.setting_up import check_joins

MOST = 4
"""People who are looked up for one line."""


async def about_named(heard: Heard, services: Services) -> tuple[str, Sequence[Block]]:
    """What each is who is named in the words, and what a lead can press about them."""
    scene, lead = scene_for(heard, services), role_of(heard.firm, heard.who) == "lead"
    named = await _known(heard, services)
    if not named:
        return views.nobody(scene, heard.words.lstrip("@ "), lead=lead)
    found = [_about(scene, known, lead=lead) for known in named]
    return " ".join(text for text, _ in found), [block for _, blocks in found for block in blocks]


def _about(scene: Scene, known: Known, *, lead: bool) -> views.Words:
    try:
        if known.person not in scene.position.members:
            check_joins(known.name, known.standing)
    except Refusal as refusal:
        return literal(refusal.sentence), ()
    return views.member_or_not(scene, known, lead=lead)


async def _known(heard: Heard, services: Services) -> list[Known]:
    whole = person_called(heard.firm, heard.words.lstrip("@ "))
    _, people, _ = assign_words(heard.words, heard.mentions, heard.firm, heard.who.id)
    ids = [one.person or place(heard.tenant, one.slack_id) for one in people if any(one)]
    ids = [whole] if whole else ids
    return [(await services.directory.sight(heard.tenant, one)).known for one in list(dict.fromkeys(ids))[:MOST]]
