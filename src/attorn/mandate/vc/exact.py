"""Mandates are read by what their text says: a number is refused that a double would not keep as it was written.

Signatures of Data Integrity, and digests, are over doubles (RFC 8785): for them `128.30000000000001` is `128.3`. Who
reads the text as decimals would read another amount.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Final

from attorn.display import shown
from attorn.encoding import base64url_decode
from attorn.errors import MandateError


def require_exact(text: str) -> None:
    """Returns for a credential that is a compact JWS or a JSON object, with numbers that are what they say.

    `text` is known to be a credential in one of the forms of `attorn.credential`. Raises `MandateError` also for the
    others: of an SD-JWT, its holder could keep back what the mandate follows.
    """
    if text.lstrip(" \t\r\n").startswith("{"):
        body = text
    elif "~" not in text:
        body = base64url_decode(text.split(".")[1]).decode()
    else:
        raise MandateError("mandate: expected a JWS or a Data Integrity proof, got an SD-JWT")
    if "credentialSubject" not in _DECODER.decode(body):
        raise MandateError("mandate: expected a JWS or a Data Integrity proof, got an envelope")


def _kept(text: str) -> float:
    value = float(text)
    if Decimal(text) != Decimal(repr(value)):
        raise MandateError(f"mandate: expected numbers of fewer digits, got {shown(text)}")
    return value


_DECODER: Final = json.JSONDecoder(parse_float=_kept)
