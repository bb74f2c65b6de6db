"""Caveats about a list: Contains, SubsetOf."""

from __future__ import annotations

from . import testkit as kit
from .caveat_checks import among, any_of, booleans, holding, integers
from .caveat_question import Check, Kind, argument
from .primitives import Part

CONTAINS = Kind("caveat-contains", "docs/spec/caveats.md section 5: Contains, SubsetOf")
SUBSET = Kind("caveat-subset-of", "docs/spec/caveats.md section 5: Contains, SubsetOf")
UNLIKE, UNICODE, EMPTY = 56, 52, 68


def has(fact: str, members: Part, *, negate: bool = False, name: str = "0") -> Check:
    return lambda w: any_of(holding(fact, argument(w), members, negate=negate, name=name))


def subset(fact: str, members: Part, *, negate: bool = False, name: str = "0") -> Check:
    return lambda w: any_of(among(fact, argument(w), members, negate=negate, name=name))


BOTH = has("texts", kit.texts("a", "b"))
NO_SECRET = has("texts", kit.texts("secret"), negate=True)
CONTAINS_RECIPES = (
    CONTAINS.permits("all", "all of them, among others, in another order", BOTH, value=["b", "c", "a"]),
    CONTAINS.permits("repeated", "an element twice", BOTH, value=["a", "b", "a"]),
    CONTAINS.prohibits("one-of-two", "only one of the two", 67, BOTH, value=["a"]),
    CONTAINS.prohibits("upper-case", "the other in another case", UNICODE, BOTH, value=["a", "B"]),
    CONTAINS.prohibits("joined", "both in one text", 90, BOTH, value=["a,b"]),
    CONTAINS.prohibits("empty", "an empty list", EMPTY, BOTH, value=[]),
    CONTAINS.prohibits("absent", "no such argument", EMPTY, BOTH),
    CONTAINS.prohibits("text", "a text that contains both", UNLIKE, BOTH, value="ab"),
    CONTAINS.prohibits("nested", "both a level deeper", UNLIKE, BOTH, value=[["a", "b"]]),
    CONTAINS.prohibits(
        "with-null", "both and a null: a list of two types has no fact", UNLIKE, BOTH, value=["a", "b", None]
    ),
    CONTAINS.prohibits("with-number", "both and a number", UNLIKE, BOTH, value=["a", "b", 1]),
    CONTAINS.permits("integers", "an integer, spelt 22.0", has("integers", integers(22)), value=[22.0, 80]),
    CONTAINS.prohibits("integers-as-text", "a list of texts", UNLIKE, has("integers", integers(22)), value=["22"]),
    CONTAINS.prohibits(
        "integers-with-fraction",
        "a list with a fraction has no fact",
        UNLIKE,
        has("integers", integers(22)),
        value=[22, 0.5],
    ),
    CONTAINS.prohibits("one-as-true", "true is not 1", UNLIKE, has("integers", integers(1)), value=[True]),
    CONTAINS.permits("not-secret", "a list without the forbidden text", NO_SECRET, value=["a"]),
    CONTAINS.prohibits("not-secret-there", "a list with the forbidden text", 67, NO_SECRET, value=["a", "secret"]),
    CONTAINS.prohibits("not-secret-empty", "of an empty list it is unknown", EMPTY, NO_SECRET, value=[]),
    CONTAINS.prohibits("not-secret-absent", "of what is absent it is unknown", EMPTY, NO_SECRET),
    CONTAINS.prohibits(
        "not-secret-with-null", "of a list with a null it is unknown", UNLIKE, NO_SECRET, value=["a", None]
    ),
    CONTAINS.prohibits("not-secret-integers", "of a list of integers it is unknown", UNLIKE, NO_SECRET, value=[1]),
    CONTAINS.strange("one-text", "a text in place of a set", has("texts", kit.text("a")), value=["a"]),
    CONTAINS.strange(
        "set-of-other-type", "integers under the fact of texts", has("texts", integers(1)), value=["a"], attack=UNLIKE
    ),
    CONTAINS.strange("over-text", "over the fact of one text", has("text", kit.texts("a")), value="a"),
    CONTAINS.strange("variable-name", "the variable is called x", has("texts", kit.texts("a"), name="x"), value=["a"]),
    CONTAINS.refused(
        "not_admitted",
        "any",
        "`any` with a closure, which is not admitted",
        lambda w: kit.check(
            kit.query(
                kit.pred("texts", kit.text(argument(w)), kit.var("0")),
                where=[
                    kit.expr(kit.value(kit.var("0")), kit.closure(["p"], kit.value(kit.flag(True))), kit.binary(23))
                ],
            )
        ),
        attack=10,
    ),
)

AB = subset("texts", kit.texts("a", "b"))
NOT_AB = subset("texts", kit.texts("a", "b"), negate=True)
SUBSET_RECIPES = (
    SUBSET.permits("some", "one of the two, twice", AB, value=["a", "a"]),
    SUBSET.permits("all", "both", AB, value=["b", "a"]),
    SUBSET.prohibits("one-more", "another text beside", 67, AB, value=["a", "c"]),
    SUBSET.prohibits("upper-case", "a text in another case", UNICODE, AB, value=["A"]),
    SUBSET.prohibits("empty", "of an empty list it is unknown", EMPTY, AB, value=[]),
    SUBSET.prohibits("absent", "no such argument", EMPTY, AB),
    SUBSET.prohibits("null", "null", EMPTY, AB, value=None),
    SUBSET.prohibits("text", "a text is no list", UNLIKE, AB, value="a"),
    SUBSET.prohibits("nested-empty", "a list with an empty list in it", UNLIKE, AB, value=[[]]),
    SUBSET.prohibits("object", "an object with such names", UNLIKE, AB, value={"a": "b"}),
    SUBSET.prohibits("with-empty-text", "the empty text is a text like others", EMPTY, AB, value=["a", ""]),
    SUBSET.permits("integers", "integers", subset("integers", integers(1, 2)), value=[2, 1.0]),
    SUBSET.prohibits(
        "integers-with-true", "true among integers", UNLIKE, subset("integers", integers(1, 2)), value=[1, True]
    ),
    SUBSET.prohibits(
        "integers-with-fraction",
        "a fraction among integers",
        UNLIKE,
        subset("integers", integers(1, 2)),
        value=[1, 1.5],
    ),
    SUBSET.permits("booleans", "booleans", subset("booleans", booleans(True)), value=[True, True]),
    SUBSET.prohibits(
        "booleans-other", "the other boolean beside", 67, subset("booleans", booleans(True)), value=[True, False]
    ),
    SUBSET.permits("not-within", "one element that is none of these", NOT_AB, value=["a", "c"]),
    SUBSET.prohibits("not-within-there", "all of these", 67, NOT_AB, value=["a"]),
    SUBSET.prohibits("not-within-empty", "of an empty list it is unknown", EMPTY, NOT_AB, value=[]),
    SUBSET.strange(
        "over-wrong-fact",
        "integers over the fact of booleans",
        subset("booleans", integers(1)),
        value=[True],
        attack=UNLIKE,
    ),
    SUBSET.strange(
        "old-fact",
        "a fact for lists of whatever type, which there is not",
        subset("items", kit.texts("a")),
        value=["a"],
        attack=91,
    ),
    SUBSET.refused("malformed", "empty-set", "a set without members", subset("texts", kit.members())),
    SUBSET.refused(
        "not_admitted", "nested-set", "a set within a set", subset("texts", kit.members(kit.members(kit.text("a"))))
    ),
    SUBSET.refused("not_admitted", "order", "integers in descending order", subset("integers", integers(2, 1))),
)

RECIPES = (*CONTAINS_RECIPES, *SUBSET_RECIPES)
