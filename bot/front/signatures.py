"""Slack's signature over the time and the body of a request: looked at before anything in the body is."""

import hmac

from slack_bolt.request.async_request import AsyncBoltRequest


class SignedRequest(AsyncBoltRequest):
    """Bolt's record of an HTTP request whose signature was found right."""


class Signatures:
    """Knows the app's signing secret. Where there is none, as with Socket Mode, no signature is right."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def is_right(self, signature: str, stamp: str, content: bytes) -> bool:
        """Whether this is Slack's signature of the content at that time; whether the time is one of now is not asked.

        Over the bytes as they came: Bolt makes text of them first, which of what is no text there is none.
        """
        if not self._secret:
            return False
        ours = hmac.digest(self._secret, b"v0:%b:%b" % (stamp.encode(), content), "sha256").hex()
        # As bytes: of text it compares none but ASCII, and a header may hold anything.
        return hmac.compare_digest(f"v0={ours}".encode(), signature.encode("utf-8", "surrogateescape"))
