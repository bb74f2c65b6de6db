"""How large the laws are run: 500 examples each, 10,000 with `--hypothesis-profile=long`, 25 with `few`."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("few", max_examples=25)
settings.register_profile("short", max_examples=500)
settings.register_profile("long", max_examples=10_000)
settings.load_profile("short")
