"""Alice's calendar in a world: who is there, what is asked, and tokens as they are when nothing is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from . import testkit as kit
from .testkit import Key, Part, Signed
from .world import World


@dataclass(frozen=True)
class Scene:
    """A world, and everything in it that tokens are made of. Same world, same bytes."""

    world: World

    @cached_property
    def alice(self) -> Key:
        return self.world.key("alice")

    @cached_property
    def planner(self) -> Key:
        return self.world.key("planner")

    @cached_property
    def scout(self) -> Key:
        return self.world.key("scout")

    @cached_property
    def bob(self) -> Key:
        return self.world.key("bob")

    @cached_property
    def mallory(self) -> Key:
        return self.world.key("mallory")

    @cached_property
    def carol(self) -> Key:
        """Carol and dave have P-256 keys."""
        return self.world.key("carol", 1)

    @cached_property
    def dave(self) -> Key:
        return self.world.key("dave", 1)

    @cached_property
    def now(self) -> int:
        return self.world.now

    @property
    def issued(self) -> int:
        """Link n is issued n seconds later."""
        return self.now - 3600

    @cached_property
    def audience(self) -> str:
        return self.world.audience

    @property
    def elsewhere(self) -> str:
        """Another audience."""
        return f"did:web:{self.world.word('elsewhere', 'mail')}.example"

    @cached_property
    def namespace(self) -> str:
        return self.world.word("namespace", "events")

    @property
    def action(self) -> str:
        return f"{self.namespace}:read"

    @cached_property
    def tree(self) -> str:
        """What the resource lies below."""
        return f"cal://{self.world.word('tree', 'alice')}"

    @property
    def resource(self) -> str:
        return f"{self.tree}/2026-11"

    @property
    def args(self) -> dict[str, Any]:
        return dict(kit.ARGS)

    @property
    def read(self) -> Part:
        """The caveat that allows the action."""
        return kit.actions(self.action)

    def link_id(self, position: int) -> bytes:
        return kit.link_id(position) if self.world.seed is None else self.world.octets(f"link {position}", 16)

    @property
    def other_id(self) -> bytes:
        """An id that nothing here has."""
        return bytes(16) if self.world.seed is None else self.world.octets("other id", 16)

    @property
    def nonce(self) -> bytes:
        """The id of a presentation."""
        return bytes(range(16)) if self.world.seed is None else self.world.octets("nonce", 16)

    @property
    def challenge(self) -> str:
        return self.world.word("challenge", "7f3a")

    def request(self, **changed: Any) -> dict[str, Any]:
        """What is asked of a verifier."""
        return {"action": self.action, "resource": self.resource, "args": self.args, **changed}

    def digest(self, **changed: Any) -> bytes:
        """The request digest, for ASCII text, integers and lists of them."""
        return kit.digest(**self.request(**changed))

    def user(self, by: Key | None = None) -> Part:
        return kit.fact("user", kit.octets((by or self.alice).multikey))

    def link_facts(self, chain: list[Signed], by: Key, **link: Any) -> list[Part]:
        """The facts of a link after `chain`."""
        position = len(chain) + 1
        return kit.link_facts(chain, by, **{"id": self.link_id(position), "issued": self.issued + position, **link})

    def extend(
        self, chain: list[Signed], by: Key, to: kit.AnyKey, checks: Iterable[Part] = (), **more: Any
    ) -> list[Signed]:
        """`chain` with one more link; `more` as `testkit.extend` has it."""
        if more.get("facts") is None:
            position = len(chain) + 1
            more = {"id": self.link_id(position), "issued": self.issued + position, **more}
        return kit.extend(chain, by, to, checks, **more)

    def presentation_check(self, **changed: Any) -> Part:
        """The one check of a presentation block."""
        return kit.presentation_check(
            **{
                "audience": self.audience,
                "request": self.digest(),
                "id": self.nonce,
                "start": self.now - 30,
                "stop": self.now + 60,
                **changed,
            }
        )

    def presented(
        self,
        chain: list[Signed],
        holder: Key,
        *,
        facts: Iterable[Part] = (),
        checks: Iterable[Part] | None = None,
        edit: Callable[[list[bytes]], list[bytes]] | None = None,
        next_key: kit.AnyKey | None = None,
        version: int = 3,
        **presentation: Any,
    ) -> list[Signed]:
        """`chain` with a presentation block by `holder`."""
        parts = [self.presentation_check(**presentation)] if checks is None else checks
        return kit.presented(chain, holder, facts=facts, checks=parts, version=version, edit=edit, next_key=next_key)

    def wire(self, chain: list[Signed], holder: Key, **presentation: Any) -> str:
        """The chain, presented and sealed by `holder`."""
        return sealed(self.presented(chain, holder, **presentation), holder)

    def three_links(self, **first: Any) -> list[Signed]:
        """Alice -> planner -> scout -> bob, each link with caveats; `first` changes the first link."""
        checks = [
            kit.actions(self.action, f"{self.namespace}:write"),
            kit.resources(self.tree),
            kit.expires(self.now + 7200),
            kit.max_depth(3),
        ]
        chain = self.extend([], self.alice, self.planner, checks, **first)
        chain = self.extend(chain, self.planner, self.scout, [self.read], purpose="find a free hour")
        return self.extend(chain, self.scout, self.bob, [kit.expires(self.now + 600)])

    def two_links(self, *checks: Part, parent: tuple[Part, ...] = (), **link: Any) -> list[Signed]:
        """Alice -> planner -> scout."""
        chain = self.extend([], self.alice, self.planner, [self.read, *parent])
        return self.extend(chain, self.planner, self.scout, checks, **link)

    def baseline(self, **presentation: Any) -> str:
        """A presentation of three links that must be accepted."""
        return self.wire(self.three_links(), self.bob, **presentation)

    def one_link(self, *checks: Part, nonce: bytes | None = None, **link: Any) -> str:
        """Alice -> planner with these caveats, presented by the planner."""
        chain = self.extend([], self.alice, self.planner, [self.read, *checks], **link)
        return self.wire(chain, self.planner, id=nonce or self.nonce)

    def delegated(self, *checks: Part, parent: tuple[Part, ...] = (), **link: Any) -> str:
        """Alice -> planner -> scout, presented by scout."""
        return self.wire(self.two_links(*checks, parent=parent, **link), self.scout)

    def revocation(self, link: bytes, by: Key, **more: Any) -> str:
        """A revocation entry as text."""
        return kit.revocation(link, by, **{"second": self.now - 10, **more})

    def life(self, principal: str, event: str, by: Key, sequence: int, **more: Any) -> str:
        """A lifecycle entry as text."""
        return kit.life(principal, event, by, sequence, **{"at": self.now - 10, **more})

    def revocation_list(self, by: Key, links: Iterable[bytes], **more: Any) -> str:
        """A signed revocation list as text."""
        return kit.revocation_list(by, links, **{"at": self.now - 10, **more})

    @property
    def list_uri(self) -> str:
        return f"https://{self.world.word('lists', 'lists')}.example/1"

    def status_list(self, by: Key, values: Iterable[int], *, uri: str | None = None, **more: Any) -> str:
        """A Token Status List as a JWT."""
        return kit.status_list(by, uri or self.list_uri, values, **{"at": self.now - 10, **more})

    @property
    def secret(self) -> bytes:
        """The key of the server that issues Macaroons."""
        return self._secret("secret", 9)

    @property
    def old_secret(self) -> bytes:
        """Another key of that server."""
        return self._secret("old secret", 10)

    @property
    def friend(self) -> bytes:
        """What a third party and whoever asks it share."""
        return self._secret("friend", 12)

    @property
    def drawn(self) -> bytes:
        """What the server draws for a base."""
        return b"\x44" * 16 if self.world.seed is None else self.world.octets("drawn", 16)

    def _secret(self, label: str, fixed: int) -> bytes:
        return bytes([fixed]) * 32 if self.world.seed is None else self.world.octets(label)

    def did_web(self, label: str, fixed: str) -> str:
        """A did:web of one host."""
        return f"did:web:{self.world.word(label, fixed)}.example"


FIXED = Scene(World())
"""The scene of the committed vectors."""


def sealed(blocks: list[Signed], holder: Key) -> str:
    """The text of a sealed container."""
    return kit.url64(kit.sealed(blocks, holder))


def in_transit(blocks: Iterable[Signed | bytes]) -> str:
    """The text of a token: the links and an empty proof."""
    return kit.url64(kit.container(blocks, b""))


def compact(value: Any) -> str:
    """JSON without white space, in ASCII, its members as they come."""
    return json.dumps(value, separators=(",", ":"))
