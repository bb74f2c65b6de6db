"""Conformance cases: one JSON file, one presentation, one expected verdict. Format: vectors/README.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue, parse
from attorn.caveat.validity import moment
from attorn.clock import LATEST
from attorn.display import shown
from attorn.encoding import base64url_decode
from attorn.errors import AttornError, Denied, InputError, MalformedError, VerificationError
from attorn.macaroon import MacKey
from attorn.request.money import Money
from attorn.request.request import Request
from attorn.store import MemoryStore
from attorn.verify.verifier import Verifier

MOST_BYTES: Final = 4 * 1024 * 1024
_OK: Final = "ok"
_REQUIRED: Final = {"name", "wire", "request", "audience", "roots", "now", "expect"}
_KNOWN: Final = _REQUIRED | {"notes", "attack", "spec", "challenge", "before", "revocations", "macaroon_keys"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`code` is `ok` or an error's code; `step` the numbered step that refused, None where there is none."""

    code: str
    step: int | None

    def words(self) -> str:
        return self.code if self.step is None else f"{self.code} at step {self.step}"


@dataclass(frozen=True, slots=True)
class Case:
    """What to verify, as which verifier, and the verdict that is told."""

    name: str
    wire: str
    request: dict[str, JsonValue]
    audience: str
    roots: tuple[str, ...]
    now: int
    expect: Verdict
    challenge: str | None
    before: tuple[str, ...]
    revocations: tuple[str, ...]
    macaroon_keys: tuple[MacKey, ...]

    def run(self) -> Verdict:
        """The verdict of this library."""
        try:
            request = _request(self.request)
            store = MemoryStore()
            verifier = Verifier(
                audience=self.audience,
                roots=self.roots,
                store=store,
                clock=lambda: moment(self.now),
                macaroon_keys=self.macaroon_keys,
            )
            for entry in self.revocations:
                _apply(store, entry)
            for wire in self.before:
                _use(verifier, wire, request, self.challenge)
            verifier.authorize(self.wire, request, challenge=self.challenge)
        except Denied as denied:
            return Verdict(denied.code, denied.decision.step)
        except VerificationError as error:
            return Verdict(error.code, error.step)
        except AttornError as error:
            return Verdict(error.code, None)
        return Verdict(_OK, None)


def read(content: bytes) -> Case:
    """The case in a file's content. Raises `InputError` for one that is not of the format, unknown members included."""
    try:
        value = parse(content, most=MOST_BYTES)
    except MalformedError as error:
        raise InputError(f"case: {error}") from None
    if not isinstance(value, dict):
        raise InputError("case: expected an object")
    missing, unknown = _REQUIRED - value.keys(), value.keys() - _KNOWN
    if missing or unknown:
        raise InputError(f"case: missing members {_list(missing)}, unknown members {_list(unknown)}")
    now, request = value["now"], value["request"]
    if type(now) is not int or not 0 <= now <= LATEST:
        raise InputError("case: now: expected a Unix second")
    if not isinstance(request, dict):
        raise InputError("case: request: expected an object")
    challenge = value.get("challenge")
    return Case(
        _text(value, "name"),
        _text(value, "wire"),
        request,
        _text(value, "audience"),
        _texts(value, "roots"),
        now,
        _expect(value["expect"]),
        None if challenge is None else _text(value, "challenge"),
        _texts(value, "before"),
        _texts(value, "revocations"),
        tuple(map(_key, _texts(value, "macaroon_keys"))),
    )


def _apply(store: MemoryStore, entry: str) -> None:
    try:
        store.apply(entry)
    except VerificationError:
        # A case may say that a forged revocation came first: it must change nothing.
        return


def _use(verifier: Verifier, wire: str, request: Request, challenge: str | None) -> None:
    try:
        verifier.authorize(wire, request, challenge=challenge)
    except (VerificationError, Denied):
        # A case may say that a refused presentation came first; its verdict is another case's.
        return


def _request(members: dict[str, JsonValue]) -> Request:
    unknown = members.keys() - {"action", "resource", "args", "cost"}
    args, cost = members.get("args", {}), members.get("cost")
    if unknown or not isinstance(args, dict):
        raise InputError("case: request: expected action, resource, args and cost")
    return Request(
        action=_text(members, "action"), resource=_text(members, "resource"), args={**args}, cost=_cost(cost)
    )


def _cost(value: JsonValue) -> Money | None:
    if value is None:
        return None
    if not isinstance(value, dict) or value.keys() != {"amount", "currency"} or type(value["amount"]) is not int:
        raise InputError("case: cost: expected amount and currency")
    return Money(value["amount"], _text(value, "currency"))


def _expect(value: JsonValue) -> Verdict:
    if not isinstance(value, dict) or value.keys() != {"code", "step"}:
        raise InputError("case: expect: expected the members code and step")
    step = value["step"]
    if step is not None and (type(step) is not int or not 0 <= step <= 10):
        raise InputError("case: expect: step: expected 0 to 10 or null")
    return Verdict(_text(value, "code"), step)


def _text(members: dict[str, JsonValue], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise InputError(f"case: {name}: expected text")
    return value


def _texts(members: dict[str, JsonValue], name: str) -> tuple[str, ...]:
    value = members.get(name, [])
    if not isinstance(value, list):
        raise InputError(f"case: {name}: expected a list of texts")
    found = tuple(item for item in value if isinstance(item, str))
    if len(found) != len(value):
        raise InputError(f"case: {name}: expected a list of texts")
    return found


def _key(text: str) -> MacKey:
    try:
        return MacKey(base64url_decode(text))
    except MalformedError as error:
        raise InputError(f"case: macaroon_keys: {error}") from None


def _list(names: set[str]) -> str:
    return ", ".join(shown(name) for name in sorted(names)) or "none"
