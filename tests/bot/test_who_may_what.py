"""Everybody there is in Slack, and what each may do here: the table of docs/threat-model.md, a test for each line."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import methods
from bot.slack.installed import OneWorkspace
from bot.slack.people import read_user
from bot.slack.places import place
from flows.roadmap import Pack
from flows.services import Act, Services
from storage.database import open_database
from tests.bot.conversing import BEN, COMPLIANCE, CONRAD, LEA, Slack, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person
from tests.bot.test_oauth import browsing, installation, slack_tells
from tests.bot.test_onboarding import set_up

FIRM = "Zephyrine Securities"


def becomes(slack: Slack, user: str, **what: object) -> None:
    """What Slack says of somebody from now on."""
    slack.sandbox.slack.workspace.users[user].update(what)


def is_told_nothing(shown: dict[str, Any]) -> bool:
    return FIRM not in words_of(shown)


async def joins(slack: Slack, user: str, role: str = "member") -> dict[str, Any]:
    """Ben, who leads, adds somebody; what Slack showed him for it."""
    await slack.ben.types("/cais firm members")
    await slack.ben.presses("Add or change a member")
    return await slack.ben.submits({"person": user, "role": role})


async def test_a_colleague_who_is_no_member_is_told_nothing(slack: Slack, services: Services) -> None:
    await a_firm(services, FIRM, BEN)
    for words in ("/cais next", "/cais history", "/cais status", "/cais export", "/cais firm list"):
        assert is_told_nothing(await slack.lea.types(words)), words


async def test_an_admin_of_the_workspace_acts_in_every_firm(slack: Slack, services: Services) -> None:
    await a_firm(services, FIRM, BEN)
    assert FIRM in words_of(await slack.ana.types(f"/cais status for {FIRM}"))


@pytest.mark.parametrize("kind", ["is_restricted", "is_ultra_restricted"])
async def test_a_guest_may_what_their_role_says_and_nothing_without_one(
    slack: Slack, services: Services, kind: str
) -> None:
    key = (await a_firm(services, FIRM, BEN)).key
    becomes(slack, LEA, **{kind: True})
    assert is_told_nothing(await slack.lea.types("/cais next"))
    assert (await joins(slack, LEA, "viewer"))["ok"]
    assert FIRM in words_of(await slack.lea.types("/cais status"))
    assert "viewer" in words_of(await slack.lea.types("/cais note hello"))
    assert (await services.position(key, person(BEN))).members[person(LEA).id].role == "viewer"


async def test_a_guest_may_set_up_a_firm_of_their_own(slack: Slack, services: Services) -> None:
    await a_firm(services, FIRM, BEN)
    becomes(slack, LEA, is_restricted=True)
    await set_up(slack.lea, "Oak Partners")
    shown = await slack.lea.types("/cais firm list")
    assert "Oak Partners" in words_of(shown)
    assert is_told_nothing(shown)


async def test_an_app_becomes_no_member_and_is_not_answered(slack: Slack, services: Services) -> None:
    key = (await a_firm(services, FIRM, BEN)).key
    becomes(slack, LEA, is_bot=True)
    assert "That is an app" in str(await joins(slack, LEA))
    assert set((await services.position(key, person(BEN))).members) == {person(BEN).id}
    said = {"type": "message", "channel": slack.lea.channel, "channel_type": "im", "ts": "9.9", "text": "next"}
    before = len(slack.sandbox.messages(LEA, slack.lea.channel))
    slack.sandbox.slack.event("message", {**said, "user": LEA, "bot_id": "B0OTHER"})
    await slack.settled()
    assert len(slack.sandbox.messages(LEA, slack.lea.channel)) == before


async def test_somebody_whose_account_was_closed_becomes_no_member_and_leads_no_new_firm(
    slack: Slack, services: Services
) -> None:
    key = (await a_firm(services, FIRM, BEN)).key
    becomes(slack, LEA, deleted=True)
    assert "account of Lea Haddad was closed" in str(await joins(slack, LEA))
    await slack.ben.types("/cais firm new")
    assert "account of Lea Haddad was closed" in str(await slack.ben.submits({"name": "Birch", "lead": LEA}))
    assert await services.events.firm_keys() == [key]


async def test_a_member_whose_account_was_closed_can_still_be_given_another_role(
    slack: Slack, services: Services
) -> None:
    key = (await a_firm(services, FIRM, BEN, U0LEA="lead")).key
    becomes(slack, LEA, deleted=True)
    assert (await joins(slack, LEA, "viewer"))["ok"]
    assert (await services.position(key, person(BEN))).members[person(LEA).id].role == "viewer"


def user_of(person_id: str, **said: object) -> tuple[bool, str]:
    """Whether they run the workspace, and how they stand."""
    known = read_user(person_id, {"id": "U9", "real_name": "X", **said}, 1.0)
    return known.admin, known.standing


HERE, THERE = place("-/T1", "U9"), place("E1/T1", "U9")


@pytest.mark.parametrize(
    ("who", "said", "admin", "standing"),
    [
        (HERE, {"team_id": "T1", "is_admin": True}, True, ""),
        (HERE, {"team_id": "T1", "is_owner": True}, True, ""),
        (HERE, {"is_admin": True}, True, ""),
        (HERE, {"team_id": "T1", "is_admin": True, "deleted": True}, False, "gone"),
        (HERE, {"team_id": "T1", "is_admin": True, "is_bot": True}, False, "app"),
        (HERE, {"team_id": "T2", "is_admin": True}, False, "guest"),
        (HERE, {"team_id": "T2", "is_owner": True, "enterprise_user": {"enterprise_id": "-"}}, False, "guest"),
        (HERE, {"team_id": "T1", "is_admin": True, "is_stranger": True}, False, "guest"),
        (THERE, {"team_id": "T2", "is_admin": True, "enterprise_user": {"enterprise_id": "E1"}}, True, ""),
        (THERE, {"team_id": "T2", "is_admin": True, "enterprise_user": {"enterprise_id": "E2"}}, False, "guest"),
    ],
)
def test_who_runs_another_workspace_does_not_run_this_one(
    who: str, said: dict[str, object], admin: bool, standing: str
) -> None:
    assert user_of(who, **said) == (admin, standing)


async def test_an_admin_of_another_company_in_a_shared_channel_is_told_nothing(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = (await a_firm(services, FIRM, BEN)).key
    await services.link_channel(key, Act(person(BEN), "button", "link"), place(TENANT, COMPLIANCE))
    entry = methods.METHODS["users.info"]

    def foreign(*given: Any) -> dict[str, Any]:
        return {"user": {**entry.handler(*given)["user"], "team_id": "T0OTHER"}}

    monkeypatch.setitem(methods.METHODS, "users.info", replace(entry, handler=foreign))
    for words in ("status", "next"):
        assert is_told_nothing(await slack.ana.at(COMPLIANCE).types(f"<@U0CAIS> {words}"))


def comes_from_another_company(slack: Slack, user: str) -> None:
    """Whose workspace has not got the app; the channel is shared with it."""
    becomes(slack, user, team_id="T0OTHER")
    slack.sandbox.slack.workspace.channels[COMPLIANCE]["is_ext_shared"] = True


ASKED = "when do we have to register, and does Pershing do it for us?"


async def test_somebody_of_another_company_without_the_app_is_answered_in_general_and_nothing_is_kept(
    slack: Slack, services: Services, tmp_path: Path
) -> None:
    key = (await a_firm(services, FIRM, BEN)).key
    await services.link_channel(key, Act(person(BEN), "button", "link"), place(TENANT, COMPLIANCE))
    comes_from_another_company(slack, CONRAD)
    conrad = slack.person(CONRAD).at(COMPLIANCE)
    for typed in (ASKED, f"ask {ASKED}"):
        said = await conrad.types(f"<@U0CAIS> {typed}")
        assert "roadmap's answer for everybody, and your question was not kept" in words_of(said)
        assert "FINRA CAT" in words_of(said)
        assert (labels(said), is_told_nothing(said)) == ([], True)
    for typed in ("", "next", "status", "remind off", "firm new", "note hello", f"next for {FIRM}"):
        said = await conrad.types(f"<@U0CAIS> {typed}")
        assert "nothing was done, and nothing was kept" in words_of(said), typed
        assert is_told_nothing(said)
    said = await conrad.types("<@U0CAIS> is my SSN 123-45-6789 reported?")
    assert ("it was not read" in words_of(said), "for everybody" in words_of(said), labels(said)) == (True, False, [])
    assert not any(CONRAD.encode() in file.read_bytes() for file in tmp_path.glob("cais.db*")), "nor who it was"
    assert not any(b"Pershing" in file.read_bytes() for file in tmp_path.glob("cais.db*"))
    assert [call.method for call in slack.sandbox.calls if call.method.startswith("users.")] == []
    assert slack.refused() == []
    assert FIRM in words_of(await slack.ben.at(COMPLIANCE).types("<@U0CAIS> next")), "a colleague, in the same channel"


async def test_somebody_of_another_company_whom_a_lead_made_a_member_acts_in_a_shared_channel(
    slack: Slack, services: Services
) -> None:
    key = (await a_firm(services, FIRM, BEN, **{CONRAD: "member"})).key
    comes_from_another_company(slack, CONRAD)
    conrad = slack.person(CONRAD).at(COMPLIANCE)
    assert FIRM in words_of(await conrad.types("<@U0CAIS> next"))
    await conrad.types(f"<@U0CAIS> {ASKED}")
    assert [one.question for one in await services.asking._kept.all(TENANT, key.firm)] == [ASKED]


async def test_what_somebody_of_another_company_presses_does_nothing_but_for_members(
    slack: Slack, services: Services
) -> None:
    key = (await a_firm(services, FIRM, BEN)).key
    conrad = slack.person(CONRAD).at(COMPLIANCE)
    await conrad.types("/cais")
    set_up_firm, asked = conrad.last, await conrad.types(f"<@U0CAIS> {ASKED}")
    comes_from_another_company(slack, CONRAD)
    firms, calls = await services.events.firm_keys(), len(slack.sandbox.calls)
    await conrad.presses("Set up your firm", on=set_up_firm)
    assert conrad.modal is None
    assert "nothing was done, and nothing was kept" in words_of(conrad.last)
    await conrad.votes(True, on=asked)
    assert "nothing was done, and nothing was kept" in words_of(conrad.last)
    assert await services.events.firm_keys() == firms
    assert not any(call.method.startswith("users.") for call in slack.sandbox.calls[calls:])
    await services.set_member(key, Act(person(BEN), "modal", "joins"), person(CONRAD), "member")
    await conrad.presses("Set up your firm", on=set_up_firm)
    assert conrad.modal is not None, "whom a lead let in may what a guest may"


async def test_where_both_companies_have_the_app_everybody_is_heard_in_their_own_workspace(
    tmp_path: Path, pack: Pack, services: Services
) -> None:
    async with (
        await open_database(f"sqlite+aiosqlite:///{tmp_path}/cais.db") as database,
        browsing(database, pack) as browser,
    ):
        await browser.adds_it()
        await browser.kept.save(installation("-/T0OTHER", browser.slack.sandbox.options.bot_token))
        key = (await a_firm(services, FIRM, BEN)).key
        ben = browser.slack.ben.at(COMPLIANCE)
        for nth, (listed, ours) in enumerate([("T0SANDBOX", "U0CAIS"), ("T0OTHER", "U0CAIS"), ("T0OTHER", "U0THEIRS")]):
            for words in ("next", f"{ASKED} {nth}"):
                mention = {"type": "app_mention", "user": BEN, "text": f"<@{ours}> {words}", "channel": COMPLIANCE}
                theirs = {"team": listed, "user_team": "T0SANDBOX", "source_team": "T0SANDBOX"}
                sees = [{"team_id": listed, "enterprise_id": None, "user_id": ours, "is_bot": True}]
                more = {"authorizations": sees, "is_ext_shared_channel": True, "event_id": f"Ev{nth}{words}"}
                event: dict[str, object] = {**mention, **theirs, "ts": f"1.{nth}", "event_ts": f"1.{nth}"}
                assert await slack_tells(browser, event, team=listed, enterprise=None, **more) == 200
                await browser.slack.settled()
                assert FIRM in words_of(ben.last), (listed, ours, words)
        kept = [one.question for one in await database.questions.all(TENANT, key.firm)]
        assert sorted(kept) == [f"{ASKED} {nth}" for nth in range(3)]
        there = await database.directory.sight("-/T0OTHER", f"slack:-/T0OTHER/{BEN}")
        assert (await database.questions.all("-/T0OTHER", ""), there.known.checked_at) == ([], 0.0)


async def test_a_button_pressed_from_another_companys_workspace_is_refused(slack: Slack, services: Services) -> None:
    await a_firm(services, FIRM, BEN)
    await slack.ben.types("/cais next")
    await slack.ben.presses("Yes")
    payload = next(s["payload"] for s in reversed(slack.sandbox.sent) if s["kind"] == "interactive")
    calls, shown = len(slack.sandbox.calls), words_of(slack.ben.last)
    await slack.sandbox.replay({**payload, "team": {"id": "T0OTHER", "domain": "other"}, "trigger_id": "7.7"})
    await slack.settled()
    assert words_of(slack.ben.last) == shown
    assert len(slack.sandbox.calls) == calls, "nothing is said, and nobody asked about"


@pytest.mark.parametrize(
    ("enterprise", "team", "ours"),
    [
        (None, "T1", True),
        (None, "T2", False),
        ("E2", "T2", False),
        ("E2", None, False),
        ("E1", "T2", True),
        (None, None, True),
    ],
)
async def test_one_token_serves_its_own_workspace_or_org(enterprise: str | None, team: str | None, ours: bool) -> None:
    one = OneWorkspace("xoxb-1")
    one._ours.know(bot_user="U", bot_id="B", team="T1", enterprise="E1")
    found = await one.authorize(context=None, enterprise_id=enterprise, team_id=team)  # type: ignore[arg-type]
    assert (found is not None) == ours
    assert await one.is_here(f"{enterprise or '-'}/{team or '-'}") == ours, "nor is one that stands still set going"


async def test_ids_of_an_org_that_begin_with_w_are_people_as_any_other(slack: Slack, services: Services) -> None:
    key = (await a_firm(services, FIRM, BEN)).key
    slack.sandbox.slack.workspace.add_user({"id": "W0GRID", "name": "gus", "real_name": "Gus Grid"})
    assert (await joins(slack, "W0GRID"))["ok"]
    assert (await services.position(key, person(BEN))).members[place(TENANT, "W0GRID")].name == "Gus Grid"
    gus = slack.person("W0GRID")
    assert FIRM in words_of(await gus.types("/cais status"))
    await slack.ben.types("/cais assign s1 <@W0GRID>")
    assert "Gus Grid" in words_of(slack.ben.last)


def test_the_table_says_the_same() -> None:
    page = (Path(__file__).parents[2] / "docs/threat-model.md").read_text(encoding="utf-8")
    table = page.split("## Everybody there is in Slack\n", 1)[1].split("\n## ", 1)[0]
    shown_by = " ".join(line.split("|")[3] for line in table.splitlines() if line.startswith("| "))
    named = set(re.findall(r"`(\w+)`", shown_by))
    assert named
    assert {name for name in named if not callable(globals().get(name))} == set()
