"""Seals tokens with keys of the operator's: AES-GCM, with the workspace as associated data, each key by its name."""

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from storage.errors import StorageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BYTES = 32
NONCE = 12
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,32}")
HOW = "`cais keys new` makes one; docs/operations.md says how keys are changed."


class KeyTrouble(StorageError):
    """A key is missing, or is not the one that something was sealed with. The text says which, and what to do."""


class KeyMissing(KeyTrouble):
    """Another replica, or the operator, seals with a key that this process does not have."""


class Keys:
    """The keys by name. The first seals; all of them open."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)
        self.first = next(iter(self._keys))

    @property
    def names(self) -> frozenset[str]:
        """What the keys are called; names are no secrets."""
        return frozenset(self._keys)

    def seal(self, secret: str, tenant: str) -> str:
        """The secret as it may be kept, under the first key. It opens for this workspace only."""
        nonce = secrets.token_bytes(NONCE)
        sealed = _cipher(self._keys[self.first]).encrypt(nonce, secret.encode(), _about(tenant))
        return base64.b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str, name: str, tenant: str) -> str:
        """What was sealed under the key of this name. Raises KeyTrouble, or KeyMissing."""
        if name not in self._keys:
            raise KeyMissing(f"A token is sealed with the key {name}, which CAIS_ENCRYPTION_KEYS does not hold.")
        from cryptography.exceptions import InvalidTag

        try:
            raw = base64.b64decode(sealed)
            return _cipher(self._keys[name]).decrypt(raw[:NONCE], raw[NONCE:], _about(tenant)).decode()
        except (InvalidTag, ValueError) as error:
            raise KeyTrouble(f"The key {name} does not open the token that was sealed under this name.") from error

    def __repr__(self) -> str:
        return f"Keys({', '.join(self._keys)})"


def _cipher(key: bytes) -> "AESGCM":
    # Imported with the first token: whoever serves one workspace by its token never needs it.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _about(tenant: str) -> bytes:
    """A row that is moved to another workspace does not open there."""
    return f"cais bot token 1 {tenant}".encode()


def read_keys(text: str) -> Keys:
    """The keys in `name:key,name:key`. Raises ValueError with a sentence that holds no key."""
    keys: dict[str, bytes] = {}
    for nth, part in enumerate(filter(None, (one.strip() for one in text.split(","))), start=1):
        name, colon, key = part.partition(":")
        if not colon or not _NAME.fullmatch(name):
            raise ValueError(f"Key {nth} in CAIS_ENCRYPTION_KEYS is not written as name:key. {HOW}")
        if name in keys:
            raise ValueError(
                f"CAIS_ENCRYPTION_KEYS has two keys with the name {name}. Give the new one another name: write another "
                "before its colon, as long as nothing is sealed with it."
            )
        try:
            keys[name] = base64.b64decode(key, altchars=b"-_", validate=True)
        except binascii.Error:
            keys[name] = b""
        if len(keys[name]) != BYTES:
            raise ValueError(f"The key {name} in CAIS_ENCRYPTION_KEYS is not {BYTES} bytes in Base64. {HOW}")
    if not keys:
        raise ValueError(f"CAIS_ENCRYPTION_KEYS holds no key. {HOW}")
    return Keys(keys)


def new_key(name: str) -> str:
    """A key as CAIS_ENCRYPTION_KEYS takes it. Raises ValueError where it would not take that name."""
    if not _NAME.fullmatch(name):
        raise ValueError("A key's name has up to 32 letters, digits, dots, hyphens and underscores, and nothing else.")
    return f"{name}:{base64.urlsafe_b64encode(secrets.token_bytes(BYTES)).decode()}"
