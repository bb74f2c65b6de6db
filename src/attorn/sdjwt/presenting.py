"""Presenting: the holder chooses what to disclose, and binds it to one audience and nonce (RFC 9901 section 7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from attorn.canonical import JsonValue
from attorn.did.did import parse_url
from attorn.errors import InputError
from attorn.handed import members
from attorn.keys.signer import Signatory, key_of, require_signatory
from attorn.sdjwt.binding import NOTHING, bind
from attorn.sdjwt.compact import Compact
from attorn.sdjwt.confirmation import Confirmation
from attorn.sdjwt.pointer import Pointer, matching
from attorn.sdjwt.reading import UnverifiedSdJwt, read
from attorn.sdjwt.times import unix


def present(
    text: str,
    *,
    disclose: Iterable[Pointer] = (),
    by: Signatory | None = None,
    audience: str | None = None,
    nonce: str | None = None,
    now: datetime | None = None,
    also: Mapping[str, JsonValue] = NOTHING,
) -> str:
    """The SD-JWT in `text` with what `disclose` points at, what that stands in, and nothing else.

    A pointer is of the claim itself: what is disclosable within it stays hidden unless it is pointed at, too. A
    credential that names its holder needs `by`, `audience`, `nonce` and `now`, and is bound to them; any other takes
    none of them. `also` are claims for the key binding, beside its own. Whoever holds a credential checks it once with
    `verify_issued`: this does not.

    Raises `InputError` for pointers that lead nowhere, a text that is bound already, and a holder that is not the one
    the credential names; `MalformedError`, `LimitError` or `CredentialError` as `read` does; `UnavailableError` if the
    signer fails.
    """
    held = read(text)
    if held.compact.key_binding is not None:
        raise InputError("SD-JWT: a presentation cannot be presented; hand in what was issued")
    chosen = select(held, disclose)
    also = members("mapping of claims", also) if isinstance(also, Mapping) else also
    confirmation = Confirmation.read(held.jws.claims)
    if confirmation is None:
        if (by, audience, nonce) != (None, None, None) or also:
            raise InputError("SD-JWT: it names no holder, so nobody can bind a presentation of it")
        return chosen.encode()
    if by is None or audience is None or nonce is None or now is None:
        raise InputError("SD-JWT: it names its holder, so a presentation needs by, audience, nonce and now")
    _require_holder(confirmation, by)
    second = unix(now)
    bound = bind(chosen, by=by.signer, audience=audience, nonce=nonce, now=second, algorithm=held.algorithm, also=also)
    return bound.encode()


def select(held: UnverifiedSdJwt, disclose: Iterable[Pointer]) -> Compact:
    """The parts of `held` with only the disclosures that `disclose` needs, without key binding. Raises `InputError`."""
    paths = matching(held.unverified_claims, disclose)
    wanted = {path[:length] for path in paths for length in range(1, len(path) + 1)}
    texts = tuple(disclosure.text for path, disclosure in held.unverified.disclosures if path in wanted)
    return held.compact._replace(disclosures=texts, key_binding=None)


def _require_holder(confirmation: Confirmation, by: Signatory) -> None:
    """Raises `InputError` unless `by` is whom the credential names, as far as that can be seen offline."""
    by = require_signatory(by, "holder")
    if confirmation.method is None:
        if key_of(by.signer) != confirmation.key:
            raise InputError("SD-JWT: the holder's key is not the one in cnf")
    elif parse_url(confirmation.method).did.text != by.did:
        raise InputError("SD-JWT: the holder is not the one in cnf")
