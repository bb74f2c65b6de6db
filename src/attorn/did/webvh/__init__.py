"""did:webvh 1.0: DIDs on the web with a verifiable history. See docs/spec/webvh.md."""

from attorn.did.webvh.approval import approve
from attorn.did.webvh.controller import create, deactivate, move, rotate, update
from attorn.did.webvh.document import write_state
from attorn.did.webvh.history import History, unasked, verify
from attorn.did.webvh.identifier import parse
from attorn.did.webvh.resolver import WebvhResolver
from attorn.did.webvh.witness import NOBODY, Witnesses

__all__ = [
    "NOBODY",
    "History",
    "WebvhResolver",
    "Witnesses",
    "approve",
    "create",
    "deactivate",
    "move",
    "parse",
    "rotate",
    "unasked",
    "update",
    "verify",
    "write_state",
]
