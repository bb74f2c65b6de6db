"""Issuing: claims and what of them the holder may keep back become a signed SD-JWT."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping

from attorn.canonical import JsonValue
from attorn.errors import CredentialError, InputError
from attorn.handed import items, members
from attorn.jose import jws
from attorn.jose.kid import kid_of
from attorn.keys.public import PublicKey
from attorn.keys.signer import Signatory, require_signatory
from attorn.sdjwt.compact import MOST_CHARACTERS, Compact
from attorn.sdjwt.concealing import Random, conceal
from attorn.sdjwt.confirmation import CLAIM, Confirmation
from attorn.sdjwt.digest import ALGORITHM, HashAlgorithm
from attorn.sdjwt.pointer import Pointer, matching
from attorn.sdjwt.profile import W3C_VC, issuer_in, plain, require_claims, require_open_at_issue


def issue(
    claims: Mapping[str, JsonValue],
    *,
    by: Signatory,
    typ: str,
    disclosable: Iterable[Pointer] = (),
    holder: PublicKey | str | None = None,
    decoys: int = 0,
    algorithm: HashAlgorithm = HashAlgorithm.SHA_256,
    kid: str | None = None,
    random: Random = secrets.token_bytes,
) -> str:
    """The SD-JWT of `claims` by the DID `by`, with every disclosure, for its holder alone.

    `typ` is `dc+sd-jwt` for an SD-JWT VC, `vc+sd-jwt` for a credential of the W3C, or an application's own. Each claim
    path pointer in `disclosable` is of claims that the holder may show or keep back. `holder` is the key, or the DID
    URL of the key, that must bind every presentation; None makes a credential that whoever has it can present. `iss` is
    written unless it is there; times are Unix seconds. `kid` is the DID URL of the signer's key, known by itself for
    did:key and did:jwk.

    Raises `InputError` for claims that the type does not allow, pointers that lead nowhere or to what may never be
    hidden, and more than an SD-JWT holds; `UnavailableError` if the signer or `random` fails.
    """
    if not isinstance(claims, Mapping):
        raise InputError(f"SD-JWT: expected claims as a mapping, got {type(claims).__name__}")
    if not isinstance(algorithm, HashAlgorithm):
        raise InputError(f"SD-JWT: expected a HashAlgorithm, got {type(algorithm).__name__}")
    typ = plain(typ)
    by = require_signatory(by, "SD-JWT")
    kid = kid_of(by, kid, "SD-JWT")
    if typ == W3C_VC and kid is None:
        raise InputError("SD-JWT: expected kid, which a credential of the W3C must have")
    whole = _whole(claims, by, typ, holder)
    if not isinstance(disclosable, Iterable) or isinstance(disclosable, str):
        raise InputError("SD-JWT: expected disclosable as a list of paths")
    pointers = items("list of paths", disclosable)
    try:
        require_claims(typ, whole)
        require_open_at_issue(typ, matching(whole, pointers))
    except CredentialError as error:
        raise InputError(str(error)) from None
    concealed = conceal(whole, pointers, algorithm=algorithm, random=random, decoys=decoys)
    payload = {**concealed.payload, ALGORITHM: str(algorithm)}
    jwt = jws.sign(payload, by=by.signer, typ=typ, kid=kid)
    text = Compact(jwt, tuple(disclosure.text for disclosure in concealed.disclosures)).encode()
    if len(text) > MOST_CHARACTERS:
        raise InputError(f"SD-JWT: longer than {MOST_CHARACTERS} characters once signed")
    return text


def _whole(
    claims: Mapping[str, JsonValue], by: Signatory, typ: str, holder: PublicKey | str | None
) -> dict[str, JsonValue]:
    """The claims, and who issued them to whom."""
    whole = members("mapping of claims", claims)
    if typ != W3C_VC:
        whole.setdefault("iss", by.did)
    try:
        issuer = issuer_in(typ, whole)
    except CredentialError as error:
        raise InputError(str(error)) from None
    if issuer != by.did:
        raise InputError("SD-JWT: its issuer is not who signs it")
    if CLAIM in whole:
        raise InputError("SD-JWT: hand in the holder, not cnf")
    if holder is not None:
        whole[CLAIM] = Confirmation.of(holder).write()
    return whole
