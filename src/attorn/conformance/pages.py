"""The web pages that a question hands in: what a server would answer, and the DID documents among it."""

from __future__ import annotations

from attorn.caveat.validity import moment
from attorn.conformance.members import Members
from attorn.did.methods import MethodResolver
from attorn.did.resolver import Resolver
from attorn.did.web import WebResolver
from attorn.did.webvh import WebvhResolver
from attorn.errors import InputError, UnavailableError


class Pages:
    """A transport that has these pages and no others."""

    __slots__ = ("_pages",)

    def __init__(self, pages: dict[str, bytes]) -> None:
        self._pages = pages

    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        """The page, whatever it is; None where there is none. Raises `UnavailableError` if it is longer than `most`."""
        page = self._pages.get(url)
        if page is not None and len(page) > most:
            raise UnavailableError(f"the page has more than {most} bytes")
        return page


def resolver(members: Members, now: int) -> Resolver:
    """Who resolves DIDs at second `now`: what they say themselves, and did:web and did:webvh by the member `documents`.

    That is an object of texts by the URL at which they are served. Raises `InputError`.
    """
    web, clock = Pages(contents(members, "documents")), lambda: moment(now)
    return MethodResolver({"web": WebResolver(web, clock=clock), "webvh": WebvhResolver(web, clock=clock)})


def contents(members: Members, name: str) -> dict[str, bytes]:
    """Texts by URL, in UTF-8: strict JSON holds no lone surrogate. Raises `InputError`."""
    try:
        return {url: text.encode() for url, text in members.texts_by_name(name).items()}
    except UnicodeEncodeError:
        raise InputError(f"input: {name}: a text holds a lone surrogate") from None
