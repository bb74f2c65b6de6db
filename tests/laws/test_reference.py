"""The reference evaluator against the pages it is written from, and what it derives against attorn."""

from __future__ import annotations

import ast
import ipaddress
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.caveats import pools
from tests.caveats.vocabulary import plain
from tests.laws.sizes import law
from tests.reference import caveats, facts
from tests.reference.caveats import World
from tests.unit.test_docs import CASES, lines, made

from attorn.errors import InputError
from attorn.request import address, filepath, glob, resource, url

REFERENCE = sorted((Path(__file__).parents[1] / "reference").glob("*.py"))


@pytest.mark.parametrize("path", REFERENCE, ids=lambda path: path.name)
def test_the_reference_stands_on_the_standard_library_alone(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.startswith("tests.reference") or name.split(".")[0] in sys.stdlib_module_names


# Against the pages


@pytest.mark.parametrize("case", CASES, ids=" | ".join)
def test_the_reference_finds_what_the_page_says(case: tuple[str, ...]) -> None:
    expected, source, text = case
    members = {"action": "a", "resource": "/", "args": {}, "audience": pools.AUDIENCE, "now": 0, "depth": 0}
    members |= json.loads(text)
    approved = frozenset(members.pop("approved", ()))
    said = tuple(tuple((by, frozenset(what)) for by, *what in each) for each in members.pop("attested", ()))
    around = (members.pop("audience"), members.pop("now"), members.pop("depth"))
    world = World(*around, approved=approved, attested=said)
    if "cost" in members:
        members["cost"] = dict(zip(("amount", "currency"), members["cost"], strict=True))
    found = caveats.prohibits(plain(made(source)), members, world)
    assert ("prohibits" if found else "permits") == expected.strip()


def ordered(values: set[str] | frozenset[str] | None) -> list[str] | None:
    return None if values is None else sorted(values)


def bits(text: str) -> str | None:
    found = facts.address(text)
    if found is None:
        return None
    return f"{found.version}:{int(found):0{found.max_prefixlen}b}"


REFERENCES: dict[str, Callable[[str], object]] = {
    "normalise": facts.normal,
    "ancestors": lambda text: ordered(facts.ancestors(str(facts.normal(text)))),
    "hosts": lambda text: ordered(facts.hosts(text)),
    "address": bits,
    "subpath": lambda text: ordered(facts.subpaths(text)),
}


@pytest.mark.parametrize(("kind", "case"), [(kind, case) for kind in REFERENCES for case in lines(kind)], ids=str)
def test_the_reference_derives_what_the_page_says(kind: str, case: tuple[str, ...]) -> None:
    given_text, expected = case
    assert REFERENCES[kind](json.loads(given_text)) == json.loads(expected)


@pytest.mark.parametrize("case", lines("glob"), ids=" | ".join)
def test_the_reference_matches_what_the_page_says(case: tuple[str, ...]) -> None:
    pattern, text, expected = map(json.loads, case)
    assert facts.glob(pattern, text) is expected


# Against attorn


def normalised(text: str) -> str | None:
    try:
        return resource.normalise(text)
    except InputError:
        return None


_pieces = st.lists(
    st.sampled_from(
        (
            *("a", "B", "0", "-", "_", "~", "!", ";", ":", "@", "*", "?", "#", " ", "/", "/", "//", ".", "..", "./"),
            *(
                "%41",
                "%2f",
                "%2E",
                "%5c",
                "%25",
                "%2541",
                "%c3%a9",
                "%C3",
                "%00",
                "%3b",
                "%",
                "%g1",
                "é",
                "e\u0301",
                "\\",
            ),
            *("\u00a0", "\u2028", "\u202e", "\ud800", "\U0001f600", "xn--a", "K", "ſ", "\u00ad", "\x7f", "\x85"),
        )
    ),
    max_size=7,
).map("".join)
_hosts = st.one_of(
    st.sampled_from(pools.HOSTS),
    st.sampled_from(("[2001:db8::1]", "[::ffff:1.2.3.4]", "[fe80::1%a]", "1.2.3.04", "0x7f.1", "a.0x", "")),
    st.text("aA0.-_:[]x%@", max_size=8),
    st.sampled_from(("a", "ab", "a.b")).map(lambda text: text * 64),
)
_ports = st.sampled_from(("", "", "", ":80", ":443", ":0", ":080", ":65535", ":65536", ":", ":8x", ":8:8"))
_schemes = st.sampled_from(("http", "https", "HTTPS", "ws", "wss", "cal", "a+b", "1a", "ftp", "ſ", ""))
_located = st.builds(
    lambda scheme, mark, host, port, slash, rest: f"{scheme}{mark}{host}{port}{slash}{rest}",
    _schemes,
    st.sampled_from(("://", "://", "://", ":/", ":", ":///")),
    _hosts,
    _ports,
    st.sampled_from(("/", "/", "", "//", "?", "#")),
    _pieces,
)
_addresses = st.one_of(
    _hosts,
    st.sampled_from(pools.ADDRESSES),
    st.ip_addresses().map(str),
    st.ip_addresses(v=6).map(lambda found: found.exploded),
    st.text("0123456789abcdef:.%x ", max_size=12),
)


@law
@given(st.one_of(_pieces, _pieces.map(lambda text: f"/{text}"), _located))
def test_both_find_the_same_normal_form_hosts_and_folders(text: str) -> None:
    found = normalised(text)
    assert facts.normal(text) == found
    if found is not None:
        assert facts.ancestors(found) == resource.ancestors(found)
    assert facts.hosts(text) == url.hosts(text)
    assert facts.subpaths(text) == filepath.subpaths(text)


_networks = st.ip_addresses().flatmap(lambda found: st.tuples(st.just(found), st.integers(0, found.max_prefixlen)))


@law
@given(_addresses, _networks)
def test_both_find_the_same_addresses_in_the_same_networks(text: str, within: tuple[Any, int]) -> None:
    assert bits(text) == address.address_bits(text)
    first, length = within
    for each in (text, str(first)):
        network: Any = ipaddress.ip_network((first, length), strict=False)
        found, ours = facts.address(each), address.address_bits(each)
        try:
            prefix = address.network_bits(str(network))
        except InputError:
            continue
        if prefix[0] == str(network.version) and found is not None and ours is not None:
            assert facts.inside(found, network) is ours.startswith(prefix)


@law
@given(st.text("ab/*?\\é", min_size=1, max_size=8), st.text("ab/*\\é", max_size=8))
def test_both_match_the_same_texts(pattern: str, text: str) -> None:
    try:
        expected = glob.matches(pattern, text)
    except InputError:
        return
    assert facts.glob(pattern, text) is expected
