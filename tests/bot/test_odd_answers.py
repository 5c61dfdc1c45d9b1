"""What stands where Slack should answers oddly: the doctor says so, and a start that failed may be tried again."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.clock import real_now
from bot.doctor import checks
from bot.doctor.oauth import check_oauth
from bot.serving import NotServing, serve
from bot.settings import Settings
from bot.slack.web_api import word_of
from tests.bot.test_serving import OAUTH, given, handlers, sandbox

Given = Callable[..., Settings]
__all__ = ["given", "handlers", "sandbox"]

GOOD = {"ok": True, "user": "cais", "user_id": "U0CAIS", "bot_id": "B0CAIS", "team": "T", "team_id": "T0SANDBOX"}
NO = '{"ok": false, "error": "%s"}'
ODD = [
    (503, "text/html", "<h1>Service Unavailable</h1>", "status 503"),
    (503, "application/json", "upstream", "status 503"),
    (404, "text/plain", "not found", ""),
    (200, "text/html", "<h1>Sign in to the proxy</h1>", "status 200"),
    (200, "application/json", "", "status 200"),
    (200, "application/json", "null", ""),
    (200, "application/json", "[]", ""),
    (200, "application/json", NO % "internal_error", "internal_error"),
    (200, "application/json", NO % "fatal_error", "fatal_error"),
]


@asynccontextmanager
async def answering(status: int, kind: str, body: str, *, only: str = "") -> AsyncIterator[str]:
    """The address of a Slack that answers so, to every call or only to this method."""

    async def answer(request: web.Request) -> web.Response:
        if only and not request.path.endswith(only):
            return web.json_response(GOOD, headers={"x-oauth-scopes": ""})
        return web.Response(status=status, content_type=kind, body=body.encode())

    app = web.Application()
    app.router.add_route("*", "/api/{method}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(("status", "kind", "body", "said"), ODD)
async def test_the_doctor_says_what_came_instead_of_an_answer(
    given: Given, status: int, kind: str, body: str, said: str
) -> None:
    async with answering(status, kind, body) as url:
        found = [*await checks.check_slack(given(SLACK_API_URL=url), real_now())]
        found += [*await check_oauth(given(SLACK_API_URL=url, **OAUTH), real_now())]
        line = await checks.check_line(given(SLACK_API_URL=url))
    assert [one.verdict for one in [*found, line]] == ["wrong"] * 3
    assert all("answers, but not as it should" in one.sentence and said in one.sentence for one in found)
    assert said in line.sentence
    assert "Try again in a minute" in line.sentence


@pytest.mark.parametrize("answer", [{"error": "x\n" * 5000}, {"error": "said " + "x" * 80}, {"error": 7}, {}])
def test_what_is_no_word_of_slacks_goes_nowhere(answer: dict[str, object]) -> None:
    assert word_of(answer) == "unknown_error"


@pytest.mark.parametrize("only", ["auth.test", "apps.connections.open"])
@pytest.mark.parametrize(("status", "kind", "body", "said"), ODD)
async def test_a_start_that_slack_answers_oddly_is_tried_again(
    given: Given, only: str, status: int, kind: str, body: str, said: str
) -> None:
    async with answering(status, kind, body, only=only) as url:
        with pytest.raises(NotServing) as stopped:
            await serve(given(SLACK_API_URL=url))
    assert stopped.value.exit_code == 1
    assert said in str(stopped.value) or "an answer without words" in str(stopped.value), "the SDK keeps it to itself"


@pytest.mark.parametrize("word", ["ratelimited", "org_login_required", "a_word_of_tomorrow"])
async def test_so_is_one_that_is_refused_for_what_may_pass(given: Given, word: str) -> None:
    async with answering(200, "application/json", NO % word) as url:
        with pytest.raises(NotServing, match=word) as stopped:
            await serve(given(SLACK_API_URL=url))
    assert stopped.value.exit_code == 1
