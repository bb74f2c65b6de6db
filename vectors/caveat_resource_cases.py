"""Resources: whole segments of one normal form, and requests whose resource has none."""

from __future__ import annotations

from . import testkit as kit
from .caveat_checks import alone, any_of, said
from .caveat_question import Check, Kind, Question
from .primitives import Part
from .world import World

RESOURCES = Kind("caveat-resources", "docs/spec/caveats.md section 4: Resources")
NORMAL = "docs/spec/facts.md section Resource: the normal form, "
UNICODE, PATHS = 52, 53


def folder(w: World) -> str:
    return f"/{w.word('folder', 'data')}/a"


def one(w: World) -> Part:
    return alone("path", kit.text(folder(w)))


def within(ending: str) -> dict[str, object]:
    return {"resource": lambda w: folder(w) + ending}


def these(*names: str) -> Check:
    """Alternatives for these resources in this order."""
    return lambda w: any_of(*(said("path", kit.text(name)) for name in names))


def beside(name: str) -> Check:
    """The folder that is asked for, and behind it this name."""
    return lambda w: any_of(said("path", kit.text(folder(w))), said("path", kit.text(name)))


def not_normal(name: str, notes: str, spelling: str, attack: int = PATHS) -> Question:
    return RESOURCES.strange(name, notes, beside(spelling), attack=attack, **within(""))


def none_such(name: str, notes: str, spelling: str, step: str, attack: int = PATHS) -> Question:
    """A request for a spelling that starts with the folder and has no normal form."""
    return RESOURCES.asks_wrongly(name, notes, attack, one, rule=NORMAL + step, **within(spelling))


RECIPES = (
    RESOURCES.permits("same", "the very resource", one, **within("")),
    RESOURCES.permits("below", "a resource two segments below", one, **within("/b/c")),
    RESOURCES.permits("slash-at-end", "one slash at the end is dropped", one, **within("/")),
    RESOURCES.permits("dots-back-in", "dot segments that lead back", one, **within("/../a/x")),
    RESOURCES.permits(
        "encoded-letter", "a letter that is written as an escape", one, resource=lambda w: folder(w)[:-1] + "%61"
    ),
    RESOURCES.permits("encoded-dots-back-in", "dot segments, escaped, that lead back", one, **within("/%2e%2E/a")),
    RESOURCES.prohibits("longer-segment", "a longer segment", PATHS, one, **within("b")),
    RESOURCES.prohibits("above", "the folder above", PATHS, one, resource=lambda w: folder(w)[:-2]),
    RESOURCES.prohibits("dots-out", "dot segments that lead out", PATHS, one, **within("/../b")),
    RESOURCES.prohibits("encoded-dots-out", "dot segments, escaped, that lead out", PATHS, one, **within("/%2e%2e/b")),
    RESOURCES.prohibits(
        "upper-case", "another case of a letter", UNICODE, one, resource=lambda w: folder(w)[:-1] + "A"
    ),
    RESOURCES.prohibits("space-at-end", "a space at the end", PATHS, one, **within(" ")),
    RESOURCES.prohibits("dot-at-end", "a dot at the end of the segment", PATHS, one, **within(".")),
    RESOURCES.prohibits("fullwidth-solidus", "a fullwidth solidus is no slash", UNICODE, one, **within("\uff0fb")),
    RESOURCES.prohibits(
        "relative", "the same segments without a slash before them", PATHS, one, resource=lambda w: folder(w)[1:]
    ),
    RESOURCES.prohibits("root-and-scheme", "the root of paths does not hold what has a scheme", PATHS, these("/")),
    RESOURCES.permits("root", "the root holds every path", these("/"), **within("")),
    RESOURCES.permits(
        "scheme-case", "scheme and host in upper case", these("http://a.example/x"), resource="HTTP://A.Example/x/y"
    ),
    RESOURCES.permits(
        "default-port", "the port that http has anyway", these("http://a.example"), resource="http://a.example:80/x"
    ),
    RESOURCES.prohibits(
        "other-port", "another port", 54, these("http://a.example"), resource="http://a.example:8080/x"
    ),
    RESOURCES.prohibits(
        "https-default-port",
        "port 80 is not https's own",
        54,
        these("https://a.example"),
        resource="https://a.example:80/x",
    ),
    RESOURCES.prohibits(
        "longer-host", "a longer host", 54, these("http://a.example"), resource="http://a.example.evil.example/"
    ),
    RESOURCES.permits(
        "ipv6",
        "an IPv6 address in another spelling",
        these("cal://[2001:db8::1]"),
        resource="cal://[2001:DB8:0:0::0:1]/x",
    ),
    RESOURCES.permits(
        "encoded-unicode", "a letter outside ASCII is an escape of its UTF-8", these("/%C3%A9"), resource="/\u00e9/x"
    ),
    not_normal("wire-slash-at-end", "a name that ends in a slash", "/z/"),
    not_normal("wire-upper-case-scheme", "a scheme in upper case", "CAL://z"),
    not_normal("wire-dots", "a name with a dot segment", "/z/../y"),
    not_normal("wire-lower-case-escape", "an escape in small hex digits", "/z%c3%a9"),
    not_normal("wire-needless-escape", "an escape of a letter", "/%7a"),
    not_normal("wire-not-ascii", "a letter that is not escaped", "/z\u00e9", UNICODE),
    not_normal("wire-double-slash", "an empty segment", "/z//y"),
    not_normal("wire-empty", "an empty name behind the one that is asked for", ""),
    RESOURCES.strange(
        "wire-twice",
        "the same alternative twice",
        lambda w: any_of(*(said("path", kit.text(folder(w))),) * 2),
        **within(""),
    ),
    RESOURCES.strange("wire-variable", "any path at all", lambda w: alone("path", kit.var("0"))),
    RESOURCES.strange(
        "wire-resource",
        "the fact of the whole resource in place of that of its ancestors",
        lambda w: alone("resource", kit.text(folder(w))),
        **within(""),
    ),
    none_such("double-slash", "an empty segment", "//b", "step 4"),
    none_such("encoded-slash", "an escaped slash", "%2Fb", "step 5"),
    none_such("encoded-backslash", "an escaped backslash", "%5cb", "step 5"),
    none_such("encoded-twice", "an escape of an escape", "%252e", "step 6"),
    none_such("encoded-zero", "an escaped NUL", "%00", "step 6"),
    none_such("encoded-not-utf-8", "an escape that is no UTF-8", "%ff", "step 6"),
    none_such("encoded-decomposed", "an escaped letter and combining accent", "e%CC%81", "step 6", UNICODE),
    none_such("cut-escape", "half an escape", "%4", "step 5"),
    none_such("decomposed", "a letter and a combining accent", "e\u0301", "step 1", UNICODE),
    none_such("zero-width", "a zero-width space", "\u200b", "step 1", UNICODE),
    none_such("right-to-left", "a right-to-left override", "\u202ecod.exe", "step 1", UNICODE),
    none_such("backslash", "a backslash", "\\b", "step 1"),
    none_such("query", "a query", "?b", "step 1"),
    none_such("dots-with-parameter", "dots and a parameter", "/..;x/b", "step 7"),
    none_such("climbs", "more dots than segments", "/../../../etc", "step 8"),
    RESOURCES.asks_wrongly(
        "userinfo",
        "somebody's name before the host",
        55,
        these("http://a.example"),
        rule=NORMAL + "step 3",
        resource="http://a.example@b.example/",
    ),
    RESOURCES.asks_wrongly(
        "port-zero",
        "a port with a leading zero",
        55,
        these("http://a.example"),
        rule=NORMAL + "step 3",
        resource="http://a.example:080/",
    ),
    RESOURCES.asks_wrongly(
        "ipv4-mapped",
        "an IPv4 address as an IPv6 one",
        55,
        these("http://a.example"),
        rule=NORMAL + "step 3",
        resource="http://[::ffff:10.0.0.1]/",
    ),
    RESOURCES.asks_wrongly("segments", "65 segments", 4, these("/"), rule=NORMAL + "step 4", resource="/a" * 65),
    RESOURCES.permits("segments-at-the-limit", "64 segments", these("/"), resource="/a" * 64),
)
