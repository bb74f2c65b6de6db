"""pymacaroons: the chain of MACs, and discharges."""

from __future__ import annotations

from typing import Any, Final

from pymacaroons import Macaroon, Verifier
from tests.differential.asked import OWN, Peer

from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import AttornError
from attorn.macaroon import container, text
from attorn.macaroon.key import MacKey

MACS: Final = "libmacaroons"
_RULES: Final = {
    "macaroon/caveat-dropped": MACS,
    "macaroon/key-named-falsely": MACS,
    "macaroon/discharge-unbound": MACS,
    "macaroon/discharge-of-another": MACS,
    "macaroon/undischarged": MACS,
    "macaroon/discharge-not-asked": OWN,
    "macaroon/discharge-twice": OWN,
    "macaroon/discharge-nested": OWN,
    "macaroon/field-order": MACS,
    "macaroon/identifier-twice": MACS,
    "macaroon/varint": OWN,
}


def _verified(case: dict[str, Any]) -> None:
    asked = case["input"]
    first, *discharges = _apart(asked["wire"])
    root = Macaroon.deserialize(first)
    key = MacKey(base64url_decode(asked["macaroon_keys"][0])).of_token(root.identifier_bytes).secret
    verifier = Verifier()
    # What the conditions say is attorn's: to be judged are the MACs.
    verifier.satisfy_general(lambda condition: True)
    assert verifier.verify(root, key, [Macaroon.deserialize(each) for each in discharges])


def _apart(wire: str) -> list[str]:
    """Each macaroon by itself; attorn sends one behind the other, and the library reads one."""
    data = text.octets(wire) if wire[:1] in ("{", "[") else base64url_decode(wire)
    try:
        return [base64url_encode(container.encode_all([each])) for each in container.parse_all(data)]
    except AttornError:
        return [base64url_encode(data)]


PEERS: Final = (
    Peer(
        "pymacaroons",
        "`Macaroon.deserialize(text)`, `Verifier()` with `satisfy_general` of every first-party caveat, "
        "`verify(macaroon, key, discharges)`",
        _RULES,
        ("macaroon/valid-three-links", "macaroon/valid-discharge"),
        _verified,
        "Counted are the encoding of one macaroon, MACs, and discharges. What the conditions mean, who signed links, "
        "which key is asked for, and the JSON form are attorn's and not counted.",
    ),
)
