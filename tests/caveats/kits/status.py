"""Status, FreshList: without an answer from a list, they prohibit."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st
from tests.caveats.kit import Kit, Situation, nothing_wider
from tests.caveats.pools import DIDS

from attorn.caveat import FreshList, Status


def _unanswered(limit: object) -> Iterator[Situation]:
    del limit
    yield Situation()
    yield Situation(depth=1, args={"n": 1})


KITS = (
    Kit(
        Status,
        st.builds(
            Status,
            st.sampled_from(("https://lists.example/1", "https://lists.example/2", "urn:x:y")),
            st.sampled_from((0, 7, 2**53 - 1)),
            st.sampled_from(DIDS),
            st.sampled_from(("token", "revocation", "suspension")),
        ),
        lambda limit: {"uri": limit.uri, "index": limit.index, "issuer": limit.issuer, "list": limit.kind},
        _unanswered,
        nothing_wider,
        stock=False,
    ),
    Kit(
        FreshList,
        st.builds(FreshList, st.sampled_from(DIDS)),
        lambda limit: {"by": limit.by},
        _unanswered,
        nothing_wider,
        stock=False,
    ),
)
