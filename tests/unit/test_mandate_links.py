"""What a receipt ties together has one form, and an end."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.mandate_scene import b64, check, follow, root

from attorn import Request
from attorn.errors import InputError, MalformedError
from attorn.mandate.links import Links

ID, LINK = b64(b"i" * 32), b64(b"l" * 16)
SAID: dict[str, Any] = {"checkout": ID, "mandate": [ID], "token": [LINK], "request": ID}
CHAIN = check(follow(root()))


def links(**changed: Any) -> Links:
    given: dict[str, Any] = {"checkout": ID, "mandate": (ID,), "token": (LINK,), "request": ID, **changed}
    return Links(**given)


def test_what_is_read_is_written() -> None:
    assert Links.read({"attorn": SAID}) == links()
    assert links().write() == {"attorn": SAID}
    assert Links.read({}) is None
    less = {name: SAID[name] for name in ("checkout", "mandate")}
    assert Links.read({"attorn": less}) == Links(ID, (ID,))
    assert Links(ID, (ID,)).write() == {"attorn": less}


def test_how_much_is_tied_together() -> None:
    assert links(mandate=(ID,) * 32, token=(LINK,) * 64).token == (LINK,) * 64
    for changed in ({"mandate": (ID,) * 33}, {"token": (LINK,) * 65}, {"mandate": ()}, {"token": ()}, {"request": ""}):
        with pytest.raises(InputError):
            links(**changed)
        said = {**SAID, **{name: list(value) if value else value for name, value in changed.items()}}
        with pytest.raises(MalformedError):
            Links.read({"attorn": said})


@pytest.mark.parametrize("name", SAID)
@pytest.mark.parametrize("value", [b"i" * 43, 1, None, "x", b64(b"i" * 31), b64(b"i" * 33), ID + "="])
def test_an_id_of_another_form(name: str, value: Any) -> None:
    several = name in ("mandate", "token")
    with pytest.raises(InputError):
        links(**{name: (value,) if several else value})
    with pytest.raises(MalformedError):
        Links.read({"attorn": {**SAID, name: [value] if several else value}})
    if several:
        with pytest.raises(InputError):
            links(**{name: [ID]})


def test_what_they_are_of() -> None:
    request = Request(action="purchase", resource="https://shop.example")
    found = Links.of(CHAIN, ID)
    assert found == Links(ID, tuple(hop.id for hop in CHAIN.hops))
    wrong: Any
    for wrong in (None, "chain", CHAIN.hops):
        with pytest.raises(InputError, match="VerifiedChain"):
            Links.of(wrong, ID)
    for wrong in ("request", 1, request.digest()):
        with pytest.raises(InputError, match="Request"):
            Links.of(CHAIN, ID, request=wrong)
    for wrong in ([LINK], [None], [b"l" * 16]):
        with pytest.raises(InputError, match="chain of an Access"):
            Links.of(CHAIN, ID, token=wrong, request=request)
    with pytest.raises(InputError):
        Links.of(CHAIN, ID, request=request)


@pytest.mark.parametrize("claims", [None, 5, "attorn", ["attorn"]])
def test_claims_are_a_mapping(claims: Any) -> None:
    with pytest.raises(InputError, match=r"^receipt: expected a mapping"):
        Links.read(claims)


@pytest.mark.parametrize("said", [None, [], "x", {}, {**SAID, "other": 1}, {"mandate": [ID]}, {"checkout": ID}])
def test_what_ties_nothing(said: Any) -> None:
    with pytest.raises(MalformedError, match=r"^receipt"):
        Links.read({"attorn": said})
