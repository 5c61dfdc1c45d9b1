"""Who asks for a summary sees where the firm stands, or all their firms, the worst first; nobody else's."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.events import FirmKey
from flows.roadmap import Pack
from flows.services import Act, Services
from tests.bot.conftest import NOW
from tests.bot.conversing import BEN, COMPLIANCE, LEA, Json, Slack, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person
from tests.bot.reminding import new_york, world_at
from tests.bot.walking import FIRM

TODAY = NOW.date()


def act(nth: object, who: str = BEN) -> Act:
    return Act(person(who), "button", f"act-{who}-{nth}")


async def apex(services: Services) -> FirmKey:
    """A firm on its way: registered, waiting for access to the test portal, with two agents to come."""
    key = (await a_firm(services, FIRM, BEN, **{LEA: "member"})).key
    await services.answer(key, act(1), "fdid_duty", ["yes"])
    await services.complete(key, act(2), "s2", outcome="submitted", note="secret note")
    await services.wait(key, act(3), "s3e", whom="FINRA CAT", follow_up_on=None, since=TODAY - timedelta(20))
    await services.answer(key, act(4), "methods", ["agent"], agents=["Alpha Clearing"])
    return key


def rows(message: Json) -> list[list[str]]:
    """The table's cells."""
    table = next(b for b in message["blocks"] if b["type"] == "table")
    return [[cell["text"] for cell in row] for row in table["rows"]]


async def test_a_summary_says_each_steps_state_owner_date_and_whom_it_waits_for(
    slack: Slack, services: Services
) -> None:
    key = await apex(services)
    await services.assign(key, act(5), "s3e", person(LEA))
    await services.set_task_due(key, act(6), "s3e", TODAY + timedelta(3))
    said = await slack.ben.at(COMPLIANCE).types("/cais summary")
    head, *body = rows(said)
    assert head == ["Step", "State", "Owner", "Next date", "Waiting for"]
    third = next(row for row in body if row[0].startswith("3 "))
    assert third[1].startswith("Waiting")
    assert third[2:] == ["Lea Haddad", "Nov 26", "FINRA CAT, since Nov 3"]
    assert next(row for row in body if row[0].startswith("2 "))[1] == "Done"
    assert FIRM in said["text"]
    assert "Waiting for FINRA CAT" in said["text"]
    assert "owner Lea Haddad" in said["text"]
    assert slack.refused() == []


async def test_where_a_date_of_the_table_is_in_another_year_all_have_their_year(
    slack: Slack, services: Services
) -> None:
    key = await apex(services)
    await services.set_task_due(key, act(6), "s3e", TODAY + timedelta(3))
    await services.set_step_due(key, act(7), "6", TODAY + timedelta(90))
    body = rows(await slack.ben.types("/cais summary"))
    third = next(row for row in body if row[0].startswith("3 "))
    assert third[3:] == ["Nov 26, 2026", "FINRA CAT, since Nov 3, 2026"]
    assert any(row[3] == "Feb 21, 2027" for row in body)


@pytest.mark.parametrize("typed", ["summary", "summary all"])
async def test_whoever_is_waited_for_is_cut_before_the_day_is(slack: Slack, services: Services, typed: str) -> None:
    key = await apex(services)
    whom = "Zorblax clearing and settlement services of North America, its Helpdesk in Chicago"
    await services.wait(key, act("z"), "s3e", whom=whom, follow_up_on=None, since=TODAY - timedelta(20))
    waits = [row[-1] for row in rows(await slack.ben.types(f"/cais {typed}")) if "Zorblax" in row[-1]]
    assert [cell.partition("…")[2] for cell in waits] == [", since Nov 3"]


async def test_a_summary_is_seen_by_whoever_asked_alone(slack: Slack, services: Services) -> None:
    await apex(services)
    await slack.ben.at(COMPLIANCE).types("/cais summary")
    assert not [m for m in slack.lea.at(COMPLIANCE).sees if FIRM in words_of(m)]


async def test_what_changed_is_told_with_who_did_it_and_without_what_was_written_beside_it(
    slack: Slack, services: Services
) -> None:
    key = await apex(services)
    await services.add_note(key, act(7), "they said Tuesday", task="s3e")
    said = words_of(await slack.lea.types("summary"))
    assert "Ben Cole: Note added:" in said
    assert "secret note" not in said
    assert "they said Tuesday" not in said


async def test_what_was_undone_is_no_change(slack: Slack, services: Services) -> None:
    key = await apex(services)
    done = await services.set_target(key, act(8), date(2027, 3, 1))
    assert "Set the target" in words_of(await slack.ben.types("summary"))
    await services.undo(key, act(9), done.records[0].sequence)
    said = words_of(await slack.ben.types("summary"))
    assert "you: Set the target" not in said
    assert "Took back: Set the target" in said


async def test_a_date_of_the_firms_own_that_has_passed_comes_first_and_calmly(tmp_path: Path, pack: Pack) -> None:
    async with world_at(tmp_path, pack, new_york("2026-11-23")) as world:
        key = await apex(world.services)
        agent = (await world.services.position(key, person(BEN))).agents[0].id
        await world.services.set_task_due(key, act(10), f"s5[{agent}]", date(2026, 12, 2))
        await world.goes_to("2026-12-03")
        said = await world.slack.ben.types("summary")
        lines = words_of(said).split("*Look at first*\n")[1].splitlines()
        assert "Past its date (Dec 2, 2026)" in lines[0]
        assert "nobody yet" in lines[0]
        assert "Waiting for FINRA CAT" in lines[1]
        assert next(row for row in rows(said) if row[0].startswith("5 "))[2:4] == ["Nobody yet", "Dec 2 (passed)"]
        assert "owner nobody yet" in said["text"]
        assert "Next date: Dec 2, 2026 (passed)." in said["text"]
        assert "overdue" not in words_of(said).casefold()


async def test_a_date_of_every_year_is_a_date_of_the_firms_own_in_every_summary(tmp_path: Path, pack: Pack) -> None:
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as world:
        key = (await a_firm(world.services, FIRM, BEN)).key
        await a_firm(world.services, "Birch Brokers", BEN)
        made = await world.services.set_recurring(key, act(1), "SAA yearly certification", 12, 15)
        await world.services.assign(key, act(2), "s1", person(BEN))
        ben = world.slack.ben
        await world.goes_to("2026-12-14", 10)
        soon = await ben.types("/cais summary this week")
        assert rows(soon)[1][2:5] == ["Due soon: SAA yearly certification (every year)", "–", "Dec 15"]
        await world.goes_to("2026-12-22", 10)
        late = await ben.types("/cais summary late")
        assert [row[0] for row in rows(late)[1:]] == [FIRM]
        assert rows(late)[1][2:5] == ["Past its date: SAA yearly certification (every year)", "–", "Dec 15 (passed)"]
        assert "1 past a date" in late["text"]
        assert rows(await ben.types("/cais summary all"))[1][0] == FIRM, "what needs you most first"
        one = await ben.types(f"/cais summary for {FIRM}")
        line = "📌 *SAA yearly certification* (every year) · Past its date (Dec 15, 2026), not marked done yet"
        assert line in words_of(one)
        assert "Next date: Dec 15, 2026 (passed), SAA yearly certification, every year." in one["text"]
        yearly = made.position.recurring[0].id
        await world.services.reminders.finish_recurring(key, act(3), yearly, date(2026, 12, 15))
        assert "No firm has a date of its own that has passed." in words_of(await ben.types("/cais summary late"))
        assert world.slack.refused() == []


async def test_a_firm_that_has_nothing_left_but_a_date_of_every_year_has_it_in_the_summary(
    tmp_path: Path, pack: Pack
) -> None:
    async with world_at(tmp_path, pack, new_york("2026-11-23", 10)) as world:
        key = (await a_firm(world.services, FIRM, BEN)).key
        await a_firm(world.services, "Birch Brokers", BEN)
        await world.services.answer(key, act(1), "fdid_duty", ["no"], basis="Only advisory, no orders.")
        await world.services.set_recurring(key, act(2), "Look again", 12, 15)
        await world.goes_to("2026-12-22", 10)
        every = await world.slack.ben.types("/cais summary all")
        assert rows(every)[1][0] == FIRM
        assert rows(every)[1][2:5] == ["Past its date: Look again (every year)", "–", "Dec 15 (passed)"]
        one = await world.slack.ben.types(f"/cais summary for {FIRM}")
        assert "*Look again* (every year) · Past its date" in words_of(one)
        assert world.slack.refused() == []


async def test_what_is_read_aloud_says_of_dates_and_owners_what_the_table_does(
    slack: Slack, services: Services
) -> None:
    key = await apex(services)
    said = await slack.ben.types("summary")
    assert {row[3] for row in rows(said)[1:]} == {"–"}
    assert "No date is set." in said["text"]
    await services.set_target(key, act(11), date(2027, 3, 1))
    assert "Next date: Mar 1, 2027, the firm's target." in (await slack.ben.types("summary"))["text"]
    (of_all,) = rows(said := await slack.ben.types("summary all"))[1:]
    assert of_all[3:5] == ["Nobody yet", "Mar 1, 2027"]
    assert "owner nobody yet, next date Mar 1, 2027." in said["text"]


@pytest.mark.parametrize("who", [BEN, LEA])
async def test_nothing_that_a_summary_says_counts_an_industry_date_against_the_firm(
    slack: Slack, services: Services, who: str
) -> None:
    await apex(services)
    said = words_of(await slack.person(who).types("summary")).casefold()
    assert "overdue" not in said
    assert "late" not in said.replace("later", "").split()
    assert "2022" not in said
    assert "2024" not in said


async def test_a_firm_with_no_obligation_is_neither_at_nothing_nor_at_everything(
    slack: Slack, services: Services
) -> None:
    key = (await a_firm(services, FIRM, BEN)).key
    await services.answer(key, act(1), "fdid_duty", ["no"], basis="no such orders")
    said = words_of(await slack.ben.types("summary"))
    assert "No obligation" in said
    assert "0 of" not in said
    assert "%" not in said


async def many_firms(services: Services, count: int) -> list[FirmKey]:
    """Firms of Ben's; every fourth waits for somebody, every fifth has a date in three days, every tenth an owner."""
    keys = []
    for n in range(count):
        key = (await a_firm(services, f"Firm {n:03d}", BEN)).key
        await services.answer(key, act(f"{n}-1"), "fdid_duty", ["yes"])
        if n % 4 == 0:
            await services.wait(
                key, act(f"{n}-2"), "s2", whom="the Helpdesk", follow_up_on=None, since=TODAY - timedelta(n)
            )
        if n % 5 == 0:
            await services.set_task_due(key, act(f"{n}-3"), "s2", TODAY + timedelta(3))
        if n % 10 == 0:
            await services.set_target(key, act(f"{n}-5"), TODAY + timedelta(400))
        keys.append(key)
    return keys


async def test_forty_firms_are_a_line_each_with_the_worst_first_and_can_be_filtered_and_opened(
    slack: Slack, services: Services
) -> None:
    await many_firms(services, 40)
    ben = slack.ben
    said = await ben.types("/cais summary all")
    assert len(rows(said)) == 41, "all of them at once"
    assert said["text"].startswith("Summary of 40 firms: 0 past a date, 10 waiting")
    assert rows(said)[1][0] == "Firm 020", "its date is near, and it has waited for longest"
    assert "Next page" not in labels(said)
    await ben.presses("Waiting (10)")
    assert len(rows(ben.last)) == 11
    assert all(row[5].startswith("the Helpdesk, since") for row in rows(ben.last)[1:])
    await ben.picks("Open a firm's summary", "Firm 036")
    assert "Summary · Firm 036" in words_of(ben.last)
    await ben.presses("All my firms")
    assert "Summary of 40 firms" in words_of(ben.last)
    assert slack.refused() == []


async def test_three_hundred_firms_are_read_page_by_page(slack: Slack, services: Services) -> None:
    await many_firms(services, 300)
    said = await slack.ben.types("/cais summary all")
    assert "1 to 20 of 300" in words_of(said)
    assert len(rows(said)) == 21
    await slack.ben.presses("Next page")
    assert "21 to 40 of 300" in words_of(slack.ben.last)
    assert len(rows(slack.ben.last)) == 21
    assert slack.refused() == []


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("late", "past a date"), ("waiting", "waiting"), ("no owner", "no owner"), ("This week", "next 7 days")],
)
async def test_a_filter_can_be_typed(slack: Slack, services: Services, typed: str, shown: str) -> None:
    await many_firms(services, 2)
    said = await slack.ben.types(f"/cais summary {typed}")
    assert f"Firms with: {shown}" in words_of(said)


async def test_a_word_that_is_none_is_offered_and_not_run(slack: Slack, services: Services) -> None:
    await many_firms(services, 2)
    said = await slack.ben.types("/cais summary waitng")
    assert "summary waiting" in labels(said)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("monthly", ["summary weekly"]),
        ("every friday", ["summary weekly"]),
        ("each day", ["summary daily"]),
        ("stop it", ["summary off"]),
        ("weekly at 10am", ["summary weekly"]),
        ("daily off", ["summary off"]),
        ("overdue", ["summary late"]),
        (FIRM, [f"summary for {FIRM}"]),
        (f"weekly {FIRM}", [f"summary weekly for {FIRM}"]),
        ("bogus", []),
    ],
)
async def test_how_often_it_can_come_is_said_and_the_nearest_is_offered(
    slack: Slack, services: Services, typed: str, offered: list[str]
) -> None:
    await apex(services)
    said = await slack.ben.types(f"/cais summary {typed}")
    assert labels(said) == [*offered, "What can I type?"]
    for said_so in (words_of(said), said["text"]):
        assert (
            "`summary weekly` and `summary daily` have it posted there, `summary post` once, and `summary off`"
            in said_so
        )


async def test_somebody_sees_only_the_firms_they_are_in_and_an_admin_all(slack: Slack, services: Services) -> None:
    await many_firms(services, 2)
    await a_firm(services, "Zephyrine", LEA)
    assert "Zephyrine" not in words_of(await slack.ben.types("/cais summary all"))
    assert "Zephyrine" in words_of(await slack.lea.types("/cais summary all"))
    await slack.ana.types("/cais")  # who she is has been asked then
    assert "Zephyrine" in words_of(await slack.ana.types("/cais summary all"))
    said = words_of(await slack.ben.types("/cais summary for Zephyrine"))
    assert said == words_of(await slack.ben.types("/cais summary for Quasimodo")).replace("Quasimodo", "Zephyrine")


async def test_whoever_has_no_firm_is_offered_to_set_one_up(slack: Slack) -> None:
    assert "not a member of any firm" in words_of(await slack.ben.types("/cais summary"))


async def test_a_firm_that_is_named_is_meant_whatever_the_channel_says(slack: Slack, services: Services) -> None:
    await many_firms(services, 3)
    said = await slack.ben.at(COMPLIANCE).types("/cais summary for Firm 002")
    assert "Summary · Firm 002" in words_of(said)
    assert TENANT not in words_of(said)


async def test_firms_that_have_not_begun_are_told_apart_by_where_they_stand(slack: Slack, services: Services) -> None:
    for nth, situation in enumerate(("new", "reporting", "changing")):
        await services.set_up(TENANT, act(nth), name=f"Firm {nth}", situation=situation)  # type: ignore[arg-type]
    said = await slack.ben.at(COMPLIANCE).types("/cais summary all")
    assert [row[2] for row in rows(said)[1:]] == [
        "Not begun: new to CAIS reporting",
        "Not begun: already reporting",
        "Not begun: changing agent or clearing firm",
    ]
