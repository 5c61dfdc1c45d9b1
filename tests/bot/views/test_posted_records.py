"""A summary that is posted says of each of its firms where the record ends, and Slack still takes it."""

from datetime import timedelta
from hashlib import sha256

import pytest
from msgspec.structs import replace

from bot.sandbox.limits import problems_in_message
from bot.views.portfolio import ROWS
from bot.views.posted import several
from bot.views.posted_records import FITS
from bot.views.room import MOST_IN_TABLE, MOST_TEXT, characters
from bot.views.scene import Scene, scene_of
from flows.events import FirmKey
from flows.heads import beginnings_in, heads_in
from flows.position import Position
from flows.services import Services
from flows.summaries.changes import Change
from flows.summaries.portfolio import worst_first
from tests.bot.conftest import NOW
from tests.bot.conversing import COMPLIANCE, words_of
from tests.bot.test_summaries import act, apex

ODD = "Ünal & <Söhne> *Broker-Dealers*, of `Delaware` and Elsewhere No."


async def posted(services: Services, many: int, name: str) -> tuple[list[Position], dict[str, object]]:
    """So many firms like one that has work before it, and the message about them, with as much as it can say."""
    key = await apex(services)
    await services.summaries.post(key, act("posted"), f"slack:-/T0SANDBOX/{COMPLIANCE}", "weekly")
    first = await services.events.position(key)
    assert first
    firms = [
        replace(
            first,
            key=FirmKey(key.tenant, f"f{n}"),
            name=f"{name} {n}".strip(),
            head=sha256(str(n).encode()).hexdigest(),
            version=first.version + n,
        )
        for n in range(many)
    ]
    scenes = [scene_of(services, firm, "") for firm in firms]
    standings = worst_first(services.summaries.of(firm) for firm in firms)
    changes: list[tuple[Scene, Change]] = [
        (scene, Change(NOW - timedelta(1), f"slack:{n}", "Lea Haddad", "Done: " + "word " * 40))
        for n, scene in enumerate(scenes)
    ]
    shown = several(scenes, standings, changes, list(first.posted.values()) * many, since=None)
    return firms, {"text": shown.text, "blocks": shown.blocks}


@pytest.mark.parametrize("name", ["Firm", ODD])
@pytest.mark.parametrize("many", [2, 21, 40, 120, 500])
async def test_each_firm_of_a_posted_summary_has_its_head_there_and_up_to_forty_a_line(
    services: Services, many: int, name: str
) -> None:
    firms, message = await posted(services, many, name)
    assert problems_in_message(message) == []
    assert characters(message["blocks"]) <= MOST_TEXT
    (table,) = (block for block in message["blocks"] if block["type"] == "table")
    assert characters(table) <= MOST_IN_TABLE
    assert len(table["rows"]) == 1 + (many if many <= 40 else ROWS)
    found = heads_in(words_of(message))
    assert len(found) == many
    assert {firm.head[: len(found[0])] for firm in firms} == set(found)


async def test_few_firms_are_named_with_the_length_of_their_records(services: Services) -> None:
    _, message = await posted(services, 20, "Firm")
    said = words_of(message)
    assert "Records, by name: Firm 0 10 entries, head 5feceb66ffc86f38d952 · Firm 1 11 entries, head 6b86b273" in said
    assert said.endswith(FITS)


async def test_one_firms_piece_of_the_list_is_a_head_by_itself(services: Services) -> None:
    firms, message = await posted(services, 40, "Firm")
    said = words_of(message)
    piece = said[said.index("Firm 0 5feceb") :].partition(" ·")[0]
    assert beginnings_in(piece) == [firms[0].head[:16]]


async def test_what_somebody_did_in_a_firm_on_a_day_is_a_line_and_the_other_firms_are_counted(
    services: Services,
) -> None:
    key = await apex(services)
    first = await services.events.position(key)
    assert first
    firms = [replace(first, key=FirmKey(key.tenant, f"f{n}"), name=f"Firm {n}") for n in range(9)]
    scenes = [scene_of(services, firm, "") for firm in firms]
    changes = [
        (scene, Change(NOW - timedelta(hours=n), "slack:1", "Lea Haddad", words))
        for n, scene in enumerate(scenes)
        for words in ("Its target", "Set up")
    ]
    said = words_of(
        {"blocks": several(scenes, [services.summaries.of(f) for f in firms], changes, [], since=None).blocks}
    )
    assert "*Firm 0*, Lea Haddad: Its target; Set up\n" in said
    assert "*Firm 7*" in said
    assert "*Firm 8*" not in said
    assert "• and in 1 more firm\n" in said


async def test_no_name_is_cut_so_short_that_two_firms_read_alike(services: Services) -> None:
    _, message = await posted(services, 40, "A portfolio with a rather long name, of which each is number")
    said = words_of(message)
    assert "A portfolio with a rather" not in said[said.index("first digits") :]
    assert "Of each of the 40 firms, in the order of their names, the first digits" in said


async def test_the_heads_of_hundreds_of_firms_are_a_few_grey_lines_and_said_to_be_whose(services: Services) -> None:
    _, message = await posted(services, 300, "Portfolio")
    said = words_of(message)
    assert "in the order of their names" in said
    assert said.endswith("`cais verify --noted-in` says of each whose it is.")
    assert len(said[said.index("Of each of the 300 firms") :]) < 300 * 17 + 250
