"""How every law here is checked: the same examples on every machine, as many as the profile in `tests/conftest.py`."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from tests.caveats.vocabulary import KITS

SIZE = settings().max_examples
"""Examples of each law."""
law = settings(
    max_examples=SIZE,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
"""A law over everything at once."""
for_each_kind = settings(law, max_examples=max(10, -(-SIZE // len(KITS))))
"""A law that is asked of each kind of caveat in turn: all kinds together come to the size."""
