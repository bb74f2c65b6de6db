"""The one scene that the tests of credentials share: an issuer, a holder, a stranger, one credential, one moment."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from attorn import AttornError, Identity, credential
from attorn.credential import Securing, VerifiedCredential
from attorn.did.resolver import LocalResolver
from attorn.encoding import base64url_encode
from attorn.errors import CredentialError
from attorn.keys.signer import Signer

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
ISSUER, HOLDER, MALLORY = (Identity.from_seed(bytes((number,)) * 32) for number in (41, 42, 43))
V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
PARSING, MALFORMED, CRYPTOGRAPHIC, RANGE = (
    f"https://www.w3.org/TR/vc-data-model#{name}_ERROR"
    for name in ("PARSING", "MALFORMED_VALUE", "CRYPTOGRAPHIC_SECURITY", "RANGE")
)
FORMS = tuple(Securing)


def document(**changed: Any) -> dict[str, Any]:
    """A credential that nobody has secured; `...` takes a member away."""
    given: dict[str, Any] = {
        "@context": [V2],
        "id": "urn:uuid:7d1c2b9a-5b1f-4a83-9a53-0c5a0c3f5d11",
        "type": ["VerifiableCredential"],
        "issuer": ISSUER.did,
        "validFrom": "2026-01-01T00:00:00Z",
        "validUntil": "2027-01-01T00:00:00Z",
        "credentialSubject": {"id": HOLDER.did, "name": "Scout"},
    }
    given.update(copy.deepcopy(changed))
    return {name: member for name, member in given.items() if member is not ...}


def issued(
    securing: Securing = Securing.JOSE, *, by: Identity = ISSUER, created: datetime = NOW, **changed: Any
) -> Any:
    """The credential, secured."""
    return credential.issue(document(**{"issuer": by.did, **changed}), by=by, securing=securing, created=created)


def verified(secured: object, **changed: Any) -> VerifiedCredential:
    asked: dict[str, Any] = {"resolver": LocalResolver(), "now": NOW, "issuers": [ISSUER.did], **changed}
    return credential.verify(secured, **asked)


def refused(
    secured: object, problem: str | None = None, error: type[AttornError] = CredentialError, **changed: Any
) -> AttornError:
    """The error for which `verify` refuses, of this class and, if it is a CredentialError, with this problem."""
    with pytest.raises(AttornError) as caught:
        verified(secured, **changed)
    assert type(caught.value) is error, repr(caught.value)
    if problem is not None:
        assert getattr(caught.value, "problem", None) == problem, repr(caught.value)
    return caught.value


def unread(problem: str, **changed: Any) -> CredentialError:
    """The error for which the data model refuses the credential with these members."""
    with pytest.raises(CredentialError) as caught:
        credential.read(document(**changed))
    assert caught.value.problem == problem, repr(caught.value)
    return caught.value


def jws(payload: Any, header: dict[str, Any] | None = None, *, signer: Signer = ISSUER.signer, **changed: Any) -> str:
    """A compact JWS, signed as it is, however wrong; `...` takes a member of the header away."""
    members: dict[str, Any] = {
        "alg": "EdDSA",
        "cty": "vc",
        "kid": f"{ISSUER.did}#{ISSUER.did[8:]}",
        "typ": "vc+jwt",
        **(header or {}),
        **changed,
    }
    parts = [json.dumps({name: each for name, each in members.items() if each is not ...}), payload]
    texts = [base64url_encode((each if isinstance(each, str) else json.dumps(each)).encode()) for each in parts]
    signature = signer.sign(".".join(texts).encode())
    return ".".join([*texts, base64url_encode(signature)])
