"""What a request to a token endpoint asks for: token exchange (RFC 8693), of a chain of attorn's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from attorn.canonical import parse
from attorn.errors import InputError, MalformedError, VerificationError
from attorn.handed import members
from attorn.request.request import Request

GRANT: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
CHAIN_TOKEN_TYPE: Final = "urn:attorn:token-type:chain"  # noqa: S105 - no secret
"""A token in transit; its holder proves possession by DPoP."""
PRESENTATION_TOKEN_TYPE: Final = "urn:attorn:token-type:presentation"  # noqa: S105 - no secret
"""A presentation, made for all that the other parameters say."""
ACCESS: Final = "urn:ietf:params:oauth:token-type:access_token"
JWT: Final = "urn:ietf:params:oauth:token-type:jwt"
DETAILS_TYPE: Final = "urn:attorn:authorization-details:access"
"""The type of an authorization detail (RFC 9396): actions at locations, each and all below it."""
ACTION: Final = "oauth:token-exchange"
"""The action of the request that a presentation for a token endpoint is made for."""
MOST_ITEMS: Final = 64
_MOST_PARAMETERS: Final = 32
_MEMBERS: Final = frozenset({"type", "actions", "locations"})
_SCOPE: Final = re.compile(r"[!#-\[\]-~]+(?: [!#-\[\]-~]+)*")


class TokenRequestError(VerificationError):
    """A request to a token endpoint that asks for nothing that could be given. `error` is OAuth's code for it."""

    code = "bad_token_request"
    default_step = 1

    def __init__(self, message: str, *, error: str = "invalid_request") -> None:
        super().__init__(message)
        self.error = error


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is asked for: an action at a place and all below it, whatever the arguments."""

    action: str
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """A well-formed token exchange. Nobody has verified the subject token, or asked what it permits."""

    parameters: Mapping[str, str]
    subject_token: str
    presented: bool
    target: str
    scopes: tuple[str, ...]
    details: tuple[Item, ...]
    issued_type: str

    @classmethod
    def of(cls, body: bytes) -> TokenRequest:
        """The request in a form's body. Raises `TokenRequestError`."""
        given = _form(body)
        if given.get("grant_type") != GRANT:
            raise TokenRequestError("expected the grant type of token exchange", error="unsupported_grant_type")
        if "actor_token" in given or "actor_token_type" in given:
            # Who acts, the chain says. One that nobody looks at must not be taken for one that was checked.
            raise TokenRequestError("expected no actor token")
        kind, target = given.get("subject_token_type"), given.get("audience", given.get("resource"))
        if kind not in (CHAIN_TOKEN_TYPE, PRESENTATION_TOKEN_TYPE) or not given.get("subject_token"):
            raise TokenRequestError("expected a subject token of a type of attorn's")
        if target is None or ("audience" in given and "resource" in given):
            raise TokenRequestError("expected either one audience or one resource", error="invalid_target")
        issued = given.get("requested_token_type", ACCESS)
        if issued not in (ACCESS, JWT):
            raise TokenRequestError("requested_token_type: expected an access token or a JWT")
        scope = given.get("scope")
        if scope is not None and _SCOPE.fullmatch(scope) is None:
            raise TokenRequestError("scope: expected words with one space between them", error="invalid_scope")
        scopes = () if scope is None else tuple(dict.fromkeys(scope.split(" ")))
        details = _details(given["authorization_details"]) if "authorization_details" in given else ()
        if not 0 < len(scopes) + len(details) <= MOST_ITEMS:
            raise TokenRequestError(f"expected 1 to {MOST_ITEMS} things to be asked for", error="invalid_scope")
        return cls(
            parameters=given,
            subject_token=given["subject_token"],
            presented=kind == PRESENTATION_TOKEN_TYPE,
            target=target,
            scopes=scopes,
            details=details,
            issued_type=issued,
        )


def exchange_request(endpoint: str, parameters: Mapping[str, str]) -> Request:
    """What a presentation for a token endpoint is made for: every parameter that has a value but the subject token.

    Client and server make it alike. Raises `InputError`, and `UnavailableError` for a mapping that fails.
    """
    if not isinstance(parameters, Mapping):
        raise InputError(f"expected the parameters as a mapping, got {type(parameters).__name__}")
    given = members("parameters", parameters)
    args = {name: value for name, value in given.items() if value and name != "subject_token"}
    return Request(action=ACTION, resource=endpoint, args=args)


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            # RFC 6749 section 3.2: a parameter without a value is not there.
            keep_blank_values=False,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_PARAMETERS,
        )
    except ValueError:
        raise TokenRequestError("expected a form, in ASCII, of a few parameters") from None
    given = dict(pairs)
    if len(given) != len(pairs):
        # RFC 6749 section 3.2: not more than once. Several targets, which RFC 8693 allows, are not issued for here.
        raise TokenRequestError("a parameter is there twice")
    return given


def _details(text: str) -> tuple[Item, ...]:
    try:
        return _items(parse(text, most=16_384, depth=8))
    except (MalformedError, InputError):
        raise TokenRequestError(
            f"authorization_details: expected objects of the type {DETAILS_TYPE}, with actions and locations",
            error="invalid_authorization_details",
        ) from None


def _items(value: object) -> tuple[Item, ...]:
    found: list[Item] = []
    for each in value if isinstance(value, list) and value else [None]:
        if not isinstance(each, dict) or each.keys() != _MEMBERS or each["type"] != DETAILS_TYPE:
            raise InputError("another authorization detail")
        actions, locations = each["actions"], each["locations"]
        for names in (actions, locations):
            if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
                raise InputError("expected lists of texts")
        if len(found) + len(actions) * len(locations) > MOST_ITEMS:
            raise InputError("too many")
        # Made as requests here, so that what could never be asked is refused at once.
        asked = [Request(action=action, resource=place) for place in locations for action in actions]
        found += [Item(each.action, each.resource) for each in asked]
    return tuple(dict.fromkeys(found))
