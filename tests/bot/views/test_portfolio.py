"""Many firms beside each other: as many at once as Slack takes, else page by page."""

import pytest
from msgspec.structs import replace

from bot.sandbox.limits import problems_in_message
from bot.views.portfolio import AT_ONCE, ROWS, many
from bot.views.room import MOST_IN_TABLE, MOST_TEXT, characters
from flows.events import FirmKey
from flows.services import Services
from tests.bot.conversing import BEN, words_of
from tests.bot.firm_making import person
from tests.bot.test_summaries import act, apex
from tests.bot.views.test_posted_records import ODD


@pytest.mark.parametrize(
    ("count", "name", "shown"),
    [(40, "Firm", 40), (40, ODD, 40), (AT_ONCE, "Firm", AT_ONCE), (AT_ONCE + 1, "Firm", ROWS)],
)
async def test_forty_firms_are_shown_at_once_however_much_there_is_to_say_of_each(
    services: Services, count: int, name: str, shown: int
) -> None:
    key = await apex(services)
    await services.end_wait(key, act("over"), "s3e")
    await services.wait(key, act("again"), "s3e", whom="W" * 80, follow_up_on=None)
    await services.assign(key, act("whose"), "s3e", replace(person(BEN), name="N" * 80))
    one = await services.events.position(key)
    assert one
    firms = [replace(one, key=FirmKey(key.tenant, f"f{n}"), name=f"{name} {n}") for n in range(count)]
    page = many([services.summaries.of(firm) for firm in firms], "all")
    message = {"text": page.text, "blocks": page.blocks}
    assert problems_in_message(message) == []
    (table,) = (block for block in page.blocks if block["type"] == "table")
    assert characters(table) <= MOST_IN_TABLE
    assert characters(page.blocks) <= MOST_TEXT
    assert len(table["rows"]) == 1 + shown
    assert ("Next page" in words_of(message)) is (shown < count)
