"""What can be wrong with a DID, under the standards' own names (DID Resolution 1.0, Controlled Identifiers 1.0)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from attorn.canonical import JsonValue
from attorn.errors import AttornError, InputError, MalformedError, ResolutionError

_DID: Final = "https://www.w3.org/ns/did#"
_SECURITY: Final = "https://w3id.org/security#"


class Fault(StrEnum):
    """The URL of each error's name: `type` of a problem (RFC 9457), and `problem` of a `ResolutionError`."""

    INVALID_DID = _DID + "INVALID_DID"
    INVALID_DID_URL = _DID + "INVALID_DID_URL"
    INVALID_OPTIONS = _DID + "INVALID_OPTIONS"
    NOT_FOUND = _DID + "NOT_FOUND"
    REPRESENTATION_NOT_SUPPORTED = _DID + "REPRESENTATION_NOT_SUPPORTED"
    INVALID_DID_DOCUMENT = _DID + "INVALID_DID_DOCUMENT"
    INTERNAL_ERROR = _DID + "INTERNAL_ERROR"
    METHOD_NOT_SUPPORTED = _DID + "METHOD_NOT_SUPPORTED"
    FEATURE_NOT_SUPPORTED = _DID + "FEATURE_NOT_SUPPORTED"
    INVALID_PUBLIC_KEY = _DID + "INVALID_PUBLIC_KEY"
    INVALID_PUBLIC_KEY_LENGTH = _DID + "INVALID_PUBLIC_KEY_LENGTH"
    INVALID_PUBLIC_KEY_TYPE = _DID + "INVALID_PUBLIC_KEY_TYPE"
    UNSUPPORTED_PUBLIC_KEY_TYPE = _DID + "UNSUPPORTED_PUBLIC_KEY_TYPE"
    INVALID_VERIFICATION_METHOD_URL = _SECURITY + "INVALID_VERIFICATION_METHOD_URL"
    INVALID_CONTROLLED_IDENTIFIER_DOCUMENT = _SECURITY + "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT"
    INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID = _SECURITY + "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID"
    INVALID_VERIFICATION_METHOD = _SECURITY + "INVALID_VERIFICATION_METHOD"
    INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD = _SECURITY + "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"


_STATUS: Final = {
    Fault.INVALID_DID: 400,
    Fault.INVALID_DID_URL: 400,
    Fault.INVALID_OPTIONS: 400,
    Fault.NOT_FOUND: 404,
    Fault.REPRESENTATION_NOT_SUPPORTED: 406,
    Fault.METHOD_NOT_SUPPORTED: 501,
    Fault.FEATURE_NOT_SUPPORTED: 501,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """One error of resolving or dereferencing, as RFC 9457 has it: the URL of its name, and what was wrong here."""

    type: str
    detail: str

    @property
    def name(self) -> str:
        """The name alone, like `NOT_FOUND`."""
        return self.type.partition("#")[2]

    @property
    def camel(self) -> str:
        """The name as older specifications write it, like `notFound`."""
        first, *rest = self.name.lower().split("_")
        return first + "".join(word.capitalize() for word in rest)

    @property
    def status(self) -> int:
        """The HTTP status to answer with (DID Resolution 1.0, HTTP(S) binding): 500 for any other error."""
        return next((status for fault, status in _STATUS.items() if fault == self.type), 500)

    def to_json(self) -> dict[str, JsonValue]:
        """`type`, `title` and `detail`."""
        title = self.name.replace("_", " ").capitalize().replace("did", "DID").replace("url", "URL")
        return {"type": self.type, "title": title, "detail": self.detail}

    @classmethod
    def of(cls, error: AttornError) -> Failure:
        """The problem that `error` is to whoever asked. `INTERNAL_ERROR` where it could not be found out."""
        if isinstance(error, ResolutionError):
            return cls(error.problem, str(error))
        fault = Fault.INVALID_DID if isinstance(error, MalformedError | InputError) else Fault.INTERNAL_ERROR
        return cls(str(fault), str(error))
