"""What a message of some protocol asks for, bound to the message: args whose names start with `@` say of which one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from attorn.canonical import JsonValue
from attorn.errors import InputError, UnavailableError
from attorn.handed import ask
from attorn.request.request import Request

_Said = TypeVar("_Said")


def bound(route: Callable[[_Said], Request], message: _Said, args: Mapping[str, JsonValue], whose: str) -> Request:
    """What `route`, which a host handed in, says of `message`, with `args` besides, of the binding named `whose`.

    Raises `InputError` if the route does not know the message or claims an arg that starts with `@`, whatever
    `AttornError` it raises, and `UnavailableError` if it fails.
    """
    asked = ask("route", lambda: route(message))
    if not isinstance(asked, Request):
        raise UnavailableError(f"the route must return a Request, got {type(asked).__name__}")
    if any(name.startswith("@") for name in asked.args):
        raise InputError(f"args whose names start with '@' belong to the {whose} binding")
    return Request(action=asked.action, resource=asked.resource, args={**asked.args, **args}, cost=asked.cost)
