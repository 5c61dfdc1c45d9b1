"""What is posted to Slack, on the wire: answers of every form, connections used again, and the broken ones not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.slack.wire import Wire

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
FORMS = {
    "with its length": WHOLE,
    "in pieces": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
    "up to the end": b"HTTP/1.0 200 OK\r\n\r\nok",
    "after a word in between": b"HTTP/1.1 103 Early Hints\r\n\r\n" + WHOLE,
}
BROKEN = {
    "no HTTP": b"Good morning\r\n\r\n",
    "nothing": b"",
    "cut off": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
}


class Far:
    """The other end: says the same to everybody, and hangs up after it unless the answer is whole."""

    def __init__(self, answer: bytes, *, after: float = 0.0, drips: float = 0.0) -> None:
        self.answer, self.after, self.drips = answer, after, drips
        self.lines, self.asked = 0, list[bytes]()

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        while head := await self._head(reader):
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            self.asked.append(head + await reader.readexactly(length))
            await asyncio.sleep(self.after)
            for sign in self.answer if self.drips else b"":
                writer.write(bytes([sign]))
                await asyncio.sleep(self.drips)
            writer.write(b"" if self.drips else self.answer)
            if self.answer != WHOLE:
                break
        writer.close()

    async def _head(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return b""


@asynccontextmanager
async def wire_to(far: Far, *, total: float = 5.0) -> AsyncIterator[tuple[Wire, str]]:
    server = await asyncio.start_server(far.meet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=total)) as session:
        yield Wire(session), f"http://127.0.0.1:{port}/"


@pytest.mark.parametrize("form", FORMS)
async def test_an_answer_comes_whole(form: str) -> None:
    async with wire_to(Far(FORMS[form])) as (wire, url):
        status, _, content = await wire.post(url, b"{}", {})
    assert (status, content) == (200, b"ok")


async def test_what_is_sent_is_one_request_and_its_address_breaks_out_of_no_line() -> None:
    far = Far(WHOLE)
    async with wire_to(far) as (wire, url):
        await wire.post(f"{url}a b\r\nX-More: 1?c=d", b'{"a":1}', {"Authorization": "Bearer t"})
    head, _, body = far.asked[0].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    assert first.startswith("POST /a%20b")
    assert first.endswith("?c=d HTTP/1.1")
    assert [line.partition(":")[0] for line in lines] == [
        *("Host", "Accept", "User-Agent", "Authorization", "Content-Length")
    ]
    assert body == b'{"a":1}'


async def test_one_connection_serves_one_post_after_the_other_and_no_two_at_once() -> None:
    far = Far(WHOLE)
    async with wire_to(far) as (wire, url):
        for _ in range(5):
            await wire.post(url, b"{}", {})
        assert far.lines == 1
        await asyncio.gather(*(wire.post(url, b"{}", {}) for _ in range(3)))
        assert far.lines == 3


@pytest.mark.parametrize("kind", BROKEN)
async def test_an_answer_that_is_none_is_an_error_and_its_connection_is_not_used_again(kind: str) -> None:
    far = Far(BROKEN[kind])
    async with wire_to(far) as (wire, url):
        for _ in range(2):
            with pytest.raises(aiohttp.ClientError):
                await wire.post(url, b"{}", {})
    assert far.lines == 2


async def test_what_comes_too_late_is_nobody_elses_answer() -> None:
    far = Far(WHOLE, after=0.2)
    async with wire_to(far, total=0.05) as (wire, url):
        with pytest.raises(TimeoutError):
            await wire.post(url, b"{}", {})
        far.after = 0.0
        assert (await wire.post(url, b"{}", {}))[0] == 200
    assert far.lines == 2


async def test_an_answer_that_drips_ends_when_its_time_is_up() -> None:
    far = Far(WHOLE, drips=0.03)
    async with wire_to(far, total=0.1) as (wire, url):
        with pytest.raises(TimeoutError):
            await wire.post(url, b"{}", {})


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://[::1", "http://127.0.0.1:99999/"])
async def test_where_nobody_is_or_can_be_is_said_as_aiohttp_says_it(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientError):
            await Wire(session).post(url, b"{}", {})


async def test_after_the_session_is_closed_nothing_is_sent() -> None:
    far = Far(WHOLE)
    async with wire_to(far) as (wire, url):
        await wire._session.close()
        with pytest.raises(aiohttp.ClientError):
            await wire.post(url, b"{}", {})
    assert far.asked == []
