"""The kinds of value that the data model speaks of: URLs, types, times, texts with a language, one or several.

VC Data Model 2.0 sections 4.4 (identifiers), 4.5 (types), 4.6 (names), 4.9 (times) and 11.1 (language values).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from attorn.canonical import JsonValue
from attorn.credential.problem import malformed, out_of_range
from attorn.display import shown
from attorn.stamp import is_stamp, read_stamp

_CHARACTER: Final = r"[A-Za-z0-9._~!$&'()*+,;=:@/?#\[\]-]|%[0-9A-Fa-f]{2}"
_URL: Final = re.compile(rf"([A-Za-z][A-Za-z0-9+.-]*+):(?:{_CHARACTER})++")
_WEB: Final = re.compile(r"[A-Za-z]+://[^/?#]")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,10}")
_DIRECTIONS: Final = ("ltr", "rtl")
_IN_VALUE: Final = frozenset({"@value", "@language", "@direction"})


def url(value: JsonValue, name: str) -> str:
    """`value` if it is one absolute URL in ASCII. Raises `CredentialError`."""
    match = _URL.fullmatch(value) if isinstance(value, str) else None
    if match is None or (match[1].lower() in {"http", "https"} and _WEB.match(match[0]) is None):
        raise malformed(f"{name}: expected one URL, got {shown(value)}")
    return match[0]


def several(value: JsonValue, name: str) -> list[JsonValue]:
    """The elements of a set that may be written as its one element. Raises `CredentialError` for an empty one."""
    if not isinstance(value, list):
        return [value]
    if not value:
        raise malformed(f"{name}: expected one or more values, got none")
    return value


def objects(value: JsonValue, name: str) -> list[dict[str, JsonValue]]:
    """One or more objects that say something. Raises `CredentialError`."""
    found: list[dict[str, JsonValue]] = []
    for each in several(value, name):
        if not isinstance(each, dict) or not each:
            raise malformed(f"{name}: expected objects that are not empty, got {shown(each)}")
        found.append(each)
    return found


def types(value: JsonValue, name: str) -> tuple[str, ...]:
    """One or more terms or URLs; whether they are known is asked of the contexts. Raises `CredentialError`."""
    found: list[str] = []
    for each in several(value, f"{name} type"):
        if not isinstance(each, str) or not each or each.startswith("@"):
            raise malformed(f"{name}: expected a type as text, got {shown(each)}")
        found.append(each)
    return tuple(found)


def instant(value: JsonValue, name: str) -> datetime:
    """The UTC instant of a dateTimeStamp, whose zone is required; what is finer than a microsecond is cut.

    Raises `CredentialError`: MALFORMED_VALUE_ERROR for anything else, RANGE_ERROR for a day or instant there is not.
    """
    if not is_stamp(value):
        raise malformed(f"{name}: expected a date and time with seconds and a zone, got {shown(value)}")
    at = read_stamp(value)
    if at is None:
        raise out_of_range(f"{name}: there is no such time as {shown(value)}")
    return at


def check_words(value: JsonValue, name: str) -> None:
    """Returns for a text, a text with its language, or several of either. Raises `CredentialError`."""
    for each in several(value, name):
        if isinstance(each, dict):
            check_language_value(each, name)
        elif not isinstance(each, str):
            raise malformed(f"{name}: expected a text or a text with its language, got {shown(each)}")


def check_language_value(value: dict[str, JsonValue], name: str) -> None:
    """Returns for `@value` as text, perhaps with `@language` and `@direction`. Raises `CredentialError`."""
    if not value.keys() <= _IN_VALUE or not isinstance(value.get("@value"), str):
        raise malformed(f"{name}: expected @value as text, with @language and @direction at most, got {shown(value)}")
    language = value.get("@language", "en")
    if not isinstance(language, str) or _LANGUAGE.fullmatch(language) is None:
        raise malformed(f"{name}: expected @language as a language tag, got {shown(language)}")
    if value.get("@direction", "ltr") not in _DIRECTIONS:
        raise malformed(f"{name}: expected @direction as ltr or rtl, got {shown(value['@direction'])}")
