"""The headers of a request, which may come more than once."""

from __future__ import annotations

from attorn.asgi.connection import Scope


def header_values(scope: Scope, name: bytes) -> tuple[bytes, ...]:
    """Every value of one header; `name` in lower case."""
    return tuple(value for key, value in scope["headers"] if key.lower() == name)


def media_type(scope: Scope) -> str:
    """The type of the body, in lower case and without parameters; empty unless exactly one header says it."""
    values = header_values(scope, b"content-type")
    return values[0].partition(b";")[0].strip().lower().decode("latin-1") if len(values) == 1 else ""


def accepted_types(scope: Scope) -> tuple[str, ...]:
    """The types that `Accept` names, in their order, in lower case; how much each is wanted, nobody is told."""
    listed = b",".join(header_values(scope, b"accept")).decode("latin-1").split(",")
    types = (each.partition(";")[0].strip().lower() for each in listed)
    return tuple(each for each in types if each)
