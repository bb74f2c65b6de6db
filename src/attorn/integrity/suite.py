"""The cryptosuites of Data Integrity that attorn has, and the key that each needs."""

from __future__ import annotations

from enum import StrEnum

from attorn.keys.public import Algorithm


class Suite(StrEnum):
    """A cryptosuite: what is signed, and by which algorithm (VC DI EdDSA 1.0 and VC DI ECDSA 1.0, P-256 only)."""

    EDDSA_JCS_2022 = "eddsa-jcs-2022"
    EDDSA_RDFC_2022 = "eddsa-rdfc-2022"
    ECDSA_JCS_2019 = "ecdsa-jcs-2019"
    ECDSA_RDFC_2019 = "ecdsa-rdfc-2019"

    @property
    def algorithm(self) -> Algorithm:
        """What kind of key it needs."""
        return Algorithm.ED25519 if self.startswith("eddsa") else Algorithm.P256

    @property
    def signs_rdf(self) -> bool:
        """Whether the statements of the document are signed (RDFC-1.0), rather than its JSON (RFC 8785)."""
        return "-rdfc-" in self
