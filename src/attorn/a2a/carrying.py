"""Where a presentation stands in an A2A request: put there by the client, taken out by the agent.

In a message under its metadata, and then the message's extensions and the header `A2A-Extensions` say so as well. Other
methods carry no message: theirs is in a header of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, TypeVar

from a2a.types import (
    CancelTaskRequest,
    DeleteTaskPushNotificationConfigRequest,
    GetExtendedAgentCardRequest,
    GetTaskPushNotificationConfigRequest,
    GetTaskRequest,
    ListTaskPushNotificationConfigsRequest,
    ListTasksRequest,
    SendMessageRequest,
    SubscribeToTaskRequest,
    TaskPushNotificationConfig,
)

from attorn.a2a.extension import EXTENSION
from attorn.errors import LimitError, MalformedError

Params = TypeVar(
    "Params",
    CancelTaskRequest,
    DeleteTaskPushNotificationConfigRequest,
    GetExtendedAgentCardRequest,
    GetTaskPushNotificationConfigRequest,
    GetTaskRequest,
    ListTaskPushNotificationConfigsRequest,
    ListTasksRequest,
    SendMessageRequest,
    SubscribeToTaskRequest,
    TaskPushNotificationConfig,
)
"""What a method of A2A is asked with, each of which may name a tenant."""
HEADER: Final = "Attorn-Presentation"
"""The service parameter, over HTTP the header, of methods other than those that send a message."""


def declared(params: SendMessageRequest) -> SendMessageRequest:
    """A copy of `params` whose message says that it carries a presentation, and carries none yet."""
    made = SendMessageRequest()
    made.CopyFrom(params)
    if EXTENSION not in made.message.extensions:
        made.message.extensions.append(EXTENSION)
    return without(made)


def without(params: SendMessageRequest) -> SendMessageRequest:
    """A copy of `params` without the presentation, for whoever has no use for it."""
    made = SendMessageRequest()
    made.CopyFrom(params)
    if EXTENSION in made.message.metadata.fields:
        del made.message.metadata.fields[EXTENSION]
        if not made.message.metadata.fields:
            made.message.ClearField("metadata")
    return made


def of_tenant(params: Params, tenant: str) -> Params:
    """A copy of `params` for the tenant that the SDK acts for, which over REST is that of the path.

    Raises `MalformedError` where they name another themselves.
    """
    if params.tenant not in ("", tenant):
        raise MalformedError("the request names another tenant than its path")
    made = type(params)()
    made.CopyFrom(params)
    made.tenant = tenant
    return made


def carried(params: SendMessageRequest, requested: Collection[str], *, most: int) -> str | None:
    """The presentation of at most `most` characters, None where there is none and nothing says that there is one.

    `requested` are the extensions that the header names. Raises `LimitError` before anything else is looked at, and
    `MalformedError` where it is no text, or where the header, the message's extensions and its metadata disagree.
    """
    fields = params.message.metadata.fields
    found = fields.get(EXTENSION)
    if found is not None and found.ByteSize() > most + 16:
        raise LimitError(f"metadata: expected a presentation of at most {most} characters")
    if EXTENSION in params.metadata.fields:
        raise MalformedError("metadata: a presentation belongs to the message")
    said = (found is not None, EXTENSION in params.message.extensions, EXTENSION in requested)
    if len(set(said)) > 1 or list(params.message.extensions).count(EXTENSION) > 1:
        raise MalformedError("A2A-Extensions, the message's extensions and its metadata disagree about a presentation")
    if found is None:
        return None
    if found.WhichOneof("kind") != "string_value":
        raise MalformedError("metadata: expected the presentation as text")
    return str(found.string_value)


def in_header(headers: object) -> str | None:
    """The presentation in the headers of a method that sends no message, None if there is none.

    Raises `MalformedError` for two of them, and for one that is no text.
    """
    if not isinstance(headers, Mapping):
        return None
    found = [value for name, value in headers.items() if isinstance(name, str) and name.lower() == HEADER.lower()]
    if len(found) > 1 or not all(isinstance(value, str) for value in found):
        raise MalformedError(f"expected one header {HEADER}")
    return found[0] if found else None
