"""SD-JWTs as recipes put them together: one that holds, with what its payload says and its disclosures show."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from .case import Case
from .selective import claim, claims_of, digest, element, issued, question, salt, shown
from .testkit import url64
from .world import World

Make = Callable[[World], str]
Recipe = Callable[[World], Case]
FORM, DIGESTS, JWS = (
    "docs/spec/sd-jwt.md section Form: ",
    "docs/spec/sd-jwt.md section Digests: ",
    "docs/spec/status.md section JWS: ",
)
MALFORMED, BAD, NOT_GENUINE = ("malformed", 1), ("bad_credential", 1), ("bad_credential", 4)


def refused(name: str, notes: str, rule: str, verdict: tuple[str, int], text: Make, *, attack: int = 97) -> Recipe:
    """An SD-JWT that is refused."""
    return lambda w: Case(f"sd-jwt/{name}", "verify-sd-jwt", notes, attack, rule, question(w, text(w)), *verdict)


def accepted(name: str, notes: str, rule: str, text: Make, **claims: Any) -> Recipe:
    """An SD-JWT that holds, and says this beside what every one here says."""

    def recipe(w: World) -> Case:
        result = {"claims": claims_of(w, **claims), "bound": True, "issuer": w.key("carol").did}
        return Case(f"sd-jwt/{name}", "verify-sd-jwt", notes, None, rule, question(w, text(w)), result=result)

    return recipe


def model(w: World) -> str:
    return claim(w, "model", "example-1")


def hiding(disclosures: Callable[[World], Iterable[str]], **changes: Any) -> Make:
    """The first of these disclosures is hidden at the top, beside a decoy, and all of them are shown."""

    def text(w: World) -> str:
        first, *more = disclosures(w)
        digests = sorted([digest(first), digest("nothing")])
        return shown(w, issued(w, claims_of(w, _sd=digests, **changes), first, *more))

    return text


def payload(*disclosures: Callable[[World], str], **changes: Callable[[World], Any]) -> Make:
    """A payload with these further claims, shown with these disclosures."""

    def text(w: World) -> str:
        claims = claims_of(w, **{name: value(w) for name, value in changes.items()})
        return shown(w, issued(w, claims, *(each(w) for each in disclosures)))

    return text


def one(content: Callable[[World], str]) -> Make:
    """One disclosure of this text, properly hidden."""
    return hiding(lambda w: [content(w)])


def top(*texts: Callable[[World], str]) -> Callable[[World], list[str]]:
    """The digests of these disclosures, for `_sd`."""
    return lambda w: sorted(digest(text(w)) for text in texts)


def events(w: World) -> str:
    return element(w, "events:write")


def owner_name(w: World) -> str:
    return claim(w, "name", "Alice")


def owner(w: World) -> str:
    return claim(w, "owner", {"_sd": [digest(owner_name(w))], "team": "Calendar"})


def spaced(w: World) -> str:
    return url64(json.dumps([salt(w, "model"), "model", "example-1"], indent=1).encode())
