"""Twenty people press *Done* on the same task at the same instant: one event, and everybody is told the truth."""

import asyncio
from pathlib import Path

from bot.bootstrap import build_services
from bot.sandbox.sandbox import Sandbox
from flows.firms import Person
from flows.records import verify_position
from flows.roadmap import Pack
from flows.services import Act, Services
from storage.database import open_database
from tests.bot.conftest import NOW
from tests.bot.conversing import Json, Slack, Someone, labels, words_of
from tests.e2e.processes import Watched, bot_beside_slack
from tests.e2e.walking import set_up, title

TENANT, CROWD, HOW_MANY = "-/T0SANDBOX", "C0CROWD", 20
TASK = "Your SAA has Administrator access to the test portal"


async def a_crowd_at_one_card(slack: Slack, services: Services) -> list[Someone]:
    """Twenty members of one firm who each look at a card of their own of the same task."""
    await set_up(slack.ben)
    await slack.ben.presses("Next")
    await slack.ben.presses("Yes")
    await slack.ben.presses("Form submitted")
    [firm] = await services.directory.all_firms(TENANT)
    users = [slack.sandbox.add_person(f"person{n}") for n in range(HOW_MANY)]
    slack.sandbox.add_channel("crowd", users, id=CROWD)
    lead = Act(Person(f"slack:{TENANT}/{slack.ben.user}", "Ben Cole"), "command")
    for n, user in enumerate(users):
        await services.set_member(firm.key, lead, Person(f"slack:{TENANT}/{user}", f"Person{n}"), "member")
    people = [Someone(slack, user, CROWD) for user in users]
    for person in people:
        assert title(await person.types("/cais next")) == TASK
    return people


async def all_press_done(sandbox: Sandbox, people: list[Someone]) -> list[Json]:
    """The clicks leave together; what Slack says to each."""
    clicks = []
    for person in people:
        [button] = [e for b in person.last["blocks"] for e in b.get("elements", ()) if _is_done(e)]
        clicks.append(sandbox.click(person.user, person.last, button["action_id"]))
    return await asyncio.gather(*clicks)


def _is_done(element: Json) -> bool:
    return bool(element["type"] == "button" and element["text"]["text"] == "Done")


def assert_everybody_is_told_the_truth(people: list[Someone]) -> None:
    """One reads that it is recorded, nineteen by whom; everybody stands at the next card, and can undo."""
    screens = [person.last for person in people]
    [winner] = [n for n, screen in enumerate(screens) if "*Recorded:*" in words_of(screen)]
    assert "By you" in words_of(screens[winner])
    others = [words_of(screen) for n, screen in enumerate(screens) if n != winner]
    # On a busy machine somebody may click before Slack has said who it is: then it is the name Slack sent along.
    said = f"*Already recorded:* Person{winner} marked “{TASK}” done on".casefold()
    assert [said in words.casefold() for words in others] == [True] * (HOW_MANY - 1)
    assert {title(screen) for screen in screens} == {"Let your people into the test portal"}
    assert all("Undo" in labels(screen) for screen in screens)
    assert {len(person.sees) for person in people} == {1}, "each in his own card"


async def assert_one_event(services: Services) -> None:
    """The task was completed once, and the chain holds."""
    store = services.events
    [key] = await store.firm_keys()
    rows = await store.history(key)
    assert [row.type for row in rows if getattr(row.event, "task", "") == "s3e"] == ["task_completed"]
    position = await store.position(key)
    assert position is not None
    assert verify_position(rows, position) is None


async def test_twenty_clicks_at_once_are_one_event(slack: Slack, services: Services) -> None:
    people = await a_crowd_at_one_card(slack, services)
    assert await all_press_done(slack.sandbox, people) == [{"ok": True}] * HOW_MANY
    await slack.settled()
    assert_everybody_is_told_the_truth(people)
    await assert_one_event(services)
    assert slack.refused() == []


async def test_twenty_clicks_at_once_on_a_bot_in_a_process_of_its_own(
    transport: str, tmp_path: Path, pack: Pack
) -> None:
    async with bot_beside_slack(transport, tmp_path) as (sandbox, bot):
        await bot.start()
        async with await open_database(f"sqlite+aiosqlite:///{bot.database}") as database:
            services = build_services(database, pack, lambda: NOW)
            people = await a_crowd_at_one_card(Watched(sandbox), services)
            assert await all_press_done(sandbox, people) == [{"ok": True}] * HOW_MANY
            await sandbox.until(lambda: all(title(person.last) != TASK for person in people))
            assert_everybody_is_told_the_truth(people)
            await assert_one_event(services)
