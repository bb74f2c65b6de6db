"""Data Integrity proofs: signatures that stand in the document they are over (W3C VC Data Integrity 1.0).

`sign` adds a proof, `verify` holds all of them to what is expected. The suites over JSON are in the base install;
those over RDF need the extra `attorn[rdf]`.
"""

from attorn.integrity.proof import UnverifiedProof
from attorn.integrity.signing import sign
from attorn.integrity.suite import Suite
from attorn.integrity.verifying import VerifiedDocument, VerifiedProof, verify

__all__ = ["Suite", "UnverifiedProof", "VerifiedDocument", "VerifiedProof", "sign", "verify"]
