"""Addresses as bits: containment is a prefix, and one address has one meaning (attacks 35, 56)."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn.errors import InputError
from attorn.request.address import address_bits, ipv6_literal, network_bits, network_text


def test_addresses() -> None:
    assert address_bits("10.0.0.1") == "4:00001010000000000000000000000001"
    assert address_bits("255.255.255.255") == "4:" + "1" * 32
    assert address_bits("::") == "6:" + "0" * 128
    assert address_bits("2001:DB8::1") == address_bits("2001:0db8:0:0:0:0:0:1")


@pytest.mark.parametrize("text", ["::ffff:10.0.0.1", "::FFFF:a00:1", "0:0:0:0:0:ffff:0a00:0001"])
def test_35_a_mapped_address_is_the_ipv4_address(text: str) -> None:
    assert address_bits(text) == address_bits("10.0.0.1")
    assert ipv6_literal(text) is None


NONSENSE = {
    "13-empty": "",
    "13-nul": "10.0.0.1\0",
    "35-integer": "167772161",
    "35-hex": "0x0a000001",
    "35-hex-part": "10.0.0.0x1",
    "35-octal": "012.0.0.1",
    "35-leading-zero": "10.0.0.01",
    "35-double-zero": "10.0.0.00",
    "35-empty-part": "10..0.1",
    "35-empty-first": ".0.0.1",
    "35-dots": "...",
    "35-short": "10.1",
    "35-five": "10.0.0.0.1",
    "35-256": "10.0.0.256",
    "35-trailing-dot": "10.0.0.1.",
    "35-zone": "fe80::1%eth0",
    "35-zone-empty": "fe80::1%",
    "35-brackets": "[::1]",
    "35-three-colons": ":::1",
    "35-two-gaps": "1::2::3",
    "35-group-of-five": "::12345",
    "35-nine-groups": "1:2:3:4:5:6:7:8:9",
    "35-seven-groups": "1:2:3:4:5:6:7",
    "35-mapped-leading-zero": "::ffff:10.0.0.01",
    "35-port": "10.0.0.1:80",
    "35-prefix": "10.0.0.0/8",
    "56-space": " 10.0.0.1",
    "56-newline": "10.0.0.1\n",
    "56-sign": "+10.0.0.1",
    "56-underscore": "1_0.0.0.1",
    "56-fullwidth": "\uff11\uff10.0.0.1",
    "56-arabic-indic": "\u0661.0.0.1",
    "56-name": "localhost",
    "56-surrogate": "\ud800",
    "4-long": "0" * 10_000 + ":",
}


@pytest.mark.parametrize("text", NONSENSE.values(), ids=NONSENSE.keys())
def test_no_address(text: str) -> None:
    assert address_bits(text) is None


@pytest.mark.parametrize("value", [None, 1, 2130706433, True, b"10.0.0.1", ["10.0.0.1"]], ids=repr)
def test_56_only_text_is_an_address(value: object) -> None:
    assert address_bits(value) is None  # type: ignore[arg-type]
    with pytest.raises(InputError):
        network_bits(value)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        network_text(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cidr", "bits"),
    [
        ("10.0.0.0/8", "4:00001010"),
        ("0.0.0.0/0", "4:"),
        ("::/0", "6:"),
        ("10.0.0.1/32", "4:00001010000000000000000000000001"),
        ("2000::/3", "6:001"),
    ],
)
def test_networks(cidr: str, bits: str) -> None:
    assert network_bits(cidr) == bits
    assert network_text(bits) == cidr


def test_35_a_mapped_network_is_the_ipv4_network() -> None:
    assert network_bits("::ffff:10.0.0.0/104") == network_bits("10.0.0.0/8")
    assert network_bits("::ffff:0:0/96") == network_bits("0.0.0.0/0")
    assert not (address_bits("::ffff:10.0.0.1") or "").startswith(network_bits("::/0"))


@pytest.mark.parametrize(
    "cidr",
    [
        "", "/", "/8", "10.0.0.0", "10.0.0.0/", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08",
        "10.0.0.0/+8", "10.0.0.0/ 8", "10.0.0.0/8 ", "10.0.0.0/8/8", "10.0.0.0/255.0.0.0", "10/8", "10.0.0.0/\uff18",
        "::/129", "::1/127", "::ffff:0:0/95", "fe80::%1/64", "localhost/8", "10.0.0.0/1e1", "10.0.0.0/999999999999",
        "localhost/0", "localhost/1", "/0", "10.0.0.256/0",
    ],
)  # fmt: skip
def test_no_network(cidr: str) -> None:
    with pytest.raises(InputError):
        network_bits(cidr)


@pytest.mark.parametrize(
    "bits", ["", "4", "4:2", "5:01", "4:" + "0" * 33, "6:" + "0" * 129, "4:0\n", " 4:0", "4:\uff11"]
)
def test_no_network_bits(bits: str) -> None:
    with pytest.raises(InputError):
        network_text(bits)


ADDRESSES = st.one_of(
    st.ip_addresses(v=4),
    st.builds(ipaddress.IPv6Address, st.integers(0, 2**128 - 1)),
    st.just(ipaddress.ip_address("::")),
)


@settings(derandomize=True, deadline=None, max_examples=500)
@given(ADDRESSES, ADDRESSES, st.integers(0, 128))
def test_containment_agrees_with_the_standard_library(
    inside: ipaddress.IPv4Address | ipaddress.IPv6Address,
    other: ipaddress.IPv4Address | ipaddress.IPv6Address,
    length: int,
) -> None:
    network = ipaddress.ip_network((inside, min(length, inside.max_prefixlen)), strict=False)
    bits = network_bits(str(network))
    for address in (inside, other):
        assert (address_bits(str(address)) or "").startswith(bits) == (address in network)
        assert address_bits(address.exploded) == address_bits(str(address))
    assert network_text(bits) == str(network)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text("0123456789abcf.:", max_size=20))
def test_nothing_is_an_address_that_the_standard_library_refuses(text: str) -> None:
    try:
        known = str(ipaddress.ip_address(text))
    except ValueError:
        assert address_bits(text) is None
    else:
        assert address_bits(text) == address_bits(known) is not None
