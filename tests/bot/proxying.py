"""A company's proxy in a test: it takes CONNECT, and behind it a server of ours has every name there is, with TLS."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SLACK = "https://slack.test/api/"
"""No name that resolves: only the proxy leads there."""

PASSWORD = "hunter2@x"


class Proxy:
    """Notes what it was asked for. With `refuses` it says no to what begins so, with the status that stands there."""

    def __init__(self, leads_to: int) -> None:
        self.port, self._leads_to = 0, leads_to
        self.asked, self.refuses = list[str](), dict[str, int]()

    @property
    def url(self) -> str:
        """With a name and a password, without which it answers 407."""
        return f"http://cais:hunter2%40x@127.0.0.1:{self.port}"

    @property
    def shown(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first, *headers = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        except asyncio.IncompleteReadError:
            return writer.close()
        self.asked.append(first)
        who = base64.b64encode(f"cais:{PASSWORD}".encode()).decode()
        known = f"Proxy-Authorization: Basic {who}" in headers
        status = next((no for start, no in self.refuses.items() if first.startswith(start)), 200 if known else 407)
        writer.write(f"HTTP/1.1 {status} {'Yes' if status == 200 else 'No'}\r\n\r\n".encode())
        if status == 200:
            await _joined(reader, writer, *await asyncio.open_connection("127.0.0.1", self._leads_to))
        return writer.close()


@asynccontextmanager
async def proxy_to(port: int, certificate: Path) -> AsyncIterator[Proxy]:
    """A proxy that leads to the plain server at this port of this machine, which has TLS and every name there."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def unwrapped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _joined(reader, writer, *await asyncio.open_connection("127.0.0.1", port))

    secure = await asyncio.start_server(unwrapped, "127.0.0.1", 0, ssl=context)
    proxy = Proxy(secure.sockets[0].getsockname()[1])
    server = await asyncio.start_server(proxy.meet, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    async with secure, server:
        yield proxy


async def _joined(
    left: asyncio.StreamReader,
    to_left: asyncio.StreamWriter,
    right: asyncio.StreamReader,
    to_right: asyncio.StreamWriter,
) -> None:
    await asyncio.gather(_poured(left, to_right), _poured(right, to_left), return_exceptions=True)


async def _poured(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(1 << 16):
            writer.write(piece)
            await writer.drain()
    finally:
        writer.close()


@pytest.fixture
def certificate(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate with its key for Slack's names, which this process trusts for the length of a test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "slack.test")])
    names = [x509.DNSName(one) for one in ("slack.test", "*.slack.com")]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", ssl.create_default_context(cafile=str(file)))
    return file
