"""Access for a presentation that must also go with something else of its request, as its host says."""

from __future__ import annotations

from collections.abc import Callable

from attorn.errors import VerificationError
from attorn.request.request import Request
from attorn.verify.access import Access, Verified
from attorn.verify.verifier import Verifier


def authorize_related(
    verifier: Verifier,
    wire: str,
    request: Request,
    holds: Callable[[Verified], object] | None,
    otherwise: VerificationError,
) -> Access:
    """`verifier.authorize(wire, request)`, but for what `holds` is asked once it has verified; None asks nobody.

    It is asked before anything is charged, and only True is a yes. Raises `otherwise` for any other answer,
    `UnavailableError` if it fails, and as `Verifier.authorize`.
    """
    if holds is None:
        return verifier.authorize(wire, request)
    verified = verifier.verify(wire, request)
    verified.require(lambda: holds(verified), otherwise)
    return verified.clear()
