"""What a receipt ties together: the checkout, the mandates, and the token and the request it was bought with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue
from attorn.checkout.member import elements, members, text
from attorn.display import shown
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError
from attorn.handed import require_mapping
from attorn.mandate.verified import VerifiedChain
from attorn.mandate.wire import MOST_HOPS
from attorn.request.request import Request
from attorn.token.link import ID_BYTES, Link

EXTENSION: Final = "attorn"
"""The member of a receipt that holds them. AP2 does not know it, and its SDK passes over it."""
MOST_LINKS: Final = 64
_DIGEST_BYTES: Final = 32
_NAMES: Final = ("checkout", "mandate", "token", "request")


@dataclass(frozen=True, slots=True)
class Links:
    """By what each is known: `checkout` by its hash, the hops of `mandate` and the links of `token` by their ids.

    `request` is the digest of the request; it and `token` are empty where no token was used. All are in base64url.

    Raises `InputError` for values of other forms, and for a token without a request or the other way round.
    """

    checkout: str
    mandate: tuple[str, ...]
    token: tuple[str, ...] = ()
    request: str = ""

    def __post_init__(self) -> None:
        if not all(type(each) is tuple for each in (self.mandate, self.token)):
            raise InputError("links: expected mandate and token as tuples")
        if not 0 < len(self.mandate) <= MOST_HOPS or len(self.token) > MOST_LINKS:
            raise InputError(f"links: expected 1 to {MOST_HOPS} hops and at most {MOST_LINKS} links")
        if bool(self.token) is not bool(self.request):
            raise InputError("links: expected a token and the request that it permitted, or neither")
        for digest in (self.checkout, *self.mandate, *([self.request] if self.request else [])):
            _require(digest, _DIGEST_BYTES)
        for link in self.token:
            _require(link, ID_BYTES)

    @classmethod
    def of(
        cls, chain: VerifiedChain, checkout: str, *, token: Sequence[Link] = (), request: Request | None = None
    ) -> Links:
        """Those of a purchase that was accepted: its mandates, the hash of its checkout and, of the token that it was
        made with, the chain and the request of its `Access`. Raises `InputError`.
        """
        if not isinstance(chain, VerifiedChain) or not isinstance(request, Request | None):
            raise InputError("links: expected a VerifiedChain, and a Request or None")
        if not all(isinstance(link, Link) for link in token):
            raise InputError("links: expected token as the chain of an Access")
        return cls(
            checkout,
            tuple(hop.id for hop in chain.hops),
            tuple(base64url_encode(link.id) for link in token),
            "" if request is None else base64url_encode(request.digest()),
        )

    @classmethod
    def read(cls, claims: Mapping[str, JsonValue]) -> Links | None:
        """What the claims of a receipt tie together; None if they do not say.

        Raises `MalformedError`, `InputError` for what is no mapping.
        """
        require_mapping(claims, "receipt")
        if EXTENSION not in claims:
            return None
        found = members(claims[EXTENSION], "receipt.attorn")
        for name in found:
            if name not in _NAMES:
                raise MalformedError(f"receipt.attorn: expected only {', '.join(_NAMES)}, got {shown(name)}")
        request = text(found["request"], "receipt.attorn.request") if "request" in found else ""
        checkout = text(found.get("checkout"), "receipt.attorn.checkout")
        try:
            return cls(checkout, _texts(found, "mandate"), _texts(found, "token"), request)
        except InputError as error:
            raise MalformedError(f"receipt: {error}") from None

    def write(self) -> dict[str, JsonValue]:
        """The claims that say this."""
        said: dict[str, JsonValue] = {"checkout": self.checkout, "mandate": [*self.mandate]}
        if self.token:
            said |= {"token": [*self.token], "request": self.request}
        return {EXTENSION: said}


def _texts(found: Mapping[str, JsonValue], name: str) -> tuple[str, ...]:
    if name not in found:
        return ()
    full = f"receipt.attorn.{name}"
    return tuple(text(each, full) for each in elements(found[name], full, least=1, most=MOST_LINKS))


def _require(value: str, size: int) -> None:
    try:
        fits = type(value) is str and len(base64url_decode(value)) == size
    except MalformedError:
        fits = False
    if not fits:
        raise InputError(f"links: expected {size} bytes in base64url, got {shown(value)}")
