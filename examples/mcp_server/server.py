"""An MCP server of files: over HTTP, where a presentation is the access token, or over stdio, where it is in `_meta`.

Run by main.py, as `server.py http ROOT` or `server.py stdio ROOT`, where ROOT is the DID of the user whom it trusts.
"""

from __future__ import annotations

import socket
import sys

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from attorn import Verifier
from attorn.mcp import Bearer, Gate, SideCar, acting

FILES = {"/srv/reports/november": "Sales are up.", "/srv/salaries": "Do not show this to agents."}


def read(path: str) -> str:
    """Read a file."""
    # The door has let this call through; for whom, and by whom, the tool may still want to know.
    access = acting()
    if path not in FILES:
        raise ToolError("there is no such file")
    return f"{FILES[path]} (for {access.root[-6:]}, asked by {access.holder[-6:]})"


def over_http(root: str) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    uri = f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
    door = Bearer(Verifier(audience=uri, roots=[root]))
    server = MCPServer(
        "files",
        extensions=[door],
        middleware=[door],
        token_verifier=door,
        auth=door.auth("https://chains.example"),
        log_level="ERROR",
    )
    server.add_tool(read)
    app = Gate(server.streamable_http_app(), door)
    print(uri, flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])


def over_stdio(root: str) -> None:
    door = SideCar(Verifier(audience="mcp://files", roots=[root]))
    server = MCPServer("files", extensions=[door], middleware=[door], log_level="ERROR")
    server.add_tool(read)
    server.run("stdio")


if __name__ == "__main__":
    {"http": over_http, "stdio": over_stdio}[sys.argv[1]](sys.argv[2])
