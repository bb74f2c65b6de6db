"""Claims of any shape, some of them disclosable, and what of those a holder chooses to show."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["name", "a", "b", "é", "", "0", "with space", "sd", "...x", "__proto__"])
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.text(st.characters(codec="utf-8"), max_size=8)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=14,
)
CLAIMS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=5)
Path = tuple[str | int, ...]


def paths(value: Any, here: Path = ()) -> list[Path]:
    """Every claim and array element in a value, outermost first."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: list[Path] = []
    for step, member in inner:
        found += [(*here, step), *paths(member, (*here, step))]
    return found


def without(value: Any, gone: frozenset[Path], here: Path = ()) -> Any:
    """The value without what stands at these paths."""
    if isinstance(value, dict):
        return {
            name: without(member, gone, (*here, name)) for name, member in value.items() if (*here, name) not in gone
        }
    if isinstance(value, list):
        return [
            without(member, gone, (*here, index)) for index, member in enumerate(value) if (*here, index) not in gone
        ]
    return value


def within(chosen: frozenset[Path], disclosable: frozenset[Path]) -> frozenset[Path]:
    """The disclosable paths that are disclosed where these are chosen: they, and what they stand in."""
    return frozenset(path for path in disclosable if any(each[: len(path)] == path for each in chosen))


@st.composite
def credentials(draw: st.DrawFn) -> tuple[dict[str, Any], frozenset[Path], frozenset[Path]]:
    """Claims, which of them are disclosable, and which of those the holder chooses."""
    claims = draw(CLAIMS)
    everywhere = paths(claims)
    disclosable = draw(st.frozensets(st.sampled_from(everywhere), max_size=8))
    chosen = draw(st.frozensets(st.sampled_from(sorted(disclosable, key=repr)))) if disclosable else frozenset()
    return claims, disclosable, chosen
