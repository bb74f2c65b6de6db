"""The content of a closed checkout mandate: a hash, and perhaps the text that it is of."""

from __future__ import annotations

from typing import Any

import pytest

from attorn.errors import InputError, MalformedError
from attorn.mandate.order import ClosedCheckout

CONTENT: dict[str, Any] = {"vct": "mandate.checkout.1", "checkout_hash": "h", "checkout_jwt": "a.b.c"}


def test_it_is_read_and_written() -> None:
    found = ClosedCheckout.read(CONTENT)
    assert found == ClosedCheckout(unverified_hash="h", unverified_jwt="a.b.c")
    assert found.write() == CONTENT
    assert "a.b.c" not in repr(found)
    less = {name: member for name, member in CONTENT.items() if name != "checkout_jwt"}
    assert ClosedCheckout.read(less) == ClosedCheckout(unverified_hash="h", unverified_jwt=None)
    assert ClosedCheckout.read(less).write() == less


@pytest.mark.parametrize("name", ["checkout_hash", "checkout_jwt"])
@pytest.mark.parametrize("value", ["", None, 1, True, ["a.b.c"], {}])
def test_a_member_of_another_kind_is_named(name: str, value: Any) -> None:
    with pytest.raises(MalformedError, match=f"^{name}: expected"):
        ClosedCheckout.read({**CONTENT, name: value})


def test_how_long_a_checkout_may_be() -> None:
    assert ClosedCheckout.read({**CONTENT, "checkout_jwt": "c" * 65_536}).unverified_jwt == "c" * 65_536
    assert ClosedCheckout.read({**CONTENT, "checkout_jwt": "c"}).unverified_jwt == "c"
    with pytest.raises(MalformedError, match=r"^checkout_jwt: expected"):
        ClosedCheckout.read({**CONTENT, "checkout_jwt": "c" * 65_537})


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        *(({"unverified_hash": value}, "checkout_hash") for value in ("", None, 1, b"h")),
        *(({"unverified_jwt": value}, "checkout_jwt") for value in ("", 1, b"a.b.c", ["a"])),
    ],
)
def test_a_field_of_another_type_is_named(changed: dict[str, Any], name: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: expected"):
        ClosedCheckout(**{"unverified_hash": "h", "unverified_jwt": "a.b.c", **changed})
