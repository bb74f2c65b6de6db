"""Harnesses that find something at once, each another kind of fault: what shows that the runner tells.

And `SOUND`, which finds nothing and reads little: to instrument all that others read takes ten seconds, each time.
"""

from __future__ import annotations

from tests.fuzz.harness import Harness, accepted, require

from attorn.encoding import base58_decode, base58_encode
from attorn.errors import MalformedError


def _escape(data: bytes) -> bool:
    return {}[data] is None  # type: ignore[no-any-return]


def _recursion(data: bytes) -> bool:
    return _recursion(data)


def _memory(data: bytes) -> bool:
    held = [bytes(1 << 26) + data for _ in range(64)]
    return len(held) == 0


def _hang(data: bytes) -> bool:
    while True:
        data = data[::-1]


def _identity(data: bytes) -> bool:
    require(data.lower() == data, "another spelling")
    return True


def _message(data: bytes) -> bool:
    def read() -> bool:
        raise MalformedError(f"expected something else than {data.decode()}")

    return accepted(read, MalformedError)


def _sound(data: bytes) -> bool:
    text = data.decode("latin-1")
    require(base58_encode(accepted(lambda: base58_decode(text), MalformedError)) == text, "another spelling")
    return True


def _planted(name: str, check: object) -> Harness:
    return Harness(name, "none", check, lambda: (b"\x1bSEED",), "tests.fuzz.planted:_escape")  # type: ignore[arg-type]


PLANTED: dict[str, Harness] = {
    each.name: each
    for each in (
        _planted("planted-escape", _escape),
        _planted("planted-recursion", _recursion),
        _planted("planted-memory", _memory),
        _planted("planted-hang", _hang),
        _planted("planted-identity", _identity),
        _planted("planted-message", _message),
    )
}
SOUND = Harness("sound", "identity", _sound, lambda: (b"z6Mk", b"1112", b"0"), "attorn.encoding:base58_decode", size=64)
HARNESSES = (*PLANTED.values(), SOUND)
