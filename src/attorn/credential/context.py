"""The `@context` of a credential or presentation: which version of the data model it follows.

VC Data Model 2.0 section 4.3. Whether the other contexts are known is asked of `attorn.jsonld`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attorn.canonical import JsonValue
from attorn.credential.problem import malformed
from attorn.credential.value import url
from attorn.display import shown
from attorn.errors import InputError
from attorn.jsonld.library import CREDENTIALS_V2


class Version(StrEnum):
    """A version of the data model, named by its base context."""

    V1 = "https://www.w3.org/2018/credentials/v1"
    """VC Data Model 1.1: read only where the caller says so, never written."""
    V2 = CREDENTIALS_V2
    """VC Data Model 2.0."""


_MOST: Final = 32


def version_of(context: JsonValue, name: str, *, accept_v1: bool) -> Version:
    """The version that an `@context` begins with. Raises `CredentialError`.

    It must be an array of the base context and then URLs and objects.
    """
    if not isinstance(context, list) or not context:
        raise malformed(f"{name}: expected @context as an array of contexts, got {shown(context)}")
    if len(context) > _MOST:
        raise malformed(f"{name}: expected at most {_MOST} contexts, got {len(context)}")
    if type(accept_v1) is not bool:
        raise InputError("credential: expected accept_v1=True or False")
    known = tuple(Version) if accept_v1 else (Version.V2,)
    if context[0] not in known:
        raise malformed(f"{name}: expected @context to begin with {known[-1]}, got {shown(context[0])}")
    for each in context[1:]:
        if not isinstance(each, dict):
            url(each, f"{name} @context")
    if len({each for each in context if isinstance(each, str)}) < sum(isinstance(each, str) for each in context):
        raise malformed(f"{name}: @context names a context twice")
    return Version(str(context[0]))


def check_envelope(context: JsonValue, name: str) -> None:
    """Returns if an `@context` defines what an enveloped object needs: the base context, alone or first.

    Raises `CredentialError`.
    """
    if context != Version.V2:
        version_of(context, name, accept_v1=False)
