"""JWS and SD-JWT put together from primitives, right or wrong on purpose: RFC 7515, RFC 9901, RFC 8785."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .jose import raw_signature
from .testkit import Key, url64
from .world import World

Path = tuple[str | int, ...]


def jcs(value: Any) -> bytes:
    """RFC 8785, as far as names of ASCII and everyday numbers go."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def without(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that are not `...`."""
    return {name: value for name, value in members.items() if value is not ...}


def put(value: Any, *path: str | int, to: Any) -> Any:
    """A copy of a JSON value with another value at `path`; `...` takes the member away."""
    if not path:
        return to
    copy: Any = list(value) if isinstance(value, list) else dict(value)
    step, *rest = path
    if not rest and to is ...:
        del copy[step]
    else:
        copy[step] = put(copy.get(step, {}) if isinstance(copy, dict) else copy[step], *rest, to=to)
    return copy


def hashed(text: str, name: str = "sha256") -> str:
    return url64(hashlib.new(name, text.encode()).digest())


def jws(payload: Any, *, by: Key, **header: Any) -> str:
    """A compact JWS of JSON or of bytes. A header member of `...` is left out."""
    members = without({"alg": ("EdDSA", "ES256")[by.algorithm], **header})
    body = payload if isinstance(payload, bytes) else jcs(payload)
    signed = f"{url64(jcs(members))}.{url64(body)}"
    return f"{signed}.{url64(raw_signature(by, signed.encode()))}"


@dataclass(frozen=True)
class Hop:
    """One SD-JWT of a chain: the `disclosures` that are shown, and that of its `content`, empty for a credential."""

    jwt: str
    disclosures: tuple[str, ...]
    content: str

    @property
    def text(self) -> str:
        return "~".join((self.jwt, *self.disclosures, ""))

    @property
    def sd_hash(self) -> str:
        return hashed(self.text)

    @property
    def id(self) -> str:
        return hashed(self.jwt.rpartition(".")[0] + (self.content and "~" + self.content))


@dataclass(frozen=True)
class Concealer:
    """Makes disclosures whose salts are drawn from a world."""

    w: World
    label: str

    def disclosure(self, path: Path, *content: Any) -> str:
        salt = url64(self.w.octets(f"salt {self.label} {path}", 16))
        return url64(json.dumps([salt, *content], separators=(",", ":")).encode())

    def entries(self, value: Any, path: Path, found: dict[Path, str]) -> Any:
        """The list at `path` with every entry hidden."""
        if not isinstance(value, list):
            return value
        hidden = []
        for index, each in enumerate(value):
            found[(*path, index)] = text = self.disclosure((*path, index), each)
            hidden.append({"...": hashed(text)})
        return hidden

    def constraint(self, value: Any, path: Path, found: dict[Path, str]) -> Any:
        """A constraint of which every entry that may be kept back is hidden."""
        if not isinstance(value, dict):
            return value
        value = dict(value)
        if "allowed" in value and value.get("type") != "payment.allowed_pisps":
            value["allowed"] = self.entries(value["allowed"], (*path, "allowed"), found)
        if isinstance(value.get("items"), list):
            value["items"] = [
                self._requirement(each, (*path, "items", at), found) for at, each in enumerate(value["items"])
            ]
        return value

    def _requirement(self, value: Any, path: Path, found: dict[Path, str]) -> Any:
        if not isinstance(value, dict) or "acceptable_items" not in value:
            return value
        hidden = self.entries(value["acceptable_items"], (*path, "acceptable_items"), found)
        return {**value, "acceptable_items": hidden}

    def content(self, value: Any) -> dict[Path, str]:
        """The disclosures of a content by where they stand; its own, with all hidden in it that may be, is at ()."""
        found: dict[Path, str] = {}
        if isinstance(value, dict):
            value = dict(value)
            if isinstance(value.get("constraints"), list):
                value["constraints"] = [
                    self.constraint(each, ("constraints", at), found) for at, each in enumerate(value["constraints"])
                ]
            if "checkout_jwt" in value and value.get("vct") == "mandate.checkout.1":
                text = self.disclosure(("checkout_jwt",), "checkout_jwt", value.pop("checkout_jwt"))
                value["_sd"], found[("checkout_jwt",)] = [hashed(text)], text
        found[()] = self.disclosure((), value)
        return found


def hop(
    w: World,
    label: str,
    content: Any,
    *,
    by: Key,
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
    hide: Iterable[Path] = (),
    show: Callable[[list[str]], list[str]] = list,
    plain: bool = False,
    name: str = "delegate_payload",
    payload: Callable[[list[Any]], Any] = list,
) -> Hop:
    """An SD-JWT of a mandate. `hide` keeps disclosures back, `show` rewrites what is shown, `payload` the array of
    contents; `plain` hides nothing but the content as a whole. A header member or a claim of `...` is left out."""
    concealer = Concealer(w, label)
    found = {(): concealer.disclosure((), content)} if plain else concealer.content(content)
    element = {"...": hashed(found[()])}
    body = without({name: payload([element]), "_sd_alg": "sha-256", **claims})
    kept = [text for path, text in found.items() if path not in set(hide)]
    return Hop(jws(body, by=by, **header), tuple(show(kept)), found[()])


def joined(hops: Iterable[Hop]) -> str:
    """The text of a chain."""
    return "~".join(each.text for each in hops)
