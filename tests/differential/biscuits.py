"""biscuit-python: container, signatures, seal, and Datalog against the facts of the request."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final

from biscuit_auth import AuthorizerBuilder, Biscuit, PublicKey
from tests.differential.asked import NOT_COUNTED, OWN, Peer

from attorn.biscuit.text import block_text
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver
from attorn.keys.public import Algorithm
from attorn.request.facts import Facts
from attorn.request.request import Request
from attorn.token.principal import resolve

FORMAT: Final = "Biscuit 3.3"
_RULES: Final = {
    "container/key-user-of-33-bytes": NOT_COUNTED,
    "container/key-unknown-user": NOT_COUNTED,
    "container/33-links": NOT_COUNTED,
    "container/root-key-id": NOT_COUNTED,
    "container/text-too-long": NOT_COUNTED,
    "container/cut-short": FORMAT,
    "container/group": FORMAT,
    "container/key-unknown-algorithm": FORMAT,
    "container/key-wrong-length": FORMAT,
    "container/text-empty": FORMAT,
    "container/text-skipped-character": FORMAT,
    "container/text-standard-alphabet": FORMAT,
    "container/*": OWN,
    "admission/symbols-not-utf-8": FORMAT,
    "admission/symbols-*": OWN,
    "admission/datalog-overlong-integer": OWN,
    "link/root-untrusted": FORMAT,
    "link/signature-root-claim": FORMAT,
    "link/signature-splice": FORMAT,
    "link/signature-v1-labelled-v0": FORMAT,
    "link/signature-*": OWN,
    "chain/another-delegator": FORMAT,
    "chain/link-twice": FORMAT,
    "chain/middle-dropped": FORMAT,
    "chain/next-key-swapped": FORMAT,
    "chain/child-raises-depth": FORMAT,
    "chain/too-deep": FORMAT,
    "chain/time-expired": FORMAT,
    "chain/time-not-yet": FORMAT,
    "chain/time-parent-expired": FORMAT,
    "presentation/argument": FORMAT,
    "presentation/audience": FORMAT,
    "presentation/stopped": FORMAT,
    "presentation/thief": FORMAT,
    "presentation/seal-by-another": FORMAT,
    "presentation/stripped": FORMAT,
    "caveat-actions/*": FORMAT,
    "caveat-equals/*": FORMAT,
    "caveat-expires/*": FORMAT,
    "caveat-resources/*": FORMAT,
}
_NONCE: Final = re.compile(r"nonce\(hex:([0-9a-f]*)\)")


def _permitted(case: dict[str, Any]) -> None:
    asked = case["input"]
    root = resolve(LocalResolver(), asked["roots"][0], frozenset({Relationship.CAPABILITY_DELEGATION})).key
    assert root is not None
    kind = "ed25519" if root.algorithm is Algorithm.ED25519 else "secp256r1"
    token = Biscuit.from_base64(asked["wire"], PublicKey(f"{kind}/{root.data.hex()}"))
    said = asked["request"]
    request = Request(action=said["action"], resource=said["resource"], args=said["args"])
    depth = token.block_count() - 2
    facts = Facts(request, audience=asked["audience"], now=asked["now"], depth=depth)
    # A verifier that finds the id unused hands it in; it stands in the last block.
    nonces = _NONCE.findall(token.block_source(depth + 1))
    code = block_text(tuple(facts.statements()), ()) + "".join(f"nonce(hex:{nonce});" for nonce in nonces)
    authorizer: Any = AuthorizerBuilder(f"{code}allow if true;")
    limits = authorizer.limits()
    # Its own are missed on a busy machine.
    limits.max_time = timedelta(seconds=5)
    authorizer.set_limits(limits)
    authorizer.build(token).authorize()


PEERS: Final = (
    Peer(
        "biscuit-python",
        "`Biscuit.from_base64(text, root)`, then `AuthorizerBuilder` with the facts of facts.md, the `nonce` of the "
        "last block and `allow if true`, `build(token).authorize()`, with `max_time` of 5 s",
        _RULES,
        ("chain/valid-three-links", "link/valid-p256", "chain/valid-delegated", "chain/valid-depth-at-the-limit"),
        _permitted,
        "Counted are the container, signatures, the seal, and what checks say about the facts. The profile of Datalog, "
        "limits, DIDs, trust in roots, ids and issue times of links, revocation, replay, approvals and charges are "
        "attorn's and not counted, nor is the form of a presentation.",
    ),
)
