"""A2A agents: cards signed by the keys of DIDs. It decides nothing."""

from importlib.util import find_spec

if find_spec("a2a") is None:
    raise ImportError("attorn.a2a needs the A2A SDK, not installed here: pip install 'attorn[a2a]'")

from attorn.a2a.canonical import canonical_card, read_card
from attorn.a2a.card import VerifiedCard, sign_card, verify_card
from attorn.a2a.extension import EXTENSION, advertise, advertised

__all__ = [
    "EXTENSION",
    "VerifiedCard",
    "advertise",
    "advertised",
    "canonical_card",
    "read_card",
    "sign_card",
    "verify_card",
]
