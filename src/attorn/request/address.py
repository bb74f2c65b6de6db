"""IP addresses and networks as bit text, so that "inside the network" is "starts with".

IPv4: `4:` and up to 32 binary digits; IPv6: `6:` and up to 128. An IPv4-mapped IPv6 address is the IPv4 address that
it stands for, so it lies in IPv4 networks and in no IPv6 network.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from attorn.display import shown
from attorn.errors import InputError

_OCTET: Final = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_IPV6 = re.compile(r"(?=[0-9A-Fa-f:.]{2,45}\Z)[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*")
_PREFIX_LENGTH = re.compile(r"0|[1-9][0-9]{0,2}")
_BITS = re.compile(r"4:[01]{0,32}|6:[01]{0,128}")
_MAPPED: Final = "0" * 80 + "1" * 16


def address_bits(text: str) -> str | None:
    """The bit text of one address in plain spelling; `None` for anything else.

    IPv4 is four decimal numbers without leading zeros; IPv6 is RFC 4291 section 2.2 without zone id or brackets.
    """
    if type(text) is not str:
        return None
    if _IPV4.fullmatch(text) is not None:
        first, second, third, fourth = map(int, text.split("."))
        return f"4:{first << 24 | second << 16 | third << 8 | fourth:032b}"
    bits = _ipv6_bits(text)
    if bits is None:
        return None
    return "4:" + bits[96:] if bits.startswith(_MAPPED) else "6:" + bits


def network_bits(cidr: str) -> str:
    """The bits that every address of the network `address/length` starts with.

    Raises `InputError` for another spelling, a length out of range, host bits that are set, or an IPv6 network that
    cuts through the IPv4-mapped addresses above their /96.
    """
    if type(cidr) is not str:
        raise InputError(f"network: expected str, got {type(cidr).__name__}")
    address, slash, length = cidr.partition("/")
    if not slash or _PREFIX_LENGTH.fullmatch(length) is None:
        raise InputError(f"network: expected address/length, got {shown(cidr)}")
    if _IPV4.fullmatch(address) is not None:
        family, bits = "4:", (address_bits(address) or "")[2:]
    else:
        family, bits = "6:", _ipv6_bits(address) or ""
    kept = int(length)
    if not bits or kept > len(bits):
        raise InputError(f"network: expected an IPv4 or IPv6 network, got {shown(cidr)}")
    if "1" in bits[kept:]:
        raise InputError(f"network: bits are set behind the prefix of {shown(cidr)}")
    if family == "6:" and bits.startswith(_MAPPED):
        if kept < 96:
            raise InputError(f"network: write {shown(cidr)} as an IPv4 network")
        return "4:" + bits[96:kept]
    return family + bits[:kept]


def network_text(bits: str) -> str:
    """The `address/length` text of network bits, the inverse of `network_bits`. Raises `InputError`."""
    if type(bits) is not str or _BITS.fullmatch(bits) is None:
        raise InputError(f"network: expected '4:' or '6:' and binary digits, got {shown(bits)}")
    digits = bits[2:]
    if bits[0] == "4":
        return f"{ipaddress.IPv4Address(int(digits.ljust(32, '0'), 2))}/{len(digits)}"
    return f"{ipaddress.IPv6Address(int(digits.ljust(128, '0'), 2))}/{len(digits)}"


def ipv4_literal(text: str) -> bool:
    """Whether `text` is an IPv4 address in the one spelling that no parser reads as something else."""
    return _IPV4.fullmatch(text) is not None


def ipv6_literal(text: str) -> str | None:
    """The compressed lower-case spelling (RFC 5952) of an IPv6 address; `None` if it is none, or IPv4-mapped."""
    bits = _ipv6_bits(text)
    if bits is None or bits.startswith(_MAPPED):
        return None
    return str(ipaddress.IPv6Address(int(bits, 2)))


def _ipv6_bits(text: str) -> str | None:
    if _IPV6.fullmatch(text) is None:
        return None
    try:
        return f"{int(ipaddress.IPv6Address(text)):0128b}"
    except ValueError:
        return None
