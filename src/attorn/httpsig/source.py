"""Where an agent publishes its keys, which is also its name: a member of the Signature-Agent field."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from attorn.display import shown
from attorn.errors import InputError
from attorn.request.resource import normalise
from attorn.transport import is_fetchable

WELL_KNOWN: Final = "/.well-known/http-message-signatures-directory"
MEDIA_TYPE: Final = "application/http-message-signatures-directory+json"


class Kind(StrEnum):
    """What stands at the URL: `directory` is an origin with a key directory, `jwks_uri` a JWK Set itself."""

    DIRECTORY = "directory"
    JWKS_URI = "jwks_uri"


@dataclass(frozen=True, slots=True)
class Source:
    """The URL that names an agent, in its normal form, and what is found there.

    Raises `InputError` for anything but https, for an origin with a path, and for a URL with a query, a fragment or
    userinfo, or that two parsers could read differently. `loopback` lets tests name http on this machine.
    """

    url: str
    kind: Kind = Kind.DIRECTORY
    loopback: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.kind, Kind):
            raise InputError(f"agent: expected a Kind, got {type(self.kind).__name__}")
        url = normalise(self.url)
        if not is_fetchable(url, loopback=self.loopback):
            raise InputError(f"agent: expected an https URL, got {shown(self.url)}")
        if (self.kind is Kind.DIRECTORY) is ("/" in url.partition("://")[2]):
            raise InputError(f"agent: expected an origin for a directory, and a path for a JWK Set, got {shown(url)}")
        object.__setattr__(self, "url", url)

    @property
    def address(self) -> str:
        """What is fetched."""
        return self.url + WELL_KNOWN if self.kind is Kind.DIRECTORY else self.url

    @property
    def accept(self) -> str:
        """The media types in which it may come."""
        return (
            MEDIA_TYPE if self.kind is Kind.DIRECTORY else f"application/jwk-set+json, application/json, {MEDIA_TYPE}"
        )

    @property
    def member(self) -> str:
        """The value of the member of Signature-Agent."""
        return f'"{self.url}"' if self.kind is Kind.DIRECTORY else f'"{self.url}";type={self.kind}'
