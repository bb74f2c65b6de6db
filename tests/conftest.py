"""How large the laws are run: 500 examples each, 10,000 with `--hypothesis-profile=long`, 25 with `few`.

`glance` is as few, and does not look for the smallest failure: for where it is enough that there is one.
"""

from __future__ import annotations

from hypothesis import Phase, settings

settings.register_profile("few", max_examples=25)
settings.register_profile("glance", max_examples=25, phases=[Phase.generate])
settings.register_profile("short", max_examples=500)
settings.register_profile("long", max_examples=10_000)
settings.load_profile("short")
