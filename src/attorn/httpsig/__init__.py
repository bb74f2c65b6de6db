"""HTTP message signatures (RFC 9421) in the Web Bot Auth profile: which agent sent this request.

An answer to "who", and to nothing else: what the agent may do is for a chain and `attorn.Verifier` to say.
"""

try:
    import http_message_signatures as _http_message_signatures
    import http_sf as _http_sf
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f"attorn.httpsig needs {error.name}, not installed here: pip install 'attorn[httpsig]'", name=error.name
    ) from None

from attorn.httpsig.agent import Agent
from attorn.httpsig.asgi import AgentMiddleware, DirectoryEndpoint
from attorn.httpsig.directories import Directories
from attorn.httpsig.directory import Directory
from attorn.httpsig.message import SignedMessage
from attorn.httpsig.signing import RequestSigner
from attorn.httpsig.source import Kind, Source
from attorn.httpsig.verifying import AgentVerifier, Coverage

__all__ = [
    "Agent",
    "AgentMiddleware",
    "AgentVerifier",
    "Coverage",
    "Directories",
    "Directory",
    "DirectoryEndpoint",
    "Kind",
    "RequestSigner",
    "SignedMessage",
    "Source",
]

del _http_message_signatures, _http_sf
