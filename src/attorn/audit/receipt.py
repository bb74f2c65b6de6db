"""A receipt: one decision, allow or deny, as one signed line that names the line before it.

It says who was asked for, through whom, for what, with which verdict and which charges. It holds the digest of the
request, never its arguments; no token, presentation, nonce or private key. Format: docs/audit.md.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from attorn.canonical import MOST_INTEGER, JsonValue, parse
from attorn.clock import LATEST
from attorn.did.did import is_did
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError
from attorn.statement import require_text
from attorn.token.link import ID_BYTES

ALLOWED: Final = "allowed"
"""The verdict of a permitted request; every other verdict is the code of an error."""
DIGEST_BYTES: Final = 32
FIRST: Final = bytes(DIGEST_BYTES)
"""What the first receipt of a log names in place of one before it."""
MOST_LINE: Final = 1_048_576
"""Longest receipt, in bytes of its JSON."""

_DOMAIN: Final = b"\0ATTORN\0RECEIPT\0v1\0"
_VERDICT: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LAST_STEP: Final = 10
_FIRST_GENUINE: Final = 6
_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class Hop:
    """One link of the chain: its signed `link` id, and the DID that it was given to."""

    link: bytes
    delegate: str

    def __post_init__(self) -> None:
        if type(self.link) is not bytes or len(self.link) != ID_BYTES:
            raise InputError(f"hop: expected a link id of {ID_BYTES} bytes")
        _require_did(self.delegate, "hop")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeLine:
    """What a permitted request was charged to the link at position `link`: `amount` of `unit` in one `period`.

    `limit` is what the link allows in one period, `account` the ledger's counter.
    """

    link: int
    unit: str
    period: str
    limit: int
    amount: int
    account: str

    def __post_init__(self) -> None:
        for text in (self.unit, self.period, self.account):
            require_text(text, "charge line")
        for number in (self.link, self.limit, self.amount):
            _require_number(number, "charge line")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDraft:
    """What a verifier says about one decision. A `Recorder` makes a `Receipt` of it.

    `at` is the Unix second of the decision, `request` the 32-byte digest of the request with its arguments. `verdict`
    is `allowed` or an error's code, `step` the step that refused, `link` the position of the link that did. `root`
    and `chain` are what the presentation says, None and empty if it could not be read. `retry` says that the charges
    were made by an earlier try of the same request. Raises `InputError`.
    """

    at: int
    audience: str
    root: str | None
    chain: tuple[Hop, ...]
    action: str
    resource: str
    request: bytes
    verdict: str
    step: int | None = None
    link: int | None = None
    charges: tuple[ChargeLine, ...] = ()
    retry: bool = False

    def __post_init__(self) -> None:
        for name, kind in (("chain", Hop), ("charges", ChargeLine)):
            value = getattr(self, name)
            if type(value) is not tuple or not all(isinstance(part, kind) for part in value):
                raise InputError(f"receipt: {name}: expected a tuple of {kind.__name__}")
        for text in (self.audience, self.action, self.resource):
            require_text(text, "receipt")
        if type(self.request) is not bytes or len(self.request) != DIGEST_BYTES:
            raise InputError(f"receipt: expected the request's digest of {DIGEST_BYTES} bytes")
        if type(self.at) is not int or not 0 <= self.at <= LATEST:
            raise InputError("receipt: expected a Unix second before the year 10000")
        if not isinstance(self.verdict, str) or _VERDICT.fullmatch(self.verdict) is None:
            raise InputError("receipt: expected as verdict 'allowed' or the code of an error")
        if type(self.retry) is not bool:
            raise InputError("receipt: retry: expected True or False")
        self._check_chain()

    def _check_chain(self) -> None:
        if (self.root is None) is not (not self.chain):
            raise InputError("receipt: a root and a chain belong together")
        if self.root is not None:
            _require_did(self.root, "receipt: root")
        if self.step is not None and (type(self.step) is not int or not 0 <= self.step <= _LAST_STEP):
            raise InputError(f"receipt: step: expected 0 to {_LAST_STEP}")
        positions = [charge.link for charge in self.charges]
        if self.link is not None:
            positions.append(self.link)
        if not all(type(position) is int and 1 <= position <= len(self.chain) for position in positions):
            raise InputError("receipt: expected the positions of links of the chain")

    @property
    def holder(self) -> str | None:
        """The DID that the last link was given to."""
        return self.chain[-1].delegate if self.chain else None

    @property
    def allowed(self) -> bool:
        """Whether the request was permitted."""
        return self.verdict == ALLOWED

    @property
    def genuine(self) -> bool:
        """Whether the chain was verified when this was decided: allowed, or refused at step 6 or later.

        Otherwise root and chain are only what the sender claimed, and anybody can claim anything.
        """
        return self.allowed or (self.step is not None and self.step >= _FIRST_GENUINE)

    @property
    def delegators(self) -> tuple[str, ...]:
        """Who signed each link, in the order of the chain."""
        if self.root is None:
            return ()
        return (self.root, *(hop.delegate for hop in self.chain[:-1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(ReceiptDraft):
    """A decision as a log keeps it: number `sequence` (from 1), after the receipt whose digest is `previous`.

    `by` is the DID that signed it. Decoding checks no signature: `attorn.audit.verify` does.
    """

    sequence: int
    previous: bytes
    by: str
    signature: bytes

    def __post_init__(self) -> None:
        # Named, because the class that `super()` would mean is replaced where slots are added.
        ReceiptDraft.__post_init__(self)
        _require_number(self.sequence, "receipt: sequence")
        if type(self.previous) is not bytes or len(self.previous) != DIGEST_BYTES or self.sequence < 1:
            raise InputError(f"receipt: expected a number from 1 on and a digest of {DIGEST_BYTES} bytes")
        if type(self.signature) is not bytes:
            raise InputError("receipt: expected the signature in bytes")
        _require_did(self.by, "receipt: by")

    def statement(self) -> bytes:
        """The bytes that are signed."""
        return _DOMAIN + _line(self._members()).encode()

    def encode(self) -> str:
        """The receipt as one line of JSON (RFC 8785), without a newline."""
        return _line({**self._members(), "signature": base64url_encode(self.signature)})

    def digest(self) -> bytes:
        """SHA-256 of the line: what the next receipt names as `previous`."""
        return hashlib.sha256(self.encode().encode()).digest()

    @classmethod
    def decode(cls, line: str | bytes) -> Receipt:
        """The receipt in one line, its signature not yet checked. Raises `MalformedError` for any other spelling."""
        members = parse(line, most=MOST_LINE)
        if not isinstance(members, dict) or set(members) != _MEMBERS:
            raise MalformedError("receipt: expected an object with the members of a receipt")
        try:
            receipt = cls(**{name: read(members[name], name) for name, read in _READERS.items()})
        except InputError as error:
            raise MalformedError(str(error)) from None
        text = line if isinstance(line, str) else line.decode()
        if receipt.encode() != text:
            raise MalformedError("receipt: not in its one canonical form")
        return receipt

    def _members(self) -> dict[str, JsonValue]:
        return {
            "action": self.action,
            "at": self.at,
            "audience": self.audience,
            "by": self.by,
            "chain": [{"delegate": hop.delegate, "link": base64url_encode(hop.link)} for hop in self.chain],
            "charges": [{name: getattr(charge, name) for name in _CHARGE} for charge in self.charges],
            "holder": self.holder,
            "link": self.link,
            "previous": base64url_encode(self.previous),
            "request": base64url_encode(self.request),
            "resource": self.resource,
            "retry": self.retry,
            "root": self.root,
            "sequence": self.sequence,
            "step": self.step,
            "verdict": self.verdict,
        }


def _line(members: dict[str, JsonValue]) -> str:
    """Canonical JSON (RFC 8785) of members without fractions or surrogates; five times as fast as for any value."""
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _require_did(value: object, name: str) -> None:
    if not isinstance(value, str) or not is_did(value):
        raise InputError(f"{name}: expected a DID")


def _require_number(value: object, name: str) -> None:
    if type(value) is not int or not 0 <= value <= MOST_INTEGER:
        raise InputError(f"{name}: expected an integer from 0 to 2**53 - 1")


def _as_is(value: JsonValue, name: str) -> object:
    del name
    return value


def _octets(value: JsonValue, name: str) -> bytes:
    if not isinstance(value, str):
        raise MalformedError(f"receipt: {name}: expected base64url text")
    return base64url_decode(value)


def _hop(members: dict[str, JsonValue]) -> Hop:
    delegate = members["delegate"]
    if not isinstance(delegate, str):
        raise MalformedError("receipt: chain: expected a DID")
    return Hop(_octets(members["link"], "chain"), delegate)


def _charge(members: dict[str, JsonValue]) -> ChargeLine:
    return ChargeLine(**members)  # type: ignore[arg-type]  # its constructor checks what each is


def _parts(names: Iterable[str], make: Callable[[dict[str, JsonValue]], _Part]) -> Callable[[JsonValue, str], object]:
    """A reader of a list of objects that have exactly these members."""
    known = set(names)

    def read(value: JsonValue, name: str) -> tuple[_Part, ...]:
        if not isinstance(value, list):
            raise MalformedError(f"receipt: {name}: expected a list")
        found = [part for part in value if isinstance(part, dict) and set(part) == known]
        if len(found) != len(value):
            raise MalformedError(f"receipt: {name}: expected objects with the members {', '.join(sorted(known))}")
        return tuple(map(make, found))

    return read


_CHARGE: Final = ("account", "amount", "limit", "link", "period", "unit")
_PLAIN: Final = ("action", "at", "audience", "by", "link", "resource", "retry", "root", "sequence", "step", "verdict")
_READERS: Final[dict[str, Callable[[JsonValue, str], Any]]] = {
    **dict.fromkeys(_PLAIN, _as_is),
    **dict.fromkeys(("previous", "request", "signature"), _octets),
    "chain": _parts(("delegate", "link"), _hop),
    "charges": _parts(_CHARGE, _charge),
}
_MEMBERS: Final = {*_READERS, "holder"}
