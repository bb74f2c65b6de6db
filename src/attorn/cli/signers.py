"""The key by which an identity signs credentials, and the forms it can secure them in."""

from __future__ import annotations

from typing import Final

from attorn.did.document import Relationship
from attorn.did.only_key import only_key_of
from attorn.did.resolver import Resolver, live_document
from attorn.errors import InputError
from attorn.identity import Identity
from attorn.keys.signer import key_of

JWT: Final = "vc+jwt"
SUITES: Final = ("eddsa-jcs-2022", "eddsa-rdfc-2022", "ecdsa-jcs-2019", "ecdsa-rdfc-2019", JWT)
"""What a credential can be secured with: a suite of Data Integrity, or a JWS."""


def method_of(by: Identity, resolver: Resolver) -> str | None:
    """The DID URL of the key by which `by` makes assertions; None where its DID has one key only.

    Raises `InputError` where its document has no such key.
    """
    if only_key_of(by.did) is not None:
        return None
    key = key_of(by.signer)
    for method in live_document(resolver, by.did).methods:
        if method.key == key and Relationship.ASSERTION_METHOD in method.relationships:
            return method.id
    raise InputError(f"{by.did} has no method of this key for {Relationship.ASSERTION_METHOD}")
