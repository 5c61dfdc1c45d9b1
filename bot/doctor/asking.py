"""How the doctor asks Slack: the way the bot does."""

from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings
from bot.slack.no_answer import why


def asking(settings: Settings, token: str | None = None) -> AsyncWebClient:
    """A client that goes the bot's way."""
    client = AsyncWebClient(token, settings.slack_api_url, timeout=10)
    settings.outgoing.guide(client)
    return client


def way_out(settings: Settings) -> str:
    """Which way that is, as the end of a sentence; empty where nothing was said about one that counts."""
    if settings.way == "sandbox" or not settings.outgoing.shown:
        return ""
    if through := settings.outgoing.through(settings.slack_api_url):
        return f"{through}, as HTTPS_PROXY says"
    return ", without the proxy that HTTPS_PROXY names, as NO_PROXY says"


async def no_way_to(host: str, settings: Settings) -> str:
    """Why no connection to it comes about; empty where one does, whatever is answered.

    The socket itself is the bot's: Slack would share what people do between it and ours.
    """
    url = f"{urlsplit(settings.slack_api_url).scheme}://{host}/"
    timeout, proxy = aiohttp.ClientTimeout(total=10, sock_connect=5), settings.outgoing.proxy_for(url)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, allow_redirects=False, proxy=proxy),
        ):
            return ""
    except (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError, aiohttp.ConnectionTimeoutError) as error:
        return why(error, url, settings.outgoing)
    except (aiohttp.ClientError, TimeoutError):
        return ""
