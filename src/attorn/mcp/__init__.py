"""MCP at both ends: a chain presented with each call, verified by the server for that tool and those arguments.

Server: `SideCar` (the chain in `_meta`, beside whatever bearer token there is) or `Bearer` (the presentation is the
access token), for the MCP SDK's `MCPServer`; `attorn.mcp.fast` for FastMCP. Client: `Holder`. Source:
docs/adapters/mcp.md.
"""

try:
    import mcp as _mcp
except ImportError as error:
    raise ImportError("attorn.mcp needs the MCP SDK: pip install 'attorn[mcp]'") from error

from attorn.mcp.bearer import Bearer
from attorn.mcp.call import META_MEMBER, request_of
from attorn.mcp.client import Holder, presenting
from attorn.mcp.door import SideCar, acting
from attorn.mcp.gate import Gate

del _mcp

__all__ = ["META_MEMBER", "Bearer", "Gate", "Holder", "SideCar", "acting", "presenting", "request_of"]
