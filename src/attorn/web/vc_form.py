"""The forms in which an issuer of the VC API secures what it issues."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attorn.errors import InputError
from attorn.integrity import Suite
from attorn.keys.public import Algorithm


class Form(StrEnum):
    """How a credential is secured: by a proof of one suite of Data Integrity, or enveloped in a JWS."""

    EDDSA_JCS_2022 = "eddsa-jcs-2022"
    EDDSA_RDFC_2022 = "eddsa-rdfc-2022"
    ECDSA_JCS_2019 = "ecdsa-jcs-2019"
    ECDSA_RDFC_2019 = "ecdsa-rdfc-2019"
    JWT = "vc+jwt"
    """An EnvelopedVerifiableCredential that holds a JWS of this type (VC-JOSE-COSE 1.0)."""

    @property
    def suite(self) -> Suite | None:
        """The suite of Data Integrity; None for the JWS."""
        return None if self is Form.JWT else Suite(self.value)


_FORMS: Final = {
    Algorithm.ED25519: (Form.EDDSA_JCS_2022, Form.EDDSA_RDFC_2022, Form.JWT),
    Algorithm.P256: (Form.ECDSA_JCS_2019, Form.ECDSA_RDFC_2019, Form.JWT),
}


def _forms_of(algorithm: Algorithm) -> tuple[Form, ...]:
    """The forms that a key can sign, the one that needs nothing further first."""
    return _FORMS[algorithm]


def chosen(algorithm: Algorithm, preferred: Form | str | None = None) -> tuple[Form, ...]:
    """All forms that a key can sign, `preferred` first. Raises `InputError` where the key cannot sign it."""
    forms = _forms_of(algorithm)
    if preferred is None:
        return forms
    if preferred not in forms:
        raise InputError(f"suite: expected {', '.join(forms)} for a key of {algorithm}")
    first = Form(preferred)
    return (first, *(form for form in forms if form is not first))
