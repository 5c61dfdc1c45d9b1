"""The App Home: what is one's own to do, whom one waits for, one's firms; what is pressed there is answered there."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from flows.deadlines import Source, Value
from flows.events import FirmKey
from flows.firms import Person
from flows.position import Position
from flows.services import Act, Services
from flows.workspace import DeadlineRevised
from tests.bot.conversing import BEN, LEA, Slack, labels, words_of
from tests.bot.firm_making import a_firm
from tests.bot.walking import BEN_COLE, TENANT

LEA_HADDAD = Person(f"slack:{TENANT}/{LEA}", "Lea Haddad")
ADMIN = Person(f"slack:{TENANT}/U0ANA", "Ana Ruiz", admin=True)
BY_BEN = Act(BEN_COLE, "button")


async def registered(services: Services, name: str, **members: Any) -> FirmKey:
    """A firm of Ben's with an obligation, whose step 2 is open."""
    key = (await a_firm(services, name, BEN, **members)).key
    await services.answer(key, BY_BEN, "fdid_duty", ["yes"])
    return key


async def waiting(services: Services, key: FirmKey, owner: Person | None = BEN_COLE) -> Position:
    """Step 2 is done, and somebody waits for FINRA CAT in step 3."""
    await services.complete(key, BY_BEN, "s2", outcome="submitted")
    if owner:
        await services.assign(key, BY_BEN, "s3e", owner)
    today = services.today(await services.position(key, BEN_COLE))
    result = await services.wait(
        key, BY_BEN, "s3e", whom="FINRA CAT", since=today - timedelta(9), follow_up_on=today + timedelta(1)
    )
    return result.position


def home_of(someone: Any) -> str:
    return words_of(someone.home or {})


async def opened(slack: Slack) -> Any:
    await slack.ben.opens_home()
    return slack.ben


async def test_an_empty_home_is_honest_and_the_walk_begins_there(slack: Slack) -> None:
    home = await slack.ben.opens_home()
    assert "No firm yet" in words_of(home or {})
    await slack.ben.presses("Set up your firm", on=home)
    await slack.ben.submits({"name": "Apex Securities"})
    assert "is set up" in home_of(slack.ben)
    await slack.ben.presses("Back to my tasks", on=slack.ben.home)
    assert "No task is assigned to you" in home_of(slack.ben)
    assert "Apex Securities" in home_of(slack.ben)
    assert slack.ben.sees == [], "nothing of it was said anywhere else"
    assert slack.refused() == []


async def test_a_home_tells_a_viewer_so(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN, U0LEA="viewer")
    assert "you are a viewer" in words_of(await slack.lea.opens_home() or {})
    assert "you are a viewer" not in words_of(await slack.ben.opens_home() or {})


async def test_my_tasks_of_all_firms_come_soonest_first_each_with_its_date_and_nobody_elses(
    slack: Slack, services: Services
) -> None:
    apex, birch = await registered(services, "Apex", U0LEA="member"), await registered(services, "Birch")
    for key, days in ((apex, 9), (birch, 2)):
        today = services.today(await services.position(key, BEN_COLE))
        await services.set_task_due(key, BY_BEN, "s2", today + timedelta(days))
        await services.assign(key, BY_BEN, "s2", BEN_COLE)
    home = words_of(await slack.ben.opens_home() or {})
    assert home.index("· Birch") < home.index("· Apex")
    assert home.count("🗓️ By ") == 2
    assert home.count("📌 Due soon: Register for CAIS") == 1, "beside the firm whose day is near"
    assert "No task is assigned to you" in words_of(await slack.lea.opens_home() or {})
    assert "Birch" not in home_of(slack.lea)


async def test_a_task_of_mine_that_comes_after_others_is_there_once_it_has_a_date(
    slack: Slack, services: Services
) -> None:
    key = await registered(services, "Apex")
    await services.assign(key, BY_BEN, "s3e", BEN_COLE)
    title = services.pack.tasks["s3e"].title
    assert title not in words_of(await slack.ben.opens_home() or {}).partition("Apex")[0]
    await services.set_task_due(key, BY_BEN, "s3e", services.today(await services.position(key, BEN_COLE)))
    home = words_of(await slack.ben.opens_home() or {})
    assert title in home
    assert "📌 Today, Nov" in home
    assert "🔒 Comes after “Register for CAIS”" in home
    await slack.ben.presses("Open", on=slack.ben.home)
    assert "Back to my tasks\nStep 3 of 6" in home_of(slack.ben)


async def test_whoever_has_only_tasks_that_come_later_is_not_told_that_none_is_theirs(
    slack: Slack, services: Services
) -> None:
    key = await registered(services, "Apex", U0LEA="member")
    await services.assign(key, BY_BEN, "s6r", LEA_HADDAD)
    home = words_of(await slack.lea.opens_home() or {})
    later = "1 comes later, and each firm's *Status* names its owners. What comes next in each firm stands below."
    assert f"No task of yours can be worked on now; {later}" in home
    assert "No task is assigned" not in home
    assert "*Yours:* Ask the Helpdesk to certify your firm" in words_of(await slack.lea.types("/cais"))
    assert "No task is assigned to you. What comes next" in home_of(await opened(slack))


async def test_where_not_all_of_ones_firms_are_shown_home_says_only_what_is_so_in_all(
    slack: Slack, services: Services
) -> None:
    keys = [await registered(services, f"Firm {nth}", U0LEA="member") for nth in range(7)]
    assert "No task of yours can be worked on now. What comes next" in home_of(await opened(slack))
    await services.assign(keys[3], BY_BEN, "s2", BEN_COLE)
    assert "can be worked on now" not in home_of(await opened(slack))


async def test_a_date_of_the_firms_own_that_passed_is_said_and_not_counted(slack: Slack, services: Services) -> None:
    key = await registered(services, "Apex")
    position = await services.position(key, BEN_COLE)
    await services.set_task_due(key, BY_BEN, "s2", services.today(position))
    await services.assign(key, BY_BEN, "s2", BEN_COLE)
    now = services.clock()
    services.clock = lambda: now + timedelta(5)
    services.portfolios._clock = services.clock
    home = words_of(await slack.ben.opens_home() or {})
    assert "has passed" in home
    assert "late" not in home.replace("later", "")
    assert "overdue" not in home


async def test_done_is_done_right_there_with_undo_and_redo(slack: Slack, services: Services) -> None:
    key = await registered(services, "Apex")
    position = await waiting(services, key)
    await slack.ben.opens_home()
    await slack.ben.presses("Done", on=slack.ben.home)
    assert "Recorded:" in home_of(slack.ben)
    assert (await services.position(key, BEN_COLE)).tasks["s3e"].state == "done"
    await slack.ben.presses("Undo", on=slack.ben.home)
    assert "Undone:" in home_of(slack.ben)
    assert (await services.position(key, BEN_COLE)).tasks == position.tasks
    await slack.ben.presses("Redo", on=slack.ben.home)
    assert (await services.position(key, BEN_COLE)).tasks["s3e"].state == "done"
    assert slack.ben.sees == []
    assert slack.refused() == []


async def test_what_was_just_done_counts_before_the_firms_next_plan_and_the_plan_keeps_it(
    slack: Slack, services: Services
) -> None:
    key = await registered(services, "Apex Securities")
    await services.assign(key, BY_BEN, "s2", BEN_COLE)
    await services.reminders.replan(key)
    assert "Register for CAIS" in home_of(await opened(slack))
    await services.complete(key, BY_BEN, "s2", outcome="submitted")
    assert "No task is assigned to you" in home_of(await opened(slack))
    assert await services.portfolios.catch_up() == 1, "the one that was shown was not kept: nobody waited for that"
    await services.complete(key, BY_BEN, "s3e")
    await services.reminders.replan(key)
    assert await services.portfolios.catch_up() == 0


async def test_a_wait_is_put_off_for_a_week_and_chased_with_words_to_copy(slack: Slack, services: Services) -> None:
    key = await registered(services, "Apex")
    before = (await waiting(services, key)).tasks["s3e"]
    home = await slack.ben.opens_home()
    assert "Waiting for FINRA CAT since" in home_of(slack.ben)
    assert home_of(slack.ben).count("FINRA CAT since") == 1, "nothing is said twice"
    await slack.ben.presses("Chase…", on=home)
    assert "A message you can copy" in words_of(slack.ben.modal or {})
    await slack.ben.presses("Look again in a week", on=home)
    after = (await services.position(key, BEN_COLE)).tasks["s3e"]
    assert (after.whom, after.since) == (before.whom, before.since)
    assert after.follow_up_on
    assert before.follow_up_on
    assert after.follow_up_on > before.follow_up_on
    await slack.ben.presses("Undo", on=slack.ben.home)
    assert (await services.position(key, BEN_COLE)).tasks["s3e"] == before


async def test_a_wait_of_a_colleagues_stands_below_ones_own_tasks(slack: Slack, services: Services) -> None:
    await waiting(services, await registered(services, "Apex", U0LEA="member"), LEA_HADDAD)
    home = words_of(await slack.ben.opens_home() or {})
    assert "Also waiting on others" in home
    assert "👤 Lea Haddad" in home
    assert "Also waiting on others" not in words_of(await slack.lea.opens_home() or {})


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Done", "Already recorded"),
        ("Look again in a week", "Nobody is waited for"),
        ("Chase…", "Nobody is waited for"),
    ],
)
async def test_a_task_done_meanwhile_is_said_kindly_and_recorded_once(
    slack: Slack, services: Services, label: str, said: str
) -> None:
    key = await registered(services, "Apex")
    await waiting(services, key)
    home = await slack.ben.opens_home()
    await services.complete(key, BY_BEN, "s3e")
    events = len(await services.events.history(key))
    await slack.ben.presses(label, on=home)
    assert said in home_of(slack.ben)
    assert "FINRA CAT since" not in home_of(slack.ben), "the Home shows how things are"
    assert len(await services.events.history(key)) == events


@pytest.mark.parametrize("label", ["Done", "Look again in a week", "Chase…", "Open", "Status"])
async def test_whoever_left_a_firm_reaches_nothing_of_it_by_an_old_home(
    slack: Slack, services: Services, label: str
) -> None:
    key = await registered(services, "Apex", U0LEA="member")
    await waiting(services, key, LEA_HADDAD)
    home = await slack.lea.opens_home()
    services.left = lambda tenant, person: None  # Slack has not drawn it anew yet
    await services.remove_member(key, BY_BEN, LEA_HADDAD.id)
    events = await services.events.history(key)
    await slack.lea.presses(label, on=home)
    assert "not a member" in home_of(slack.lea)
    assert "Apex" not in home_of(slack.lea)
    assert await services.events.history(key) == events


async def test_whoever_is_taken_off_a_firm_has_nothing_of_it_on_their_home_any_more(
    slack: Slack, services: Services
) -> None:
    key = await registered(services, "Apex", U0LEA="member")
    await waiting(services, key, LEA_HADDAD)
    await slack.lea.opens_home()
    await services.remove_member(key, BY_BEN, LEA_HADDAD.id)
    await slack.settled()
    assert "No firm yet" in home_of(slack.lea)
    assert "Apex" not in home_of(slack.lea)


async def test_a_viewer_who_was_a_member_is_told_why_not(slack: Slack, services: Services) -> None:
    key = await registered(services, "Apex", U0LEA="member")
    await waiting(services, key, LEA_HADDAD)
    home = await slack.lea.opens_home()
    await services.set_member(key, BY_BEN, LEA_HADDAD, "viewer")
    await slack.lea.presses("Done", on=home)
    assert "Only a member or a lead" in home_of(slack.lea)
    assert "Done" not in labels(slack.lea.home or {})


async def test_a_card_opens_in_the_home_and_a_form_of_it_ends_there(slack: Slack, services: Services) -> None:
    key = await registered(services, "Apex")
    await slack.ben.opens_home()
    await slack.ben.presses("Next task", on=slack.ben.home)
    assert "Step 2 of 6" in home_of(slack.ben)
    await slack.ben.presses("Waiting on someone", on=slack.ben.home)
    await slack.ben.submits({"whom": "FINRA CAT"})
    assert "Recorded:" in home_of(slack.ben)
    assert (await services.position(key, BEN_COLE)).tasks["s2"].whom == "FINRA CAT"
    assert slack.ben.sees == []
    assert slack.refused() == []


async def test_a_question_is_answered_in_the_home(slack: Slack, services: Services) -> None:
    await registered(services, "Apex")
    await slack.ben.opens_home()
    await slack.ben.presses("Ask a question", on=slack.ben.home)
    await slack.ben.submits({"question": "who signs the SAA form?"})
    assert "who signs the SAA form?" in home_of(slack.ben)
    assert slack.ben.sees == []
    assert slack.refused() == []


async def test_two_clicks_at_once_are_one_record_and_the_home_shows_the_last_state(
    slack: Slack, services: Services
) -> None:
    key = await registered(services, "Apex")
    await waiting(services, key)
    home = await slack.ben.opens_home()
    events = len(await services.events.history(key))
    await asyncio.gather(*(slack.ben.presses(label, on=home) for label in ("Done", "Look again in a week")))
    assert (await services.position(key, BEN_COLE)).tasks["s3e"].state == "done"
    assert len(await services.events.history(key)) in (events + 1, events + 2)
    assert "FINRA CAT since" not in home_of(slack.ben)
    assert all("hash_conflict" in refused for refused in slack.refused()), "and that is why it is drawn again"


async def test_a_lead_filters_firms_and_turns_pages(slack: Slack, services: Services) -> None:
    for nth in range(14):
        await a_firm(services, f"Firm {nth:02d}", BEN)
    late = await registered(services, "Zenith")
    await services.set_task_due(late, BY_BEN, "s2", date(2030, 1, 2))
    await waiting(services, late)
    await slack.ben.opens_home()
    await slack.ben.presses("All my firms (15)", on=slack.ben.home)
    assert "Firms 1 to 12 of 15" in home_of(slack.ben)
    assert home_of(slack.ben).index("*Zenith*") < home_of(slack.ben).index("*Firm 00*")
    await slack.ben.presses("Next page", on=slack.ben.home)
    await slack.ben.presses("Next task", on=slack.ben.home)
    assert "Step 1 of 6" in home_of(slack.ben)
    await slack.ben.presses("Back to my firms", on=slack.ben.home)
    assert "Firms 13 to 15 of 15" in home_of(slack.ben), "it leads back to the page one came from"
    await slack.ben.presses("Waiting (1)", on=slack.ben.home)
    assert "*Zenith*" in home_of(slack.ben)
    assert "Firm 00" not in home_of(slack.ben)
    await slack.ben.presses("Past a date (0)", on=slack.ben.home)
    assert "No firm has a date of its own that has passed" in home_of(slack.ben)
    assert slack.refused() == []


async def test_clicks_that_cross_leave_the_confirmation_and_its_way_back(slack: Slack, services: Services) -> None:
    key = await registered(services, "Apex")
    before = await waiting(services, key)
    for label, said in (("Look again in a week", "look again on"), ("Undo", "Undone:"), ("Done", "Recorded:")):
        home = await slack.ben.opens_home() if label != "Undo" else slack.ben.home
        await asyncio.gather(*(slack.ben.presses(label, on=home) for _ in range(4)))
        assert said.casefold() in home_of(slack.ben).casefold(), label
        assert {"Undo", "Redo"} & set(labels(slack.ben.home or {})), label
    assert (await services.position(key, BEN_COLE)).version == before.version + 3
    assert any("hash_conflict" in refused for refused in slack.refused()), "they did cross"


async def test_a_page_or_a_card_that_is_asked_for_twice_at_once_stays(slack: Slack, services: Services) -> None:
    for nth in range(14):
        await a_firm(services, f"Firm {nth:02d}", BEN)
    await slack.ben.opens_home()
    await slack.ben.presses("All my firms (14)", on=slack.ben.home)
    home = slack.ben.home
    await asyncio.gather(*(slack.ben.presses("Next page", on=home) for _ in range(3)))
    assert "Firms 13 to 14 of 14" in home_of(slack.ben)
    home = slack.ben.home
    await asyncio.gather(*(slack.ben.presses("Next task", on=home) for _ in range(3)))
    assert "Step 1 of 6" in home_of(slack.ben)


async def test_a_wait_that_is_put_off_already_says_until_when_and_who_is_asked_then(
    slack: Slack, services: Services
) -> None:
    await waiting(services, await registered(services, "Apex"))
    home = await slack.ben.opens_home()
    await slack.ben.presses("Look again in a week", on=home)
    await slack.ben.presses("Look again in a week", on=await slack.ben.opens_home())
    assert "on Nov 30, 2026 already. You are asked about it then, and every" in home_of(slack.ben)


async def test_an_admin_who_is_in_no_firm_sees_those_of_the_workspace(slack: Slack, services: Services) -> None:
    for nth in range(14):
        await a_firm(services, f"Firm {nth:02d}", BEN)
    late = await registered(services, "Zenith")
    await waiting(services, late)
    await slack.ana.types("hello")  # so that Slack is asked who she is
    home = words_of(await slack.ana.opens_home() or {})
    assert "You are a member of no firm here" in home
    assert "you see 15 firms" in home
    assert "FINRA CAT since" in home
    assert "My " not in home.replace("My times", "")
    await slack.ana.presses("All firms here (15)", on=slack.ana.home)
    assert "Firms here (15)" in home_of(slack.ana)
    await slack.ana.presses("Waiting (1)", on=slack.ana.home)
    assert "*Zenith*" in home_of(slack.ana)
    assert "Firm 00" not in home_of(slack.ana)
    assert "No firm yet" in words_of(await slack.lea.opens_home() or {}), "who does not run it sees none of them"
    assert slack.refused() == []


async def test_a_page_far_off_is_one_choice_away(slack: Slack, services: Services) -> None:
    for nth in range(38):
        await a_firm(services, f"Firm {nth:02d}", BEN)
    await slack.ben.opens_home()
    await slack.ben.presses("All my firms (38)", on=slack.ben.home)
    await slack.ben.picks("Page 1 of 4", "Page 4: firms 37 to 38", on=slack.ben.home)
    assert "Firms 37 to 38 of 38" in home_of(slack.ben)
    await slack.ben.picks("Page 4 of 4", "Page 1: firms 1 to 12", on=slack.ben.home)
    assert "Firms 1 to 12 of 38" in home_of(slack.ben)
    assert slack.refused() == []


async def test_a_firm_says_the_date_that_its_place_comes_from(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex", BEN)
    birch = await registered(services, "Birch")
    day = services.today(await services.position(birch, BEN_COLE)) + timedelta(20)
    await services.set_task_due(birch, BY_BEN, "s2", day)
    home = words_of(await slack.ben.opens_home() or {})
    assert home.index("Birch") < home.index("Apex")
    assert "🗓️ Next date, Dec 13, 2026: Register for CAIS" in home


async def passes(services: Services, days: int) -> None:
    """So many days go by."""
    now = services.clock()
    services.clock = lambda: now + timedelta(days)
    services.portfolios._clock = services.clock


def due_soon(someone: Any) -> str:
    """What of a Home stands under that head, up to the firms."""
    return home_of(someone).partition("Due soon\n")[2].partition("👉 Next")[0]


async def test_what_is_for_the_lead_of_one_firm_to_see_to_is_due_soon_on_their_home(
    slack: Slack, services: Services
) -> None:
    key = await registered(services, "Apex", U0LEA="member")
    today = services.today(await services.position(key, BEN_COLE))
    await services.set_recurring(key, BY_BEN, "WSP review", *(today + timedelta(1)).timetuple()[1:3])
    await services.set_task_due(key, BY_BEN, "s2", today + timedelta(2))
    await services.assign(key, BY_BEN, "s2", LEA_HADDAD)
    await services.set_task_due(key, BY_BEN, "s3e", today + timedelta(9))
    source = Source("CAT Alert 2026-09", "https://www.catnmsplan.com/cat-alerts")
    moved = DeadlineRevised("full_cais_compliance", today, today, Value("date", date(2027, 1, 15)), source, "Moved.")
    await services.record_for_workspace(TENANT, replace(BY_BEN, who=ADMIN), moved)
    await passes(services, 5)
    soon = due_soon(await opened(slack))
    assert "*WSP review* (every year)\n📌 Its date, Nov 24, 2026, has passed; not marked done yet" in soon
    assert "*Register for CAIS* · 👤 Lea Haddad\n📌 Its date, Nov 25, 2026, has passed" in soon
    assert f"*{services.pack.tasks['s3e'].title}* · 👤 nobody yet\n🗓️ By Dec 2, 2026" in soon
    assert "📅 Industry date: Full CAIS compliance, Friday, January 15, 2027" in soon
    assert "Due soon" not in words_of(await slack.lea.opens_home() or {}), "that is for leads"
    await slack.ben.presses("Done for Nov 24, 2026", on=slack.ben.home)
    assert "Done for Tuesday, November 24, 2026: WSP review" in home_of(slack.ben)
    assert "WSP review" not in due_soon(await opened(slack))
    await services.assign(key, BY_BEN, "s2", BEN_COLE)
    assert "Register for CAIS" not in due_soon(await opened(slack)), "it is among their own tasks"
    assert slack.refused() == []


async def test_due_soon_counts_what_it_leaves_out_and_what_has_passed_takes_no_room_from_what_is_to_come(
    slack: Slack, services: Services
) -> None:
    key = (await a_firm(services, "Apex", BEN)).key
    today = services.today(await services.position(key, BEN_COLE))
    for n in range(1, 13):
        await services.set_recurring(key, BY_BEN, f"Filing {n:02}", *(today + timedelta(n)).timetuple()[1:3])
    await passes(services, 9)
    soon = due_soon(await opened(slack))
    assert [line[1:10] for line in soon.splitlines() if line.startswith("*Filing")] == [
        *(f"Filing {n:02}" for n in (6, 7, 8)),
        *(f"Filing {n:02}" for n in (9, 10, 11)),
    ]
    assert "and 6 more; `/cais due` shows a firm's dates." in soon


async def test_a_wait_on_home_says_its_date_and_stands_there_once(slack: Slack, services: Services) -> None:
    key = await registered(services, "Apex", U0LEA="member")
    await waiting(services, key, LEA_HADDAD)
    today = services.today(await services.position(key, BEN_COLE))
    await services.set_task_due(key, BY_BEN, "s3e", today)
    await passes(services, 1)
    home = home_of(await opened(slack))
    assert f"{services.pack.tasks['s3e'].title} · 👤 Lea Haddad\n📌 Its date, Nov 23, 2026, has passed" in home
    assert "Due soon" not in home
