"""An installation for a whole org: whichever way somebody comes, it is the same workspace and the same firm."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot
from bot.bootstrap import build_router
from bot.clock import real_time
from bot.front.whose import installation_of, workspace_of, workspaces_of_person
from bot.sandbox.org import ORG
from bot.sandbox.sandbox import Sandbox
from flows.services import Services
from storage.database import open_database
from storage.installations import Installation
from storage.sealing import new_key, read_keys
from tests.bot.conftest import MANIFEST, SECRET, bot_in_slack, listening
from tests.bot.conversing import BEN, COMPLIANCE, Slack, words_of

KEYS = read_keys(new_key("test"))
FIRM = "Apex Securities"
TENANT = "E0SANDBOX/T0SANDBOX"


@pytest.fixture(params=["http", "socket"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@asynccontextmanager
async def added_for_the_org(transport: str, services: Services, path: Path) -> AsyncIterator[Slack]:
    """As `bot_in_slack`, with the org's token from where OAuth keeps it."""
    over_http = {"bot_url": "http://127.0.0.1:1/"} if transport == "http" else {}
    options: dict[str, Any] = {"rates": False, "signing_secret": SECRET, "whole_org": True, **over_http}
    async with (
        await open_database(f"sqlite+aiosqlite:///{path}/cais.db") as database,
        Sandbox.start(MANIFEST, **options) as pretend,
    ):
        kept = database.installations(KEYS)
        named = {"name": ORG["name"], "bot_user": "U0CAIS", "bot_id": "B0CAIS", "app": "A0", "installer": "U0ANA"}
        org = Installation(tenant="E0SANDBOX/-", token=pretend.options.bot_token, scopes=(), installed_at=1.0, **named)
        await kept.save(org)
        bot = Bot(
            installations=kept,
            signing_secret=SECRET,
            router=build_router(),
            services=services,
            now=real_time,
            api_url=pretend.api_url,
        )
        async with listening(transport, bot, pretend) as slack:
            yield slack


@pytest.fixture(params=["one token", "by oauth"])
async def slack(
    request: pytest.FixtureRequest, transport: str, services: Services, tmp_path: Path
) -> AsyncIterator[Slack]:
    entered = (
        bot_in_slack(transport, services, build_router(), whole_org=True)
        if request.param == "one token"
        else added_for_the_org(transport, services, tmp_path)
    )
    async with entered as workspace:
        yield workspace


async def test_a_command_the_dm_home_a_file_a_mention_and_a_form_all_find_the_same_firm(
    slack: Slack, services: Services
) -> None:
    ben = slack.ben
    assert "Welcome" in words_of(await ben.types("/cais"))
    await ben.presses("Set up your firm")
    assert (await ben.submits({"name": FIRM, "situation": "new", "precheck": "yes"}))["ok"]
    assert f"{FIRM}* is set up" in words_of(ben.last)
    assert FIRM in words_of(await ben.types("next"))
    assert FIRM in words_of(await ben.opens_home() or {})
    assert f"Which task of {FIRM} does proof.pdf prove?" in words_of(await ben.sends({"proof.pdf": b"%PDF-1.7"}))
    assert FIRM in words_of(await ben.at(COMPLIANCE).types("<@U0CAIS> next"))
    await ben.types("when do we have to register?")
    await ben.types("/cais note")
    (key,) = await services.events.firm_keys()
    assert key.tenant == TENANT
    (asked,) = await services.asking._kept.all(TENANT, key.firm)
    assert asked.question == "when do we have to register?"
    assert slack.refused() == []


async def test_a_press_on_home_and_a_form_from_there_belong_to_the_workspace_not_to_the_org(slack: Slack) -> None:
    ben = slack.ben
    await ben.types("/cais firm new")
    await ben.submits({"name": FIRM, "situation": "new", "precheck": "yes"})
    await ben.opens_home()
    assert (ben.home or {})["app_installed_team_id"] == ORG["id"], "as Slack's docs show it"
    await ben.presses("Settings", on=ben.home)
    assert ben.modal, "it is their firm"
    said = await ben.submits({"name": "Apex Securities LLC"})
    assert said["ok"], said
    assert "Apex Securities LLC" in words_of(await ben.opens_home() or {})


async def test_an_account_that_is_closed_is_noticed_in_an_org_too(slack: Slack, services: Services) -> None:
    await slack.ben.types("/cais next")
    slack.sandbox.add_person("ben", id=BEN, deleted=True)
    await slack.settled()
    assert (await services.directory.sight(TENANT, f"slack:{TENANT}/{BEN}")).known.standing == "gone"


# --- what Slack sends, read ---------------------------------------------------------------------------------------

OF_AN_ORG = [
    {"enterprise_id": "E1", "team_id": None, "user_id": "W0BOT", "is_bot": True, "is_enterprise_install": True}
]
OF_ONE = [{"enterprise_id": "E1", "team_id": "T1", "user_id": "U0BOT", "is_bot": True, "is_enterprise_install": False}]
ANN = {"id": "W1", "team_id": "T1", "name": "ann"}
BY_THE_ORG = {"team": None, "enterprise": {"id": "E1", "name": "One"}, "is_enterprise_install": True, "user": ANN}
IN_A_MODAL = {"id": "V1", "type": "modal", "team_id": "T1"}


def event(**more: Any) -> dict[str, Any]:
    said = {"type": "message", "user": "W1", "channel": "D1", **more.pop("event", {})}
    return {"type": "event_callback", "team_id": "T1", "enterprise_id": "E1", "event": said, **more}


READ: list[tuple[dict[str, Any], str, str]] = [
    (event(authorizations=OF_AN_ORG), "E1/-", "E1/T1"),
    (event(authorizations=OF_ONE), "E1/T1", "E1/T1"),
    (event(authorizations=OF_AN_ORG, team_id="E1", context_team_id="T1"), "E1/-", "E1/T1"),
    (event(authorizations=OF_AN_ORG, team_id="E1", event={"team": "T1"}), "E1/-", "E1/T1"),
    (event(authorizations=OF_AN_ORG, team_id=None, event={"view": {"team_id": "T1"}}), "E1/-", "E1/T1"),
    (event(authorizations=OF_AN_ORG, team_id="E1", event={"team": "E1"}), "E1/-", ""),
    (event(team_id=None), "E1/-", ""),
    (event(team_id="T1", enterprise_id=None), "-/T1", "-/T1"),
    ({"command": "/cais", "team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": "true"}, "E1/-", "E1/T1"),
    ({"command": "/cais", "team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": "false"}, "E1/T1", "E1/T1"),
    ({"command": "/cais", "team_id": "T1", "is_enterprise_install": "false"}, "-/T1", "-/T1"),
    ({"type": "shortcut", **BY_THE_ORG}, "E1/-", "E1/T1"),
    ({"type": "block_actions", **BY_THE_ORG, "view": {**IN_A_MODAL, "app_installed_team_id": "E1"}}, "E1/-", "E1/T1"),
    ({"type": "view_submission", **BY_THE_ORG, "user": {"id": "W1"}, "view": IN_A_MODAL}, "E1/-", "E1/T1"),
    (
        # Two workspaces of an org that have the app each for itself: Home says the one that had it first.
        {
            "type": "block_actions",
            "team": {"id": "T1"},
            "enterprise": {"id": "E1"},
            "user": ANN,
            "view": {**IN_A_MODAL, "type": "home", "app_installed_team_id": "T0FIRST"},
        },
        "E1/T0FIRST",
        "E1/T1",
    ),
    (
        # A form opened in a channel that is shared with another company, sent from there.
        {
            "type": "view_submission",
            "team": {"id": "T9"},
            "user": {"id": "U9", "team_id": "T9"},
            "view": {**IN_A_MODAL, "app_installed_team_id": "T1"},
        },
        "-/T1",
        "-/T1",
    ),
]


@pytest.mark.parametrize(("body", "installation", "workspace"), READ, ids=range(len(READ)))
def test_which_installation_something_comes_through_and_which_workspace_it_belongs_to(
    body: dict[str, Any], installation: str, workspace: str
) -> None:
    assert (installation_of(body), workspace_of(body)) == (installation, workspace)


def test_news_of_somebody_of_an_org_is_for_each_workspace_they_are_in() -> None:
    ann = {"id": "W1", "team_id": "T2", "enterprise_user": {"enterprise_id": "E1", "teams": ["T1", "T2", "E1", None]}}
    of_the_org = event(authorizations=OF_AN_ORG, team_id="E1", event={"type": "user_change", "user": ann})
    assert workspaces_of_person(of_the_org, ann) == ("E1/T1", "E1/T2")
    assert workspaces_of_person(event(authorizations=OF_ONE), {"id": "U1", "team_id": "T1"}) == ("E1/T1",)
    assert workspaces_of_person(event(authorizations=OF_ONE), ann) == ("E1/T1",), "who runs T1 may not run T2"
    assert workspaces_of_person(event(enterprise_id=None), {"id": "U1", "team_id": "T9"}) == ("-/T1",)
    assert workspaces_of_person(event(team_id=None), {"id": "W1", "enterprise_user": "x"}) == ()
