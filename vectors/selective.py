"""SD-JWTs (RFC 9901) written from primitives, right or wrong on purpose. Nothing here imports attorn."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from .jose import changed, header_of, jws
from .testkit import Key, url64
from .world import World

TYP = "dc+sd-jwt"


def salt(w: World, label: str) -> str:
    return url64(w.octets(f"salt {label}", 16))


def disclosure(*content: Any) -> str:
    """The text of one disclosure: a salt, perhaps a name, and a value."""
    return url64(json.dumps(content, separators=(",", ":")).encode())


def claim(w: World, name: str, value: Any) -> str:
    """The disclosure of a member of an object."""
    return disclosure(salt(w, name), name, value)


def element(w: World, value: Any) -> str:
    """The disclosure of an element of an array."""
    return disclosure(salt(w, f"element {value}"), value)


def digest(text: str, algorithm: str = "sha256") -> str:
    return url64(hashlib.new(algorithm, text.encode()).digest())


def hidden(text: str) -> dict[str, str]:
    """What stands in an array for a hidden element."""
    return {"...": digest(text)}


def audience(w: World) -> str:
    return f"https://{w.word('verifier', 'calendar')}.example"


def nonce(w: World) -> str:
    return url64(w.octets("nonce", 12))


def claims_of(w: World, **changes: Any) -> dict[str, Any]:
    """An SD-JWT VC about scout by carol, in which nothing is hidden; None takes a claim away."""
    return changed(
        {
            "iss": w.key("carol").did,
            "iat": w.now - 600,
            "exp": w.now + 86_400,
            "vct": f"https://{w.word('vct', 'issuer')}.example/agent",
            "cnf": {"jwk": w.key("scout").jwk},
        },
        **changes,
    )


def issued(
    w: World,
    claims: Mapping[str, Any] | bytes,
    *disclosures: str,
    by: Key | None = None,
    typ: str | None = TYP,
    **header: Any,
) -> str:
    """The SD-JWT of these claims by carol, or by somebody else, with these disclosures; no key binding."""
    key = by or w.key("carol")
    return "~".join((jws(key, header_of(key, TYP, **{"typ": typ, **header}), claims), *disclosures, ""))


def binding(w: World, text: str, algorithm: str = "sha256", **changes: Any) -> dict[str, Any]:
    """The claims of a key binding of `text` up to its last `~`; None takes one away."""
    unbound = text[: text.rindex("~") + 1]
    said = {"aud": audience(w), "iat": w.now - 5, "nonce": nonce(w), "sd_hash": digest(unbound, algorithm)}
    return changed(said, **changes)


def bound(text: str, said: Mapping[str, Any], by: Key, **header: Any) -> str:
    """`text` with a key binding of these claims by `by`."""
    return text + jws(by, changed({"alg": header_of(by, "")["alg"], "typ": "kb+jwt"}, **header), said)


def shown(w: World, text: str, **changes: Any) -> str:
    """`text` as scout shows it to the verifier."""
    return bound(text, binding(w, text, **changes), w.key("scout"))


def question(w: World, text: str, **changes: Any) -> dict[str, Any]:
    """Whether it holds, for a verifier that gave a nonce."""
    return changed({"sd_jwt": text, "typ": TYP, "now": w.now, "audience": audience(w), "nonce": nonce(w)}, **changes)


BEARER = {"audience": None, "nonce": None}
"""A verifier that asks for no key binding."""
