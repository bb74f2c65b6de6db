"""Receipts of AP2 v0.2: what became of one closed mandate, signed by the merchant or by whoever processed the payment.

Written is the model of AP2's schemas and SDK (`status`); read is that of its specification (`result`) as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, Generic, TypeVar

from attorn.canonical import JsonValue, canonicalise
from attorn.checkout import jwt
from attorn.checkout.jwt import UnverifiedJwt
from attorn.checkout.known_signer import KnownSigner, require_known
from attorn.checkout.member import MOST_TEXT, text, whole
from attorn.clock import LATEST, instant, seconds_in, written
from attorn.did.resolver import Resolver
from attorn.display import shown, stamp
from attorn.errors import ChainError, ExpiredError, InputError, MalformedError
from attorn.handed import require_mapping
from attorn.keys.signer import Signer
from attorn.mandate.links import Links
from attorn.sdjwt.compact import SEPARATOR, Compact
from attorn.sdjwt.digest import HashAlgorithm
from attorn.sdjwt.times import unix

SKEW: Final = timedelta(seconds=300)
"""How far the clock of whoever wrote a receipt may run ahead of ours; AP2's own default."""
_RESULTS: Final = {"status": ("Success", "Error"), "result": ("success", "error")}
_PAYMENT_IDS: Final = ("payment_id", "psp_confirmation_id", "network_confirmation_id")


class Reference(StrEnum):
    """Over what of a closed mandate, the last SD-JWT of its chain, a `reference` is the SHA-256."""

    JWT = "jwt"
    """Its JWT alone: AP2's SDK and samples, and what attorn writes."""
    SD_JWT = "sd-jwt"
    """Its JWT and its disclosures, up to the last `~`: AP2's specification."""

    def of(self, mandate: str) -> str:
        """The reference to a closed mandate, alone or at the end of its chain.

        Raises `InputError` for what is no text, `LimitError` and `MalformedError` for what is no mandate.
        """
        if not isinstance(mandate, str):
            raise InputError(f"mandate: expected str, got {type(mandate).__name__}")
        leaf = Compact.split(mandate.rpartition(SEPARATOR + SEPARATOR)[2])
        if leaf.key_binding is not None:
            raise MalformedError("mandate: expected ~ at its end, and no key binding JWT behind it")
        return HashAlgorithm.SHA_256.digest(leaf.jwt if self is Reference.JWT else leaf.unbound)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why nothing came of a mandate: a code for programs, such as AP2's own, and words for people."""

    code: str
    description: str


@dataclass(frozen=True, slots=True)
class CheckoutReceipt:
    """What a merchant says of a checkout mandate: the order it became, or the failure; with neither, a plain success.

    `issued_at` is None where nothing was said of it; `links` are what it ties together, where attorn wrote it. Raises
    `InputError` for an order that failed.
    """

    issuer: str
    reference: str
    issued_at: datetime | None
    order_id: str | None = None
    failure: Failure | None = None
    links: Links | None = None

    def __post_init__(self) -> None:
        if self.failure is not None and self.order_id is not None:
            raise InputError("receipt: expected an order or a failure, got both")
        _check(self.issuer, self.reference, self.issued_at, self.failure, order_id=self.order_id)
        _check_links(self.links)

    @classmethod
    def read(cls, claims: Mapping[str, JsonValue]) -> CheckoutReceipt:
        """The receipt in these claims, in either model. Raises `MalformedError`, and `InputError` for no mapping."""
        issuer, reference, issued_at, failure = _read(claims, forbidden=_PAYMENT_IDS)
        order = _optional(claims, "order_id")
        if (order is None) == (failure is None) and "status" in claims:
            raise MalformedError("receipt: expected order_id for Success, and for nothing else")
        return cls(issuer, reference, issued_at, order, failure, Links.read(claims))

    def write(self) -> dict[str, JsonValue]:
        """The claims. Raises `InputError` for a receipt that the model has no place for."""
        if self.failure is None and self.order_id is None:
            raise InputError("receipt: expected the order that it became")
        claims = _write(self.issuer, self.reference, self.issued_at, self.failure, order_id=self.order_id)
        return claims if self.links is None else claims | self.links.write()


@dataclass(frozen=True, slots=True)
class PaymentReceipt:
    """What a payment processor says of a payment mandate: what the payment is called at each, or the failure.

    Raises `InputError` for confirmations of a payment that failed.
    """

    issuer: str
    reference: str
    issued_at: datetime | None
    payment_id: str | None = None
    psp_confirmation_id: str | None = None
    network_confirmation_id: str | None = None
    failure: Failure | None = None
    links: Links | None = None

    def __post_init__(self) -> None:
        if self.failure is not None and (self.psp_confirmation_id, self.network_confirmation_id) != (None, None):
            raise InputError("receipt: expected confirmations or a failure, got both")
        _check(self.issuer, self.reference, self.issued_at, self.failure, **self._ids())
        _check_links(self.links)

    def _ids(self) -> dict[str, str | None]:
        return dict(
            zip(_PAYMENT_IDS, (self.payment_id, self.psp_confirmation_id, self.network_confirmation_id), strict=True)
        )

    @property
    def is_self_declared(self) -> bool:
        """Whether some of its names are one and the same: then nobody else gave them, whatever they are called."""
        given = [each for each in self._ids().values() if each is not None]
        return len(set(given)) < len(given)

    @classmethod
    def read(cls, claims: Mapping[str, JsonValue]) -> PaymentReceipt:
        """The receipt in these claims, in either model. Raises `MalformedError`, and `InputError` for no mapping."""
        issuer, reference, issued_at, failure = _read(claims, forbidden=("order_id",))
        payment, psp, network = (_optional(claims, name) for name in _PAYMENT_IDS)
        if "status" in claims and (payment is None or {psp is None, network is None} != {failure is not None}):
            raise MalformedError("receipt: expected payment_id, and for Success alone both confirmations")
        if failure is not None and (psp, network) != (None, None):
            raise MalformedError("receipt: a payment that failed has no confirmations")
        return cls(issuer, reference, issued_at, payment, psp, network, failure, Links.read(claims))

    def write(self) -> dict[str, JsonValue]:
        """The claims. Raises `InputError` for what the model has no place for, and for ids that are not three."""
        given = [each for each in self._ids().values() if each is not None]
        if self.payment_id is None or len(given) != (3 if self.failure is None else 1):
            raise InputError("receipt: expected payment_id, and for a success both confirmations")
        if self.is_self_declared:
            raise InputError("receipt: expected three different ids, each from who confirmed it")
        claims = _write(self.issuer, self.reference, self.issued_at, self.failure, **self._ids())
        return claims if self.links is None else claims | self.links.write()


Kind = TypeVar("Kind", CheckoutReceipt, PaymentReceipt)


@dataclass(frozen=True, slots=True)
class VerifiedReceipt(Generic[Kind]):
    """A receipt that a known signer gave for one mandate. Made by `verify`; `matched` is how it means that mandate."""

    receipt: Kind
    signer: str
    matched: Reference
    text: str = field(repr=False)


def issue(receipt: CheckoutReceipt | PaymentReceipt, *, by: Signer, kid: str) -> str:
    """The receipt as a compact JWS by ES256. Raises `InputError`, and `UnavailableError` if the signer fails."""
    if not isinstance(receipt, CheckoutReceipt | PaymentReceipt):
        raise InputError(f"receipt: expected a CheckoutReceipt or PaymentReceipt, got {type(receipt).__name__}")
    if not isinstance(kid, str) or not kid:
        raise InputError(f"receipt: expected kid as text, got {shown(kid)}")
    return jwt.sign({"typ": "JWT", "kid": kid}, canonicalise(receipt.write()), by=by)


def verify(
    receipt: str,
    *,
    kind: type[Kind],
    mandate: str,
    issuers: Iterable[KnownSigner],
    now: datetime,
    resolver: Resolver | None = None,
    skew: timedelta = SKEW,
) -> VerifiedReceipt[Kind]:
    """The receipt, if one of `issuers` signed it as itself, and for this closed mandate (or the chain it ends).

    A receipt that names no issuer, as the SDK's may, is taken from any of them. No issuers at all refuse everything.
    Raises `InputError` for unusable arguments; for the text `LimitError`, `MalformedError`, `UntrustedRootError`,
    `SignatureError`, `ExpiredError` for one from the future, `ChainError` for one for another mandate,
    `ResolutionError` or `UnavailableError`.
    """
    if kind not in (CheckoutReceipt, PaymentReceipt):
        raise InputError(f"receipt: expected CheckoutReceipt or PaymentReceipt as its kind, got {shown(kind)}")
    known, second, slack = require_known(issuers, "issuers"), unix(now), seconds_in(skew, "skew")
    references = {form.of(mandate): form for form in Reference}
    found = UnverifiedJwt.read(receipt)
    read = kind.read(found.unverified_claims)
    signer = found.signer_of((each for each in known if read.issuer in ("", each.name)), resolver)
    if read.issued_at is not None and int(read.issued_at.timestamp()) > second + slack:
        raise ExpiredError(f"receipt: its iat is {stamp(read.issued_at)}, and it is {written(second)}")
    if read.reference not in references:
        raise ChainError("receipt: its reference is to another mandate")
    return VerifiedReceipt(read, signer.name, references[read.reference], found.text)


def _read(
    claims: Mapping[str, JsonValue], *, forbidden: Iterable[str]
) -> tuple[str, str, datetime | None, Failure | None]:
    """What both kinds have in common: issuer, reference, time, failure."""
    require_mapping(claims, "receipt")
    for name in forbidden:
        if claims.get(name) is not None:
            raise MalformedError(f"receipt: {name} has no place in one of this kind")
    models = [name for name in _RESULTS if name in claims]
    if len(models) != 1:
        raise MalformedError("receipt: expected either status or result")
    result, words = claims[models[0]], _RESULTS[models[0]]
    if result not in words:
        raise MalformedError(f"receipt: expected {models[0]} as {' or '.join(words)}, got {shown(result)}")
    failed = result == words[1]
    code, description = _optional(claims, "error"), _optional(claims, "error_description")
    if failed is (code is None) or (not failed and description is not None):
        raise MalformedError(f"receipt: expected error for {words[1]}, and for nothing else")
    if models[0] == "status" and failed and description is None:
        raise MalformedError("receipt: expected error_description beside error")
    issuer = claims.get("iss")
    if issuer != "":
        issuer = text(issuer, "receipt.iss")
    issued_at = None
    if models[0] == "status" or claims.get("iat") is not None:
        second = whole(claims.get("iat"), "receipt.iat", most=LATEST)
        issued_at = datetime.fromtimestamp(second, UTC)
    reference = text(claims.get("reference"), "receipt.reference")
    return str(issuer), reference, issued_at, None if code is None else Failure(code, description or "")


def _optional(claims: Mapping[str, JsonValue], name: str) -> str | None:
    # The SDK writes null for what it has nothing to say of.
    return None if claims.get(name) is None else text(claims[name], f"receipt.{name}")


def _check(issuer: str, reference: str, issued_at: datetime | None, failure: Failure | None, **ids: str | None) -> None:
    if issuer != "":
        _check_text("issuer", issuer)
    _check_text("reference", reference)
    if issued_at is not None:
        instant(issued_at, "receipt")
    if failure is not None:
        if not isinstance(failure, Failure):
            raise InputError(f"receipt: expected a Failure, got {type(failure).__name__}")
        _check_text("code", failure.code)
        if failure.description != "":
            _check_text("description", failure.description)
    for name, value in ids.items():
        if value is not None:
            _check_text(name, value)


def _check_links(links: Links | None) -> None:
    if not isinstance(links, Links | None):
        raise InputError(f"receipt: expected Links or None, got {type(links).__name__}")


def _check_text(name: str, value: object) -> None:
    if type(value) is not str or not 0 < len(value) <= MOST_TEXT:
        raise InputError(f"receipt: expected {name} as text of 1 to {MOST_TEXT} characters, got {shown(value)}")


def _write(
    issuer: str, reference: str, issued_at: datetime | None, failure: Failure | None, **ids: str | None
) -> dict[str, JsonValue]:
    if issued_at is None or issuer == "":
        raise InputError("receipt: expected who issues it, and when")
    claims: dict[str, JsonValue] = {
        "status": "Success" if failure is None else "Error",
        "iss": issuer,
        "iat": int(instant(issued_at, "receipt").timestamp()),
        "reference": reference,
        **{name: value for name, value in ids.items() if value is not None},
    }
    if failure is not None:
        if failure.description == "":
            raise InputError("receipt: expected words for people beside the code of a failure")
        claims |= {"error": failure.code, "error_description": failure.description}
    return claims
