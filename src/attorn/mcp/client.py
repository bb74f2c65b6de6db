"""The agent's side: a fresh presentation for each message, made for its tool and its arguments alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self

from anyio import to_thread
from mcp.client._transport import TransportStreams
from mcp.shared._stream_protocols import WriteStream
from mcp.shared.exceptions import MCPError
from mcp.shared.message import ClientMessageMetadata, SessionMessage
from mcp_types import JSONRPCNotification, JSONRPCRequest

from attorn.approval import Approval, ApprovalRequest, ApprovalRequired
from attorn.errors import InputError
from attorn.holder import Holding
from attorn.identity import Identity
from attorn.mcp.call import LISTINGS, META_MEMBER, Params, canonical_uri, request_of
from attorn.mcp.waiting import Waiting
from attorn.token.token import Token


class Holder:
    """`identity` presents `token` to the server whose canonical URI is `server`. Raises `InputError`."""

    def __init__(self, identity: Identity, token: Token, *, server: str) -> None:
        self.server = canonical_uri(server)
        self._holding = Holding(identity, token, self.server)
        self._waiting = Waiting(self._holding.require_together)

    def present(self, method: str, params: Params) -> str:
        """A presentation for one message: once, here, with these arguments.

        Raises `InputError` for one that nothing can be bound to, and as `Identity.present`.
        """
        request = request_of(self.server, method, params)
        with self._waiting.taken(request.digest()) as mine:
            return self._holding.present(request, mine)

    def keep_approvals(self, *approvals: Approval | str) -> None:
        """Keep approvals, at most 64, until what they approve was presented; those of one message go together.

        Raises `MalformedError` for one that is none, and `InputError` for too many whose message was never sent and
        for those that no presentation of this holder could carry: another's, one twice, over 16 of one message.
        """
        self._waiting.keep([each if isinstance(each, Approval) else Approval.decode(each) for each in approvals])

    def asked(self, error: MCPError, method: str, params: Params) -> ApprovalRequest | None:
        """What to hand to the approvers, if it is their approval that this message lacked; else None.

        Raises `MalformedError` if the server asks for approval of anything else than was sent, and `InputError` for a
        message that could not have been.
        """
        if not isinstance(error, MCPError):
            raise InputError(f"error: expected an MCPError, got {type(error).__name__}")
        data = error.error.data
        if not isinstance(data, dict) or data.get("code") != ApprovalRequired.code:
            return None
        return self._holding.about(data.get("approval"), request_of(self.server, method, params))


@asynccontextmanager
async def presenting(
    transport: AbstractAsyncContextManager[TransportStreams], holder: Holder, *, bearer: bool = False
) -> AsyncIterator[TransportStreams]:
    """`transport` with a presentation for each message: `Client(presenting(streamable_http_client(url), holder))`.

    It goes into the `_meta` of each request but listings, or if `bearer` into the Authorization header of each POST.
    Raises `InputError` for anything but a `Holder`.
    """
    async with transport as (read, write):
        yield read, HolderStream(write, holder, bearer=bearer)


class HolderStream:
    """A stream of messages to a server, each with its presentation. Raises `InputError` for anything but a `Holder`."""

    def __init__(self, stream: WriteStream[SessionMessage], holder: Holder, *, bearer: bool) -> None:
        if not isinstance(holder, Holder):
            raise InputError(f"holder: expected a Holder, got {type(holder).__name__}")
        self._stream = stream
        self._holder = holder
        self._bearer = bearer

    async def send(self, item: SessionMessage, /) -> None:
        """Send one message. Raises as `Holder.present`."""
        message = item.message
        if isinstance(message, JSONRPCRequest | JSONRPCNotification) and self._bearer:
            # The signer may block.
            wire = await to_thread.run_sync(self._holder.present, message.method, message.params)
            known = item.metadata if isinstance(item.metadata, ClientMessageMetadata) else ClientMessageMetadata()
            headers = {**(known.headers or {}), "Authorization": f"Bearer {wire}"}
            item = replace(item, metadata=replace(known, headers=headers))
        elif isinstance(message, JSONRPCRequest) and message.method not in LISTINGS:
            params = dict(message.params or {})
            wire = await to_thread.run_sync(self._holder.present, message.method, params)
            params["_meta"] = {**(params.get("_meta") or {}), META_MEMBER: wire}
            item = replace(item, message=message.model_copy(update={"params": params}))
        await self._stream.send(item)

    async def aclose(self) -> None:
        """Close the stream."""
        await self._stream.aclose()

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._stream.__aexit__(kind, error, trace)
