"""Asking others over https, for the commands that are told to: --network."""

from __future__ import annotations

from attorn.did.methods import MethodResolver
from attorn.did.resolver import Resolver
from attorn.errors import UnavailableError
from attorn.transport import Transport


def transport() -> Transport:
    """Gets documents over https from public addresses. Raises `UnavailableError` without the packages for that."""
    try:
        from attorn.web.fetch import HttpTransport  # noqa: PLC0415 - most runs ask nobody
    except ImportError as error:
        raise UnavailableError(f"--network needs more packages ({error.name}): install attorn[web]") from None
    return HttpTransport()


def resolver(asked: Transport) -> Resolver:
    """Resolves did:web and did:webvh through this transport, and the methods that ask nobody."""
    from attorn.did.web import WebResolver  # noqa: PLC0415 - most runs ask nobody
    from attorn.did.webvh.resolver import WebvhResolver  # noqa: PLC0415 - most runs ask nobody

    return MethodResolver({"web": WebResolver(asked), "webvh": WebvhResolver(asked)})
