"""`python -m attorn.demo`: play the demo; the exit code is 0 only if every verdict was as told."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Final

_NEEDED: Final = ("fastapi", "uvicorn", "httpx")


def lacking() -> str | None:
    """What this machine lacks for the demo, in one line; None if it has everything."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    return f"The demo needs {', '.join(missing)}, not installed here: pip install 'attorn[demo]'" if missing else None


def main() -> int:
    """Play the demo, or say in one line what this machine lacks for it (exit code 2)."""
    lack = lacking()
    if lack is not None:
        sys.stdout.write(f"{lack}\n")
        return 2
    # Only now: these modules import what may be missing.
    from attorn.demo.story import run  # noqa: PLC0415

    return run()


if __name__ == "__main__":
    sys.exit(main())
