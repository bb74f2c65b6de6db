"""Revocations and the lives of principals as Security Event Tokens (RFC 8417), out and in."""

from attorn.events.receiver import IssuerError, Received, Receiver
from attorn.events.security_event import SecurityEvent
from attorn.events.subject import SubjectId
from attorn.events.transmitter import Outbox, emit

__all__ = ["IssuerError", "Outbox", "Received", "Receiver", "SecurityEvent", "SubjectId", "emit"]
