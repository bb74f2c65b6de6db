"""What an A2A request asks for, read alike by the client that presents a chain and the agent that checks it.

A presentation is bound to all of the request but itself: to its parts, its task and context, its configuration (where
notifications go) and all other metadata. Source: docs/adapters/a2a.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from a2a.types import Message, SendMessageRequest
from google.protobuf.json_format import Error as ProtoJsonError
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message as AnyMessage

from attorn.a2a.extension import EXTENSION
from attorn.canonical import JsonValue, canonicalise
from attorn.display import shown
from attorn.encoding import base64url_encode
from attorn.errors import InputError, LimitError, MalformedError
from attorn.request.binding import bound
from attorn.request.request import Request

SEND: Final = "SendMessage"
"""A2A's name of the method that carries messages; streaming or not, it asks for the same."""
MOST_REQUEST: Final = 1 << 20
"""Longest request, in bytes of protobuf."""
MOST_TEXT: Final = 8192
"""Longest text of a message that stands among the arguments, in code points."""

Route = Callable[[Message], Request]
"""Says what a message asks for. Client and agent must share it; `InputError` is for messages it does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """How requests to one agent are read: `resource` names the agent, such as the URL of its interface.

    What a message asks for says `route`, or without one: the action `a2a:SendMessage` on `resource`, with the members
    of its data part as arguments. Any other method is an action on `resource`, such as `a2a:GetTask`. The arguments
    `@method`, `@request` (a digest) and, of a message, `@text` are added. Raises `InputError`.
    """

    resource: str
    route: Route | None = None

    def __post_init__(self) -> None:
        Request(action=f"a2a:{SEND}", resource=self.resource)
        if self.route is not None and not callable(self.route):
            raise InputError(f"route: expected a callable, got {type(self.route).__name__}")

    def request(self, method: str, params: AnyMessage) -> Request:
        """What `params` of the A2A method `method` ask for; a presentation among them says nothing.

        Raises `InputError` if the route does not know the message or claims an argument that starts with `@`,
        `LimitError` and `MalformedError` for what is too long or cannot be written as JSON, and `UnavailableError` if
        the route fails.
        """
        if params.ByteSize() > MOST_REQUEST:
            raise LimitError(f"A2A request: expected at most {MOST_REQUEST} bytes")
        args: dict[str, JsonValue] = {"@method": method, "@request": _digest(params)}
        if isinstance(params, SendMessageRequest):
            text = "\n".join(part.text for part in params.message.parts if part.HasField("text"))
            if text and len(text) <= MOST_TEXT:
                args["@text"] = text
            return bound(self.route or self._plain, params.message, args, "A2A")
        return Request(action=f"a2a:{method}", resource=self.resource, args=args)

    def _plain(self, message: Message) -> Request:
        return Request(action=f"a2a:{SEND}", resource=self.resource, args=_arguments(message))


def _arguments(message: Message) -> dict[str, JsonValue]:
    """The members of the one data part, apart from parts of the extension itself."""
    data = [_json(part.data) for part in message.parts if part.HasField("data")]
    # A part of the extension's own has nothing beside it, so that nobody reads arguments where nobody compared them.
    found = [each for each in data if not (isinstance(each, dict) and each.keys() == {EXTENSION})]
    if not found:
        return {}
    if len(found) > 1 or not isinstance(found[0], dict) or EXTENSION in found[0]:
        raise InputError(f"message: expected one data part, an object, got {shown(len(found))} or something else")
    return found[0]


def _digest(params: AnyMessage) -> str:
    said = _json(params)
    if isinstance(said, dict) and isinstance(message := said.get("message"), dict):
        if isinstance(metadata := message.get("metadata"), dict):
            metadata.pop(EXTENSION, None)
        # To be there and empty says as little as not to be there, and clients of the SDK differ in that.
        for members, name in ((message, "metadata"), (said, "configuration")):
            if not members.get(name):
                members.pop(name, None)
    try:
        canonical = canonicalise(said)
    except InputError:
        raise MalformedError("A2A request: it has no canonical JSON") from None
    return f"sha-256:{base64url_encode(hashlib.sha256(canonical).digest())}"


def _json(value: AnyMessage) -> JsonValue:
    try:
        found: JsonValue = MessageToDict(value)
    except (ProtoJsonError, ValueError, RecursionError):
        raise MalformedError("A2A request: it cannot be written as JSON") from None
    return found
