"""Caveats about where an argument leads: Subpath, UrlHost, Cidr."""

from __future__ import annotations

from . import testkit as kit
from .caveat_checks import Literal, any_of, holding, operand, said, starting, test, variable
from .caveat_question import Check, Kind, Question, argument
from .primitives import Part
from .world import World

SUBPATH = Kind("caveat-subpath", "docs/spec/facts.md section File paths: plain form, and every folder above")
HOST = Kind("caveat-url-host", "docs/spec/facts.md section URL hosts: the set for a URL, or no fact")
CIDR = Kind("caveat-cidr", "docs/spec/facts.md section IP addresses: bit text, and networks as its prefixes")
UNLIKE, UNICODE, PATHS, DOMAINS, URLS, ADDRESSES, EMPTY = 56, 52, 53, 54, 55, 35, 68


def members(fact: str, *names: str) -> Check:
    """An alternative for each name."""
    return lambda w: any_of(*(said(fact, kit.text(argument(w)), kit.text(name)) for name in names))


def lacking(fact: str, *names: str) -> Check:
    """The negation: the set of the fact holds none of these."""

    def check(w: World) -> Part:
        literals = [
            holding(fact, argument(w), kit.text(name), negate=True, name=str(index)) for index, name in enumerate(names)
        ]
        parts = [part for each in literals for part in each.where]
        return kit.check(kit.query(*(each.predicate for each in literals), where=parts))

    return check


A, NOT_ETC = members("subpath", "/srv/a"), lacking("subpaths", "/etc")


def path(name: str, notes: str, text: str, attack: int = PATHS) -> Question:
    """A path that starts with the folder and is not below it, or has no plain form."""
    return SUBPATH.prohibits(name, notes, attack, A, value=text)


SUBPATH_RECIPES = (
    SUBPATH.permits("below", "a file two folders below", A, value="/srv/a/b/c.txt"),
    SUBPATH.permits("itself", "the folder itself", A, value="/srv/a"),
    SUBPATH.permits("slash-at-end", "one slash at the end", A, value="/srv/a/"),
    SUBPATH.permits("root", "the root holds every path", members("subpath", "/"), value="/srv"),
    SUBPATH.permits("second", "the second of two folders", members("subpath", "/etc/x", "/srv/a"), value="/srv/a/b"),
    SUBPATH.permits("single-escape", "an escape that is no separator stands for itself", A, value="/srv/a/%41"),
    path("longer-segment", "a longer segment", "/srv/ab"),
    path("above", "the folder above", "/srv"),
    path("case", "another case", "/srv/A/b", UNICODE),
    path("dots", "dots that lead out", "/srv/a/../b"),
    path("dots-back-in", "dots, even if they lead back in", "/srv/a/../a/b"),
    path("dot", "one dot", "/srv/a/./b"),
    path("double-slash", "an empty segment", "/srv/a//b"),
    path("double-slash-at-end", "two slashes at the end", "/srv/a//"),
    path("encoded-dots", "escaped dots", "/srv/a/%2E%2e/b"),
    path("encoded-slash", "an escaped slash", "/srv/a/..%2fb"),
    path("encoded-twice", "an escape of an escape", "/srv/a/%252e"),
    path("encoded-zero", "an escaped NUL", "/srv/a/x%00.txt"),
    path("zero", "a NUL", "/srv/a/x\0.txt"),
    path("backslash", "a backslash", "/srv/a/..\\b"),
    path("relative", "a relative path", "srv/a/b"),
    path("home", "a path that a shell would expand", "~/srv/a"),
    path("decomposed", "a letter and a combining accent", "/srv/a/e\u0301", UNICODE),
    path("zero-width", "a zero-width space", "/srv/a/\u200b", UNICODE),
    path("line-break", "a line break", "/srv/a/b\n", UNICODE),
    path("segments", "65 segments", "/srv/a" + "/b" * 63, 4),
    path("empty", "an empty text", "", EMPTY),
    SUBPATH.permits("segments-at-the-limit", "64 segments", A, value="/srv/a" + "/b" * 62),
    SUBPATH.prohibits("list", "a list of one path", UNLIKE, A, value=["/srv/a"]),
    SUBPATH.prohibits("absent", "no such argument", EMPTY, A),
    SUBPATH.permits("not-etc", "a path elsewhere", NOT_ETC, value="/srv/a"),
    SUBPATH.prohibits("not-etc-there", "a path below", 67, NOT_ETC, value="/etc/passwd"),
    SUBPATH.prohibits(
        "not-etc-by-dots", "of a path with dots it is unknown", PATHS, NOT_ETC, value="/srv/../etc/passwd"
    ),
    SUBPATH.prohibits("not-etc-relative", "of a relative path it is unknown", PATHS, NOT_ETC, value="etc/passwd"),
    SUBPATH.prohibits(
        "not-etc-double-slash", "of a path with an empty segment it is unknown", PATHS, NOT_ETC, value="//etc/passwd"
    ),
    SUBPATH.strange(
        "wire-slash-at-end",
        "a folder with a slash at its end, or one without",
        members("subpath", "/srv", "/srv/"),
        value="/srv/a",
    ),
    SUBPATH.strange(
        "wire-dots", "a folder with dots, or one without", members("subpath", "/srv", "/srv/../srv"), value="/srv/a"
    ),
    SUBPATH.strange(
        "wire-relative", "a relative folder beside an absolute one", members("subpath", "/srv", "srv"), value="/srv/a"
    ),
    SUBPATH.strange(
        "wire-set",
        "a negation with a set in place of the text",
        lambda w: any_of(holding("subpaths", argument(w), kit.texts("/etc"), negate=True)),
        value="/srv/a",
    ),
    SUBPATH.strange(
        "wire-one-variable",
        "two negations under one variable",
        lambda w: any_of(
            Literal(
                kit.pred("subpaths", kit.text(argument(w)), kit.var("0")),
                tuple(
                    test(variable("0"), operand(kit.text(name)), kit.CONTAINS, kit.NEGATE) for name in ("/etc", "/root")
                ),
            )
        ),
        value="/srv/a",
    ),
)
EXACT, BELOW = members("host", "example.com"), members("host", "*.example.com")
NOT_HOST = lacking("hosts", "example.com")


def url(name: str, notes: str, text: str, attack: int = URLS, check: Check = EXACT) -> Question:
    return HOST.prohibits(name, notes, attack, check, value=text)


def leads(name: str, notes: str, text: str, check: Check = EXACT) -> Question:
    return HOST.permits(name, notes, check, value=text)


HOST_RECIPES = (
    leads("exact", "the host", "https://example.com/x?y#z"),
    leads("no-path", "the host and nothing behind it", "https://example.com"),
    leads("case", "scheme and host in upper case", "HTTPS://EXAMPLE.com/"),
    leads("port", "a port", "ws://example.com:8080/"),
    leads("below", "a name two levels below", "https://a.b.example.com/", BELOW),
    leads("ipv4", "an address", "http://127.0.0.1:80/", members("host", "127.0.0.1")),
    leads("ipv6", "an IPv6 address in another spelling", "http://[0:0::1]/", members("host", "[::1]")),
    url("star-itself", "the domain itself is not below it", "https://example.com/", DOMAINS, BELOW),
    url("star-longer-label", "a longer label", "https://badexample.com/", DOMAINS, BELOW),
    url("below-exact", "a name below the exact one", "https://a.example.com/", DOMAINS),
    url("longer", "the host with more behind it", "https://example.com.evil.example/", DOMAINS),
    url("dot-at-end", "a dot behind the host", "https://example.com./", DOMAINS),
    url("userinfo", "the host as somebody's name", "https://example.com@evil.example/"),
    url("userinfo-before", "a name before the host", "https://user@example.com/"),
    url("backslash", "a backslash where a browser sees a slash", "https://example.com\\@evil.example/"),
    url("question-mark", "a query right behind the host", "https://example.com?/"),
    url("number-sign", "a fragment right behind the host", "https://example.com#@evil.example/"),
    url("two-slashes", "two slashes behind the host", "https://example.com//evil.example/"),
    url("three-slashes", "three slashes before the host", "https:///example.com/"),
    url("no-slashes", "no slashes before the host", "https:example.com"),
    url("no-scheme", "no scheme", "//example.com/"),
    url("ftp", "another scheme", "ftp://example.com/"),
    url("port-zero", "port 0", "https://example.com:0/"),
    url("port-leading-zero", "a port with a leading zero", "https://example.com:0443/"),
    url("port-too-large", "port 65536", "https://example.com:65536/"),
    url("port-empty", "a colon without a port", "https://example.com:/"),
    url("kelvin", "a letter that folds to k", "https://\u212a.example/", UNICODE, members("host", "k.example")),
    url("fullwidth-dot", "a fullwidth dot", "https://example\uff0ecom/", UNICODE),
    url("space", "a space before the path", "https://example.com /"),
    url("tab", "a tab within the host, which some parsers drop", "https://exam\tple.com/"),
    url("space-in-path", "a no-break space in the path", "https://example.com/a\u00a0b"),
    url("encoded-host", "an escape in the host", "https://exampl%65.com/"),
    url("ipv4-decimal", "an address as one number", "http://2130706433/", ADDRESSES, members("host", "127.0.0.1")),
    url("ipv4-octal", "an address with a leading zero", "http://127.0.0.01/", ADDRESSES, members("host", "127.0.0.1")),
    url("ipv4-hex", "an address in hex digits", "http://0x7f.1/", ADDRESSES, members("host", "127.0.0.1")),
    url(
        "ipv4-mapped",
        "an address as an IPv6 one",
        "http://[::ffff:127.0.0.1]/",
        ADDRESSES,
        members("host", "127.0.0.1"),
    ),
    url("label-hyphen", "a label that starts with a hyphen", "https://-a.example.com/", DOMAINS, BELOW),
    HOST.prohibits("list", "a list of one URL", UNLIKE, EXACT, value=["https://example.com/"]),
    HOST.prohibits("absent", "no such argument", EMPTY, EXACT),
    HOST.permits("not", "a URL that leads elsewhere", NOT_HOST, value="https://other.example/"),
    HOST.prohibits("not-there", "a URL that leads there", 67, NOT_HOST, value="https://example.com/"),
    HOST.prohibits(
        "not-unsafe",
        "of a URL without a safe reading it is unknown",
        URLS,
        NOT_HOST,
        value="https://other.example@example.com/",
    ),
    HOST.prohibits("not-a-url", "of what is no URL it is unknown", URLS, NOT_HOST, value="example"),
    HOST.strange(
        "wire-upper-case",
        "a host in upper case beside the one that is asked for",
        members("host", "Z.example", "example.com"),
        value="https://example.com/",
    ),
    HOST.strange(
        "wire-star-within",
        "a star within a label",
        members("host", "*example.com", "example.com"),
        value="https://example.com/",
    ),
    HOST.strange("wire-star-alone", "a star alone", members("host", "*", "example.com"), value="https://example.com/"),
    HOST.strange(
        "wire-port",
        "a host with a port",
        members("host", "example.com", "example.com:443"),
        value="https://example.com/",
    ),
    HOST.strange(
        "wire-ipv6-bare",
        "an IPv6 address without brackets",
        members("host", "::1", "example.com"),
        value="https://example.com/",
    ),
)
TEN, TEN_BITS = "4:00001010", "10.1.2.3"
IPV6 = "6:00100000000000010000110110111000"
MAPPED = "6:" + "0" * 80 + "1" * 16


def network(*bits: str, negate: bool = False, name: str = "0") -> Check:
    return lambda w: any_of(*(starting("address", argument(w), each, negate=negate, name=name) for each in bits))


def address(name: str, notes: str, text: str, attack: int = ADDRESSES, check: Check | None = None) -> Question:
    return CIDR.prohibits(name, notes, attack, check or network(TEN), value=text)


CIDR_RECIPES = (
    CIDR.permits("first", "the first address of the network", network(TEN), value="10.0.0.0"),
    CIDR.permits("last", "the last address of the network", network(TEN), value="10.255.255.255"),
    CIDR.permits("mapped", "an IPv4 address as an IPv6 one", network(TEN), value="::ffff:10.1.2.3"),
    CIDR.permits("mapped-in-hex", "the same in hex digits", network(TEN), value="::FFFF:0a01:0203"),
    CIDR.permits(
        "ipv6", "an IPv6 address in upper case and uncompressed", network(IPV6), value="2001:0DB8:0:0:0:0:0:1"
    ),
    CIDR.permits("all-ipv4", "every IPv4 address", network("4:"), value="255.255.255.255"),
    CIDR.permits(
        "second", "the second of two networks, in the order of their texts", network(TEN, IPV6), value="2001:db8::"
    ),
    address("below", "one address below", "9.255.255.255", 67),
    address("above", "one address above", "11.0.0.0", 67),
    address("ipv4-in-all-ipv6", "an IPv4 address is in no IPv6 network", TEN_BITS, 67, network("6:")),
    address("mapped-in-all-ipv6", "nor is it when it is written as one", "::ffff:10.1.2.3", 67, network("6:")),
    address("octal", "a leading zero", "10.1.2.03"),
    address("decimal", "one number", "167772161"),
    address("hex", "hex digits", "0x0a000001"),
    address("three-numbers", "three numbers", "10.1.2"),
    address("space", "a space before it", " 10.1.2.3"),
    address("line-break", "a line break behind it", "10.1.2.3\n"),
    address("fullwidth", "fullwidth digits", "\uff11\uff10.1.2.3", UNICODE),
    address("with-length", "a network", "10.0.0.0/8"),
    address("with-port", "a port", "10.1.2.3:80"),
    address("brackets", "brackets", "[2001:db8::1]", ADDRESSES, network(IPV6)),
    address("zone", "a zone", "2001:db8::1%eth0", ADDRESSES, network(IPV6)),
    address("two-gaps", "two gaps", "2001:db8::1::", ADDRESSES, network(IPV6)),
    address("empty", "an empty text", "", EMPTY),
    CIDR.prohibits("number", "a number", UNLIKE, network(TEN), value=167772161),
    CIDR.prohibits("absent", "no such argument", EMPTY, network(TEN)),
    CIDR.permits("not", "an address elsewhere", network(TEN, negate=True), value="192.0.2.1"),
    CIDR.prohibits("not-there", "an address within", 67, network(TEN, negate=True), value=TEN_BITS),
    CIDR.prohibits(
        "not-mapped", "an address within, as an IPv6 one", ADDRESSES, network(TEN, negate=True), value="::ffff:10.1.2.3"
    ),
    CIDR.prohibits(
        "not-unsafe", "of another spelling it is unknown", ADDRESSES, network(TEN, negate=True), value="167772161"
    ),
    CIDR.strange("wire-mapped", "IPv4 as a part of IPv6, or a network", network(MAPPED, TEN), value=TEN_BITS),
    CIDR.strange("wire-mapped-address", "one IPv4 address as an IPv6 one", network(MAPPED + "0" * 32), value="0.0.0.0"),
    CIDR.strange("wire-other-digit", "a digit that is no bit, or a network", network("4:2", TEN), value=TEN_BITS),
    CIDR.strange("wire-too-long", "33 bits, or a network", network("4:" + "0" * 33, TEN), value=TEN_BITS),
    CIDR.strange("wire-no-version", "bits alone, or a network", network("0000", TEN), value=TEN_BITS),
    CIDR.strange("wire-version-alone", "no colon", network("4"), value=TEN_BITS),
    CIDR.permits(
        "wire-unsorted",
        "two networks in descending order: a formula of two, which may stand in any order",
        network(IPV6, TEN),
        value=TEN_BITS,
    ),
    CIDR.strange("wire-variable-name", "the variable is called ip", network(TEN, name="ip"), value=TEN_BITS),
)

RECIPES = (*SUBPATH_RECIPES, *HOST_RECIPES, *CIDR_RECIPES)
