"""The example of RFC 9901 (sections 4.2 and 5), its keys included (appendix A.5): accepted, and made again."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from attorn import sdjwt
from attorn.errors import AttornError
from attorn.keys.jwk import from_jwk
from attorn.sdjwt.digest import HashAlgorithm
from attorn.sdjwt.disclosure import Disclosure

TYP = "example+sd-jwt"
ISSUER = from_jwk({
    "kty": "EC", "crv": "P-256",
    "x": "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ", "y": "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8",
})  # fmt: skip
HOLDER = {
    "kty": "EC", "crv": "P-256",
    "x": "TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc", "y": "ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ",
}  # fmt: skip
ADDRESS = {"street_address": "123 Main St", "locality": "Anytown", "region": "Anystate", "country": "US"}
HIDDEN: dict[str, tuple[Any, ...]] = {
    "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4": ("2GLC42sKQveCfGfryNRN9w", "given_name", "John"),
    "TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo": ("eluV5Og3gSNII8EYnsxA_A", "family_name", "Doe"),
    "JzYjH4svliH0R3PyEMfeZu6Jt69u5qehZo7F7EPYlSE": ("6Ij7tM-a5iVPGboS5tmvVA", "email", "johndoe@example.com"),
    "PorFbpKuVu6xymJagvkFsFXAbRoc2JGlAUA2BA4o7cI": ("eI8ZWm9QnKPpNPeNenHdhQ", "phone_number", "+1-202-555-0101"),
    "XQ_3kPKt1XyX7KANkqVR6yZ2Va5NrPIvPYbyMvRKBMM": ("Qg_O64zqAxe412a108iroA", "phone_number_verified", True),
    "XzFrzwscM6Gn6CJDc6vVK8BkMnfG8vOSKfpPIZdAfdE": ("AJx-095VPrpTtN4QMOqROA", "address", ADDRESS),
    "gbOsI4Edq2x2Kw-w5wPEzakob9hV1cRD0ATN3oQL9JM": ("Pc33JM2LchcU_lHggv_ufQ", "birthdate", "1940-01-01"),
    "CrQe7S5kqBAHt-nMYXgc6bdt2SH5aTY1sU_M-PgkjPI": ("G02NSrQfjFXQ7Io09syajA", "updated_at", 1570000000),
    "pFndjkZ_VCzmyTa6UjlZo3dh-ko8aIKQc9DlGzhaVYo": ("lklxF5jMYlGTPUovMNIvCA", "US"),
    "7Cf6JkPudry3lcbwHgeZ8khAv1U1OSlerP0VkBJrWZ0": ("nPuoQnkRFq3BIeAm7AnXFA", "DE"),
}
"""What the digests are of."""
PAYLOAD = {
    "_sd": sorted(digest for digest, content in HIDDEN.items() if len(content) == 3),
    "iss": "https://issuer.example.com",
    "iat": 1683000000,
    "exp": 1883000000,
    "sub": "user_42",
    "nationalities": [{"...": digest} for digest, content in HIDDEN.items() if len(content) == 2],
    "_sd_alg": "sha-256",
    "cnf": {"jwk": HOLDER},
}
SIGNATURE = "zjhXTlVnC9cFuDlL7JuR2TK7DCo0XtlMpbuNVNZJhWOkCPsRHn9oHNQkI02D6YziRYsapgbA_tV4-0LmAfA53Q"
BINDING = {
    "nonce": "1234567890",
    "aud": "https://verifier.example.org",
    "iat": 1748361941,
    "sd_hash": "1-Lcf6CiBmP72JDFuBF0bvalS-FzIlXyiCkJXp7pJmc",
}
BINDING_SIGNATURE = "4OCivqequv7GMn45GWWEBceEwvByv9wY61HvxbOKY0pOxyto9-HG2coh1D3frjl1AhF-vDnB1CD0SXL32P-toA"
NOW = datetime.fromtimestamp(1748361941, UTC)
SPELLINGS = (
    "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
    "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNXHUwMGY2Yml1cyJd",
    "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd",
    "WwoiXzI2YmM0TFQtYWM2cTJLSTZjQlc1ZXMiLAoiZmFtaWx5X25hbWUiLAoiTcO2Yml1cyIKXQ",
)


def part(value: Any) -> str:
    """JSON as the RFC's example writes it: with a space behind every comma and colon."""
    text = json.dumps(list(value) if isinstance(value, tuple) else value)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


JWT = ".".join((part({"alg": "ES256", "typ": TYP}), part(PAYLOAD), SIGNATURE))
KEY_BINDING = ".".join((part({"alg": "ES256", "typ": "kb+jwt"}), part(BINDING), BINDING_SIGNATURE))
ISSUED = "~".join((JWT, *map(part, HIDDEN.values()), ""))
NAMES = ("family_name", "address", "given_name", "US")
PRESENTED = "~".join((
    JWT, *(part(content) for name in NAMES for content in HIDDEN.values() if content[1] == name), KEY_BINDING
))  # fmt: skip


def check(text: str, **changed: Any) -> sdjwt.VerifiedSdJwt:
    given: dict[str, Any] = {"audience": BINDING["aud"], "nonce": BINDING["nonce"], "now": NOW, "keys": [ISSUER]}
    return sdjwt.verify(text, typ=TYP, **{**given, **changed})


@pytest.mark.parametrize("digest", HIDDEN)
def test_each_disclosure_has_its_digest(digest: str) -> None:
    text = part(HIDDEN[digest])
    assert HashAlgorithm.SHA_256.digest(text) == digest
    found = Disclosure.read(text)
    assert (found.name, found.value) == (HIDDEN[digest][1:] if len(HIDDEN[digest]) == 3 else (None, HIDDEN[digest][1]))


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_spelling_of_one_claim_reads_alike(text: str) -> None:
    found = Disclosure.read(text)
    assert (found.name, found.value) == ("family_name", "M\u00f6bius")
    # The first is the one whose digest section 4.2.3 gives; the others say the same under digests of their own.
    digest = HashAlgorithm.SHA_256.digest(text)
    assert (digest == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0") == (text == SPELLINGS[0])


def test_what_was_issued_holds() -> None:
    found = sdjwt.verify_issued(ISSUED, typ=TYP, now=NOW, keys=[ISSUER])
    assert found.claims["nationalities"] == ["US", "DE"]
    assert {name: found.claims[name] for name in ("address", "updated_at")} == {
        "address": ADDRESS, "updated_at": 1570000000
    }  # fmt: skip
    assert len(found.disclosed) == 10
    assert found.hidden == ()


def test_what_was_presented_holds() -> None:
    found = check(PRESENTED)
    assert found.claims == {
        "iss": "https://issuer.example.com",
        "iat": 1683000000,
        "exp": 1883000000,
        "sub": "user_42",
        "nationalities": ["US"],
        "cnf": {"jwk": HOLDER},
        "family_name": "Doe",
        "address": ADDRESS,
        "given_name": "John",
    }
    assert found.bound
    assert len(found.hidden) == 6


def test_the_holder_would_send_these() -> None:
    held = sdjwt.read(ISSUED)
    with pytest.raises(AttornError) as caught:
        sdjwt.present(ISSUED, disclose=["family_name"])
    assert caught.value.code == "invalid_input"
    assert ("nationalities", 0) in held.disclosable


@pytest.mark.parametrize(
    ("text", "code", "changed"),
    [
        (PRESENTED, "wrong_audience", {"audience": "https://verifier.example.com"}),
        (PRESENTED, "wrong_request", {"nonce": "1234567891"}),
        (PRESENTED, "outside_validity", {"now": datetime.fromtimestamp(1748361941 + 301, UTC)}),
        (PRESENTED, "outside_validity", {"now": datetime.fromtimestamp(1883000000, UTC)}),
        (PRESENTED, "bad_signature", {"keys": [from_jwk(HOLDER)]}),
        (PRESENTED, "bad_credential", {"keys": None}),
        (ISSUED, "not_holder", {}),
        (ISSUED + KEY_BINDING, "not_holder", {}),
        (PRESENTED.replace(part(HIDDEN["TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo"]) + "~", ""), "not_holder", {}),
        (PRESENTED.replace(SIGNATURE, BINDING_SIGNATURE), "bad_signature", {}),
        (PRESENTED.replace(BINDING_SIGNATURE, SIGNATURE), "not_holder", {}),
    ],
)
def test_what_does_not_hold(text: str, code: str, changed: dict[str, Any]) -> None:
    with pytest.raises(AttornError) as caught:
        check(text, **changed)
    assert caught.value.code == code


# Section 8: the JSON serialisations.

SUBJECT = {
    "8sm1QCf021pNnHACI5sP4m4KZgyNOOAYcTj9HNaC1wY": ("6Ij7tM-a5iVPGboS5tmvVA", "family_name", "Doe"),
    "4HBn6aIY3WtuGGWTx-qUj6cdk6WBpZygltdFavPa7LY": ("2GLC42sKQveCfGfryNRN9w", "sub", "john_doe_42"),
    "cgFdhqPo83xYNlJfacaCaa7uP9RCR50VE5R4LAQ9iqU": ("eI8ZWm9QnKPpNPeNenHdhQ", "birthdate", "1940-01-01"),
    "jMCXVz--9b8x37YcoDfXQinzw1wZcccfFRBCFGqdG2o": ("eluV5Og3gSNII8EYnsxA_A", "given_name", "John"),
}
CLAIMS = {
    "_sd": sorted(SUBJECT), "iss": "https://issuer.example.com", "iat": 1683000000, "exp": 1883000000,
    "_sd_alg": "sha-256", "cnf": {"jwk": HOLDER},
}  # fmt: skip
SIGNED = {
    "payload": part(CLAIMS), "protected": part({"alg": "ES256", "typ": TYP}),
    "signature": "tafypR458Veb7iGfxersENL-OX_w4jQBV37ZuD-8NtyfmsFf7cEnjeKxMbknWYytcjHMqBRrzhBT9-pWWzI7ig",
}  # fmt: skip
SHOWN = {
    "disclosures": [part(content) for content in SUBJECT.values() if content[1] in ("family_name", "given_name")],
    "kb_jwt": ".".join((
        part({"alg": "ES256", "typ": "kb+jwt"}),
        part({**BINDING, "sd_hash": "WL6UITT81pLt9VkjVPXEuqxQtA5vJbs84JSW6wDLUNY"}),
        "ZfEccF_zaMG09mo_NQZQl-SezfbHPqLRJZc9C0s0pF0gkFC47hBxE33ugdJF776wa9PhIOKZjfXVhdfRMUvpSg",
    )),
}  # fmt: skip


def test_the_flattened_serialisation() -> None:
    assert [HashAlgorithm.SHA_256.digest(part(content)) for content in SUBJECT.values()] == list(SUBJECT)
    text = sdjwt.from_json(json.dumps({**SIGNED, "header": SHOWN}))
    found = check(text)
    assert (found.claims["family_name"], found.claims["given_name"]) == ("Doe", "John")
    assert json.loads(sdjwt.to_json(text)) == {**SIGNED, "header": SHOWN}
    for shown in ({**SHOWN, "disclosures": SHOWN["disclosures"][::-1]}, {"disclosures": SHOWN["disclosures"]}):
        with pytest.raises(AttornError) as caught:
            check(sdjwt.from_json(json.dumps({**SIGNED, "header": shown})))
        assert caught.value.code == "not_holder"
