"""attorn doing the same with credentials, through its public names only.

Its time includes the rules of the data model, DID resolution, times, terms that no context defines, and for the issuer
one verification of what it signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from tests.benchmarks import credential_scenario as scenario

from attorn import Identity, credential, sdjwt
from attorn.credential import Securing
from attorn.did.resolver import LocalResolver
from attorn.integrity import Suite

_HIDDEN = [("credentialSubject", name) for name in scenario.HIDDEN]
TYP = "example+sd-jwt"


@dataclass(frozen=True, slots=True)
class Credentials:
    """One issuer that secures credentials in one way."""

    issuer: Identity
    securing: Securing = Securing.DATA_INTEGRITY
    suite: Suite | None = None

    def sign(self) -> str:
        document = scenario.document(self.issuer.did)
        now = datetime.now(UTC)
        hidden = _HIDDEN if self.securing is Securing.SD_JWT else ()
        secured = credential.issue(
            document, by=self.issuer, securing=self.securing, suite=self.suite, created=now, disclosable=hidden
        )
        return secured if isinstance(secured, str) else scenario.text(secured)

    def verify(self, text: str) -> object:
        now = datetime.now(UTC)
        return credential.verify(text, resolver=LocalResolver(), now=now, issuers=[self.issuer.did]).document


@dataclass(frozen=True, slots=True)
class Bound:
    """One issuer of SD-JWTs and the holder whom they are bound to."""

    issuer: Identity
    holder: Identity

    def issue(self) -> str:
        claims = scenario.document(self.issuer.did)
        key = self.holder.signer.public_key
        return sdjwt.issue(claims, by=self.issuer, typ=TYP, holder=key, disclosable=_HIDDEN)

    def present(self, text: str) -> str:
        shown = [("credentialSubject", name) for name in scenario.SHOWN]
        to, nonce = scenario.AUDIENCE, scenario.NONCE
        return sdjwt.present(text, disclose=shown, by=self.holder, audience=to, nonce=nonce, now=datetime.now(UTC))

    def verify(self, text: str) -> object:
        to, nonce = scenario.AUDIENCE, scenario.NONCE
        return sdjwt.verify(text, typ=TYP, audience=to, nonce=nonce, now=datetime.now(UTC)).claims
