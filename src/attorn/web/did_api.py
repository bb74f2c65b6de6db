"""DIDs resolved and DID URLs dereferenced over HTTP (DID Resolution 1.0, its HTTP(S) binding)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from attorn.asgi.answer import unstored
from attorn.asgi.headers import accepted_types
from attorn.canonical import JsonValue
from attorn.did.dereferencing import Dereferencing, dereference
from attorn.did.document import DidDocument
from attorn.did.fault import Failure, Fault
from attorn.did.resolution import CONTEXT, MEDIA_TYPE, Options, Resolution
from attorn.did.resolver import LocalResolver, Resolver, resolution
from attorn.display import shown
from attorn.errors import AttornError, InputError, ResolutionError
from attorn.handed import ask

PATH: Final = "/identifiers"
KEY_PATH: Final = "/did-key/identifiers"
_RESULT: Final = "application/did-resolution"
_OLD_PROFILE: Final = "https://w3id.org/did-resolution"
_OLD_TYPE: Final = f'application/ld+json;profile="{_OLD_PROFILE}"'
_DOCUMENTS: Final = (MEDIA_TYPE, "application/did+json", "application/did+ld+json")
_FLAGS: Final = frozenset({"enableEncryptionKeyDerivation", "enableExperimentalPublicKeyTypes"})


class DidApi:
    """Answers `GET /identifiers/{did}` by `resolver`, without one for did:key, did:jwk and did:peer alone.

    `GET /did-key/identifiers/{did}` knows did:key and takes any other method for a mistake, as the conformance suite of
    did:key has it. Whoever asks for the profile of older drafts gets errors as those name them. Raises `InputError`.
    """

    def __init__(self, resolver: Resolver | None = None) -> None:
        if not (resolver is None or callable(getattr(resolver, "resolve", None))):
            raise InputError(f"resolver: expected a Resolver, got {type(resolver).__name__}")
        self._resolver = LocalResolver() if resolver is None else resolver

    @property
    def routes(self) -> list[Route]:
        """The two routes."""
        return [
            Route(f"{PATH}/{{url:path}}", self._any, methods=["GET"]),
            Route(f"{KEY_PATH}/{{url:path}}", self._key, methods=["GET"]),
        ]

    async def _any(self, request: Request) -> Response:
        return await self._answer(request, self._resolver)

    async def _key(self, request: Request) -> Response:
        return await self._answer(request, _KeyResolver())

    async def _answer(self, request: Request, resolver: Resolver) -> Response:
        url, query = request.path_params["url"], request.query_params
        found = await run_in_threadpool(_found, url, [*query.multi_items()], resolver)
        accepted = accepted_types(request.scope)
        # A profile is a parameter.
        if any(_OLD_PROFILE in each for each in request.headers.getlist("accept")):
            return _answered(found, _as_before(found), _OLD_TYPE)
        asked = next((each for each in _DOCUMENTS if each in accepted), None)
        if asked is not None and isinstance(found, Resolution) and found.error is None:
            return _answered(found, found.did_document, asked)
        media_type = _RESULT if _RESULT in accepted else "application/json"
        return _answered(found, found.to_json(), media_type)


class _KeyResolver:
    """Resolves did:key, and takes every other DID for a mistake."""

    def resolve(self, did: str) -> DidDocument:
        """The document of a did:key. Raises `ResolutionError`."""
        return LocalResolver().resolve(_only_key(did))

    def look_up(self, did: str, options: Options) -> Resolution:
        """The document of a did:key in JSON. Raises `ResolutionError`."""
        return LocalResolver().look_up(_only_key(did), options)


def _only_key(did: str) -> str:
    if not did.startswith("did:key:"):
        raise ResolutionError(f"expected a did:key, got {shown(did)}", problem=Fault.INVALID_DID)
    return did


def _found(url: str, query: list[tuple[str, str]], resolver: Resolver) -> Resolution | Dereferencing:
    """What there is, or why there is nothing; never an error raised."""
    dereferences = any(character in url for character in "/?#")
    try:
        options = _options(query)
        if dereferences:
            return ask("resolver", lambda: dereference(url, resolver, options=options))
        return ask("resolver", lambda: resolution(resolver, url, options))
    except AttornError as error:
        failure = Failure.of(error)
    return Dereferencing(error=failure) if dereferences else Resolution(error=failure)


def _options(query: list[tuple[str, str]]) -> Options:
    """The options in a query. Raises `ResolutionError` (`INVALID_OPTIONS`)."""
    given: dict[str, JsonValue] = {}
    for name, value in query:
        if name in given:
            raise ResolutionError(f"options: {shown(name)} stands twice", problem=Fault.INVALID_OPTIONS)
        given[name] = {"true": True, "false": False}.get(value, value) if name in _FLAGS else value
    return Options.read(given)


def _answered(found: Resolution | Dereferencing, told: Mapping[str, JsonValue] | None, media_type: str) -> JSONResponse:
    status = _status(found)
    return JSONResponse(told, status, {**dict(unstored(status)), "Vary": "Accept"}, media_type)


def _status(found: Resolution | Dereferencing) -> int:
    if found.error is None:
        return found.status if isinstance(found, Resolution) else HTTPStatus.OK.value
    if found.error.status != HTTPStatus.INTERNAL_SERVER_ERROR:
        return found.error.status
    # The standard has 500 for all that it has no status for; most of it is the client's mistake.
    undecided = found.error.type == Fault.INTERNAL_ERROR
    return (HTTPStatus.SERVICE_UNAVAILABLE if undecided else HTTPStatus.BAD_REQUEST).value


def _as_before(found: Resolution | Dereferencing) -> Mapping[str, JsonValue]:
    """As drafts of DID Resolution before 1.0 have it: errors are words, and no document is an empty one."""
    told: dict[str, JsonValue] = {}
    if found.error is not None:
        told = {"error": found.error.camel, "message": found.error.detail}
    elif found.content_type is not None:
        told = {"contentType": found.content_type}
    resolved = isinstance(found, Resolution)
    document = found.did_document if isinstance(found, Resolution) else found.content
    return {
        "@context": CONTEXT,
        "didDocument": {} if document is None else document,
        "didDocumentMetadata": found.metadata.to_json(),
        ("didResolutionMetadata" if resolved else "didDereferencingMetadata"): told,
    }
