"""Small pools of values that caveats and requests share, so that they meet often; some are drawn at large."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from attorn import Identity

NOW = 1_900_000_000
AUDIENCE = "did:web:calendar.example"
ELSEWHERE = "did:web:other.example"
NAMES = ("n", "t", "u", "p", "ip", "l", "ü☃", 'q"\\{x} $y')
ACTIONS = ("events:read", "events:write", "events:read:all", "events", "files:read", "pay")
RESOURCES = (
    "cal://alice",
    "cal://alice/2026-11",
    "cal://alice/2026-11/x",
    "cal://alicex",
    "/data/a",
    "/data/ab",
    "/",
    "a/b",
)
TEXTS = (
    "",
    "a",
    "ab",
    "abc",
    "a/b",
    "a/b/c.txt",
    'say "hi"\\',
    "line\nbreak\r\t",
    "ünï☃\u2028",
    "{x} $0",
    "*",
    "A",
    "1",
    "true",
)
URLS = (
    "https://a.example.com/x",
    "http://example.com",
    "https://EXAMPLE.com:8443/",
    "https://api.h2/",
    "https://10.0.0.1/",
    "https://[2001:db8::1]/",
    "https://a.example.com@evil.test/",
    "https://evilexample.com/",
    "https://example.com\\@evil.test/",
    "ftp://example.com/",
)
HOSTS = ("example.com", "*.example.com", "a.example.com", "*.com", "10.0.0.1", "2001:db8::1", "*.h2", "api.h2")
PATHS = (
    "/",
    "/data",
    "/data/a",
    "/data/a/x",
    "/data/ab",
    "/data/a/",
    "/data/../etc",
    "/data//a",
    "data/a",
    "/d%2e",
    "/dä",
)
FOLDERS = ("/", "/data", "/data/a", "/data/ab", "/dä")
ADDRESSES = (
    "10.0.0.1",
    "10.255.0.9",
    "::ffff:10.0.0.1",
    "2001:db8::1",
    "010.0.0.1",
    "10.1",
    "fe80::1%eth0",
    "192.168.0.1",
)
NETWORKS = (
    "10.0.0.0/8",
    "10.0.0.0/9",
    "10.128.0.0/9",
    "10.0.0.1/32",
    "0.0.0.0/0",
    "2001:db8::/32",
    "::/0",
    "192.168.0.0/16",
)
PATTERNS = ("*", "**", "a*", "a/*", "a/**", "?", "??", "a/b/*.txt", r"\*", "abc", "ü*", 'say "*"\\\\')
NUMBERS = (-3, -1, 0, 1, 2, 3, 5, 2**53 - 1, -(2**53 - 1))
FRACTIONS = (0.5, 2.5, -1.5, 3.0, 1e15 + 0.5)
SECONDS = (0, NOW - 5000, NOW - 1, NOW, NOW + 1, NOW + 5000)
CURRENCIES = ("EUR", "USD")
APPROVERS = tuple(Identity.from_seed(bytes((number,)) * 32).did for number in (1, 2, 3))
"""People who can sign what they approve, and what they say of others."""
DIDS = ("did:web:lists.example", "did:web:other.example")

texts = st.sampled_from(TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
integers = st.sampled_from(NUMBERS)
names = st.sampled_from(NAMES)
lists = st.one_of(
    st.lists(st.sampled_from(TEXTS[:5]), max_size=4),
    st.lists(st.sampled_from(NUMBERS[:6]), max_size=4),
    st.lists(st.booleans(), max_size=2),
    st.lists(st.sampled_from((None, 1, "a", True, 2.5)), max_size=3),
)
anything = st.one_of(
    texts,
    integers,
    st.booleans(),
    st.none(),
    st.sampled_from(FRACTIONS),
    lists,
    st.sampled_from(URLS + PATHS + ADDRESSES),
    st.just({"inner": ["x"]}),
)
FITTING = {
    "n": st.one_of(integers, st.sampled_from(FRACTIONS)),
    "t": texts,
    "u": st.sampled_from(URLS),
    "p": st.sampled_from(PATHS),
    "ip": st.sampled_from(ADDRESSES),
    "l": lists,
}
"""What an argument of that name mostly is, as the caveats about it expect."""


def some(pool: tuple[str, ...], most: int = 3) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(pool), min_size=1, max_size=most, unique=True)


values = st.one_of(
    some(TEXTS), st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3), st.just([True]), st.just([False, True])
)
"""One to three values of one type."""


def moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
