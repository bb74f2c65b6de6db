"""A bound on canonicalising RDF: blank nodes that look alike cost up to the factorial of their number (RDFC-1.0 7.1).

Nodes that their own statements tell apart cost nothing. Of the others, those that are joined to each other are what an
attacker makes many of; few enough of them are let through that any of them take milliseconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, TypeAlias

from attorn.errors import ProofError

Quad: TypeAlias = tuple[str, str, str, str]
"""Subject, predicate, object and graph, each spelt in its one way; what begins with `_:` is a blank node."""
MOST_WORK: Final = 65_536
"""How much work is let through: a unit takes the canonicaliser a microsecond at the most."""
_MOST_PERMUTED: Final = 4
_ORDERS: Final = 24


def require_tame(quads: Iterable[Quad]) -> None:
    """Raises `ProofError` if too many blank nodes look alike for canonicalising to be quick."""
    touching: defaultdict[str, set[Quad]] = defaultdict(set)
    for quad in quads:
        for term in _blank(quad):
            touching[term].add(quad)
    looks: defaultdict[tuple[Quad, ...], list[str]] = defaultdict(list)
    for node, own in touching.items():
        looks[tuple(sorted(_seen_by(node, quad) for quad in own))].append(node)
    alike = {node: number for number, nodes in enumerate(looks.values()) if len(nodes) > 1 for node in nodes}
    work, waiting = 0, set(alike)
    while waiting:
        joined, permuted = _joined(waiting.pop(), touching, alike)
        waiting -= joined
        # From each node a walk to all others along all statements, with a list of all that grows on the way.
        statements = sum(len(touching[node]) for node in joined)
        work += len(joined) ** 2 * statements * (_ORDERS if permuted else 1)
        if work > MOST_WORK or (permuted and len(joined) > _MOST_PERMUTED):
            raise ProofError(
                "too many nodes of the document have no id and look alike to canonicalise it",
                problem="https://w3id.org/security#PROOF_TRANSFORMATION_ERROR",
            )


def _blank(quad: Quad) -> set[str]:
    return {term for term in (quad[0], quad[2], quad[3]) if term.startswith("_:")}


def _seen_by(node: str, quad: Quad) -> Quad:
    """The quad as the hash of the first degree sees it: this node, and other blank ones (RDFC-1.0 4.6.2)."""
    subject, predicate, found, graph = quad
    own = {node: "_:a"}
    return (
        own.get(subject, "_:z") if subject.startswith("_:") else subject,
        predicate,
        own.get(found, "_:z") if found.startswith("_:") else found,
        own.get(graph, "_:z") if graph.startswith("_:") else graph,
    )


def _joined(start: str, touching: dict[str, set[Quad]], alike: dict[str, int]) -> tuple[set[str], bool]:
    """The alike nodes that can be reached from one through statements, and whether any must be tried in each order."""
    found, waiting, permuted = {start}, [start], False
    while waiting:
        node = waiting.pop()
        groups: defaultdict[tuple[int, str, int], set[str]] = defaultdict(set)
        for quad in touching[node]:
            for position in (0, 2, 3):
                other = quad[position]
                if other in alike and other != node:
                    groups[position, "" if position == 3 else quad[1], alike[other]].add(other)
        for group in groups.values():
            permuted = permuted or len(group) > 1
            waiting.extend(group - found)
            found |= group
    return found, permuted
