"""One purchase as it was shown: mandates, receipts and presentation to the byte, and what was fetched to judge them.

Nothing in it is to be believed because it is in it. The format is docs/spec/evidence.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.checkout.member import members as object_of
from attorn.clock import LATEST, instant
from attorn.display import shown
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, LimitError, MalformedError
from attorn.request.money import Money
from attorn.request.request import Request
from attorn.transport import is_fetchable

FORMAT: Final = "attorn evidence v1"
MOST_BYTES: Final = 4_194_304
"""Largest file, in bytes."""
MOST_FILES: Final = 64
"""Most documents of others in it."""
MOST_TEXT: Final = 262_144
"""Longest mandate, receipt, presentation and checkout, in characters."""
_MOST_WORDS: Final = 2048
_DEPTH: Final = 24


@dataclass(frozen=True, slots=True)
class Shown:
    """A mandate chain as it was shown to `audience`, which had asked for it with `nonce`, and the receipt for it.

    `receipt` is None where there is none. Raises `InputError`.
    """

    mandate: str = field(repr=False)
    audience: str
    nonce: str = field(repr=False)
    receipt: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        _text(self.mandate, "mandate", MOST_TEXT)
        _text(self.audience, "audience", _MOST_WORDS)
        _text(self.nonce, "nonce", _MOST_WORDS)
        if self.receipt is not None:
            _text(self.receipt, "receipt", MOST_TEXT)


@dataclass(frozen=True, slots=True)
class Presented:
    """A presentation of a token as it was sent to `audience`, and the request that it was made for.

    Raises `InputError`.
    """

    wire: str = field(repr=False)
    audience: str
    request: Request = field(repr=False)

    def __post_init__(self) -> None:
        _text(self.wire, "presentation", MOST_TEXT)
        _text(self.audience, "audience", _MOST_WORDS)
        if not isinstance(self.request, Request):
            raise InputError(f"evidence: expected a Request, got {type(self.request).__name__}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that was shown for one purchase, judged at `at`.

    `checkout` is the checkout mandate, `payment` that for the payment; `checkout_jwt` stands for the former where a
    user who was present signed the payment alone. `presentation` is the token that the purchase was made with, if there
    was one. `files` has, by https URL, what was fetched to judge them, such as DID documents, logs and status lists.

    Raises `InputError`, also where neither mandate is there or nothing says what was bought.
    """

    at: datetime
    checkout: Shown | None = None
    payment: Shown | None = None
    checkout_jwt: str | None = field(default=None, repr=False)
    presentation: Presented | None = None
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        instant(self.at, "at")
        for part, kind in ((self.checkout, Shown), (self.payment, Shown), (self.presentation, Presented)):
            if not isinstance(part, kind | None):
                raise InputError(f"evidence: expected {kind.__name__} or None, got {type(part).__name__}")
        if (self.checkout is None) is (self.checkout_jwt is None):
            raise InputError("evidence: expected the checkout mandate, or else the checkout_jwt that was paid for")
        if self.checkout_jwt is not None:
            _text(self.checkout_jwt, "checkout_jwt", MOST_TEXT)
            if self.payment is None:
                raise InputError("evidence: expected a mandate for the payment beside a checkout_jwt alone")
        if not isinstance(self.files, Mapping) or len(self.files) > MOST_FILES:
            raise InputError(f"evidence: expected at most {MOST_FILES} files")
        for url, body in self.files.items():
            if not is_fetchable(url) or type(body) is not bytes:
                raise InputError("evidence: expected each file as bytes, by its https URL")
        object.__setattr__(self, "at", self.at.astimezone(UTC).replace(microsecond=0))

    @property
    def second(self) -> int:
        """The Unix second of the verdict."""
        return int(self.at.timestamp())

    def encode(self) -> bytes:
        """The file: canonical JSON. Raises `InputError` if it would be larger than anybody reads."""
        members: dict[str, JsonValue] = {"format": FORMAT, "at": self.second}
        for name, part in (("checkout", self.checkout), ("payment", self.payment)):
            if part is not None:
                members[name] = _shown(part)
        if self.checkout_jwt is not None:
            members["checkout_jwt"] = self.checkout_jwt
        if self.presentation is not None:
            members["presentation"] = {
                "wire": self.presentation.wire,
                "audience": self.presentation.audience,
                "request": self.presentation.request.canonical().decode(),
            }
        if self.files:
            members["files"] = {url: base64url_encode(body) for url, body in self.files.items()}
        encoded = canonicalise(members)
        if len(encoded) > MOST_BYTES:
            raise InputError(f"evidence: expected at most {MOST_BYTES} bytes, got {len(encoded)}")
        return encoded

    @classmethod
    def read(cls, content: bytes) -> Evidence:
        """The evidence in a file. Raises `LimitError` for one that is too large, `MalformedError` for another form."""
        if type(content) is not bytes:
            raise InputError(f"evidence: expected bytes, got {type(content).__name__}")
        if len(content) > MOST_BYTES:
            raise LimitError(f"evidence: expected at most {MOST_BYTES} bytes, got {len(content)}")
        members = object_of(parse(content, most=MOST_BYTES, depth=_DEPTH), "evidence")
        if members.get("format") != FORMAT:
            raise MalformedError(f"evidence: expected format {FORMAT!r}, got {shown(members.get('format'))}")
        _only(members, "evidence", "format", "at", "checkout", "payment", "checkout_jwt", "presentation", "files")
        at = members.get("at")
        if type(at) is not int or not 0 <= at <= LATEST:
            raise MalformedError("evidence: expected at as a whole Unix second of the years 1970 to 9999")
        jwt = members.get("checkout_jwt")
        if "checkout_jwt" in members and not isinstance(jwt, str):
            raise MalformedError("evidence: expected checkout_jwt as text")
        try:
            return cls(
                at=datetime.fromtimestamp(at, UTC),
                checkout=_read_shown(members, "checkout"),
                payment=_read_shown(members, "payment"),
                checkout_jwt=jwt if isinstance(jwt, str) else None,
                presentation=_read_presented(members),
                files=_read_files(members),
            )
        except InputError as error:
            raise MalformedError(str(error)) from None


def _shown(part: Shown) -> dict[str, JsonValue]:
    members: dict[str, JsonValue] = {"mandate": part.mandate, "audience": part.audience, "nonce": part.nonce}
    return members if part.receipt is None else {**members, "receipt": part.receipt}


def _read_shown(members: dict[str, JsonValue], name: str) -> Shown | None:
    if name not in members:
        return None
    part = object_of(members[name], name)
    _only(part, name, "mandate", "audience", "nonce", "receipt")
    mandate, audience, nonce = (_member(part, each) for each in ("mandate", "audience", "nonce"))
    return Shown(mandate, audience, nonce, _member(part, "receipt") if "receipt" in part else None)


def _read_presented(members: dict[str, JsonValue]) -> Presented | None:
    name = "presentation"
    if name not in members:
        return None
    part = object_of(members[name], name)
    _only(part, name, "wire", "audience", "request")
    wire, audience, text = (_member(part, each) for each in ("wire", "audience", "request"))
    found = read_request(object_of(parse(text, most=2 * MOST_TEXT, depth=_DEPTH), "request"))
    if found.canonical() != text.encode():
        raise MalformedError("evidence: expected the request in its canonical form")
    return Presented(wire, audience, found)


def read_request(members: dict[str, JsonValue]) -> Request:
    """The request in a JSON object, whatever its spacing and order. Raises `MalformedError` and `InputError`."""
    _only(members, "request", "action", "resource", "args", "cost")
    return Request(
        action=_member(members, "action"),
        resource=_member(members, "resource"),
        args=object_of(members.get("args", {}), "args"),
        cost=_read_cost(members),
    )


def _read_cost(request: dict[str, JsonValue]) -> Money | None:
    if "cost" not in request:
        return None
    cost = object_of(request["cost"], "cost")
    _only(cost, "cost", "amount", "currency")
    amount = cost.get("amount")
    if type(amount) is not int:
        raise MalformedError("cost: expected amount as an integer of minor units")
    return Money(amount, _member(cost, "currency"))


def _read_files(members: dict[str, JsonValue]) -> dict[str, bytes]:
    if "files" not in members:
        return {}
    files = object_of(members["files"], "files")
    return {url: base64url_decode(_member(files, url)) for url in files}


def _only(members: dict[str, JsonValue], name: str, *known: str) -> None:
    for member in members:
        if member not in known:
            raise MalformedError(f"{name}: expected only {', '.join(known)}, got {shown(member)}")


def _member(members: dict[str, JsonValue], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise MalformedError(f"evidence: expected {shown(name)} as text, got {shown(value)}")
    return value


def _text(value: object, name: str, most: int) -> None:
    if type(value) is not str or not 0 < len(value) <= most:
        raise InputError(f"evidence: expected {name} as text of 1 to {most} characters")
