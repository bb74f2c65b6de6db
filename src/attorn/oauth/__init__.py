"""OAuth at the borders: DPoP as the holder's proof, and what other servers say as evidence. It decides nothing."""

try:
    import httpx  # noqa: F401 - what the extra brings
    import starlette  # noqa: F401
except ImportError as error:
    raise ImportError(f"attorn.oauth needs {error.name}, not installed here: pip install 'attorn[oauth]'") from error

from attorn.oauth.client import DpopAuth
from attorn.oauth.dpop import DpopError, DpopNonceError, DpopProof, prove
from attorn.oauth.evidence import EvidenceVerifier
from attorn.oauth.granted import Evidence, Origin
from attorn.oauth.nonces import Nonces
from attorn.oauth.resource import DpopAuthorized, DpopDoor, DpopMiddleware
from attorn.oauth.root_link import mint, origin

__all__ = [
    "DpopAuth",
    "DpopAuthorized",
    "DpopDoor",
    "DpopError",
    "DpopMiddleware",
    "DpopNonceError",
    "DpopProof",
    "Evidence",
    "EvidenceVerifier",
    "Nonces",
    "Origin",
    "mint",
    "origin",
    "prove",
]
