"""OAuth's forms: DPoP as the holder's proof. Adapters; they decide nothing."""

try:
    import httpx  # noqa: F401 - what the extra brings
    import starlette  # noqa: F401
except ImportError as error:
    raise ImportError(f"attorn.oauth needs {error.name}, not installed here: pip install 'attorn[oauth]'") from error

from attorn.oauth.client import DpopAuth
from attorn.oauth.dpop import DpopError, DpopNonceError, DpopProof, prove
from attorn.oauth.nonces import Nonces
from attorn.oauth.resource import DpopAuthorized, DpopDoor, DpopMiddleware

__all__ = [
    "DpopAuth",
    "DpopAuthorized",
    "DpopDoor",
    "DpopError",
    "DpopMiddleware",
    "DpopNonceError",
    "DpopProof",
    "Nonces",
    "prove",
]
