"""Absolute URIs, as those that name a status list must be."""

from __future__ import annotations

import re
from typing import Final, TypeGuard

_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}:[!$-;=?-Z_a-z~\[\]@]{1,2000}")


def is_uri(value: object) -> TypeGuard[str]:
    """Whether `value` is an absolute ASCII URI of about 2,000 characters at most, without a fragment."""
    return isinstance(value, str) and _URI.fullmatch(value) is not None
