"""What the doctor says of sending: whom nothing is sent to, and what could not be delivered."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.doctor.checks import check_sending
from bot.slack.standstill import SERVED_BY_ANOTHER
from flows.asked import Owed
from flows.firms import Person
from flows.services import Act, Services
from tests.bot.conversing import BEN, LEA
from tests.bot.firm_making import TENANT, a_firm, person


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/cais.db"


async def said(url: str) -> list[tuple[str, str]]:
    return [(one.verdict, one.sentence) for one in await check_sending(url)]


async def test_all_is_well_where_everything_arrived(services: Services, url: str) -> None:
    assert await said(url) == [("ok", "All that was due could be delivered.")]


async def test_it_makes_no_database_where_there_is_none(tmp_path: Path) -> None:
    assert await said(f"sqlite+aiosqlite:///{tmp_path}/none.db") == []
    assert not (tmp_path / "none.db").exists()


async def test_what_stood_in_one_message_counts_as_one(services: Services, url: str) -> None:
    firm = await a_firm(services, "Apex Securities", LEA)
    row = Owed(TENANT, "", firm.key.firm, "reminder", person(LEA).id, "", 0.0, slot="digest")
    rows = [replace(row, key=f"k{n}") for n in range(4)]
    await services.outbox.owe(rows)
    await services.outbox.settle(TENANT, {row.key: "invalid_blocks" for row in rows}, now=1.0)
    assert "One message could not be delivered: invalid_blocks (1)." in (await said(url))[0][1]


async def test_a_firm_none_of_whose_leads_can_be_reached_is_named(services: Services, url: str) -> None:
    await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    await services.directory.blocked(TENANT, person(LEA).id, "cannot_dm_bot", at=1.0)
    verdict, sentence = (await said(url))[0]
    assert verdict == "look"
    assert "No lead of Apex Securities can be reached" in sentence


async def test_it_says_what_could_not_be_delivered_and_who_is_stopped(services: Services, url: str) -> None:
    firm = await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    rows = [
        Owed(tenant=TENANT, key=f"k{n}", firm=firm.key.firm, kind="x", person=person(BEN).id, about="", due_at=0.0)
        for n in range(2)
    ]
    await services.outbox.owe(rows)
    await services.outbox.settle(TENANT, {row.key: "cannot_dm_bot" for row in rows}, now=1.0)
    await services.outbox.stop(TENANT, "token_revoked", now=1.0)
    stopped, lost = await said(url)
    assert stopped[0] == "wrong"
    assert f"Nothing is sent to the workspace {TENANT} (token_revoked)" in stopped[1]
    assert lost[0] == "look"
    assert "2 messages could not be delivered: cannot_dm_bot (2)" in lost[1]


async def test_what_is_due_and_still_waits_is_no_good_news(services: Services, url: str) -> None:
    firm = await a_firm(services, "Apex Securities", LEA)
    due = datetime(2026, 12, 1, 14, tzinfo=UTC)
    row = Owed(TENANT, "k", firm.key.firm, "x", person(LEA).id, "", due.timestamp(), slot="digest")
    await services.outbox.owe([row])
    (soon,) = await check_sending(url, now=due + timedelta(minutes=4))
    assert soon.sentence == "All that was due could be delivered."
    (late,) = await check_sending(url, now=due + timedelta(minutes=20))
    begin = f"One thing that is due waits to be sent to the workspace {TENANT}, the first since 2026-12-01 14:00 UTC."
    assert (late.verdict, late.sentence.startswith(begin)) == ("look", True)


@pytest.mark.parametrize("by_oauth", [False, True])
async def test_a_token_that_slack_may_take_again_is_asked_about_and_said_to_be(
    services: Services, url: str, by_oauth: bool
) -> None:
    await a_firm(services, "Apex Securities", LEA)
    await services.outbox.stop(TENANT, "invalid_auth", now=1.0)
    found = (await check_sending(url, by_oauth=by_oauth))[0]
    assert found.verdict == ("look" if by_oauth else "wrong")
    assert "(invalid_auth). Slack does not take its token for now." in found.sentence


async def test_a_workspace_that_the_token_is_not_of_did_not_take_the_app_off(services: Services, url: str) -> None:
    await a_firm(services, "Apex Securities", LEA)
    await services.outbox.stop("-/T9", SERVED_BY_ANOTHER, now=1.0)
    verdict, sentence = (await said(url))[0]
    assert verdict == "look"
    assert sentence.startswith("Nothing is sent to the workspace -/T9: SLACK_BOT_TOKEN is another's.")


async def test_of_many_workspaces_one_that_took_the_app_off_is_no_fault(services: Services, url: str) -> None:
    await a_firm(services, "Apex Securities", LEA)
    await services.outbox.stop(TENANT, "app_uninstalled", now=1.0)
    found = await check_sending(url, by_oauth=True)
    assert [one.verdict for one in found] == ["look", "ok"]
    assert "once somebody there adds it again at /slack/install" in found[0].sentence


@pytest.mark.parametrize("reason", ["team_access_revoked", "team_access_not_granted"])
async def test_a_workspace_that_its_organization_took_out_did_not_take_the_app_off_itself(
    services: Services, url: str, reason: str
) -> None:
    await a_firm(services, "Apex Securities", LEA)
    await services.outbox.stop(TENANT, reason, now=1.0)
    found = (await check_sending(url, by_oauth=True))[0]
    assert found.verdict == "look"
    assert "sent once it is put back" in found.sentence
    assert "/slack/install" not in found.sentence


async def test_with_one_token_where_there_were_many_workspaces_another_one_is_no_fault(
    services: Services, url: str
) -> None:
    for tenant in (TENANT, "-/T2"):
        act = Act(Person(f"slack:{tenant}/U1", "Ann"), "modal")
        await services.set_up(tenant, act, name="Apex Securities", situation="new")
    await services.outbox.stop("-/T2", "app_uninstalled", now=1.0)
    found = await check_sending(url)
    assert found[0].verdict == "look"
    assert "start the bot with its token" in found[0].sentence, "with one token there is no /slack/install"
