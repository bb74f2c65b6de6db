"""OAuth at the borders: DPoP, token exchange, evidence by others, and what others are told. It decides nothing."""

try:
    import httpx  # noqa: F401 - what the extra brings
    import starlette  # noqa: F401
except ImportError as error:
    raise ImportError(f"attorn.oauth needs {error.name}, not installed here: pip install 'attorn[oauth]'") from error

from attorn.oauth.client import DpopAuth
from attorn.oauth.client_metadata import (
    ClientMetadata,
    fetch_client_metadata,
    read_client_metadata,
    write_client_metadata,
)
from attorn.oauth.dpop import DpopError, DpopNonceError, DpopProof, prove
from attorn.oauth.evidence import EvidenceVerifier
from attorn.oauth.exchange import TokenExchange
from attorn.oauth.granted import Evidence, VouchedUser
from attorn.oauth.nonces import Nonces
from attorn.oauth.rar import CHAIN_DETAILS, ProjectionError, from_detail, to_detail
from attorn.oauth.resource import DpopAuthorized, DpopDoor, DpopMiddleware
from attorn.oauth.root_link import mint_from_evidence, vouched_user
from attorn.oauth.token_request import (
    CHAIN_TOKEN_TYPE,
    DETAILS_TYPE,
    GRANT,
    PRESENTATION_TOKEN_TYPE,
    TokenRequestError,
    exchange_request,
)
from attorn.oauth.txn_token import TxnToken, issue_txn_token, verify_txn_token

__all__ = [
    "CHAIN_DETAILS",
    "CHAIN_TOKEN_TYPE",
    "DETAILS_TYPE",
    "GRANT",
    "PRESENTATION_TOKEN_TYPE",
    "ClientMetadata",
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
    "ProjectionError",
    "TokenExchange",
    "TokenRequestError",
    "TxnToken",
    "VouchedUser",
    "exchange_request",
    "fetch_client_metadata",
    "from_detail",
    "issue_txn_token",
    "mint_from_evidence",
    "prove",
    "read_client_metadata",
    "to_detail",
    "verify_txn_token",
    "vouched_user",
    "write_client_metadata",
]
