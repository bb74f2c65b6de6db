"""The public surface is small, and this file is where it is pinned."""

from __future__ import annotations

import subprocess
import sys

import attorn
import attorn.a2a
import attorn.authzen
import attorn.authzen.cedar
import attorn.authzen.pdp
import attorn.authzen.pep
import attorn.caveat
import attorn.checkout
import attorn.evidence
import attorn.httpsig
import attorn.macaroon
import attorn.mandate
import attorn.mandate.constraint
import attorn.mandate.vc
import attorn.mcp
import attorn.mcp.fast
import attorn.oauth
import attorn.otel
import attorn.revocation
import attorn.store
import attorn.workload
from attorn import Denied, Identity, Request, VerificationError, Verifier, caveat


def test_the_top_level_names() -> None:
    assert sorted(attorn.__all__) == [
        "Access",
        "AttornError",
        "Denied",
        "Identity",
        "Limits",
        "Request",
        "Token",
        "UnavailableError",
        "VerificationError",
        "Verifier",
        "caveat",
        "macaroon",
        "revocation",
        "store",
    ]
    assert all(hasattr(attorn, name) for name in attorn.__all__)


def test_the_caveat_vocabulary() -> None:
    assert sorted(attorn.caveat.__all__) == [
        "Actions",
        "Agent",
        "AllOf",
        "AnyOf",
        "Audience",
        "Budget",
        "Caveat",
        "Cidr",
        "Contains",
        "Counted",
        "Equals",
        "Expires",
        "ExpiresIn",
        "FreshList",
        "Glob",
        "MaxDepth",
        "MaxLength",
        "MaxUses",
        "NoDelegation",
        "Not",
        "NotBefore",
        "NotOneOf",
        "OneOf",
        "Purpose",
        "Range",
        "Rate",
        "RequiresApproval",
        "Resources",
        "Spaced",
        "StartsWith",
        "Status",
        "Subpath",
        "SubsetOf",
        "Unrecognised",
        "UrlHost",
    ]


def test_macaroons() -> None:
    assert sorted(attorn.macaroon.__all__) == [
        "MacKey",
        "Macaroon",
        "ThirdParty",
        "decode",
        "encode",
        "from_json",
        "issue",
        "to_json",
    ]


def test_the_constraints_of_mandates() -> None:
    assert sorted(attorn.mandate.constraint.__all__) == [
        "AcceptableItem",
        "AllowedInstruments",
        "AllowedMerchants",
        "AllowedPayees",
        "AllowedPisps",
        "AmountRange",
        "Asked",
        "Budget",
        "Code",
        "ExecutionDate",
        "Frequency",
        "LineItems",
        "Recurrence",
        "Reference",
        "Requirement",
        "Unit",
        "Usage",
        "Violation",
    ]


def test_stores_and_revocation() -> None:
    assert sorted(attorn.store.__all__) == [
        "Charge",
        "Charged",
        "Ledger",
        "MemoryStore",
        "PostgresStore",
        "RedisStore",
        "Retry",
        "SQLiteStore",
        "Store",
    ]
    assert sorted(attorn.revocation.__all__) == [
        "LifecycleEntry",
        "LifecycleEvent",
        "RevocationEntry",
        "RevocationList",
        "Roll",
        "Signatory",
        "Signed",
        "deprovision",
        "enrol",
        "read",
        "resume",
        "revoke",
        "suspend",
        "verify",
    ]


def test_workloads() -> None:
    assert sorted(attorn.workload.__all__) == [
        "Bundle",
        "Workload",
        "WorkloadVerifier",
        "endorse",
        "endorsement_audience",
    ]
    assert all(hasattr(attorn.workload, name) for name in attorn.workload.__all__)


def test_mandates_of_ap2_v01() -> None:
    assert sorted(attorn.mandate.vc.__all__) == [
        "CartContents",
        "CartMandate",
        "ContactAddress",
        "Error",
        "Failure",
        "IntentMandate",
        "MerchantAuthorization",
        "PaymentDetailsInit",
        "PaymentDetailsModifier",
        "PaymentItem",
        "PaymentMandate",
        "PaymentMandateContents",
        "PaymentMethodData",
        "PaymentOptions",
        "PaymentReceipt",
        "PaymentRequest",
        "PaymentResponse",
        "PaymentShippingOption",
        "Point",
        "Purchase",
        "PurchaseVerifier",
        "Role",
        "SignedMandate",
        "Success",
        "UnverifiedMandate",
        "UnverifiedParts",
        "UserAuthorization",
        "VerifiedPurchase",
        "authorize_cart",
        "authorize_payment",
        "cart_adds_up",
        "cart_fits_intent",
        "data_part",
        "extension",
        "issue_cart",
        "issue_intent",
        "issue_payment",
        "payment_fits_cart",
        "read_mandate",
        "read_parts",
        "read_roles",
        "receipt_fits_payment",
        "verify_mandate",
        "verify_merchant_authorization",
        "verify_user_authorization",
    ]
    assert all(hasattr(attorn.mandate.vc, name) for name in attorn.mandate.vc.__all__)


def test_mandates() -> None:
    assert sorted(attorn.mandate.__all__) == [
        "AgentKey",
        "Anchor",
        "Binding",
        "CheckedCheckout",
        "CheckedPayment",
        "ClosedCheckout",
        "ClosedPayment",
        "Links",
        "MandateVerifier",
        "OpenCheckout",
        "OpenPayment",
        "Presets",
        "Prohibited",
        "Prohibition",
        "UnverifiedParts",
        "Vct",
        "VerifiedChain",
        "VerifiedHop",
        "by_lists",
        "close",
        "data_part",
        "delegate",
        "issue",
        "issue_closed",
        "read_parts",
        "redact",
        "verify",
        "verify_held",
    ]
    assert all(hasattr(attorn.mandate, name) for name in attorn.mandate.__all__)


def test_importing_attorn_loads_no_framework_and_no_engine() -> None:
    script = "import sys, attorn; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "attorn" in loaded
    assert not {"starlette", "fastapi", "httpx", "uvicorn", "biscuit_auth", "joserfc"} & set(loaded)


def test_the_public_example_runs_as_it_stands() -> None:
    """The block of the design, verbatim."""
    assert issubclass(VerificationError, attorn.AttornError)
    assert issubclass(Denied, attorn.AttornError)
    alice, planner, scout = Identity.generate(), Identity.generate(), Identity.generate()
    token = alice.mint(
        to=planner.did,
        caveats=[
            caveat.Actions("events:read", "events:write"),
            caveat.Resources("cal://alice"),
            caveat.ExpiresIn(hours=8),
        ],
    )
    narrow = planner.delegate(token, to=scout.did, caveats=[caveat.Actions("events:read"), caveat.MaxUses(10)])
    request = Request(action="events:read", resource="cal://alice/2026-11", args={"limit": 10})
    wire = scout.present(narrow, request, audience="did:web:calendar.example")
    verifier = Verifier(audience="did:web:calendar.example", roots=[alice.did])
    access = verifier.authorize(wire, request)
    assert access.root == alice.did
    assert access.holder == scout.did
    assert [link.delegate for link in access.chain] == [planner.did, scout.did]


def test_the_names_for_checkouts() -> None:
    assert sorted(attorn.checkout.__all__) == [
        "Checkout",
        "Completion",
        "Instrument",
        "Item",
        "KnownSigner",
        "Line",
        "Merchant",
        "Pisp",
        "SKEW",
        "SignedCheckout",
        "Status",
        "Total",
        "UnverifiedCheckout",
        "authorization",
        "checkout_hash",
        "currency",
        "for_schema",
        "from_schema",
        "problem",
        "read",
        "sign",
        "verify",
    ]
    assert all(hasattr(attorn.checkout, name) for name in attorn.checkout.__all__)


def test_the_names_for_mcp() -> None:
    assert sorted(attorn.mcp.__all__) == [
        "Bearer",
        "Gate",
        "Holder",
        "META_MEMBER",
        "SideCar",
        "acting",
        "presenting",
        "request_of",
    ]
    assert sorted(attorn.mcp.fast.__all__) == ["DoorMiddleware", "HolderTransport", "Tokens"]
    for module in (attorn.mcp, attorn.mcp.fast):
        assert all(hasattr(module, name) for name in module.__all__)


def test_the_names_for_evidence() -> None:
    assert sorted(attorn.evidence.__all__) == [
        "Evidence",
        "Finding",
        "Findings",
        "Point",
        "Presented",
        "Shown",
        "verify",
    ]
    assert all(hasattr(attorn.evidence, name) for name in attorn.evidence.__all__)


def test_the_names_for_oauth() -> None:
    assert sorted(attorn.oauth.__all__) == [
        "CHAIN_DETAILS",
        "CHAIN_TOKEN_TYPE",
        "ClientMetadata",
        "DETAILS_TYPE",
        "DpopAuth",
        "DpopAuthorized",
        "DpopDoor",
        "DpopError",
        "DpopMiddleware",
        "DpopNonceError",
        "DpopProof",
        "Evidence",
        "EvidenceVerifier",
        "GRANT",
        "Nonces",
        "PRESENTATION_TOKEN_TYPE",
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
    assert all(hasattr(attorn.oauth, name) for name in attorn.oauth.__all__)


def test_the_names_for_a2a() -> None:
    assert sorted(attorn.a2a.__all__) == [
        "Binding",
        "ChainExecutor",
        "ChainHandler",
        "ChainUser",
        "EXTENSION",
        "HolderInterceptor",
        "VerifiedCard",
        "access_of",
        "advertise",
        "advertised",
        "canonical_card",
        "continued",
        "handed_over",
        "read_card",
        "sign_card",
        "token_part",
        "verify_card",
        "with_approvals",
        "with_chain",
    ]
    assert all(hasattr(attorn.a2a, name) for name in attorn.a2a.__all__)


def test_the_names_for_http_message_signatures() -> None:
    assert sorted(attorn.httpsig.__all__) == [
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
    assert all(hasattr(attorn.httpsig, name) for name in attorn.httpsig.__all__)


def test_the_names_for_opentelemetry() -> None:
    assert sorted(attorn.otel.__all__) == ["NAMES", "SpanRecorder"]


def test_the_names_for_authzen() -> None:
    assert sorted(attorn.authzen.__all__) == [
        "AssertedPolicy",
        "Cleared",
        "DecisionPoint",
        "Entity",
        "Evaluation",
        "Policy",
    ]
    assert sorted(attorn.authzen.cedar.__all__) == ["CedarPolicy"]
    assert sorted(attorn.authzen.pdp.__all__) == ["application", "unsafe_anybody"]
    assert sorted(attorn.authzen.pep.__all__) == ["RemotePolicy", "question"]
    assert all(hasattr(attorn.authzen, name) for name in attorn.authzen.__all__)
