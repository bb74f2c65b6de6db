"""A2A agents: cards signed by DIDs, chains in messages, approvals and delegations between tasks. It decides nothing."""

from importlib.util import find_spec

if find_spec("a2a") is None:
    raise ImportError("attorn.a2a needs the A2A SDK, not installed here: pip install 'attorn[a2a]'")

from attorn.a2a.binding import Binding
from attorn.a2a.canonical import canonical_card, read_card
from attorn.a2a.card import VerifiedCard, sign_card, verify_card
from attorn.a2a.client import HolderInterceptor, continued, with_approvals, with_chain
from attorn.a2a.executor import ChainExecutor, ChainUser, access_of
from attorn.a2a.extension import EXTENSION, advertise, advertised
from attorn.a2a.handing import handed_over, token_part
from attorn.a2a.server import ChainHandler

__all__ = [
    "EXTENSION",
    "Binding",
    "ChainExecutor",
    "ChainHandler",
    "ChainUser",
    "HolderInterceptor",
    "VerifiedCard",
    "access_of",
    "advertise",
    "advertised",
    "canonical_card",
    "continued",
    "handed_over",
    "read_card",
    "sign_card",
    "token_part",
    "verify_card",
    "with_approvals",
    "with_chain",
]
