"""Key files: what is written, who may read it, and what a damaged or hostile one may do (nothing)."""

from __future__ import annotations

import json
import os
import socket
import stat
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from nacl import bindings

from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import KeyFileError
from attorn.keys import keyfile
from attorn.keys.keyfile import load, save
from attorn.keys.signer import Ed25519Signer, P256Signer, signed

SEED = bytes(range(32))
SIGNER = Ed25519Signer.from_seed(SEED)
DID = "did:key:z6Mk"
WORDS = "correct horse battery staple"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("keys") / "key"
    save(path, SIGNER, DID, WORDS, strength="interactive")
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path, written: bytes) -> Path:
    place = tmp_path / "key"
    place.write_bytes(written)
    place.chmod(0o600)
    return place


def refused(path: object, passphrase: object = WORDS, match: str = ".") -> None:
    with pytest.raises(KeyFileError, match=match) as caught:
        load(path, passphrase)  # type: ignore[arg-type]
    assert_silent(caught.value)


def assert_silent(error: BaseException) -> None:
    text = "".join(traceback.format_exception(error))
    for secret in (WORDS, SEED.hex(), repr(SEED)[2:20], base64url_encode(SEED)):
        assert secret not in str(error)
        assert secret not in text.replace(f'WORDS = "{WORDS}"', "")


@pytest.mark.parametrize("signer", [SIGNER, P256Signer.from_scalar(SEED)], ids=["Ed25519", "P-256"])
def test_what_is_saved_is_loaded(tmp_path: Path, signer: Ed25519Signer | P256Signer) -> None:
    place = tmp_path / "key"
    save(place, signer, DID, WORDS.encode(), strength="interactive")
    found, did = load(str(place), WORDS)
    assert type(found) is type(signer)
    assert did == DID
    assert found.public_key == signer.public_key
    assert signed(found, b"message") == signed(signer, b"message")
    assert os.listdir(tmp_path) == ["key"]


def test_the_default_is_moderate(tmp_path: Path) -> None:
    save(tmp_path / "key", SIGNER, DID, WORDS)
    header = json.loads((tmp_path / "key").read_bytes())
    assert header["memory"] == 256 << 20
    assert load(tmp_path / "key", WORDS)[0].public_key == SIGNER.public_key


def test_only_the_owner_may_read_it_whatever_the_umask(tmp_path: Path) -> None:
    for mask in (0o000, 0o277):
        place = tmp_path / oct(mask)
        before = os.umask(mask)
        try:
            save(place, SIGNER, DID, WORDS, strength="interactive")
        finally:
            os.umask(before)
        assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_the_file_shows_neither_secret_nor_passphrase(written: bytes) -> None:
    sealed = base64url_decode(json.loads(written)["sealed"])
    for secret in (SEED, SEED.hex().encode(), base64url_encode(SEED).encode(), WORDS.encode()):
        assert secret not in written
        assert secret not in sealed


def test_every_file_has_its_own_salt_and_nonce(tmp_path: Path, written: bytes) -> None:
    save(tmp_path / "key", SIGNER, DID, WORDS, strength="interactive")
    first, second = json.loads(written), json.loads((tmp_path / "key").read_bytes())
    assert all(first[name] != second[name] for name in ("salt", "nonce", "sealed"))


def test_an_existing_file_is_kept_unless_asked(path: Path, written: bytes) -> None:
    with pytest.raises(KeyFileError, match="already"):
        save(path, Ed25519Signer.generate(), DID, WORDS, strength="interactive")
    assert path.read_bytes() == written
    other = Ed25519Signer.generate()
    path.chmod(0o644)
    save(path, other, DID, WORDS, strength="interactive", replace=True)
    assert load(path, WORDS)[0].public_key == other.public_key
    assert os.listdir(path.parent) == ["key"]


def test_a_symbolic_link_is_neither_followed_nor_filled(tmp_path: Path, path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(path)
    refused(link, match="symbolic")
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "target")
    with pytest.raises(KeyFileError):
        save(dangling, SIGNER, DID, WORDS, strength="interactive")
    assert not (tmp_path / "target").exists()
    save(link, SIGNER, DID, WORDS, strength="interactive", replace=True)
    assert not link.is_symlink()


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o666, 0o777])
def test_a_file_open_to_others_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    refused(path, match="open to group or others")


def test_another_users_file_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    refused(path, match="another user")


def test_what_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    refused(tmp_path)
    os.mkfifo(tmp_path / "pipe", 0o600)
    refused(tmp_path / "pipe", match="plain file")
    with socket.socket(socket.AF_UNIX) as listener:
        place = tmp_path / "socket"
        listener.bind(str(place))
        refused(place)
    refused("/dev/null")
    refused(tmp_path / "missing", match="No such file")


@pytest.mark.parametrize("path", ["", "a\0b", None, 5, b"key", "x" * 5000, "\ud800"])
def test_what_is_no_path_is_refused(path: object) -> None:
    refused(path)
    with pytest.raises(KeyFileError):
        save(path, SIGNER, DID, WORDS, strength="interactive")  # type: ignore[arg-type]


def test_a_long_file_is_refused(path: Path) -> None:
    path.write_bytes(b" " * (keyfile.MOST + 1))
    refused(path, match="at most")


@pytest.mark.parametrize("passphrase", ["", b"", None, 5, "\ud800", ["w"], bytearray(b"w")])
def test_a_passphrase_is_needed(tmp_path: Path, path: Path, passphrase: object) -> None:
    refused(path, passphrase, match="passphrase")
    with pytest.raises(KeyFileError, match="passphrase"):
        save(tmp_path / "new", SIGNER, DID, passphrase, strength="interactive")  # type: ignore[arg-type]
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("passphrase", [WORDS + " ", WORDS.upper(), WORDS + "\0", "x", WORDS.encode("utf-16")])
def test_the_wrong_passphrase_opens_nothing(path: Path, passphrase: str | bytes) -> None:
    refused(path, passphrase, match="wrong passphrase")


def test_the_same_words_in_another_normal_form_open_it(tmp_path: Path) -> None:
    save(tmp_path / "key", SIGNER, DID, "café", strength="interactive")
    assert load(tmp_path / "key", "cafe\u0301")[1] == DID


CHANGES: dict[str, Callable[[dict[str, object]], object]] = {
    "another DID": lambda header: header | {"did": "did:key:z6Mj"},
    "another algorithm": lambda header: header | {"algorithm": "P-256"},
    "another salt": lambda header: header | {"salt": base64url_encode(bytes(16))},
    "another nonce": lambda header: header | {"nonce": base64url_encode(bytes(24))},
    "another secret": lambda header: header | {"sealed": base64url_encode(bytes(48))},
    "more work": lambda header: header | {"operations": 4, "memory": 1 << 30},
}


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "more work"])
def test_everything_readable_is_authenticated(path: Path, change: str) -> None:
    path.write_text(json.dumps(CHANGES[change](json.loads(path.read_bytes()))))
    refused(path, match="wrong passphrase, or the key file was altered")


@pytest.mark.parametrize(
    "change",
    [
        {"memory": 64 << 30},
        {"memory": 2**53 - 1},
        {"memory": 8192},
        {"memory": 0},
        {"memory": -1},
        {"memory": "67108864"},
        {"memory": None},
        {"memory": 67108864.5},
        {"operations": 2**31},
        {"operations": 1},
        {"operations": True},
        {"operations": [2]},
        {"operations": 3},
        {"format": "attorn key file 2"},
        {"format": None},
        {"algorithm": "ed25519"},
        {"algorithm": "none"},
        {"algorithm": None},
        {"algorithm": []},
        {"did": None},
        {"did": "did:é"},
        {"salt": ""},
        {"salt": "AAAA"},
        {"salt": None},
        {"salt": "A" * 10_000},
        {"nonce": "=" * 32},
        {"nonce": 5},
        {"sealed": ""},
        {"sealed": base64url_encode(bytes(49))},
        {"extra": 1},
    ],
)
def test_a_damaged_or_hostile_header_is_refused_before_any_work(
    path: Path, change: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text(json.dumps(json.loads(path.read_bytes()) | change))
    worked: list[object] = []
    monkeypatch.setattr(bindings, "crypto_pwhash_alg", lambda *parameters: worked.append(parameters))
    refused(path, match="damaged|unknown")
    assert worked == []


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff", b"{" * 5000, b'{"did":"a","did":"b"}', SEED])
def test_what_is_no_key_file_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    refused(path, match="damaged")


def test_each_missing_member_is_noticed(path: Path) -> None:
    header = json.loads(path.read_bytes())
    for name in header:
        path.write_text(json.dumps({other: value for other, value in header.items() if other != name}))
        refused(path, match="damaged")


def test_a_truncated_file_is_refused(path: Path, written: bytes) -> None:
    for length in range(0, len(written) - 1, 7):
        path.write_bytes(written[:length])
        refused(path, match="damaged")


def test_a_scalar_out_of_range_inside_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signer = P256Signer.from_scalar(SEED)
    monkeypatch.setattr(P256Signer, "export_secret", lambda self: bytes(32))
    save(tmp_path / "key", signer, DID, WORDS, strength="interactive")
    refused(tmp_path / "key", match="not a private key")


def test_too_little_memory_is_reported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*parameters: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(bindings, "crypto_pwhash_alg", fail)
    refused(path, match="64 MiB")


class Hardware:
    public_key = SIGNER.public_key

    def sign(self, message: bytes) -> bytes:
        return SIGNER.sign(message)


def test_what_cannot_be_saved_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "key"
    with pytest.raises(KeyFileError, match="does not reveal"):
        save(place, Hardware(), DID, WORDS)
    with pytest.raises(KeyFileError, match="strength"):
        save(place, SIGNER, DID, WORDS, strength="none")  # type: ignore[arg-type]
    for did in (None, "did:é", "\ud800", b"did"):
        with pytest.raises(KeyFileError, match="DID"):
            save(place, SIGNER, did, WORDS, strength="interactive")  # type: ignore[arg-type]
    with pytest.raises(KeyFileError, match="too long"):
        save(place, SIGNER, "did:x:" + "a" * keyfile.MOST, WORDS, strength="interactive")
    with pytest.raises(KeyFileError, match="cannot write"):
        save(tmp_path / "missing" / "key", SIGNER, DID, WORDS, strength="interactive")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("replace", [False, True])
def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replace: bool) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyFileError, match="No space left"):
        save(tmp_path / "key", SIGNER, DID, WORDS, strength="interactive", replace=replace)
    assert os.listdir(tmp_path) == []
