"""Symbol tables: every string in a block is a number, and later blocks reuse the numbers of earlier ones.

Source: Biscuit specification 3.3, "Symbol table". Numbers below 1024 are the default table's.
"""

from __future__ import annotations

from typing import Final

DEFAULT: Final = (
    "read", "write", "resource", "operation", "right", "time", "role", "owner", "tenant", "namespace", "user", "team",
    "service", "admin", "email", "group", "member", "ip_address", "client", "client_ip", "domain", "path", "version",
    "cluster", "node", "hostname", "nonce", "query",
)  # fmt: skip
FIRST: Final = 1024
_DEFAULT_NUMBERS: Final = {name: number for number, name in enumerate(DEFAULT)}


class SymbolWriter:
    """Numbers strings for one block: known ones keep their number, new ones are listed in order of first use."""

    __slots__ = ("_known", "_numbers", "added")

    def __init__(self, known: tuple[str, ...]) -> None:
        self._known = len(known)
        self._numbers = {name: FIRST + index for index, name in enumerate(known)}
        self.added: list[str] = []

    def number(self, name: str) -> int:
        """The number of `name`, adding it to this block's list if no earlier table has it."""
        number = _DEFAULT_NUMBERS.get(name)
        if number is None:
            number = self._numbers.get(name)
        if number is None:
            number = FIRST + self._known + len(self.added)
            self._numbers[name] = number
            self.added.append(name)
        return number
