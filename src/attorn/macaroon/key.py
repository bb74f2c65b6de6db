"""The secret behind a server's macaroons, or behind one third party's caveat."""

from __future__ import annotations

import hmac
import os
import secrets
from typing import Final, NoReturn, SupportsIndex

from attorn.errors import InputError, KeyFileError
from attorn.macaroon import keyfile

LEAST_SECRET: Final = 32
"""Shortest secret, in bytes. Other libraries take the empty one."""
_MOST_SECRET: Final = 1024
_TOKEN_KEY: Final = b"\0ATTORN\0MACAROON KEY\0v1\0"


class MacKey:
    """A secret that MACs are made and verified with, of 32 to 1024 bytes. Whoever can verify with it can mint.

    Raises `InputError` for anything else. It does not show itself and refuses to be copied or pickled.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if type(secret) is not bytes or not LEAST_SECRET <= len(secret) <= _MOST_SECRET:
            raise InputError(f"macaroon key: expected from {LEAST_SECRET} to {_MOST_SECRET} bytes")
        self._secret = secret

    @classmethod
    def generate(cls) -> MacKey:
        """A fresh key of 32 random bytes."""
        return cls(secrets.token_bytes(LEAST_SECRET))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> MacKey:
        """The key in a file that `save` made. Raises `KeyFileError`, also where others could read the file."""
        secret = keyfile.load(path)
        try:
            return cls(secret)
        except InputError as error:
            raise KeyFileError(f"key file: {error}") from None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write this key to a new file that its owner alone can read. It is not encrypted. Raises `KeyFileError`."""
        keyfile.save(path, self._secret)

    @property
    def secret(self) -> bytes:
        """The bytes, for the party that shares this key and for nobody else."""
        return self._secret

    def of_token(self, identifier: bytes) -> MacKey:
        """The key of the one token with this identifier. It says nothing about this key or about other tokens."""
        if type(identifier) is not bytes or not identifier:
            raise InputError("macaroon key: expected an identifier of at least one byte")
        return MacKey(hmac.digest(self._secret, _TOKEN_KEY + identifier, "sha256"))

    def __repr__(self) -> str:
        return "MacKey(...)"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise InputError("a macaroon key cannot be pickled or copied")

    def __getstate__(self) -> NoReturn:
        raise InputError("a macaroon key cannot be pickled or copied")
