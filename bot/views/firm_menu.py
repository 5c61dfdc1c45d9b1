"""A select of firms that holds hundreds of them, in groups of a hundred."""

from collections.abc import Sequence

from bot.actions import Carried, action_id, pack
from bot.buttons import PickFirm
from bot.surfaces import Block
from bot.views.blocks import Element, option, plain
from bot.views.naming import known_as
from flows.ports import FirmSummary

GROUP = 100
"""Options in a group (Slack's limit)."""

MOST = 500
"""Firms in a select, so that a modal stays well below Slack's 250 kB; `/cais firm use` reaches the others by name."""

LONGEST_ID = 255
"""Characters of a block_id, which has to hold what the select carries."""


def fits_menu(then: str) -> bool:
    """Whether the select can carry these words."""
    return len(pack(PickFirm(then=then))) <= LONGEST_ID


def firm_menu(firms: Sequence[FirmSummary], carried: Carried) -> Block:
    """The select in a row of its own. What it carries has to fit in the row's id."""
    element = {"action_id": action_id(type(carried)), **firm_select(firms)}
    return {"type": "actions", "block_id": pack(carried), "elements": [element]}


def firm_select(firms: Sequence[FirmSummary]) -> Element:
    """The select for a field of a form."""
    return {"type": "static_select", "placeholder": plain("Choose a firm", 150), **firm_choices(firms)}


def firm_choices(firms: Sequence[FirmSummary]) -> Element:
    """The options of a select: plain up to a hundred firms, in groups above that."""
    firms = firms[:MOST]
    if len(firms) <= GROUP:
        return {"options": [option(known_as(f), f.key.firm) for f in firms]}
    groups = [firms[n : n + GROUP] for n in range(0, len(firms), GROUP)]
    return {"option_groups": [_group(g) for g in groups]}


def _group(firms: Sequence[FirmSummary]) -> Element:
    span = f"{firms[0].name[:30]} to {firms[-1].name[:30]}"
    return {"label": plain(span, 75), "options": [option(known_as(f), f.key.firm) for f in firms]}
