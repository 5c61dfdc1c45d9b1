"""Why no answer came, in words that an operator can act on. None of them holds a proxy's password."""

import os

import aiohttp

from bot.slack.outgoing import Outgoing


def why(error: BaseException, url: str, outgoing: Outgoing) -> str:
    """What was wrong when this address was asked, with the proxy it was asked through."""
    proxy = outgoing.shown_for(url)
    if proxy and isinstance(error, aiohttp.ClientHttpProxyError):  # its own text holds the password
        return f"the proxy {proxy} refuses with {error.status} {error.message[:60]}".rstrip()
    if proxy and isinstance(error, aiohttp.ClientProxyConnectionError | aiohttp.ClientConnectorDNSError):
        return f"the proxy {proxy} cannot be reached: {_words(error)}"
    return f"{_words(error)}{outgoing.through(url)}"


def _words(error: BaseException) -> str:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return f"the name {error.host} does not resolve"
        case aiohttp.ClientConnectorCertificateError():
            return f"the certificate of {error.host} is not trusted here"
        case aiohttp.ClientConnectorSSLError():
            return f"no TLS with {error.host}"
        case aiohttp.ClientConnectorError():
            return os.strerror(error.errno).lower() if error.errno else "no connection"
    return type(error).__name__
