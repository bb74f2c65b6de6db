"""The did:webvh log beside a key file: read to know one's own DID, written when it is made or changed."""

from __future__ import annotations

import os
import secrets
from typing import Final

from attorn.cli import source
from attorn.did.methods import MethodResolver
from attorn.did.webvh.entry import MOST_LOG
from attorn.did.webvh.resolver import WebvhResolver
from attorn.display import shown
from attorn.errors import InputError

NAME: Final = "did.jsonl"
_NAMES: Final = (NAME, "did-witness.json")


def path_beside(key_file: str) -> str:
    """Where the log of the identity in a key file is."""
    return os.path.join(os.path.dirname(key_file), NAME)


def resolver_beside(key_file: str) -> MethodResolver:
    """Resolves what needs no network, and the did:webvh whose log is beside the key file."""
    return MethodResolver({"webvh": WebvhResolver(_Folder(os.path.dirname(key_file)))})


class _Folder:
    """A transport to the files of one log, as they are here and not as they are published."""

    def __init__(self, path: str) -> None:
        self.path = path

    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        del accept
        name = url.rpartition("/")[2]
        path = os.path.join(self.path, name)
        if name not in _NAMES or not os.path.exists(path):
            return None
        return source.file(path, name, most)


def kept(path: str) -> str:
    """The log at `path`. Raises `InputError`."""
    try:
        return source.file(path, "log", MOST_LOG).decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"log: {shown(path)} is no text") from None


def write(path: str, text: str, *, replace: bool) -> None:
    """Write a log, which is no secret, on disk when this returns; `replace` in one step. Raises `InputError`."""
    folder = os.path.dirname(path) or "."
    target = os.path.join(folder, f".{secrets.token_hex(8)}.tmp") if replace else path
    try:
        with open(target, "x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(target, path)
    except (OSError, ValueError) as error:
        raise InputError(f"log: cannot write {shown(path)}: {source.reason(error)}") from None
