"""The command line: `attorn id|mint|delegate|present|inspect|verify|revoke|audit|vectors|demo`.

`main` runs one command and returns its exit code, which `attorn.cli.exits` explains.
"""

from attorn.cli.program import main

__all__ = ["main"]
