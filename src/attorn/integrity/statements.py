"""The statements of a JSON-LD document in canonical order: expansion by PyLD, RDFC-1.0 by pyoxigraph.

Both come with the extra `attorn[rdf]`. PyLD drops what it cannot say in RDF and may fetch contexts, so it gets neither
the chance nor the means: terms are checked before, what came out is checked behind, and its loader knows only what
attorn knows.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from functools import lru_cache
from threading import Lock
from typing import Any, Final

import pyoxigraph
from cachetools import LRUCache
from pyld import jsonld
from pyld.context_resolver import ContextResolver

from attorn.canonical import JsonValue, canonicalise
from attorn.display import shown
from attorn.errors import ProofError
from attorn.integrity.alike import Quad, require_tame
from attorn.jsonld.active import is_absolute
from attorn.jsonld.library import Contexts

MOST_STATEMENTS: Final = 4096
"""Most statements in one document."""
_MOST_KEPT: Final = 64
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_TRANSFORMATION: Final = "https://w3id.org/security#PROOF_TRANSFORMATION_ERROR"
_DATA_LOSS: Final = "https://w3id.org/security#DATA_LOSS_DETECTION_ERROR"
_JSON: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON"
# What the library raises for documents that it cannot read; its own checks are few.
_FAILURES: Final = (
    jsonld.JsonLdError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip


def canonical(document: Mapping[str, JsonValue], contexts: Contexts) -> bytes:
    """The canonical N-Quads of `document`, whose terms are known (`jsonld.require_known`).

    Raises `ProofError` for what RDF could not say or would say otherwise, and for what would take too long.
    """
    try:
        dataset = _processor(contexts).dataset(document)
    except _FAILURES as error:
        failure = type(error).__name__
    else:
        return _canonical(dataset)
    raise ProofError(f"the document cannot be said in RDF ({failure})", problem=_TRANSFORMATION)


class _Processor:
    """PyLD with the contexts that attorn knows."""

    __slots__ = ("_contexts", "_kept", "_lock")

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts
        # The library's own is shared with whatever else in this process uses it, and with another loader.
        self._kept: LRUCache[str, Any] = LRUCache(maxsize=_MOST_KEPT)
        self._lock = Lock()

    def dataset(self, document: Mapping[str, JsonValue]) -> Any:
        """The statements by graph. Raises `ProofError`, and whatever the library does."""
        options = {"documentLoader": self._load, "base": "", "processingMode": "json-ld-1.1"}
        # What is kept is not made for several threads, and the work is all Python.
        with self._lock:
            options["contextResolver"] = ContextResolver(self._kept, self._load)
            expanded = jsonld.expand(copy.deepcopy(dict(document)), options, on_property_dropped=_dropped)
            _check(expanded)
            return jsonld.to_rdf(expanded, options)

    def _load(self, url: str, options: object) -> dict[str, Any]:
        # A copy: the library writes into what it gets.
        document = {"@context": copy.deepcopy(self._contexts.context(url))}
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": document,
            "tag": "static",
        }


@lru_cache(maxsize=8)
def _processor(contexts: Contexts) -> _Processor:
    return _Processor(contexts)


def _dropped(name: object) -> None:
    raise ProofError(f"{shown(name)} would be dropped", problem=_DATA_LOSS)


def _check(expanded: Any) -> None:
    """Raises `ProofError` for what would not be among the statements, or not as it was."""
    waiting = [expanded]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif not isinstance(value, dict):
            raise ProofError(f"{shown(value)} would be dropped", problem=_DATA_LOSS)
        elif "@value" in value:
            _check_literal(value)
        else:
            for name, member in value.items():
                if name in ("@id", "@type"):
                    _check_iris(member)
                elif name in ("@list", "@graph"):
                    waiting.append(member)
                elif name.startswith("@") or not is_absolute(name) or member == []:
                    raise ProofError(f"{shown(name)} would be dropped", problem=_DATA_LOSS)
                else:
                    waiting.append(member)


def _check_iris(value: Any) -> None:
    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, str) or not is_absolute(each):
            raise ProofError(f"{shown(each)} is no absolute IRI, and would be dropped", problem=_DATA_LOSS)


def _check_literal(value: dict[str, Any]) -> None:
    found, kind = value["@value"], value.get("@type")
    if kind == "@json":
        # As RFC 8785 writes it, and not as another library does.
        value["@value"], value["@type"] = canonicalise(found).decode("utf-8"), _JSON
        return
    if found is None or "@direction" in value or "@index" in value:
        raise ProofError("a null or the direction of a text would be dropped", problem=_DATA_LOSS)
    if isinstance(found, float) and float(f"{found:.15E}") != found:
        raise ProofError(f"the number {shown(found)} has more digits than RDF keeps", problem=_DATA_LOSS)
    if isinstance(found, str) and kind == f"{_XSD}double":
        raise ProofError("a number as text would be written otherwise", problem=_DATA_LOSS)


def _canonical(dataset: Mapping[str, list[dict[str, Any]]]) -> bytes:
    try:
        quads = list(_quads(dataset))
    except ValueError:
        raise ProofError("the document holds what is no IRI or no language", problem=_TRANSFORMATION) from None
    require_tame(_spelt(quad) for quad in quads)
    graph = pyoxigraph.Dataset(quads)
    graph.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    written = pyoxigraph.serialize(graph, format=pyoxigraph.RdfFormat.N_QUADS) or b""
    # Only a line feed ends a line; others stand as themselves in literals.
    lines = written.decode("utf-8").split("\n")[:-1]
    return "".join(f"{line}\n" for line in sorted(lines)).encode("utf-8")


def _quads(dataset: Mapping[str, list[dict[str, Any]]]) -> Iterator[pyoxigraph.Quad]:
    left = MOST_STATEMENTS
    for name, triples in dataset.items():
        graph = pyoxigraph.DefaultGraph() if name == "@default" else _resource(name)
        for triple in triples:
            left -= 1
            if left < 0:
                raise ProofError(f"more than {MOST_STATEMENTS} statements", problem=_TRANSFORMATION)
            yield pyoxigraph.Quad(
                _resource(triple["subject"]["value"]),
                pyoxigraph.NamedNode(triple["predicate"]["value"]),
                _object(triple["object"]),
                graph,
            )


def _resource(name: str) -> pyoxigraph.NamedNode | pyoxigraph.BlankNode:
    return pyoxigraph.BlankNode(name[2:]) if name.startswith("_:") else pyoxigraph.NamedNode(name)


def _object(term: dict[str, Any]) -> pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal:
    if term["type"] != "literal":
        return _resource(term["value"])
    if "language" in term:
        return pyoxigraph.Literal(term["value"], language=term["language"])
    return pyoxigraph.Literal(term["value"], datatype=pyoxigraph.NamedNode(term["datatype"]))


def _spelt(quad: pyoxigraph.Quad) -> Quad:
    return (str(quad.subject), str(quad.predicate), str(quad.object), str(quad.graph_name))
