"""Macaroon keys at rest: what is written is read again, and nothing else is, nor from where others could put it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.scene import ALICE

from attorn.encoding import base64url_encode
from attorn.errors import KeyFileError
from attorn.macaroon import MacKey

SECRET = bytes(range(40))
LINE = b'{"format":"attorn macaroon key 1","key":"' + base64url_encode(SECRET).encode() + b'"}\n'


def put(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def refused(path: Any, match: str) -> None:
    with pytest.raises(KeyFileError, match=match) as caught:
        MacKey.load(path)
    assert SECRET.hex() not in str(caught.value)
    assert base64url_encode(SECRET) not in str(caught.value)


@pytest.mark.parametrize("size", [32, 33, 64, 1024])
def test_what_is_written_is_read(tmp_path: Path, size: int) -> None:
    key = MacKey(os.urandom(size))
    old = os.umask(0)
    try:
        key.save(tmp_path / "key")
    finally:
        os.umask(old)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert MacKey.load(str(tmp_path / "key")).secret == key.secret


def test_the_file(tmp_path: Path) -> None:
    MacKey(SECRET).save(tmp_path / "key")
    assert (tmp_path / "key").read_bytes() == LINE


def test_generated_keys_differ_and_are_long() -> None:
    keys = {MacKey.generate().secret for _ in range(8)}
    assert len(keys) == 8
    assert {len(each) for each in keys} == {32}


def test_nothing_is_replaced(tmp_path: Path) -> None:
    path = put(tmp_path / "key", b"mine")
    with pytest.raises(KeyFileError, match="already"):
        MacKey(SECRET).save(path)
    assert path.read_bytes() == b"mine"


def test_a_link_is_not_followed_in_writing(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyFileError):
        MacKey(SECRET).save(tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


DAMAGED = "^key file: expected a macaroon key as attorn writes it$"
CONTENTS: dict[str, bytes] = {
    "empty": b"",
    "no-json": b"key",
    "bytes": b"\xff\xfe",
    "a-list": b"[]\n",
    "deep": b"[" * 2000,
    "no-newline": LINE[:-1],
    "two-newlines": LINE + b"\n",
    "space": LINE.replace(b":", b": ", 1),
    "other-order": b'{"key":"' + base64url_encode(SECRET).encode() + b'","format":"attorn macaroon key 1"}\n',
    "one-more-member": LINE.replace(b"{", b'{"extra":1,', 1),
    "a-member-twice": LINE.replace(b"{", b'{"format":"x",', 1),
    "another-format": LINE.replace(b"key 1", b"key 2", 1),
    "of-an-identity": b'{"algorithm":"Ed25519","format":"attorn key file 1","key":"AAAA"}\n',
    "padding": LINE.replace(b'"}', b'="}', 1),
    "text": b'"key"\n',
    "null": b"null\n",
    "padding-alone": b'{"format":"attorn macaroon key 1","key":"="}\n',
    "a-number": b'{"format":"attorn macaroon key 1","key":5}\n',
    "no-key": b'{"format":"attorn macaroon key 1"}\n',
    "an-empty-key": b'{"format":"attorn macaroon key 1","key":""}\n',
    "raw": SECRET,
    "too-long": LINE + b" " * 16_384,
}


@pytest.mark.parametrize("name", CONTENTS)
def test_contents_that_are_no_key(tmp_path: Path, name: str) -> None:
    refused(put(tmp_path / "key", CONTENTS[name]), "at most" if name == "too-long" else DAMAGED)


@pytest.mark.parametrize("size", [1, 31, 1025])
def test_keys_of_other_lengths(tmp_path: Path, size: int) -> None:
    line = b'{"format":"attorn macaroon key 1","key":"' + base64url_encode(bytes(size)).encode() + b'"}\n'
    refused(put(tmp_path / "key", line), "from 32 to 1024")


def _linked(folder: Path) -> Path:
    put(folder / "key", LINE)
    (folder / "link").symlink_to(folder / "key")
    return folder / "link"


PLACES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "missing": (lambda folder: folder / "missing", "No such file"),
    "folder": (lambda folder: folder, "plain file|directory"),
    "pipe": (lambda folder: (os.mkfifo(folder / "pipe", 0o600), folder / "pipe")[1], "plain file"),
    "open-to-group": (lambda folder: put(folder / "key", LINE, 0o640), "open to group or others"),
    "open-to-others": (lambda folder: put(folder / "key", LINE, 0o604), "open to group or others"),
    "symbolic-link": (_linked, "symbolic"),
    "nul": (lambda _: "a\0b", "expected a path"),
    "empty": (lambda _: "", "expected a path"),
    "number": (lambda _: 5, "expected a path"),
    "none": (lambda _: None, "expected a path"),
}


@pytest.mark.parametrize("name", PLACES)
def test_places_that_are_refused(tmp_path: Path, name: str) -> None:
    make, match = PLACES[name]
    refused(make(tmp_path), match)


def test_the_key_file_of_an_identity_is_no_macaroon_key(tmp_path: Path) -> None:
    ALICE.save(tmp_path / "alice", passphrase="x", strength="interactive")
    refused(tmp_path / "alice", "expected a macaroon key")


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyFileError, match="No space left"):
        MacKey(SECRET).save(tmp_path / "key")
    assert list(tmp_path.iterdir()) == []
