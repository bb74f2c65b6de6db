"""Harnesses of SD-JWT: the text as it comes, and claims and disclosures of any content once their digests are right."""

from __future__ import annotations

import json
from collections.abc import Iterable
from random import Random
from typing import Any

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, Refusal, accepted, joined, parts_of, require, text_of, tried
from tests.unit import sdjwt_scene as scene

from attorn.encoding import base64url_encode
from attorn.errors import AttornError, InputError, VerificationError
from attorn.sdjwt import json_form, presenting, reading, verifying
from attorn.sdjwt.confirmation import Confirmation
from attorn.sdjwt.profile import SD_JWT_VC

_REFUSED = (VerificationError,)
_NEVER = ("iss", "aud", "exp", "nbf", "cnf", "status", "vct", "vct#integrity")
_MARK = "#"
"""Before the number of a disclosure, where its digest is to stand."""


def _text(data: bytes) -> bool:
    text = text_of(data)
    found = accepted(lambda: reading.read(text), *_REFUSED)
    require(found.compact.encode() == text, "another SD-JWT")
    require(json_form.from_json(json_form.to_json(text)) == text, "another SD-JWT as JSON")
    _require_plain(found.unverified_claims)
    require(len(found.disclosable) == len(found.compact.disclosures), "a disclosure that stands nowhere")
    tried(lambda: Confirmation.read(found.unverified_claims), *_REFUSED)
    less = presenting.select(found, found.disclosable[:1])
    require(set(less.disclosures) <= set(found.compact.disclosures), "a disclosure from nowhere")
    require(reading.read(less.encode()).compact == less, "what a holder selects is no SD-JWT")
    genuine = tried(lambda: verifying.verify_issued(text, typ=found.typ, now=scene.AT), *_REFUSED)
    require(genuine is None or genuine.claims == found.unverified_claims, "other claims unverified than verified")
    return True


def _require_plain(value: Any) -> None:
    """No digest is left in what was revealed."""
    if isinstance(value, dict):
        require(not {"_sd", "...", "_sd_alg"} & value.keys(), "a digest that was left", value.keys())
        for member in value.values():
            _require_plain(member)
    elif isinstance(value, list):
        for member in value:
            _require_plain(member)


def _claims(data: bytes) -> bool:
    """The first part is the payload, each of the others a disclosure; `#0` is the digest of the first of these."""
    parts = parts_of(data, 9)
    texts: list[str] = []
    digests: dict[str, str] = {}
    # From the last on: a disclosure may hold digests of those behind it.
    for number in range(len(parts) - 1, 0, -1):
        text = base64url_encode(_with_digests(parts[number], digests))
        if not text:
            raise Refusal
        texts.insert(0, text)
        digests[f"{_MARK}{number - 1}"] = scene.hashed(text)
    jwt = scene.jwt(_with_digests(parts[0], digests))
    issued = "~".join((jwt, *texts, ""))
    found = accepted(lambda: verifying.verify_issued(issued, typ=SD_JWT_VC, now=scene.AT), *_REFUSED)
    _require_plain(found.claims)
    require(len(found.disclosed) == len(texts), "a disclosure that stands nowhere")
    require(not [path for path in (*found.disclosed, *found.hidden) if path and path[0] in _NEVER], "hidden validity")
    require(found.issuer == scene.ISSUER.did and found.claims.get("vct"), "another issuer, or no type")
    _present(issued, found)
    return True


def _present(issued: str, found: verifying.VerifiedSdJwt) -> None:
    """Whoever holds this presents all of it, and then nothing of it."""
    bound: dict[str, Any] = {"audience": scene.AUDIENCE, "nonce": scene.NONCE, "now": scene.AT}
    if found.confirmation is None:
        shown = presenting.present(issued, disclose=found.disclosed)
        asked: dict[str, Any] = {"audience": None, "nonce": None, "now": scene.AT}
    else:
        shown = accepted(
            lambda: presenting.present(issued, disclose=found.disclosed, by=scene.HOLDER, **bound), InputError
        )
        asked = bound
    again = tried(lambda: verifying.verify(shown, typ=SD_JWT_VC, **asked), *_REFUSED)
    require(again is None or again.claims == found.claims, "other claims presented than issued")
    require(again is not None or "aud" in found.claims or _is_named(found), "what is presented is refused")
    for other in ({**asked, "audience": "x", "nonce": "y"}, {**bound, "nonce": "z"}):
        try:
            verifying.verify(shown, typ=SD_JWT_VC, **other)
        except AttornError:
            continue
        require(False, "good for anybody")


def _is_named(found: verifying.VerifiedSdJwt) -> bool:
    return found.confirmation is not None and found.confirmation.method is not None


def _with_digests(part: bytes, digests: dict[str, str]) -> bytes:
    """JSON with digests where the marks are; other bytes as they are."""
    try:
        return json.dumps(_marked(json.loads(part), digests), ensure_ascii=False).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return part


def _marked(value: Any, digests: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _marked(member, digests) for name, member in value.items()}
    if isinstance(value, list):
        return [_marked(member, digests) for member in value]
    return digests.get(value, value) if isinstance(value, str) else value


def _parts(data: bytes, random: Random) -> bytes:
    """An SD-JWT with one of its parts changed by what it holds, dropped, repeated or moved."""
    parts = data.split(b"~")
    at = random.randrange(len(parts))
    match random.randrange(10):
        case 0:
            parts.insert(random.randrange(len(parts) + 1), parts[at])
        case 1:
            del parts[at]
        case 2:
            parts.append(b"")
        case 3 | 4 if at:
            parts[at] = mutators.base64url(mutators.json_text)(parts[at], random)
        case _:
            pieces = parts[at].split(b".")
            which = random.randrange(len(pieces))
            pieces[which] = mutators.base64url(mutators.json_text)(pieces[which], random)
            parts[at] = b".".join(pieces)
    return b"~".join(parts)


def _texts() -> Iterable[bytes]:
    yield scene.issued().encode()
    yield scene.issued(decoys=2, holder=None).encode()
    yield scene.presented(scene.issued(), "name", ("address", "street")).encode()
    yield scene.issued({"vct": scene.VCT}, disclosable=[], holder=scene.HOLDER.did).encode()
    yield scene.issued({"a": [[1], {"b": 2}]}, typ="x+sd-jwt", disclosable=["a", ("a", None), ("a", 1, "b")]).encode()


def _contents() -> Iterable[bytes]:
    plain = scene.payload()
    named = [b'["s","name","Alice"]', b'["t","street","Main 1"]', b'["u","DE"]']
    inner = b'["v","address",{"_sd":["#1"],"city":"Anytown"}]'

    def payload(**changed: Any) -> bytes:
        return json.dumps({**plain, **changed}).encode()

    yield payload()
    yield payload(_sd=["#0"])
    yield joined(payload(_sd=["#0"]), named[0])
    yield joined(payload(_sd=["#0"], _sd_alg="sha-256", exp=scene.NOW + 9, nbf=0, iat=scene.NOW), inner, named[1])
    yield joined(payload(nationalities=[{"...": "#0"}, {"...": "decoy"}, "FR"]), named[2])
    yield joined(payload(a={"b": [{"_sd": ["#1", "x"]}]}, _sd=["#0"]), named[0], named[1])
    yield json.dumps({name: value for name, value in plain.items() if name != "cnf"}).encode()
    yield payload(status={"status_list": {"idx": 7, "uri": "https://issuer.example/lists/1"}}, aud=scene.AUDIENCE)
    yield payload(cnf={"kid": f"{scene.HOLDER.did}#{scene.HOLDER.did[8:]}"}, aka_vcts=["x"])


HARNESSES = (
    Harness("sd-jwt", "identity; no digest is left in the claims", _text, _texts, "attorn.sdjwt.reading:read",
            "attorn.sdjwt.compact:Compact.encode", _parts, size=8192),
    Harness("sd-jwt-claims", "signed; what is presented is what was issued, for one audience", _claims, _contents,
            "attorn.sdjwt.verifying:verify_issued", None, mutators.each_part(mutators.json_text), size=8192),
)  # fmt: skip
