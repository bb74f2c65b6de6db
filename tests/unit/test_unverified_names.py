"""Whatever of a credential is handed out before anybody has verified it says so in the name of its type."""

from __future__ import annotations

import dataclasses
import inspect
from types import ModuleType

import pytest

from attorn import agent, credential, integrity, mandate, sdjwt
from attorn.mandate import vc

# What is written, and what has no claims of a credential in it.
WRITTEN = ("str", "None", "Secured", "dict[str, JsonValue]")
PACKAGES = (agent, credential, integrity, sdjwt)


def returned(package: ModuleType) -> dict[str, str]:
    names = {name: getattr(package, name) for name in package.__all__}
    return {name: call.__annotations__["return"] for name, call in names.items() if inspect.isfunction(call)}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_only_what_verifies_hands_out_claims_under_a_plain_name(package: ModuleType) -> None:
    found = returned(package)
    assert any(name.startswith("verify") for name in found)
    for name, type_ in found.items():
        if not name.startswith("verify"):
            assert type_ in WRITTEN or type_.startswith("Unverified"), name


@pytest.mark.parametrize("name", ["read_mandate", "read_parts"])
def test_mandates_too(name: str) -> None:
    assert returned(vc)[name].startswith("Unverified")


def test_parts_of_messages_too() -> None:
    assert returned(mandate)["read_parts"] == "UnverifiedParts"
    fields = [field.name for field in dataclasses.fields(mandate.UnverifiedParts)]
    assert fields
    assert all(name.startswith("unverified_") for name in fields)
