"""Reading a list of either form: the type of its JWS says which, and what is JSON is a bitstring."""

from __future__ import annotations

from attorn.did.resolver import Resolver
from attorn.jose.jws import typ_of
from attorn.status import bitstring, token_list
from attorn.status.status_list import MOST_CHARACTERS, StatusList


def read(text: str) -> tuple[StatusList, ...]:
    """The lists in `text` of either form, **their signature not checked**.

    Raises `MalformedError`, `LimitError` or `StatusError`.
    """
    if _is_token_list(text):
        return (token_list.read(text),)
    return bitstring.read(text)


def verify(text: str, resolver: Resolver | None = None) -> tuple[StatusList, ...]:
    """The lists in `text` of either form, signed by the DID that each names as its issuer.

    Whether that issuer is trusted, and whether the list is fresh, is for the caller to say. Raises `MalformedError`,
    `LimitError`, `StatusError`, `SignatureError`, `ResolutionError` or `UnavailableError`; for a bitstring with proofs
    also `ProofError` and `CredentialError`.
    """
    if _is_token_list(text):
        return (token_list.verify(text, resolver),)
    return bitstring.verify(text, resolver)


def _is_token_list(text: str) -> bool:
    return not bitstring.is_embedded(text) and typ_of(text, most=MOST_CHARACTERS) == token_list.TYP
