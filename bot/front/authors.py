"""Whose what somebody writes is, in a channel that is shared with another company (Slack Connect).

Slack lists one installation that sees an event, and where both companies have the app that may be either one's. What
somebody writes belongs to their own company, and is kept and answered there.
"""

from typing import NamedTuple

from bot.front.whose import Payload, author_of, installation_of, is_of_another_company, workspace_of
from bot.slack.installed import Installed
from bot.slack.places import place
from flows.ports import Directory


class Author(NamedTuple):
    """The workspace that an act belongs to, and who we are there."""

    tenant: str
    bot_user: str
    stranger: bool = False
    """We know no workspace of theirs with the app in it: they are answered in general, and nothing is kept."""


def is_shared(body: Payload) -> bool:
    """Whether it is an event in a channel that another company sees."""
    return body.get("type") == "event_callback" and bool(body.get("is_ext_shared_channel"))


def listed(body: Payload, bot_user: str) -> Author:
    """As Slack says it. Somebody for whom it names no workspace at all is one of none.

    What is pressed belongs to the app that showed it: whoever is of another company may do it as a member here only.
    """
    tenant = workspace_of(body)
    return Author(tenant or installation_of(body), bot_user, stranger=not tenant or is_of_another_company(body))


class Authors:
    """Asks where the app is installed, and who is a member where it is."""

    def __init__(self, installed: Installed, directory: Directory) -> None:
        self._installed = installed
        self._directory = directory

    async def of(self, body: Payload, bot_user: str) -> Author:
        """Their own workspace, if the app is there. Where it is not, the listed one for whom a lead made a member."""
        if (own := author_of(body)) and (ours := await self._installed.bot_user(own)) is not None:
            return Author(own, ours)
        found = listed(body, bot_user)
        user = body["event"].get("user")
        if found.stranger or not isinstance(user, str):
            return found
        seen = await self._directory.sight(found.tenant, place(found.tenant, user))
        return found._replace(stranger=not seen.firms)
