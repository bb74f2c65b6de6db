"""Reading a list of either form: the type of its JWS says which, and what is JSON is a bitstring."""

from __future__ import annotations

from attorn.did.resolver import Resolver
from attorn.errors import MalformedError
from attorn.jose.jws import typ_of
from attorn.status import bitstring, token_list
from attorn.status.status_list import MOST_CHARACTERS, StatusList


def read(text: str) -> tuple[StatusList, ...]:
    """The lists in `text` of either form, **their signature not checked**.

    Raises `MalformedError`, `LimitError` or `StatusError`.
    """
    if _form(text) == token_list.TYP:
        return (token_list.read(text),)
    return bitstring.read(text)


def verify(text: str, resolver: Resolver | None = None) -> tuple[StatusList, ...]:
    """The lists in `text` of either form, signed by the DID that each names as its issuer.

    Whether that issuer is trusted, and whether the list is fresh, is for the caller to say. Raises `MalformedError`,
    `LimitError`, `StatusError`, `SignatureError`, `ResolutionError` or `UnavailableError`; for a bitstring with proofs
    also `ProofError` and `CredentialError`.
    """
    if _form(text) == token_list.TYP:
        return (token_list.verify(text, resolver),)
    return bitstring.verify(text, resolver)


def _form(text: str) -> str:
    if bitstring.is_embedded(text):
        return bitstring.TYP
    typ = typ_of(text, most=MOST_CHARACTERS)
    if typ not in (token_list.TYP, bitstring.TYP):
        raise MalformedError(f"status list: expected typ {token_list.TYP} or {bitstring.TYP}")
    return typ
