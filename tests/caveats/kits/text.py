"""StartsWith, Glob, Subpath, UrlHost, Cidr."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st
from tests.caveats import pools
from tests.caveats.kit import Kit, Plain, about

from attorn.caveat import Caveat, Cidr, Glob, StartsWith, Subpath, UrlHost


def _listing(kind: Callable[..., Any], name: str, pool: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.builds(lambda key, some: kind(key, *some), st.sampled_from((name, name, name, "t")), pools.some(pool))


def _more(kind: Callable[..., Any], pool: tuple[str, ...]) -> Callable[[Any], st.SearchStrategy[Caveat]]:
    return lambda limit: st.builds(lambda more: kind(limit.name, *limit.names, *more), pools.some(pool))


def _names(limit: Subpath | UrlHost | Cidr) -> Plain:
    return {"name": limit.name, "names": list(limit.names)}


def _prefixed(limit: StartsWith) -> Iterator[str]:
    prefix = limit.prefix
    yield from (prefix, f"{prefix}x", prefix[:-1], f"x{prefix}", prefix.upper(), f"{prefix[:-1]}\0")


def _matching(limit: Glob) -> Iterator[str]:
    for run in ("", "x", "x/y", "/"):
        text = limit.glob.replace("**", run).replace("*", run).replace("?", run[:1])
        yield from (text, text.replace("\\", ""), f"{text}z", f"z{text}")
    yield from (limit.glob, "a" * 1024, "a" * 1025)


def _paths(limit: Subpath) -> Iterator[str]:
    for name in limit.names:
        below = f"{name.removesuffix('/')}/"
        yield from (name, below, f"{below}x", f"{name}x", f"{below}../x", f"{below}./x", f"{below}/x", f"{below}%2e")
        yield from (name[1:], name.rpartition("/")[0], f"{below}x\\y", f"{below}e\u0301")


def _urls(limit: UrlHost) -> Iterator[str]:
    for name in limit.names:
        for host in (name.replace("*", "zz"), name.removeprefix("*."), f"evil{name.removeprefix('*')}", f"{name}.evil"):
            yield from (f"https://{host}/", f"HTTP://{host.upper()}", f"ws://{host}:80/x", f"ftp://{host}/")
            yield from (f"https://{host}./", f"https://{host}@evil.test/", f"https://{host}\\@evil.test/")
            yield from (f"https://{host}//x", f"https://{host}?x", f"https://{host}/\u00a0", f"https:{host}/")


def _addresses(limit: Cidr) -> Iterator[str]:
    for network in map(ipaddress.ip_network, limit.names):
        first, last = int(network[0]), int(network[-1])
        kind = type(network[0])
        for number in (first - 1, first, last, last + 1):
            if 0 <= number < 1 << network.max_prefixlen:
                yield str(kind(number))
        if network.version == 4:
            yield from (f"::ffff:{network[0]}", f"0{network[0]}", str(first), f"{network[0]} ")


def _shorter(limit: StartsWith) -> st.SearchStrategy[StartsWith]:
    return st.builds(lambda size: StartsWith(limit.name, limit.prefix[:size]), st.integers(1, len(limit.prefix)))


KITS = (
    Kit(
        StartsWith,
        st.builds(StartsWith, st.sampled_from(("t", "u", "p")), st.sampled_from((*pools.TEXTS[1:], "https://"))),
        lambda limit: {"name": limit.name, "prefix": limit.prefix},
        about(_prefixed),
        _shorter,
    ),
    Kit(
        Glob,
        st.builds(Glob, st.sampled_from(("t", "p", "ü☃")), st.sampled_from(pools.PATTERNS)),
        lambda limit: {"name": limit.name, "glob": limit.glob},
        about(_matching),
        st.just,
    ),
    Kit(
        Subpath,
        _listing(Subpath, "p", pools.FOLDERS),
        _names,
        about(_paths),
        _more(Subpath, pools.FOLDERS),
    ),
    Kit(
        UrlHost,
        _listing(UrlHost, "u", pools.HOSTS),
        _names,
        about(_urls),
        _more(UrlHost, pools.HOSTS),
    ),
    Kit(
        Cidr,
        _listing(Cidr, "ip", pools.NETWORKS),
        _names,
        about(_addresses),
        _more(Cidr, pools.NETWORKS),
    ),
)
