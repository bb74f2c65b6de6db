"""Facts and checks as Datalog text, for people and for a stock compiler.

The text is faithful or it is not written: compiling it gives the very block that attorn's own codec writes, and a
string cannot end its quotation and pose as Datalog. Source: Biscuit specification 3.3, "Text syntax".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from attorn.clock import LATEST
from attorn.datalog import (
    BINARY,
    BOOL,
    BYTES,
    CONTAINS,
    DATE,
    GREATER,
    GREATER_OR_EQUAL,
    INTEGER,
    LESS,
    LESS_OR_EQUAL,
    NEGATE,
    PREFIX,
    STRING,
    UNARY,
    VARIABLE,
    Check,
    Expression,
    Op,
    Predicate,
    Query,
    Term,
)
from attorn.display import stamp
from attorn.errors import InputError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_:]*")
_VARIABLE = re.compile(r"[A-Za-z0-9_:]+")
# The grammar knows these three escapes alone; every other character, control characters too, stands for itself.
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
_INFIX: Final[dict[Op, str]] = {LESS: "<", GREATER: ">", LESS_OR_EQUAL: "<=", GREATER_OR_EQUAL: ">="}
_METHODS: Final[dict[Op, str]] = {CONTAINS: "contains", PREFIX: "starts_with"}


def predicate_text(predicate: Predicate) -> str:
    """`name(term, ...)`. Raises `InputError` for what has no spelling: see `term_text`."""
    if _NAME.fullmatch(predicate.name) is None or not predicate.terms:
        raise InputError(f"Datalog text: {predicate.name!a:.80} with {len(predicate.terms)} terms is no predicate")
    return f"{predicate.name}({', '.join(map(term_text, predicate.terms))})"


def check_text(check: Check) -> str:
    """`check if ... or ...`, without a semicolon. Raises `InputError` for what has no spelling."""
    if not check:
        raise InputError("Datalog text: a check holds at least one alternative")
    return "check if " + " or ".join(map(query_text, check))


def query_text(query: Query) -> str:
    """One alternative of a check. Raises `InputError` for what has no spelling, an empty one included."""
    parts = [*map(predicate_text, query.body), *map(expression_text, query.expressions)]
    if not parts:
        raise InputError("Datalog text: an alternative holds at least one condition")
    return ", ".join(parts)


def block_text(facts: tuple[Predicate, ...], checks: tuple[Check, ...]) -> str:
    """The statements of one block, each on its line. Raises `InputError` for what has no spelling."""
    statements = [*map(predicate_text, facts), *map(check_text, checks)]
    return "".join(f"{statement};\n" for statement in statements)


def expression_text(expression: Expression) -> str:
    """A postfix expression as it would be written by hand.

    Raises `InputError` if it does not leave exactly one value, or holds an operation outside the profile.
    """
    # Each entry: the text, and whether it can stand before a dot or behind `!` as it is.
    stack: list[tuple[str, bool]] = []
    try:
        for op in expression:
            if op[0] not in (UNARY, BINARY):
                stack.append((term_text(op), True))
            elif op == NEGATE:
                stack.append(("!" + _closed(*stack.pop()), False))
            else:
                right, left = stack.pop(), stack.pop()
                stack.append(_binary(op, left, right))
        ((text, _),) = stack
    except (IndexError, KeyError, ValueError):
        raise InputError("Datalog text: an expression that leaves no single value") from None
    return text


def _binary(op: Op, left: tuple[str, bool], right: tuple[str, bool]) -> tuple[str, bool]:
    infix = _INFIX.get(op)
    if infix is not None:
        return f"{_closed(*left)} {infix} {_closed(*right)}", False
    return f"{_closed(*left)}.{_METHODS[op]}({right[0]})", True


def _closed(text: str, closed: bool) -> str:
    return text if closed else f"({text})"


def term_text(term: Term) -> str:
    """A term: text escaped, dates in RFC 3339 UTC, octets in hexadecimal, sets in braces.

    Raises `InputError` for what the grammar cannot spell: no octets at all, a date after the year 9999, a variable
    that is no name.
    """
    kind, value = term
    if isinstance(value, tuple):
        members = ", ".join(map(term_text, value)) or ","
        # A word alone in braces is the name of a parameter to the stock parser: `{true}`, but not `{ true }`.
        return f"{{ {members} }}" if members in ("true", "false") else f"{{{members}}}"
    spell = _SPELLINGS.get(kind)
    if spell is None:
        raise InputError(f"Datalog text: a term of unknown kind {kind!a:.20}")
    return spell(value)


def _variable(value: object) -> str:
    if not isinstance(value, str) or _VARIABLE.fullmatch(value) is None:
        raise InputError(f"Datalog text: {value!a:.80} is no name of a variable")
    return "$" + value


def _date(value: object) -> str:
    if not isinstance(value, int) or not 0 <= value <= LATEST:
        raise InputError(f"Datalog text: expected a date from 1970 to 9999, got {value!a:.40}")
    return stamp(datetime.fromtimestamp(value, UTC))


def _octets(value: object) -> str:
    if not isinstance(value, bytes) or not value:
        raise InputError("Datalog text: expected at least one octet")
    return "hex:" + value.hex()


def _string(value: object) -> str:
    return '"' + str(value).translate(_ESCAPES) + '"'


def _bool(value: object) -> str:
    return "true" if value else "false"


_SPELLINGS: Final[dict[int, Callable[[object], str]]] = {
    VARIABLE: _variable,
    INTEGER: str,
    STRING: _string,
    DATE: _date,
    BYTES: _octets,
    BOOL: _bool,
}
