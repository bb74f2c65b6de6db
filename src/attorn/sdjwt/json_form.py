"""The JWS JSON serialisation of an SD-JWT (RFC 9901 section 8), turned into the compact form and back.

Nothing else of attorn reads it: what is verified is the compact form, which `sd_hash` is over in either case.
"""

from __future__ import annotations

from typing import Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.errors import InputError, MalformedError
from attorn.sdjwt.compact import MOST_CHARACTERS, Compact

_MOST: Final = 2 * MOST_CHARACTERS
_DEPTH: Final = 5


def from_json(text: str) -> str:
    """The compact SD-JWT that the flattened or general serialisation in `text` says, key binding included.

    Of the unprotected header only `disclosures` and `kb_jwt` mean anything. Raises `MalformedError` for any other form,
    more than one signature included, and `LimitError` as the compact form does.
    """
    if not isinstance(text, str):
        raise InputError(f"SD-JWT: expected str, got {type(text).__name__}")
    members = parse(text, most=_MOST, depth=_DEPTH)
    if not isinstance(members, dict):
        raise MalformedError("SD-JWT: expected a JSON object")
    signed = _signature(members)
    header = signed.get("header", {})
    if not isinstance(header, dict):
        raise MalformedError("SD-JWT: expected header as an object")
    disclosures = header.get("disclosures", [])
    if not isinstance(disclosures, list):
        raise MalformedError("SD-JWT: expected disclosures as an array")
    compact = Compact(
        ".".join(_text(each) for each in (signed.get("protected"), members.get("payload"), signed.get("signature"))),
        tuple(map(_text, disclosures)),
        _text(header["kb_jwt"]) if "kb_jwt" in header else None,
    )
    joined = compact.encode()
    # Else a part that is empty, or holds a separator, would become something else than it is here.
    if Compact.split(joined) != compact:
        raise MalformedError("SD-JWT: a part of it is not what it stands for")
    return joined


def to_json(text: str) -> str:
    """The flattened serialisation of the compact SD-JWT `text`. Raises `MalformedError` or `LimitError`."""
    compact = Compact.split(text)
    protected, payload, signature = compact.jwt.split(".")
    header: dict[str, JsonValue] = {"disclosures": list(compact.disclosures)}
    if compact.key_binding is not None:
        header["kb_jwt"] = compact.key_binding
    members = {"header": header, "payload": payload, "protected": protected, "signature": signature}
    return canonicalise(members).decode()


def _signature(members: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Where the one signature stands: in the object itself, or alone in its `signatures`."""
    if "signatures" not in members:
        return members
    signatures = members["signatures"]
    for name in ("signature", "protected", "header"):
        if name in members:
            raise MalformedError(f"SD-JWT: {name} beside signatures")
    if not isinstance(signatures, list) or len(signatures) != 1 or not isinstance(signatures[0], dict):
        raise MalformedError("SD-JWT: expected signatures as an array of one object")
    return signatures[0]


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise MalformedError("SD-JWT: expected each part as text")
    return value
