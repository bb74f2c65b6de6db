"""Laws 1 and 2: a caveat can only prohibit, and a chain permits exactly what all its caveats permit."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from tests.property.chains import ALLOWED, PEOPLE, Person, Step, build, permits, verdict
from tests.property.strategies import Scene, caveats, law, scenes, uncounted

from attorn import caveat
from attorn.caveat import Caveat


@law
@given(scenes(), st.integers(1, 9))
def test_whatever_a_child_permits_its_ancestors_permit(scene: Scene, links: int) -> None:
    chain = scene.chain()
    links = 1 + links % len(chain.blocks)
    below = min(links + 1, len(chain.blocks))
    if ALLOWED in (verdict(chain, scene.request), verdict(chain.prefix(below), scene.request)):
        assert verdict(chain.prefix(links), scene.request) == ALLOWED


@law
@given(scenes())
def test_a_chain_permits_exactly_what_every_caveat_permits(scene: Scene) -> None:
    expected = all(permits(each, scene.request, depth=scene.depth) for each in scene.caveats())
    assert (verdict(scene.chain(), scene.request) == ALLOWED) is expected


@law
@given(scenes(most=8), st.sampled_from(PEOPLE), caveats)
def test_one_more_caveat_is_one_more_condition(scene: Scene, to: Person, added: Caveat) -> None:
    bare = build(scene.root, (*scene.steps, Step(to)))
    narrowed = build(scene.root, (*scene.steps, Step(to, (added,))))
    expected = verdict(bare, scene.request) == ALLOWED and permits(added, scene.request, depth=len(scene.steps))
    assert (verdict(narrowed, scene.request) == ALLOWED) is expected


@law
@given(scenes(kinds=uncounted, purpose=False), st.randoms(use_true_random=False))
def test_order_repetition_and_place_of_caveats_make_no_difference(scene: Scene, random: Random) -> None:
    everything = scene.caveats()
    repeated = everything + [each for each in everything if random.random() < 0.3]
    random.shuffle(repeated)
    places: list[list[Caveat]] = [[] for _ in scene.steps]
    for each in repeated:
        random.choice(places).append(each)
    steps = [Step(step.to, tuple(place)) for step, place in zip(scene.steps, places, strict=True)]
    moved = build(scene.root, steps)
    assert (verdict(moved, scene.request) == ALLOWED) is (verdict(scene.chain(), scene.request) == ALLOWED)


@law
@given(scenes(most=4), st.integers(1, 3))
def test_repeating_a_link_s_own_caveats_makes_no_difference_even_to_counted_ones(scene: Scene, times: int) -> None:
    steps = []
    for step in scene.steps:
        purpose = tuple(each for each in step.caveats if isinstance(each, caveat.Purpose))
        others = tuple(each for each in step.caveats if not isinstance(each, caveat.Purpose))
        steps.append(Step(step.to, purpose + others[::-1] * times))
    repeated = build(scene.root, steps)
    assert (verdict(repeated, scene.request) == ALLOWED) is (verdict(scene.chain(), scene.request) == ALLOWED)
