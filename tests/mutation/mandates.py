"""Which tests are asked of the mutants of mandates, of checkouts and of evidence, those that notice most first."""

from __future__ import annotations

CHAINS = (
    "unit/test_mandate_chain",
    "unit/test_mandate_edges",
    "unit/test_mandate_hiding",
    "unit/test_mandate_trusted",
    "unit/test_mandate_written",
    "attacks/test_section_j_named",
    "attacks/test_section_j_chain",
    "unit/test_mandate_once",
    "unit/test_mandate_steps",
    "unit/test_mandate_said",
    "unit/test_mandate_head",
    "unit/test_mandate_readers",
    "unit/test_mandate_verifier",
    "unit/test_mandate_interop",
    "attacks/test_vectors",
)
CONSTRAINTS = (
    "unit/test_mandate_constraints",
    "unit/test_mandate_said",
    "unit/test_mandate_narrowing",
    "attacks/test_section_j_constraints",
    "unit/test_mandate_readers",
    "attacks/test_vectors",
    "property/test_purchases",
    "property/test_narrower",
)
PURCHASES = (
    "unit/test_mandate_verifier",
    "unit/test_mandate_prohibited",
    "unit/test_mandate_trusted",
    "attacks/test_section_j_constraints",
    "attacks/test_section_j_checkout",
    "unit/test_mandate_charging",
    "unit/test_mandate_ledgers",
    "unit/test_mandate_once",
    "unit/test_mandate_constraints",
    "unit/test_mandate_readers",
    "attacks/test_vectors",
)
V01 = (
    "unit/test_mandate_v01_purchase",
    "unit/test_mandate_v01_models",
    "unit/test_mandate_v01_credentials",
    "unit/test_mandate_v01_authorizations",
    "attacks/test_section_j_v01",
    "unit/test_mandate_readers",
    "unit/test_mandate_ledgers",
    "attacks/test_vectors",
    "property/test_mandate_v01",
)
CHECKOUTS = (
    "unit/test_checkout",
    "unit/test_checkout_jwt",
    "unit/test_known_signer",
    "unit/test_checkout_party",
    "unit/test_checkout_signed",
    "unit/test_checkout_completion",
    "unit/test_checkout_problem",
    "unit/test_currency",
    "unit/test_checkout_authorization",
    "attacks/test_section_j_checkout",
    "unit/test_mandate_readers",
    "attacks/test_vectors",
)
EVIDENCE = ("unit/test_evidence", "unit/test_cli_evidence", "unit/test_docs_evidence", "attacks/test_vectors")
_CAPABILITY = (
    "unit/test_capability",
    "unit/test_capability_story",
    "unit/test_mandate_ledgers",
    "property/test_capability",
)


def _once(*groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for group in groups for each in group))


_PARTS = ("unit/test_mandate_a2a", "unit/test_mandate_v01_a2a", "property/test_mandate_parts")
MANDATES = {
    "mandate/a2a.py": _PARTS,
    "mandate/agent_key.py": CHAINS,
    "mandate/allowance.py": CHAINS,
    "mandate/amount.py": CONSTRAINTS,
    "mandate/anchor.py": CHAINS,
    "mandate/appending.py": CHAINS,
    "mandate/capability.py": _CAPABILITY,
    "mandate/carts.py": PURCHASES,
    "mandate/charging.py": _once(("unit/test_mandate_charging", "unit/test_mandate_uses"), PURCHASES),
    **{
        f"mandate/constraint/{name}.py": CONSTRAINTS
        for name in (
            *("allowed_instruments", "allowed_merchants", "allowed_payees", "allowed_pisps", "amount_range", "base"),
            *(
                "budget",
                "calendar",
                "execution_date",
                "flow",
                "kinds",
                "line_items",
                "party",
                "recurrence",
                "reference",
            ),
        )
    },
    "mandate/content.py": CHAINS,
    "mandate/date.py": CONSTRAINTS,
    "mandate/envelope.py": CHAINS,
    "mandate/head.py": CHAINS,
    "mandate/hop.py": CHAINS,
    "mandate/issuing.py": CHAINS,
    "mandate/known_keys.py": ("unit/test_mandate_known_keys", *CHAINS),
    "mandate/links.py": ("unit/test_mandate_links", "unit/test_mandate_receipt", *PURCHASES, "unit/test_evidence"),
    "mandate/listed.py": CONSTRAINTS,
    "mandate/matching.py": PURCHASES,
    "mandate/narrowing.py": (
        "unit/test_mandate_narrowing",
        "unit/test_mandate_uses",
        *CHAINS,
        "property/test_narrower",
    ),
    "mandate/open_checkout.py": _once(("unit/test_mandate_open", "unit/test_mandate_uses"), CONSTRAINTS, CHAINS),
    "mandate/open_payment.py": _once(("unit/test_mandate_open",), CONSTRAINTS, CHAINS),
    "mandate/order.py": ("unit/test_mandate_order", *PURCHASES),
    "mandate/parts.py": _PARTS,
    "mandate/payment.py": _once(("unit/test_mandate_presets",), CHAINS, PURCHASES),
    "mandate/policy.py": _once(CHAINS, PURCHASES),
    "mandate/presets.py": ("unit/test_mandate_presets", *PURCHASES),
    "mandate/prohibited.py": PURCHASES,
    "mandate/purchase.py": _once(("unit/test_purchase",), _CAPABILITY, PURCHASES),
    "mandate/receipt.py": (
        "unit/test_mandate_receipt",
        "unit/test_mandate_interop",
        "unit/test_evidence",
        "attacks/test_vectors",
    ),
    "mandate/redacting.py": CHAINS,
    "mandate/times.py": CHAINS,
    "mandate/unverified.py": CHAINS,
    "mandate/verified.py": ("unit/test_mandate_verified", *CHAINS),
    "mandate/verifier.py": (*PURCHASES, "unit/test_mandate_head", "unit/test_mandate_known_keys"),
    "mandate/verifying.py": CHAINS,
    "mandate/vct.py": CHAINS,
    "mandate/wire.py": CHAINS,
    "mandate/vc/a2a.py": ("unit/test_mandate_v01_a2a", *V01),
    **{
        f"mandate/vc/{name}.py": V01
        for name in (
            *("context", "digest", "exact", "fit", "issuing", "kinds", "merchant_authorization", "purchase", "receipt"),
            *("shape", "signed", "trust", "user_authorization", "verifying"),
        )
    },
    **{
        f"checkout/{name}.py": CHECKOUTS
        for name in (
            *("authorization", "checkout", "completion", "currency", "jwt", "known_signer", "member", "party"),
            *("problem", "signed"),
        )
    },
    "evidence/archive.py": EVIDENCE,
    "evidence/evidence.py": EVIDENCE,
    "evidence/finding.py": EVIDENCE,
    "evidence/verifying.py": EVIDENCE,
    "store/counting.py": ("unit/test_mandate_ledgers", "unit/test_mandate_charging", "attacks/test_section_f_ports"),
    "handed.py": (
        "unit/test_mandate_ledgers",
        "unit/test_mandate_readers",
        "unit/test_handed",
        "unit/test_handed_credentials",
    ),
}
"""The modules, and for each the test files to run."""
