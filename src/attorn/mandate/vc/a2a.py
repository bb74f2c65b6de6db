"""AP2 v0.1 between agents: its A2A extension, the roles that an AgentCard names, and data parts.

A part may carry a mandate as AP2 has it, so that any peer reads it, and beside it the credential in which it is signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.errors import CredentialError, InputError, MandateError
from attorn.mandate.parts import MOST_PARTS, OLDER, RISK, gathered, part_of
from attorn.mandate.vc.address import ContactAddress
from attorn.mandate.vc.cart import CartMandate
from attorn.mandate.vc.intent import IntentMandate
from attorn.mandate.vc.mandate import Mandate
from attorn.mandate.vc.payment import PaymentMandate
from attorn.mandate.vc.receipt import PaymentReceipt
from attorn.mandate.vc.request import PaymentMethodData
from attorn.mandate.vc.shape import Shape
from attorn.mandate.vc.signed import MOST, read_mandate

SPECIFIED: Final = "https://github.com/google-agentic-commerce/ap2/tree/v0.1"
"""The extension as its text names it, which is what attorn writes unless told otherwise."""
SHIPPED: Final = "https://github.com/google-agentic-commerce/ap2/v1"
"""The extension as AP2's own programs name it."""
URIS: Final = (SPECIFIED, SHIPPED)
_KEYS: Final[dict[str, type[Shape]]] = {
    "ap2.mandates.IntentMandate": IntentMandate,
    "ap2.mandates.CartMandate": CartMandate,
    "ap2.mandates.PaymentMandate": PaymentMandate,
    "payment_request.PaymentMethodData": PaymentMethodData,
    "contact_picker.ContactAddress": ContactAddress,
    "ap2.PaymentReceipt": PaymentReceipt,
}
_CREDENTIALS: Final[dict[str, type[Mandate]]] = {
    f"attorn.mandates.{kind.NAME}Credential": kind for kind in (IntentMandate, CartMandate, PaymentMandate)
}
ShapeT = TypeVar("ShapeT", bound=Shape)


class Role(StrEnum):
    """What an agent does in AP2."""

    MERCHANT = "merchant"
    SHOPPER = "shopper"
    CREDENTIALS_PROVIDER = "credentials-provider"
    PAYMENT_PROCESSOR = "payment-processor"


@dataclass(frozen=True, slots=True)
class UnverifiedParts:
    """What the data parts of a message or an artifact hold. Made by `read_parts`; nobody has signed for any of it.

    `credentials` are the texts in which mandates are signed, each with the kind of its mandate.
    """

    unverified_objects: tuple[Shape, ...]
    credentials: tuple[tuple[type[Mandate], str], ...]
    unverified_risk_data: JsonValue

    def unverified(self, kind: type[ShapeT]) -> ShapeT:
        """The object of this kind. Raises `MandateError` if there is none."""
        for found in self.unverified_objects:
            if isinstance(found, kind):
                return found
        raise MandateError(f"data parts: expected {kind.__name__}")

    def credential(self, kind: type[Mandate]) -> str:
        """The text of the credential with the mandate of this kind. Raises `MandateError` if there is none."""
        for each, text in self.credentials:
            if each is kind:
                return text
        raise MandateError(f"data parts: expected the credential of {kind.__name__}")


def extension(roles: Iterable[Role], *, uri: str = SPECIFIED) -> dict[str, JsonValue]:
    """The AgentExtension for an AgentCard's `capabilities.extensions`. Raises `InputError`.

    A merchant's is required of whoever talks to it.
    """
    named = list(roles) if isinstance(roles, list | tuple | set | frozenset) else []
    if not named or not all(isinstance(role, Role) for role in named) or uri not in URIS:
        raise InputError("extension: expected one or more roles, and a URI of AP2's")
    ordered: list[JsonValue] = [role.value for role in Role if role in named]
    return {"uri": uri, "required": Role.MERCHANT in named, "params": {"roles": ordered}}


def read_roles(card: JsonValue) -> frozenset[Role]:
    """The roles that an AgentCard names, under either URI, none if it names no such extension.

    Raises `MandateError` for roles that are none, not there or named twice, and where the two URIs say different ones.
    """
    capabilities = card.get("capabilities", {}) if isinstance(card, dict) else None
    extensions = capabilities.get("extensions", []) if isinstance(capabilities, dict) else None
    if not isinstance(extensions, list) or len(extensions) > MOST_PARTS:
        raise MandateError("AgentCard: expected capabilities with a list of extensions")
    found = [_roles(each) for each in extensions if isinstance(each, dict) and each.get("uri") in URIS]
    if any(roles != found[0] for roles in found):
        raise MandateError("AgentCard: two extensions of AP2 name different roles")
    return found[0] if found else frozenset()


def data_part(
    *objects: Shape,
    credentials: Sequence[tuple[type[Mandate], str]] = (),
    risk_data: str | None = None,
    version: str = OLDER,
) -> dict[str, JsonValue]:
    """The part that carries these, each of another kind, in the shape of A2A 0.3, or 1.0 if `version` says so.

    A mandate's credential goes with the mandate, and says the same. Raises `InputError`.
    """
    if isinstance(credentials, str) or not isinstance(credentials, Sequence):
        raise InputError("data part: expected credentials as pairs of a kind of mandate and a text")
    keys = {kind: key for key, kind in _KEYS.items()}
    data: dict[str, JsonValue] = {}
    for each in objects:
        if type(each) not in keys or keys[type(each)] in data:
            raise InputError(f"data part: expected one object of each kind of AP2's, got {type(each).__name__} again")
        data[keys[type(each)]] = each.write()
    for pair in credentials:
        is_pair = isinstance(pair, list | tuple) and len(pair) == 2
        if not is_pair or pair[0] not in _CREDENTIALS.values() or not isinstance(pair[1], str):
            raise InputError("data part: expected credentials as pairs of a kind of mandate and a text")
        kind, text = pair
        data[f"attorn.mandates.{kind.NAME}Credential"] = text
    if risk_data is not None:
        data[RISK] = risk_data
    return part_of(data, version, read_parts)


def read_parts(parts: JsonValue) -> UnverifiedParts:
    """What the parts of a message or an artifact hold, in the shape of A2A 0.3 or 1.0.

    Parts and members that are not of AP2 v0.1 are passed over. Raises `MandateError` for an object of it that is
    malformed, there twice or out of its place, and for a credential that says another mandate than the one beside it.
    """
    data = gathered(parts, (*_KEYS, *_CREDENTIALS, RISK))
    objects = tuple(kind.read(data[key], key) for key, kind in _KEYS.items() if key in data)
    credentials = tuple(
        (kind, _credential(data[key], kind, objects)) for key, kind in _CREDENTIALS.items() if key in data
    )
    return UnverifiedParts(objects, credentials, data.get(RISK))


def _credential(text: JsonValue, kind: type[Mandate], objects: tuple[Shape, ...]) -> str:
    if not isinstance(text, str) or len(text) > MOST:
        raise MandateError(f"data parts: expected the credential of {kind.NAME} as text of at most {MOST} characters")
    try:
        said = read_mandate(text, kind).unverified_mandate
    except CredentialError as error:
        raise MandateError(f"data parts: {error}") from None
    # Two readers must not take two mandates from one part.
    if any(type(each) is kind and each != said for each in objects):
        raise MandateError(f"data parts: the credential says another {kind.NAME} than stands beside it")
    return text


def _roles(extension: dict[str, JsonValue]) -> frozenset[Role]:
    params = extension.get("params")
    roles = params.get("roles") if isinstance(params, dict) else None
    known = [role for role in Role if role.value in roles] if isinstance(roles, list) else []
    if not isinstance(roles, list) or not roles or len(known) != len(roles):
        raise MandateError(f"AgentCard: expected roles of {', '.join(Role)}, each once, got {shown(roles)}")
    return frozenset(known)
