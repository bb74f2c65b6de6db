"""Actions, Resources, Audience."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st
from tests.caveats.kit import Kit, Plain, Situation
from tests.caveats.pools import ACTIONS, AUDIENCE, ELSEWHERE, RESOURCES, some

from attorn.caveat import Actions, Audience, Resources

_PATTERNS = (*ACTIONS, "events:*", "files:*", "events:read:*")


def _plain(limit: Actions | Resources | Audience) -> Plain:
    return {"names": list(limit.names)}


def _actions(limit: Actions) -> Iterator[Situation]:
    for name in limit.names:
        stem = name.removesuffix(":*")
        for action in (stem, f"{stem}:x", f"{stem}:x:y", f"{stem}x", stem.upper(), f"x:{stem}"):
            yield Situation(action=action)


def _resources(limit: Resources) -> Iterator[Situation]:
    for name in limit.names:
        below = f"{name.removesuffix('/')}/"
        for resource in (name, f"{below}x", f"{below}x/../y", f"{below}%78", f"{below}x/..", "/", "cal://other"):
            yield Situation(resource=resource)
        if name != "/":
            yield Situation(resource=f"{name}x")


def _audience(limit: Audience) -> Iterator[Situation]:
    for name in (*limit.names, AUDIENCE, ELSEWHERE):
        for audience in (name, f"{name}x", name.upper()):
            yield Situation(audience=audience)


KITS = (
    Kit(
        Actions,
        st.builds(lambda names: Actions(*names), some(_PATTERNS)),
        _plain,
        _actions,
        lambda limit: st.builds(lambda more: Actions(*limit.names, *more), some(_PATTERNS)),
    ),
    Kit(
        Resources,
        st.builds(lambda names: Resources(*names), some(RESOURCES)),
        _plain,
        _resources,
        lambda limit: st.builds(lambda more: Resources(*limit.names, *more), some(RESOURCES)),
    ),
    Kit(
        Audience,
        st.builds(lambda names: Audience(*names), some((AUDIENCE, AUDIENCE, ELSEWHERE))),
        _plain,
        _audience,
        lambda limit: st.builds(lambda more: Audience(*limit.names, *more), some((AUDIENCE, ELSEWHERE))),
    ),
)
