"""What a JWT in place of a chain says: never more than the verifier permits, for the holder alone."""

from __future__ import annotations

import secrets

from attorn.canonical import JsonValue
from attorn.encoding import base64url_encode
from attorn.errors import Denied, InputError
from attorn.jose.actors import act
from attorn.keys.jwk import thumbprint
from attorn.oauth.token_request import DETAILS_TYPE, Item, TokenRequest, TokenRequestError
from attorn.request.request import Request
from attorn.request.resource import ancestors
from attorn.verify.access import Verified


def granted(asked: TokenRequest, verified: Verified, root: str) -> dict[str, JsonValue]:
    """`scope` and `authorization_details`: of what is asked, what the chain permits; `root` is the target's resource.

    Raises `TokenRequestError` if that is nothing, and what `Verified.require_lasting` raises but for `Denied`.
    """
    scopes = [name for name in asked.scopes if _permits(verified, Item(name, root), asked.target)]
    details = [
        each for each in asked.details if root in ancestors(each.location) and _permits(verified, each, asked.target)
    ]
    if not scopes and not details:
        raise TokenRequestError("the chain permits nothing of this", error="invalid_scope")
    said: dict[str, JsonValue] = {}
    if scopes:
        said["scope"] = " ".join(scopes)
    if details:
        said["authorization_details"] = _written(details)
    return said


def claims(asked: TokenRequest, verified: Verified) -> dict[str, JsonValue]:
    """Who it is for, and for whom: the chain's root is the subject, its holder the client that acts.

    Raises `InputError` for a chain that does not say who its holder is.
    """
    key = verified.chain[-1].to.key
    if key is None:
        raise InputError("the chain does not say who its holder is")
    return {
        "sub": verified.root,
        "aud": asked.target,
        "client_id": verified.holder,
        "jti": base64url_encode(secrets.token_bytes(16)),
        "act": act(link.delegate for link in verified.chain),
        "cnf": {"jkt": thumbprint(key)},
    }


def _permits(verified: Verified, item: Item, target: str) -> bool:
    """Whether the chain permits this, for any arguments and again and again. What cannot be asked is not permitted."""
    try:
        verified.require_lasting(Request(action=item.action, resource=item.location), audience=target)
    except (Denied, InputError):
        return False
    return True


def _written(items: list[Item]) -> list[JsonValue]:
    """The items as authorization details, one for each location."""
    places: dict[str, list[JsonValue]] = {}
    for item in items:
        places.setdefault(item.location, []).append(item.action)
    return [{"type": DETAILS_TYPE, "actions": actions, "locations": [at]} for at, actions in places.items()]
