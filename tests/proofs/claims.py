"""Every claim that is proved for unbounded caveats and requests."""

from __future__ import annotations

from typing import Final

from tests.proofs import order_claims, text_claims, value_claims
from tests.proofs.logic import Claim, Kind

CLAIMS: Final[tuple[Claim, ...]] = (*order_claims.CLAIMS, *value_claims.CLAIMS, *text_claims.CLAIMS)
KINDS: Final[dict[str, Kind]] = {kind.of.__name__: kind for claim in CLAIMS for kind in (claim.narrow, claim.wide)}
