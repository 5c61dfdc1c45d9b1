"""Whose a request is: the installation that it came through, and the workspace that what comes of it belongs to.

The two are the same but for an installation for a whole org. Of that Slack names no workspace where it says through
which installation something comes, and Bolt wants none there to find it. What is kept belongs to a workspace all the
same: kept under the org, it would be another firm for every way of asking, and one heap for all workspaces of the org.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from slack_bolt.request.internals import (
    extract_enterprise_id,
    extract_is_enterprise_install,
    extract_team_id,
)

Payload = dict[str, Any]


def installation_of(body: Payload) -> str:
    """The tenant that the app was added under: `E1/-` for a whole org, which may be all that Slack says."""
    enterprise, team = _enterprise(body), extract_team_id(body)
    if (enterprise and extract_is_enterprise_install(body)) or not is_workspace(team):
        return f"{enterprise or '-'}/-"
    return f"{enterprise or '-'}/{team}"


def workspace_of(body: Payload) -> str:
    """The tenant that what comes of it is kept under; empty where Slack names no workspace at all."""
    team = next((team for team in _teams(body) if is_workspace(team)), "")
    return f"{_enterprise(body) or '-'}/{team}" if team else ""


def author_of(body: Payload) -> str:
    """Of an event in a channel shared with another company, the tenant of the author's own workspace.

    Empty where Slack does not say: of somebody of an org that is connected from outside it names no more than the org.
    """
    event = _part(body, "event")
    named = (event.get(name) for name in ("user_team", "source_team", "team"))
    theirs = next((team for team in named if isinstance(team, str) and team), "")
    for enterprise, team in _pairs(body):
        if theirs and is_workspace(team) and theirs in (team, enterprise):
            return f"{enterprise or '-'}/{team}"
    return f"-/{theirs}" if is_workspace(theirs) else ""


def is_of_another_company(body: Payload) -> bool:
    """Whether somebody of another company pressed what our app showed in a shared channel, or sent a form from there.

    Slack names the workspace of the app beside the person's own (slackapi/java-slack-sdk, #1041). In an org that says
    nothing: its people may be in any workspace of it.
    """
    team = _part(body, "user").get("team_id")
    return is_workspace(team) and not _enterprise(body) and workspace_of(body) not in ("", f"-/{team}")


def _pairs(body: Payload) -> list[tuple[str, object]]:
    """What Slack says of which workspace is of which org; those first of which it says so."""
    said = [(one.get("enterprise_id"), one.get("team_id")) for one in _visible_to(body)]
    said.append((body.get("enterprise_id"), body.get("team_id")))
    said.append((body.get("context_enterprise_id"), body.get("context_team_id")))
    pairs = [(enterprise if isinstance(enterprise, str) else "", team) for enterprise, team in said]
    return sorted(pairs, key=lambda pair: not pair[0])


def workspaces_of_person(body: Payload, user: Mapping[str, Any]) -> tuple[str, ...]:
    """The tenants for which it counts what Slack says anew of somebody: of an installation for a whole org, several.

    What it says to one workspace of an org is so there only: who runs it, or has lost their account in it, may be
    anybody in the others, and each of those that has the app is told for itself.
    """
    enterprise, theirs = _enterprise(body), _part(user, "enterprise_user").get("teams")
    teams: list[object] = []
    if enterprise and extract_is_enterprise_install(body):
        teams = [*(theirs if isinstance(theirs, list) else ()), user.get("team_id")]
    named = [f"{enterprise}/{team}" for team in teams if is_workspace(team)]
    return tuple(dict.fromkeys(filter(None, (workspace_of(body), *named))))


def is_workspace(team: object) -> bool:
    """Whether this is the id of a workspace: in some places Slack puts that of the org there."""
    return isinstance(team, str) and bool(team) and not team.startswith("E")


def _enterprise(body: Payload) -> str:
    found = extract_enterprise_id(body)
    return found if isinstance(found, str) else ""


def _teams(body: Payload) -> Iterator[object]:
    """Where Slack names the workspace, the likeliest first."""
    if "command" in body:
        yield body.get("team_id")
    elif body.get("type") == "event_callback":
        yield from _teams_of_event(body)
    else:
        yield from _teams_of_act(body)


def _teams_of_event(body: Payload) -> Iterator[object]:
    for one in _visible_to(body):
        yield one.get("team_id")
    event = _part(body, "event")
    yield body.get("team_id")
    yield body.get("context_team_id")
    yield event.get("team")
    yield _part(event, "view").get("team_id")


def _visible_to(body: Payload) -> list[Payload]:
    """The installation that an event is visible to; Slack lists one of them."""
    found = body.get("authorizations")
    return [one for one in found[:1] if isinstance(one, dict)] if isinstance(found, list) else []


def _teams_of_act(body: Payload) -> Iterator[object]:
    """Of a click, a form or a shortcut.

    What a view calls `app_installed_team_id` is right where a form is sent from a channel shared with another company.
    On Home it may be another workspace of the org than the one somebody looks at (slackapi/bolt-python, #1229).
    """
    view = _part(body, "view")
    installed_in = view.get("app_installed_team_id")
    if view.get("type") != "home" and not extract_is_enterprise_install(body):
        yield installed_in
    yield body["team"] if isinstance(body.get("team"), str) else _part(body, "team").get("id")
    yield _part(body, "user").get("team_id")
    yield view.get("team_id")
    yield installed_in


def _part(body: Mapping[str, Any], name: str) -> Payload:
    found = body.get(name)
    return found if isinstance(found, dict) else {}
