"""Caveats about a text: StartsWith, Glob."""

from __future__ import annotations

from . import testkit as kit
from .caveat_checks import Literal, any_of, operand, said, starting, test, variable
from .caveat_question import Check, Kind, Question, argument
from .primitives import Part
from .world import World

STARTS = Kind("caveat-starts-with", "docs/spec/caveats.md section 5: StartsWith")
GLOB = Kind("caveat-glob", "docs/spec/facts.md section Glob: the pattern matches the whole text")
UNLIKE, UNICODE, EMPTY = 56, 52, 68


def starts(prefix: str, *, negate: bool = False, name: str = "0", fact: str = "text") -> Check:
    return lambda w: any_of(starting(fact, argument(w), prefix, negate=negate, name=name))


def compared(*ops: Part) -> Check:
    """`text(argument, $0)` and one expression."""
    return lambda w: any_of(Literal(kit.pred("text", kit.text(argument(w)), kit.var("0")), (test(*ops),)))


RE, NOT_RE = starts("Re: "), starts("Re: ", negate=True)
STARTS_RECIPES = (
    STARTS.permits("longer", "the prefix and more", RE, value="Re: x"),
    STARTS.permits("itself", "the prefix itself", RE, value="Re: "),
    STARTS.prohibits("shorter", "the prefix but for its last character", 67, RE, value="Re:"),
    STARTS.prohibits("case", "another case", UNICODE, RE, value="re: x"),
    STARTS.prohibits("space-before", "a space before it", UNICODE, RE, value=" Re: x"),
    STARTS.prohibits("mark-before", "a byte order mark before it", 14, RE, value="\ufeffRe: x"),
    STARTS.prohibits("confusable", "a letter that looks the same", UNICODE, RE, value="R\u0435: x"),
    STARTS.prohibits("fullwidth", "a fullwidth colon", UNICODE, RE, value="Re\uff1a x"),
    STARTS.permits(
        "joined-by-an-accent",
        "an accent behind the prefix joins its last letter, and is a code point of its own",
        starts("e"),
        value="e\u0301",
    ),
    STARTS.prohibits("composed", "the same on a screen, but another code point", UNICODE, starts("e"), value="\u00e9"),
    STARTS.prohibits("empty", "an empty text", EMPTY, RE, value=""),
    STARTS.prohibits("absent", "no such argument", EMPTY, RE),
    STARTS.prohibits("number", "a number that is written so", UNLIKE, starts("12"), value=123),
    STARTS.prohibits("list", "a list of such a text", UNLIKE, RE, value=["Re: x"]),
    STARTS.permits("not", "a text that does not start so", NOT_RE, value="Fwd: x"),
    STARTS.permits("not-empty", "an empty text does not start so", NOT_RE, value=""),
    STARTS.prohibits("not-there", "a text that does", 67, NOT_RE, value="Re: x"),
    STARTS.prohibits("not-absent", "what is absent is not known not to", EMPTY, NOT_RE),
    STARTS.prohibits("not-number", "a number is not known not to", UNLIKE, NOT_RE, value=1),
    STARTS.strange("empty-prefix", "an empty prefix, which a stock engine would permit", starts(""), value="x"),
    STARTS.strange("too-long", "a prefix of 4,097 characters", starts("a" * 4097), value="a" * 4097, attack=4),
    STARTS.strange("variable-name", "the variable is called s", starts("a", name="s"), value="a"),
    STARTS.strange(
        "turned",
        "the prefix is asked whether it starts with the text",
        compared(operand(kit.text("ab")), variable("0"), kit.PREFIX),
        value="a",
    ),
    STARTS.strange(
        "contains",
        "`contains` in place of `starts_with`",
        compared(variable("0"), operand(kit.text("a")), kit.CONTAINS),
        value="a",
    ),
    STARTS.strange(
        "over-address",
        "over the bits of an address, with digits that are no network",
        starts("10.", fact="address"),
        value="10.0.0.1",
    ),
    STARTS.refused(
        "not_admitted",
        "ends-with",
        "`ends_with`, which is not admitted",
        compared(variable("0"), operand(kit.text("a")), kit.SUFFIX),
        attack=10,
    ),
    STARTS.refused(
        "not_admitted",
        "matches",
        "a regular expression",
        compared(variable("0"), operand(kit.text("a.*")), kit.REGEX),
        attack=11,
    ),
)


def globbed(pattern: str, answer: bool = True) -> Check:
    return lambda w: any_of(said("glob", kit.text(argument(w)), kit.text(pattern), kit.flag(answer)))


def matches(name: str, notes: str, pattern: str, text: str) -> Question:
    return GLOB.permits(name, notes, globbed(pattern), value=text)


def differs(name: str, notes: str, pattern: str, text: str, attack: int = 67) -> Question:
    return GLOB.prohibits(name, notes, attack, globbed(pattern), value=text)


def many(count: int) -> Check:
    """So many conditions, in one alternative each."""
    return lambda w: any_of(
        *(said("glob", kit.text(argument(w)), kit.text(f"{n}*"), kit.flag(True)) for n in range(10, 10 + count))
    )


def without_answer(w: World) -> Part:
    return any_of(said("glob", kit.text(argument(w)), kit.text("*")))


def any_answer(w: World) -> Part:
    return any_of(said("glob", kit.text(argument(w)), kit.text("*.txt"), kit.var("0")))


GLOB_RECIPES = (
    matches("star", "a run without a slash", "*.txt", "a.txt"),
    matches("star-empty", "a star matches nothing, too", "*", ""),
    matches("two-stars", "a run with a slash", "**.txt", "a/b.txt"),
    matches("three-stars", "two stars and one", "***", "a/b"),
    matches("question-mark", "one character outside the Basic Multilingual Plane", "a?c", "a\U0001f600c"),
    matches("escaped-star", "a star that stands for itself", "a\\*c", "a*c"),
    matches("escaped-letter", "a backslash before a letter", "\\a", "a"),
    matches("brackets", "brackets stand for themselves", "[ab]", "[ab]"),
    matches("line-break", "a line break is a character", "a*c", "a\nc"),
    matches("longest-text", "a text of 1,024 characters", "a*", "a" * 1024),
    differs("star-and-slash", "a star matches no slash", "*.txt", "a/b.txt", 53),
    differs("question-mark-and-slash", "a question mark matches no slash", "a?c", "a/c", 53),
    differs("question-mark-decomposed", "two code points where one is asked for", "a?c", "ae\u0301c", UNICODE),
    differs("question-mark-empty", "nothing where one character is asked for", "a?c", "ac"),
    differs("escaped-star-other", "another character than the star", "a\\*c", "abc"),
    differs("brackets-as-class", "brackets are no class of characters", "[ab]", "a"),
    differs("braces", "braces are no alternatives", "{a,b}", "a"),
    differs("whole", "a match within the text", "b", "abc"),
    differs("line-break-behind", "a line break behind the match", "*.txt", "a.txt\n/", 90),
    differs("case", "another case", "*.txt", "a.TXT", UNICODE),
    differs("percent", "an escape is not decoded", "a/*", "a%2Fb", 53),
    differs("too-long", "a text of 1,025 characters is unknown", "a*", "a" * 1025, 4),
    GLOB.prohibits(
        "many-stars",
        "a pattern on which a matcher that tries everything takes for ever",
        11,
        globbed("*a" * 20 + "b"),
        value="a" * 1000,
    ),
    GLOB.prohibits("number", "a number", UNLIKE, globbed("*"), value=1),
    GLOB.prohibits("list", "a list of one text", UNLIKE, globbed("*"), value=["a"]),
    GLOB.prohibits("absent", "no such argument", EMPTY, globbed("**")),
    GLOB.permits("not", "a text that does not match", globbed("*.txt", False), value="a.md"),
    GLOB.prohibits("not-there", "a text that does match", 67, globbed("*.txt", False), value="a.txt"),
    GLOB.prohibits(
        "not-too-long", "a text of 1,025 characters is not known not to match", 4, globbed("b", False), value="a" * 1025
    ),
    GLOB.prohibits("not-absent", "what is absent is not known not to match", EMPTY, globbed("*.txt", False)),
    GLOB.permits("conditions-at-the-limit", "32 conditions", many(32), value="41"),
    GLOB.refused(
        "limit_exceeded",
        "conditions",
        "33 conditions",
        many(33),
        value="41",
        attack=11,
        rule="docs/spec/caveats.md section 1: 32 glob conditions",
    ),
    GLOB.strange("backslash-at-end", "a backslash that stands before nothing", globbed("a\\"), value="a\\"),
    GLOB.strange("empty-pattern", "an empty pattern", globbed(""), value=""),
    GLOB.strange("pattern-too-long", "a pattern of 257 characters", globbed("a" * 257), value="a" * 257, attack=4),
    GLOB.permits("longest-pattern", "a pattern of 256 characters", globbed("a" * 256), value="a" * 256),
    GLOB.strange("without-answer", "a fact of two terms", without_answer, value="a"),
    GLOB.strange("any-answer", "whatever the answer is, which a stock engine would permit", any_answer, value="a.md"),
    GLOB.strange(
        "answer-as-text",
        "the answer as a text",
        lambda w: any_of(said("glob", kit.text(argument(w)), kit.text("*"), kit.text("true"))),
        value="a",
        attack=UNLIKE,
    ),
)

RECIPES = (*STARTS_RECIPES, *GLOB_RECIPES)
