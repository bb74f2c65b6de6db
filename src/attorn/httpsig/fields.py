"""What a request claims of the agent that signed it, read from its fields before anybody has checked a signature.

One meaning or none: duplicates of any kind are refused, and exactly one signature may be the one that is meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

import http_sf

from attorn.errors import InputError, MalformedError, SignatureError
from attorn.httpsig.message import SignedMessage
from attorn.httpsig.source import Kind, Source

TAG: Final = "web-bot-auth"
LABEL: Final = "sig1"
_AGENT: Final = "signature-agent"
_KEYID: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_MOST_COMPONENTS: Final = 32
_Params = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedClaim:
    """The one signature of a request that is meant for this profile, and what its signer says.

    `covered` are the components as they are written, `"@method"` with its quotes; `source` is where its keys are said
    to be, `created` and `expires` Unix seconds.
    """

    label: str
    keyid: str
    created: int
    expires: int
    nonce: str | None
    covered: frozenset[str]
    source: Source


def is_signed(message: SignedMessage) -> bool:
    """Whether the request says that it is signed at all."""
    return any(message.one(name) is not None for name in ("signature", "signature-input"))


def read_claim(message: SignedMessage, *, legacy: bool = False, loopback: bool = False) -> UnverifiedClaim:
    """What the signature of a request says. `legacy` takes Signature-Agent as a bare String, too.

    Raises `MalformedError` for fields that cannot be read, or not in one way, and `SignatureError` for those that can
    and do not say what the profile requires.
    """
    signatures, inputs = (_dictionary(message, name) for name in ("signature", "signature-input"))
    if signatures.keys() != inputs.keys():
        raise MalformedError("expected Signature and Signature-Input to have the same labels")
    meant = [label for label, (_, params) in inputs.items() if params.get("tag") == TAG]
    if len(meant) != 1:
        raise SignatureError(f"expected one signature with the tag {TAG}, got {len(meant) or 'none'}")
    (label,) = meant
    components, params = inputs[label]
    if not isinstance(components, list) or not isinstance(signatures[label][0], bytes):
        raise MalformedError("expected an inner list in Signature-Input, and bytes in Signature")
    if len(components) > _MOST_COMPONENTS:
        raise MalformedError(f"Signature-Input: expected at most {_MOST_COMPONENTS} components")
    written = [http_sf.ser(component) for component in components]
    named = [(spelt, given) for spelt, (name, given) in zip(written, components, strict=True) if name == _AGENT]
    if len(named) != 1:
        raise SignatureError(f"expected a signature over one member of Signature-Agent, got {len(named) or 'none'}")
    return UnverifiedClaim(
        label=label,
        keyid=_text(params, "keyid", _KEYID),
        created=_second(params, "created"),
        expires=_second(params, "expires"),
        nonce=_text(params, "nonce") if "nonce" in params else None,
        covered=frozenset(written),
        source=_source(message, named[0][1], legacy, loopback),
    )


def _dictionary(message: SignedMessage, name: str) -> dict[str, tuple[object, _Params]]:
    text = message.one(name)
    if text is None:
        raise SignatureError(f"expected the field {name}")
    return cast("dict[str, tuple[object, _Params]]", _parsed(text, name, "dictionary"))


def _parsed(text: str, name: str, kind: str) -> object:
    found = _structured(text, kind)
    if found is None:
        raise MalformedError(f"{name}: expected a structured field (RFC 9651), and nothing in it twice")
    return found


def _structured(text: str, kind: str) -> object | None:
    """The value of a structured field of this kind; None for what is none, or says something twice."""

    def refuse(key: str, context: str) -> None:
        del key
        raise ValueError(f"a {context} that is there twice")

    try:
        return http_sf.parse(text.encode("ascii"), tltype=kind, on_duplicate_key=refuse)
    except ValueError:
        # An error from here would have the parser's for its context, which carries the whole field.
        return None


def _source(message: SignedMessage, given: _Params, legacy: bool, loopback: bool) -> Source:
    """The agent that the covered member names. A member of a type that nobody knows is as good as none."""
    text = message.one(_AGENT)
    if text is None:
        raise SignatureError(f"expected the field {_AGENT}")
    if text.lstrip(" ").startswith('"'):
        if not legacy:
            raise SignatureError("Signature-Agent: expected a dictionary; a bare string is not taken here")
        value, params = cast("tuple[object, _Params]", _parsed(text, _AGENT, "item"))
        if given or params:
            raise SignatureError("Signature-Agent: a bare string has no member and no type")
    else:
        members = cast("dict[str, tuple[object, _Params]]", _parsed(text, _AGENT, "dictionary"))
        key = given.get("key")
        if set(given) != {"key"} or not isinstance(key, str) or key not in members:
            raise SignatureError("expected a signature over a member of Signature-Agent, by its key and nothing else")
        value, params = members[key]
    kind = params.get("type", http_sf.Token(Kind.DIRECTORY))
    if set(params) - {"type"} or not isinstance(kind, http_sf.Token) or str(kind) not in list(Kind):
        raise SignatureError("Signature-Agent: the member is of a type that is ignored here")
    if not isinstance(value, str):
        raise MalformedError("Signature-Agent: expected the URL as a string")
    try:
        return Source(value, Kind(str(kind)), loopback=loopback)
    except InputError as error:
        raise MalformedError(f"Signature-Agent: {error}") from None


def _text(params: _Params, name: str, form: re.Pattern[str] | None = None) -> str:
    value = params.get(name)
    if value is None:
        raise SignatureError(f"Signature-Input: expected {name}")
    if not isinstance(value, str) or (form is not None and form.fullmatch(value) is None):
        raise MalformedError(f"Signature-Input: expected {name} as a string of its form")
    return value


def _second(params: _Params, name: str) -> int:
    value = params.get(name)
    if value is None:
        raise SignatureError(f"Signature-Input: expected {name}")
    if type(value) is not int or value < 0:
        raise MalformedError(f"Signature-Input: expected {name} as a Unix second")
    return value
