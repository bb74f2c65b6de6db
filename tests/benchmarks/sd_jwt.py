"""SD-JWT beside the reference library sd-jwt: one credential, three claims shown of five, ES256 on both sides.

`python -m tests.benchmarks.sd_jwt [--rounds N]`. attorn's time includes what sd-jwt does not do: the issuer's DID is
resolved, times and duplicate members are checked, and what was signed is verified once before it leaves.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier
from tests.benchmarks.measure import Case, Timing, interleaved, repeated
from tests.benchmarks.rows import HEADINGS, Row, table

from attorn import Identity, sdjwt
from attorn.encoding import base64url_encode
from attorn.keys.jwk import to_jwk
from attorn.keys.signer import Ed25519Signer, P256Signer

FEWEST_ROUNDS = 7
TYP, AUDIENCE, NONCE = "example+sd-jwt", "https://verifier.example", "n-0S6_WzA2Mj"
OPEN = {"exp": 4_000_000_000, "level": 3}
HIDDEN: dict[str, Any] = {
    "name": "Alice Example",
    "email": "alice@example.com",
    "birthdate": "1970-01-01",
    "address": {"street": "Main 1", "city": "Anytown", "country": "DE"},
    "member": True,
}
SHOWN = ("name", "address", "member")


class Ours:
    """attorn, with keys of one kind."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.issuer, self.holder = Identity(make()), Identity(make())

    def issue(self) -> str:
        return sdjwt.issue(
            {**OPEN, **HIDDEN},
            by=self.issuer,
            typ=TYP,
            holder=self.holder.signer.public_key,
            disclosable=list(HIDDEN),
        )

    def present(self, text: str) -> str:
        now = datetime.now(UTC)
        return sdjwt.present(text, disclose=SHOWN, by=self.holder, audience=AUDIENCE, nonce=NONCE, now=now)

    def verify(self, text: str) -> object:
        return sdjwt.verify(text, typ=TYP, audience=AUDIENCE, nonce=NONCE, now=datetime.now(UTC)).claims


class Theirs:
    """sd-jwt, with the keys of attorn's side."""

    def __init__(self, ours: Ours) -> None:
        self.did = ours.issuer.did
        self.issuer, self.holder = (
            JWK(**to_jwk(each.signer.public_key), d=base64url_encode(each.signer.export_secret()))  # type: ignore[attr-defined]
            for each in (ours.issuer, ours.holder)
        )

    def issue(self) -> str:
        claims = {"iss": self.did, **OPEN, **{SDObj(name): value for name, value in HIDDEN.items()}}
        return str(SDJWTIssuer(claims, self.issuer, self.holder).sd_jwt_issuance)

    def present(self, text: str) -> str:
        holder = SDJWTHolder(text)
        holder.create_presentation(dict.fromkeys(SHOWN, True), NONCE, AUDIENCE, self.holder)
        return str(holder.sd_jwt_presentation)

    def verify(self, text: str) -> object:
        return SDJWTVerifier(text, lambda _issuer, _header: self.issuer, AUDIENCE, NONCE).get_verified_payload()


def timings(rounds: int) -> dict[str, Timing]:
    """Issue, present and verify on each side, turn by turn, every credential made by who reads it."""
    p256 = Ours(P256Signer.generate)
    sides: Mapping[str, Any] = {
        "attorn, ES256": p256,
        "sd-jwt, ES256": Theirs(p256),
        "attorn, EdDSA": Ours(Ed25519Signer.generate),
    }
    cases = []
    for name, side in sides.items():
        issued = side.issue()
        shown = side.present(issued)
        cases += [
            Case(f"{name}: issue", repeated(None), lambda _, side=side: side.issue()),
            Case(f"{name}: present", repeated(issued), partial(side.present)),
            Case(f"{name}: verify", repeated(shown), partial(side.verify)),
        ]
    return interleaved(cases, rounds)


def rows(found: Mapping[str, Timing]) -> list[Row]:
    """attorn over sd-jwt, for each verb."""
    made = []
    for ours in ("attorn, ES256", "attorn, EdDSA"):
        for verb in ("issue", "present", "verify"):
            mine, other = found[f"{ours}: {verb}"], found[f"sd-jwt, ES256: {verb}"]
            behind = f"{mine.median:.0f} us over {other.median:.0f} us"
            made.append(Row(name=f"{verb}: {ours} / sd-jwt, ES256", value=mine.over(other), unit="x", absolute=behind))
    return made


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sd_jwt", description=__doc__)
    parser.add_argument("--rounds", type=int, default=FEWEST_ROUNDS, help=f"at least {FEWEST_ROUNDS}")
    found = timings(max(FEWEST_ROUNDS, parser.parse_args(arguments).rounds))
    print(table(HEADINGS, [row.cells() for row in rows(found)]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
