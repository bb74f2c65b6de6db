"""What a policy is told of a chain, in this process or elsewhere: who acts, for whom, through whom."""

from __future__ import annotations

from attorn.canonical import JsonValue
from attorn.verify.access import Cleared


def who_acts(cleared: Cleared) -> dict[str, JsonValue]:
    """`depth`, the number of links less one; the DIDs `root` and `holder`; and `delegates`, all of them in order."""
    delegates: list[JsonValue] = [link.delegate for link in cleared.chain]
    return {"depth": len(delegates) - 1, "root": cleared.root, "holder": cleared.holder, "delegates": delegates}
