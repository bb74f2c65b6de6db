"""The Macaroons of a scene as they are when nothing is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from . import macaroons as mac
from .macaroons import Macaroon
from .scene import Scene
from .testkit import Key, Signed


@dataclass(frozen=True)
class Cast:
    """A scene's Macaroons as they are when nothing is wrong."""

    scene: Scene

    @cached_property
    def base(self) -> Macaroon:
        return self.based(self.scene.secret)

    def based(self, secret: bytes, identifier: bytes | None = None) -> Macaroon:
        """What a server with this key issues; the identifier is the right one unless another is given."""
        return mac.base(secret, mac.named(secret, self.scene.drawn) if identifier is None else identifier)

    @cached_property
    def links(self) -> list[Signed]:
        return self.scene.three_links()

    @cached_property
    def signers(self) -> tuple[Key, ...]:
        return (self.scene.alice, self.scene.planner, self.scene.scout)

    def chained(
        self, links: list[Signed] | None = None, signers: tuple[Key, ...] | None = None, base: Macaroon | None = None
    ) -> Macaroon:
        """These links on a base, each signed by whoever is said to."""
        found = base or self.base
        for signer, block in zip(signers or self.signers, self.links if links is None else links, strict=True):
            found = mac.link(found, signer, block)
        return found

    def presented(
        self, macaroon: Macaroon, links: list[Signed] | None = None, holder: Key | None = None, **more: Any
    ) -> Macaroon:
        by = holder or self.scene.bob
        return mac.present(macaroon, by, self.scene.presented(links or self.links, by, **more)[-1])

    @cached_property
    def chain(self) -> Macaroon:
        return self.chained()

    @cached_property
    def shown(self) -> Macaroon:
        return self.presented(self.chain)

    @cached_property
    def two(self) -> list[Signed]:
        return self.scene.two_links(self.scene.read)

    @cached_property
    def demanding(self) -> Macaroon:
        """Two links, and between them the caveat of a third party."""
        first = self.chained(self.two[:1], self.signers[:1])
        return mac.link(mac.demand(first, self.scene.friend), self.scene.planner, self.two[1])

    @cached_property
    def asked(self) -> Macaroon:
        return self.presented(self.demanding, self.two, self.scene.scout)

    def discharge(self, *conditions: bytes) -> Macaroon:
        return mac.discharge(*conditions, key=self.scene.friend)

    def met(self, *conditions: bytes) -> str:
        """The presentation with its discharge, bound, which holds these conditions."""
        return mac.text(self.asked, mac.bind(self.asked, self.discharge(*conditions)))

    @cached_property
    def to_p256(self) -> list[Signed]:
        s = self.scene
        return s.extend(s.extend([], s.alice, s.carol, [s.read]), s.carol, s.scout, [s.read])
