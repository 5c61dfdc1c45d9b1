"""Which way what we ask of Slack goes: straight on, or through the proxy that a company's network has for going out."""

from typing import Protocol
from urllib.parse import unquote, urlsplit


class Guided(Protocol):
    """A client of slack_sdk's."""

    base_url: str
    proxy: str | None


class Outgoing:
    """By HTTPS_PROXY and NO_PROXY, as curl and Python know them.

    It counts for https and wss alone. Plain http, which only a pretend Slack has, goes straight on whatever is set.
    """

    def __init__(self, proxy: str = "", straight_to: str = "") -> None:
        """`straight_to` names hosts, with commas. Raises ValueError where the proxy is none that is known here."""
        self._proxy = proxy if "://" in proxy or not proxy else f"http://{proxy}"
        self._straight_to = straight_to
        self.shown = _without_password(self._proxy) if proxy else ""
        """The proxy for people and logs; empty without one."""

    def __repr__(self) -> str:
        return f"Outgoing({self.shown!r})"

    def proxy_for(self, url: str) -> str | None:
        """The proxy that this address is asked through, with its password; None where it is asked straight on."""
        if not self._proxy:
            return None
        try:
            parts = urlsplit(url)
            host = f"{parts.hostname}:{parts.port or 443}"
        except ValueError:
            return None  # no address: whoever asks it is told so
        if parts.scheme not in ("https", "wss"):
            return None
        # Loaded only where there is a proxy. It is what urllib itself asks, and typeshed leaves it out.
        from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

        return None if proxy_bypass_environment(host, {"no": self._straight_to}) else self._proxy

    def shown_for(self, url: str) -> str:
        """The same for people and logs; empty where the address is asked straight on."""
        return self.shown if self.proxy_for(url) else ""

    def through(self, url: str) -> str:
        """The end of a sentence about this address: which proxy it was asked through, if any."""
        shown = self.shown_for(url)
        return f", through the proxy {shown}" if shown else ""

    def guide(self, client: Guided) -> None:
        """Sends a client of slack_sdk's this way: by itself it would read the environment in a way of its own."""
        client.proxy = self.proxy_for(client.base_url)


STRAIGHT_ON = Outgoing()


def _without_password(proxy: str) -> str:
    try:
        parts = urlsplit(proxy)
        host, port = parts.hostname, parts.port
        unquote(f"{parts.username}{parts.password}").encode("latin-1")  # what it is sent in
    except ValueError:
        host = None
    if not host or parts.scheme != "http" or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("no proxy that is known here")
    return f"http://{f'[{host}]' if ':' in host else host}:{port or 80}"
