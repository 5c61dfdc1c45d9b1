"""The app added to Slack in a browser, taken off again, and added once more."""

import ast
import asyncio
import hashlib
import hmac
import json
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pytest
from aiohttp import web

import bot
from bot.app import INSTALLED, Bot
from bot.bootstrap import build_router, build_services
from bot.clock import real_time
from bot.front.hearing import moved_in_org
from bot.front.middleware import BUDGET
from bot.health import Health
from bot.manifest import read_manifest
from bot.oauth import GOOD_FOR, OAuth
from bot.sandbox.sandbox import Sandbox
from bot.server import Server, web_app
from bot.slack.installed import NOT_HERE, ManyWorkspaces
from bot.slack.web_api import SlackSaidNo, WebApi
from flows.asked import Owed
from flows.roadmap import Pack
from flows.services import Services
from storage.database import Database, open_database
from storage.errors import StorageUnavailable
from storage.installations import Installation, Installations
from storage.sealing import new_key, read_keys
from tests.bot.conftest import MANIFEST, NOW, SECRET, engine
from tests.bot.conversing import ANA, BEN, Slack, words_of

KEYS = read_keys(new_key("test"))
TENANT = "-/T0SANDBOX"


class Browser:
    """Somebody who adds the app; `at` is real time, which a test may move."""

    def __init__(self, session: aiohttp.ClientSession, home: str, slack: Slack, kept: Installations) -> None:
        self._session, self._home, self.slack, self.kept = session, home, slack, kept
        self.at = real_time()
        self.headers: dict[str, str] = {}

    async def gets(self, url: str) -> tuple[int, str]:
        async with self._session.get(url) as answer:
            self.headers = dict(answer.headers)
            return answer.status, unescape(await answer.text())

    async def begins(self) -> dict[str, str]:
        """Opens the first page; what it asks Slack for."""
        status, page = await self.gets(f"{self._home}/slack/install")
        assert status == 200
        found = re.search(r'href="([^"]+/oauth/v2/authorize[^"]*)"', page)
        assert found
        return dict(parse_qsl(urlsplit(found[1]).query, keep_blank_values=True))

    async def allows(self, asked: dict[str, str], *, allow: bool = True) -> str:
        """The address Slack sends the browser back to."""
        return self.slack.sandbox.slack.oauth.decide(ANA, asked, allow=allow)

    async def tenants(self) -> list[str]:
        """Where the app is installed."""
        return [one.tenant for one in await self.kept.all()]

    async def adds_it(self) -> tuple[int, str]:
        """All of it; the last page."""
        done = await self.gets(await self.allows(await self.begins()))
        await self.slack.bot.delivery.settle_due()
        await self.slack.settled()
        return done

    def restarts(self) -> None:
        """Forgets its cookies, as another browser has none."""
        self._session.cookie_jar.clear()


@pytest.fixture
async def database(services: Services, tmp_path: Path) -> AsyncIterator[Database]:
    async with await open_database(f"sqlite+aiosqlite:///{tmp_path}/cais.db") as opened:
        yield opened


@asynccontextmanager
async def browsing(
    database: Database, pack: Pack, *, budget: float = BUDGET, **options: object
) -> AsyncIterator[Browser]:
    """A sandbox in which nothing is installed yet, a bot that serves many workspaces, and somebody's browser."""
    first = {"bot_url": "http://127.0.0.1:1/", "redirect_url": "http://127.0.0.1:1/"}
    kept = database.installations(KEYS)
    async with Sandbox.start(MANIFEST, **{"rates": False, "signing_secret": SECRET, **first, **options}) as pretend:
        bot = Bot(
            installations=kept,
            signing_secret=SECRET,
            router=build_router(),
            services=build_services(database, pack, lambda: NOW, engine=engine),
            now=real_time,
            api_url=pretend.api_url,
            budget=budget,
        )
        await bot.start()
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            browser = Browser(session, "", Slack(pretend, bot), kept)
            oauth = OAuth(
                client_id=pretend.options.client_id,
                client_secret=pretend.options.client_secret,
                scopes=read_manifest().scopes,
                installations=kept,
                session=bot.session,
                now=lambda: browser.at,
                arrived=bot.arrived,
                api_url=pretend.api_url,
            )

            async def ready() -> str:
                return ""

            site = web_app(bot.app, ready=ready, counts=bot.counts, more=oauth.pages())
            server = Server(site, host="127.0.0.1", port=0)
            browser._home = f"http://127.0.0.1:{await server.start()}"
            pretend.use_bot_at(f"{browser._home}/slack/events")
            pretend.options.redirect_url = f"{browser._home}/slack/oauth_redirect"
            yield browser
            await server.stop()
        await bot.stop()


@pytest.fixture
async def browser(database: Database, pack: Pack) -> AsyncIterator[Browser]:
    async with browsing(database, pack) as opened:
        yield opened


async def test_added_and_its_installer_is_three_clicks_from_the_first_firm(browser: Browser, tmp_path: Path) -> None:
    status, page = await browser.adds_it()
    assert (status, "installed in " in page) == (200, True)
    assert "Set-Cookie" in browser.headers
    slack = browser.slack
    (greeting,) = slack.ana.sees
    assert "I am installed." in words_of(greeting)
    assert slack.ben.sees == []
    await slack.ana.presses("Set up your firm")  # one
    await slack.ana.submits({"name": "Acme Securities"})  # two
    assert "Acme Securities* is set up" in words_of(slack.ana.last)
    await slack.ana.presses("Next")  # three
    assert "Step 1" in words_of(slack.ana.last)
    assert (await browser.adds_it())[0] == 200
    assert len([message for message in slack.ana.sees if "I am installed." in words_of(message)]) <= 1
    auth_tests = [call for call in slack.sandbox.calls if call.method == "auth.test"]
    assert len(auth_tests) == 2, "one for each time it was added, none for a request"
    token = slack.sandbox.options.bot_token.encode()
    assert not any(token in file.read_bytes() for file in tmp_path.iterdir())
    assert slack.refused() == []


async def test_the_first_page_asks_for_our_scopes_and_nothing_in_anybodys_own_name(browser: Browser) -> None:
    asked = await browser.begins()
    assert set(asked["scope"].split(",")) == read_manifest().scopes
    assert asked["user_scope"] == ""
    cookie = browser.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert asked["state"] not in cookie
    assert "frame-ancestors 'none'" in browser.headers["Content-Security-Policy"]


async def test_behind_https_the_cookie_goes_over_https_only(browser: Browser) -> None:
    async with browser._session.get(f"{browser._home}/slack/install", headers={"X-Forwarded-Proto": "https"}) as answer:
        assert "; Secure" in answer.headers["Set-Cookie"]
    async with browser._session.get(f"{browser._home}/slack/install", headers={"Host": "cais.example"}) as answer:
        assert "; Secure" in answer.headers["Set-Cookie"]


async def nothing_was_installed(browser: Browser) -> None:
    assert await browser.tenants() == []
    assert browser.slack.ana.sees == []


async def test_whoever_does_not_allow_it_is_told_that_nothing_happened(browser: Browser) -> None:
    status, page = await browser.gets(await browser.allows(await browser.begins(), allow=False))
    assert status == 400
    assert "Nothing was installed" in page
    assert 'href="/slack/install"' in page
    await nothing_was_installed(browser)


async def test_a_no_from_which_slack_lost_the_state_is_still_a_no(browser: Browser) -> None:
    back = (await browser.allows(await browser.begins(), allow=False)).partition("?")[0]
    for lost in ("?error=access_denied", "?error=access_denied&state=", "?error=access_denied&state=made-up"):
        status, page = await browser.gets(back + lost)
        assert (status, "You did not allow it in Slack" in page) == (400, True)
    assert "manifest.yml" not in (await browser.gets(f"{back}?error=invalid_scope&state=made-up"))[1]
    assert "the current manifest.yml" in (await browser.gets(f"{back}?error=invalid_scope"))[1]
    assert "anybody" not in (await browser.gets(f"{back}?error=anybody"))[1], "only words of Slack's are shown"


async def test_another_browser_does_not_end_what_this_one_began(browser: Browser) -> None:
    back = await browser.allows(await browser.begins())
    browser.restarts()
    assert "begun in another browser" in (await browser.gets(back))[1]
    await nothing_was_installed(browser)


async def test_what_took_too_long_or_comes_twice_or_was_made_up_is_one_page(browser: Browser) -> None:
    back = await browser.allows(await browser.begins())
    browser.at += GOOD_FOR + 1
    assert "took too long" in (await browser.gets(back))[1]
    await nothing_was_installed(browser)
    back = await browser.allows(await browser.begins())
    assert (await browser.gets(back))[0] == 200
    for address in (back, back.partition("?")[0], back.partition("?")[0] + "?code=x&state=<script>"):
        status, page = await browser.gets(address)
        assert (status, "took too long" in page) == (400, True)
        assert "<script>" not in page


@pytest.mark.parametrize("rest", ["?code=12.34.good", "?code=12.34.good&state="])
async def test_what_was_begun_in_slack_is_told_where_to_begin_and_not_that_it_is_done(
    browser: Browser, rest: str
) -> None:
    back = (await browser.allows(await browser.begins())).partition("?")[0]
    status, page = await browser.gets(back + rest)
    assert (status, "This was begun in Slack" in page) == (400, True)
    assert 'href="/slack/install"' in page
    assert "you are done" not in page
    await nothing_was_installed(browser)


async def test_two_tabs_do_not_get_in_each_others_way(browser: Browser) -> None:
    one, two = await browser.begins(), await browser.begins()
    assert (await browser.gets(await browser.allows(one)))[0] == 200
    assert (await browser.gets(await browser.allows(two)))[0] == 200


WRONG = [
    ({"kind": "reset"}, 502, "Slack did not answer"),
    ({"kind": "500"}, 502, "Slack did not answer"),
    ({"kind": "429"}, 502, "Slack did not answer"),
    ({"kind": "refuse", "error": "bad_client_secret"}, 400, "SLACK_CLIENT_SECRET is not the app's"),
    ({"kind": "refuse", "error": "code_already_used"}, 400, "took too long, or was done already"),
    ({"kind": "refuse", "error": "<b>odd"}, 400, "Slack's word for it is <b>odd"),
]


async def test_what_goes_wrong_at_slack_is_said_in_words_and_installs_nothing(browser: Browser) -> None:
    for fault, status, words in WRONG:
        browser.slack.sandbox.faults({"method": "oauth.v2.access", **fault})
        answered, page = await browser.gets(await browser.allows(await browser.begins()))
        assert (answered, words in page) == (status, True), words
    await nothing_was_installed(browser)


@pytest.mark.parametrize("how", ["take_off", "revoke"])
async def test_taken_off_everything_stops_and_added_again_it_goes_on(
    browser: Browser, database: Database, how: str
) -> None:
    await browser.adds_it()
    slack = browser.slack
    await slack.ana.presses("Set up your firm")
    await slack.ana.submits({"name": "Acme Securities"})
    getattr(slack.sandbox.slack.oauth, how)()
    await slack.settled()
    assert await browser.tenants() == [], "the token is gone at once"
    assert list(await database.outbox.stopped()) == [TENANT]
    answer = await slack.ana.types("/cais next")
    assert NOT_HERE in words_of(answer)
    (key,) = await database.events.firm_keys()
    assert key.tenant == TENANT, "what was recorded is kept"
    assert (await browser.adds_it())[0] == 200
    assert await database.outbox.stopped() == {}
    assert "Step 1" in words_of(await slack.ana.types("/cais next"))


@pytest.mark.parametrize("word", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_whatever_call_slack_refuses_for_a_dead_token_stops_the_workspace_until_it_is_added_again(
    browser: Browser, database: Database, word: str
) -> None:
    await browser.adds_it()
    slack, asked = browser.slack, len(browser.slack.sandbox.calls)
    slack.sandbox.faults(*({"method": m, "kind": "refuse", "error": word} for m in ("users.info", "auth.test")))
    await slack.ben.types("/cais next")
    await slack.settled()
    methods = [call.method for call in slack.sandbox.calls[asked:]]
    assert (methods.count("auth.test"), [m for m in methods if m.startswith("chat.")]) == (1, []), "nothing was posted"
    assert await database.outbox.stopped() == {TENANT: word}
    # Slack says `invalid_auth` also where this machine may not call it: the token may be as good as before.
    assert await browser.tenants() == ([TENANT] if word == "invalid_auth" else [])
    assert (await browser.adds_it())[0] == 200
    assert (await database.outbox.stopped(), await browser.tenants()) == ({}, [TENANT])


async def test_a_refusal_that_is_not_about_the_token_stops_nothing(browser: Browser, database: Database) -> None:
    await browser.adds_it()
    browser.slack.sandbox.faults({"method": "users.info", "kind": "refuse", "error": "no_permission"})
    await browser.slack.ben.types("/cais next")
    await browser.slack.settled()
    assert (await database.outbox.stopped(), await browser.tenants()) == ({}, [TENANT])


async def test_many_calls_refused_at_once_are_looked_into_once(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    await browser.adds_it()
    slack = browser.slack
    slack.sandbox.faults({"method": "*", "kind": "refuse", "error": "token_revoked", "times": -1})
    asked = len(slack.sandbox.calls)
    about = slack.bot.slack.of(TENANT)
    calls = [about.call("users.info", {"user": BEN}, form=True) for _ in range(5)]
    assert [type(e) for e in await asyncio.gather(*calls, return_exceptions=True)] == [SlackSaidNo] * 5
    await slack.settled()
    assert [call.method for call in slack.sandbox.calls[asked:]].count("auth.test") == 1
    (said,) = (r.__dict__ for r in caplog.records if r.__dict__.get("action") == "workspace_stopped")
    assert said["workspace"] == TENANT


async def test_a_team_that_never_had_the_app_is_not_counted_as_stopped(browser: Browser, database: Database) -> None:
    await browser.adds_it()
    await browser.slack.bot.standstill.taken_off("-/T0STRANGER", "app_uninstalled", at=browser.at)
    assert await database.outbox.stopped() == {}
    assert await browser.tenants() == [TENANT]


async def test_a_workspace_that_is_not_installed_is_one_calm_line_however_often_it_asks(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        assert NOT_HERE in words_of(await browser.slack.ana.types("/cais next"))
    (line,) = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert "workspace that the app is not installed in" in line.getMessage()
    assert 'cais_turned_away_total{reason="not_installed"} 3' in browser.slack.bot.counts.exposition()


async def test_added_once_more_it_promises_no_message_that_does_not_come(browser: Browser) -> None:
    _, first = await browser.adds_it()
    assert "If it is new there, a message from it waits for you in Slack" in first
    await browser.slack.ana.presses("Set up your firm")
    await browser.slack.ana.submits({"name": "Acme Securities"})
    seen = len(browser.slack.ana.sees)
    status, again = await browser.adds_it()
    await browser.slack.settled()
    assert (status, len(browser.slack.ana.sees)) == (200, seen)
    assert "If it was there before, everything goes on as it was." in again


async def test_installed_while_the_database_is_away_for_the_rest_it_is_said_to_be_installed(
    browser: Browser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await browser.adds_it()
    slack = browser.slack
    slack.sandbox.slack.oauth.take_off()
    await slack.settled()

    async def breaks(_: str) -> None:
        raise StorageUnavailable("The database is locked by another program. Nothing was changed.")

    with monkeypatch.context() as locked:
        locked.setattr(slack.bot.standstill, "installed_again", breaks)
        status, page = await browser.adds_it()
    assert (status, "It is installed in " in page, "Nothing was changed" in page) == (200, True, False)
    assert "type /cais in Slack in a minute, and it goes on from there" in page
    assert "a message from it waits" not in page
    assert (await browser.tenants(), list(await database.outbox.stopped())) == ([TENANT], [TENANT])
    await slack.ana.types("/cais")
    await slack.settled()
    assert await database.outbox.stopped() == {}


async def test_an_uninstalling_slack_tells_of_late_does_not_take_the_new_token(browser: Browser) -> None:
    await browser.adds_it()
    await browser.slack.bot.standstill.taken_off(TENANT, "app_uninstalled", at=browser.at - 60)
    assert await browser.tenants() == [TENANT]


async def test_a_whole_org_is_one_installation_and_says_what_comes_next(database: Database, pack: Pack) -> None:
    async with browsing(database, pack, whole_org=True) as browser:
        status, page = await browser.adds_it()
        assert (status, "organization Sandbox Holdings" in page) == (200, True)
        assert await browser.tenants() == ["E0SANDBOX/-"]
        workspaces = browser.slack.bot.workspaces
        assert workspaces is not None
        assert await workspaces.token("E0SANDBOX/T1") == browser.slack.sandbox.options.bot_token
        with pytest.raises(SlackSaidNo):
            await workspaces.token("-/T1")
        await browser.slack.bot.standstill.stop("E0SANDBOX/T1", "account_inactive")
        await browser.adds_it()
        assert await database.outbox.stopped() == {}


async def slack_tells(
    browser: Browser,
    event: dict[str, object],
    *,
    team: str | None = None,
    enterprise: str | None = "E0SANDBOX",
    **more: object,
) -> int:
    """An event, by itself about an org as a whole: that is in no workspace."""
    where = {"team_id": team, "enterprise_id": enterprise}
    body = {"type": "event_callback", **where, "event_id": "Ev1", "event": event, **more}
    raw, stamp = json.dumps(body), str(int(real_time()))
    signature = hmac.new(SECRET.encode(), f"v0:{stamp}:{raw}".encode(), hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}
    async with browser._session.post(f"{browser._home}/slack/events", data=raw, headers=headers) as answer:
        return answer.status


async def test_a_workspace_taken_out_of_an_org_stops_alone_and_put_in_again_goes_on(
    database: Database, pack: Pack
) -> None:
    async with browsing(database, pack, whole_org=True) as browser:
        await browser.adds_it()
        out = {"type": "team_access_revoked", "team_ids": ["T1", "T2", None]}
        assert await slack_tells(browser, out) == 200
        assert await database.outbox.stopped() == dict.fromkeys(["E0SANDBOX/T1", "E0SANDBOX/T2"], "team_access_revoked")
        assert await browser.tenants() == ["E0SANDBOX/-"], "the token is the org's, and stays"
        assert await slack_tells(browser, {"type": "team_access_granted", "team_ids": ["T2", "T3"]}) == 200
        assert set(await database.outbox.stopped()) == {"E0SANDBOX/T1"}


async def test_a_refusal_for_a_workspace_the_org_took_out_stops_it_and_one_for_a_person_does_not(
    database: Database, pack: Pack
) -> None:
    async with browsing(database, pack, whole_org=True) as browser:
        await browser.adds_it()
        at = NOW.timestamp()
        for team in ("T0SANDBOX", "T1"):
            tenant = f"E0SANDBOX/{team}"
            await database.outbox.owe([Owed(tenant, "k", "", INSTALLED, f"slack:{tenant}/U0ANA", "", at)])
        refusal = {"kind": "refuse", "error": "team_access_not_granted", "times": -1}
        browser.slack.sandbox.faults({"method": "chat.postMessage", **refusal})
        await browser.slack.bot.delivery.settle_due()
        await browser.slack.settled()
        assert await database.outbox.stopped() == {"E0SANDBOX/T1": "team_access_not_granted"}
        (lost,) = await database.outbox.undelivered("E0SANDBOX/T0SANDBOX", limit=9)
        assert lost.outcome == "team_access_not_granted"


@asynccontextmanager
async def added_for_an_org_and_by_one_of_it(database: Database, pack: Pack) -> AsyncIterator[Browser]:
    async with browsing(database, pack, whole_org=True) as browser:
        await browser.adds_it()
        own = installation("E0SANDBOX/T1", "xoxb-own")
        await browser.kept.save(own)
        assert await browser.tenants() == ["E0SANDBOX/-", "E0SANDBOX/T1"]
        yield browser


@pytest.mark.parametrize("again", ["app_uninstalled", "tokens_revoked"])
async def test_taken_off_one_workspace_of_an_org_only_its_own_token_goes_however_often_slack_tells_of_it(
    database: Database, pack: Pack, again: str
) -> None:
    async with added_for_an_org_and_by_one_of_it(database, pack) as browser:
        workspaces = browser.slack.bot.workspaces
        assert workspaces is not None
        assert await workspaces.token("E0SANDBOX/T1") == "xoxb-own"
        for kind in ("tokens_revoked", again, again):
            gone = {"type": kind, "tokens": {"oauth": [], "bot": ["U0BOT"]}}
            assert await slack_tells(browser, gone, team="T1") == 200
            assert await browser.tenants() == ["E0SANDBOX/-"]
        for team in ("T1", "T2"):
            assert await workspaces.token(f"E0SANDBOX/{team}") == browser.slack.sandbox.options.bot_token
        assert await database.outbox.stopped() == {}, "it goes on with the org's"


async def test_taken_off_the_org_its_token_goes_and_that_of_a_workspace_which_added_it_by_itself_stays(
    database: Database, pack: Pack
) -> None:
    async with added_for_an_org_and_by_one_of_it(database, pack) as browser:
        assert await slack_tells(browser, {"type": "app_uninstalled"}) == 200
        assert await browser.tenants() == ["E0SANDBOX/T1"]
        workspaces = browser.slack.bot.workspaces
        assert workspaces is not None
        assert await workspaces.token("E0SANDBOX/T1") == "xoxb-own"
        with pytest.raises(SlackSaidNo, match="not_installed"):
            await workspaces.token("E0SANDBOX/T2")


async def test_an_app_whose_tokens_rotate_is_refused_in_words(browser: Browser) -> None:
    options = browser.slack.sandbox.options
    options.manifest = replace(options.manifest, rotates=True)
    status, page = await browser.gets(await browser.allows(await browser.begins()))
    assert (status, "Token rotation is turned on for the app" in page) == (400, True)
    assert "made from manifest.yml" in page
    await nothing_was_installed(browser)


async def test_slacks_variables_do_not_make_bolt_keep_tokens_in_files(
    database: Database, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "hush")
    async with browsing(database, pack) as browser:
        assert browser.slack.bot.app.oauth_flow is None
        assert browser.slack.bot.app.installation_store is None
        assert (await browser.adds_it())[0] == 200


# --- several workspaces, several replicas ------------------------------------------------------------------------


class AnySlack:
    """Writes down which token a call came with; a token it was told of as dead is refused."""

    def __init__(self) -> None:
        self.url = ""
        self.tokens: list[str] = []
        self.dead: set[str] = set()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        self.tokens.append(token)
        return web.json_response({"ok": False, "error": "account_inactive"} if token in self.dead else {"ok": True})


def installation(tenant: str, token: str) -> Installation:
    given = {"name": "x", "bot_user": "U", "bot_id": "B", "app": "A", "scopes": (), "installer": "U1"}
    return Installation(tenant=tenant, token=token, installed_at=0.0, **given)  # type: ignore[arg-type]


@pytest.fixture
async def api(database: Database) -> AsyncIterator[tuple[AnySlack, Callable[[ManyWorkspaces], WebApi]]]:
    slack = AnySlack()
    server = Server(web.Server(slack.answer), host="127.0.0.1", port=0)  # type: ignore[arg-type]
    base = slack.url = f"http://127.0.0.1:{await server.start()}/api/"
    async with aiohttp.ClientSession() as session:
        yield slack, lambda known: WebApi(session, tokens=known, base_url=base)
    await server.stop()


Api = tuple[AnySlack, Callable[[ManyWorkspaces], WebApi]]


BOUND = {"exporter.py", "progress_note.py"}
"""Where what calls Slack is given one workspace's way there."""


def test_whoever_calls_slack_says_for_which_workspace() -> None:
    unsaid = []
    for path in Path(bot.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("call", "fetch", "hand_up"):
                unsaid += [path.name] if ast.unparse(node.value) in ("self._slack", "self.slack") else []
    assert set(unsaid) == BOUND


async def test_each_workspace_is_called_with_its_own_token(database: Database, api: Api) -> None:
    slack, web_api = api
    kept = database.installations(KEYS)
    await kept.save(installation("-/T1", "xoxb-1"))
    await kept.save(installation("-/T2", "xoxb-2"))
    call = web_api(ManyWorkspaces(kept, real_time))
    for tenant in ("-/T1", "-/T2", "-/T1"):
        await call.of(tenant).call("chat.postMessage", {})
    assert slack.tokens == ["xoxb-1", "xoxb-2", "xoxb-1"]
    for nobody in ("-/T3", ""):
        with pytest.raises(SlackSaidNo, match="not_installed"):
            await call.of(nobody).call("chat.postMessage", {})
    assert len(slack.tokens) == 3, "without a token nothing is sent"


async def test_what_one_replica_deleted_another_notices_within_one_request(database: Database, api: Api) -> None:
    slack, web_api = api
    kept = database.installations(KEYS)
    await kept.save(installation("-/T1", "xoxb-1"))
    one, other = ManyWorkspaces(kept, real_time), ManyWorkspaces(kept, real_time)
    call = web_api(other)
    await call.of("-/T1").call("users.info", {"user": BEN})
    await one.gone("-/T1", at=1.0)
    slack.dead.add("xoxb-1")
    with pytest.raises(SlackSaidNo, match="account_inactive"):
        await call.of("-/T1").call("users.info", {"user": BEN})
    assert await other.of("-/T1") is None


async def test_added_again_by_way_of_one_replica_another_goes_on_with_the_new_token(
    database: Database, api: Api
) -> None:
    slack, web_api = api
    kept = database.installations(KEYS)
    await kept.save(installation("-/T1", "xoxb-1"))
    doubted: list[str] = []
    call = web_api(ManyWorkspaces(kept, real_time)).telling(lambda tenant, word: doubted.append(word))
    await call.of("-/T1").call("users.info", {"user": BEN})
    slack.dead.add("xoxb-1")
    await kept.delete("-/T1")
    await kept.save(installation("-/T1", "xoxb-2"))
    assert await call.of("-/T1").call("chat.postMessage", {}) == {"ok": True}
    assert slack.tokens == ["xoxb-1", "xoxb-1", "xoxb-2"]
    assert not doubted, "there is nothing to be looked into"
    slack.dead.add("xoxb-2")
    with pytest.raises(SlackSaidNo, match="account_inactive"):
        await call.of("-/T1").call("chat.postMessage", {})
    assert doubted == ["account_inactive"]


async def test_a_dead_token_of_an_org_goes_with_whichever_workspace_finds_it_dead(database: Database, api: Api) -> None:
    slack, web_api = api
    kept = database.installations(KEYS)
    await kept.save(installation("E1/-", "xoxb-org"))
    workspaces = ManyWorkspaces(kept, real_time)
    call = web_api(workspaces)
    await call.of("E1/T1").call("auth.test", {})
    assert not await workspaces.gone("E1/T1", at=real_time()), "Slack refused nothing"
    slack.dead.add("xoxb-org")
    with pytest.raises(SlackSaidNo):
        await call.of("E1/T1").call("auth.test", {})
    assert await workspaces.gone("E1/T1", at=real_time())
    assert await kept.all() == []


async def test_a_dead_token_of_one_workspace_that_was_deleted_meanwhile_does_not_take_its_orgs(
    database: Database, api: Api
) -> None:
    slack, web_api = api
    kept = database.installations(KEYS)
    for tenant, token in (("E1/-", "xoxb-org"), ("E1/T1", "xoxb-own")):
        await kept.save(installation(tenant, token))
    workspaces, another_replica = ManyWorkspaces(kept, real_time), ManyWorkspaces(kept, real_time)
    slack.dead.add("xoxb-own")
    with pytest.raises(SlackSaidNo):
        await web_api(workspaces).of("E1/T1").call("auth.test", {})
    await another_replica.gone("E1/T1", at=real_time())
    assert not await workspaces.gone("E1/T1", at=real_time())
    assert [one.tenant for one in await kept.all()] == ["E1/-"]


async def test_what_is_owed_goes_out_with_each_workspaces_token_and_one_without_stops_alone(
    database: Database, pack: Pack, api: Api
) -> None:
    slack, _ = api
    kept = database.installations(KEYS)
    for nth in (1, 2):
        await kept.save(installation(f"-/T{nth}", f"xoxb-{nth}"))
    tenants = [f"-/T{nth}" for nth in (1, 2, 3)]
    at = NOW.timestamp()
    await database.outbox.owe([Owed(t, "k", "", "installed", f"slack:{t}/U1", "", at) for t in tenants])
    services = build_services(database, pack, lambda: NOW, engine=engine)
    router = build_router()
    one = Bot(installations=kept, signing_secret="", router=router, services=services, now=real_time, api_url=slack.url)
    try:
        await one.delivery.settle_due()
    finally:
        await one.session.close()
    assert sorted(slack.tokens) == ["xoxb-1", "xoxb-2"]
    assert await database.outbox.stopped() == {"-/T3": "not_installed"}
    rows = [await database.outbox.get(tenant, "k") for tenant in tenants]
    assert [row and row.settled for row in rows] == [True, True, False]


async def test_a_replica_that_was_not_started_with_the_key_keeps_nothing_from_the_other(
    database: Database, pack: Pack, api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    """The keys were rotated before it was started again: it opens no token any more."""
    slack, _ = api
    old, new, time = new_key("old"), new_key("new"), [real_time()]
    await database.installations(read_keys(old)).save(installation("-/T1", "xoxb-1"))

    def replica(keys: str) -> Bot:
        services = build_services(database, pack, lambda: NOW, engine=engine)
        kept = database.installations(read_keys(keys))
        given = {"signing_secret": "", "services": services, "now": lambda: time[0], "api_url": slack.url}
        return Bot(installations=kept, router=build_router(), **given)

    async with closing(replica(old)) as behind, closing(replica(f"{new},{old}")) as ahead:
        assert await database.installations(read_keys(f"{new},{old}")).rotate() == {"old": 1}
        await database.outbox.owe([Owed("-/T1", "k", "", "installed", "slack:-/T1/U1", "", NOW.timestamp())])
        for _ in range(4):  # each looks every thirty seconds, and where it put something off until then: it first
            await behind.delivery.settle_due()
            time[0] += 10
            await ahead.delivery.settle_due()
            time[0] += 20
        assert slack.tokens == ["xoxb-1"]
        row = await database.outbox.get("-/T1", "k")
        assert row
        assert row.outcome == "sent"
        assert behind.key_missing == "A token is sealed with the key new, which CAIS_ENCRYPTION_KEYS does not hold."
        assert ahead.key_missing == ""
        assert [line.__dict__["error"] for line in caplog.records if line.message == "a key is missing"] == [
            behind.key_missing
        ]


async def test_a_token_that_is_under_a_missing_key_holds_up_no_other_workspace_and_only_its_own_while_it_is_there(
    database: Database, pack: Pack, api: Api
) -> None:
    slack, _ = api
    old, new, time = new_key("old"), new_key("new"), [real_time()]
    await database.installations(read_keys(f"{new},{old}")).save(installation("-/T1", "xoxb-1"))
    kept, at = database.installations(read_keys(old)), NOW.timestamp()
    await kept.save(installation("-/T2", "xoxb-2"))
    services = build_services(database, pack, lambda: NOW, engine=engine)
    given = {"signing_secret": "", "services": services, "now": lambda: time[0], "api_url": slack.url}
    async with closing(Bot(installations=kept, router=build_router(), **given)) as one:
        health = Health(one, lambda: False, None, now=lambda: time[0])
        await database.outbox.owe([Owed("-/T1", "k", "", "installed", "slack:-/T1/U1", "", at)])
        for nth in range(4):
            await database.outbox.owe([Owed("-/T2", f"k{nth}", "", "installed", f"slack:-/T2/U{nth}", "", at)])
            await one.delivery.settle_due()
            assert len(slack.tokens) == nth + 1, "ten seconds after the one before"
            time[0] += 10
        assert set(slack.tokens) == {"xoxb-2"}
        assert "with the key new" in await health.ready()
        await kept.delete("-/T1")
        assert await health.ready() == "", "nobody else asks for a workspace whose token is gone"


@asynccontextmanager
async def closing(one: Bot) -> AsyncIterator[Bot]:
    try:
        yield one
    finally:
        await one.session.close()


async def test_no_secret_of_an_installation_is_logged_or_shown_in_the_sandbox(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    back = await browser.allows(await browser.begins())
    cookies = [cookie.value for cookie in browser._session.cookie_jar]
    assert (await browser.gets(back))[0] == 200
    options = browser.slack.sandbox.options
    address = dict(parse_qsl(urlsplit(back).query))
    secrets = [options.bot_token, options.client_secret, address["code"], address["state"], *cookies]
    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records if _is_ours(record))
    shown = json.dumps(browser.slack.sandbox.slack.traffic.after(0))
    whole = "".join("".join(map(str, browser.slack.sandbox.slack.traffic.whole(n) or ())) for n in range(1, 20))
    assert "oauth.v2.access" in shown
    for secret in secrets:
        assert secret
        assert not any(secret in text for text in (logged, shown, whole))


def _is_ours(record: logging.LogRecord) -> bool:
    """What goes to stderr in the end: bot.logs drops what Slack's libraries say at DEBUG."""
    return record.name.startswith("cais") or record.levelno > logging.DEBUG


def test_only_a_list_names_workspaces_of_an_org() -> None:
    event = {"type": "team_access_revoked", "team_ids": "T12"}
    assert moved_in_org({"type": "event_callback", "event": event}) == ((), False)
