"""Every law fails where attorn is wrong: each is run, with few examples, against variants that break it on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import Phase, is_hypothesis_test, settings
from tests.caveats.kit import Kit
from tests.caveats.vocabulary import KITS
from tests.laws import faults, test_bytes, test_kinds, test_narrowing, test_parts, test_reference, test_state
from tests.laws.faults import Fault
from tests.laws.sizes import law as sized

from attorn.errors import AttornError
from attorn.request import address, glob, resource

MODULES = (test_kinds, test_narrowing, test_parts, test_bytes, test_state, test_reference)
K, N, P, B, S, R = MODULES
BY_NAME = {kit.name: kit for kit in KITS}
quickly = settings(sized, max_examples=400, phases=[Phase.generate])
"""Enough to find any of these, without looking for the smallest example."""


def _elsewhere(module: Any, name: str, wrong: Callable[..., Any]) -> Fault:
    honest = getattr(module, name)
    return lambda patch: patch.setattr(module, name, lambda *some: wrong(honest, *some))


lower_case = _elsewhere(resource, "normalise", lambda honest, text: honest(text).lower())
mapped_stays = _elsewhere(address, "address_bits", lambda honest, text: honest(text.replace("::ffff:", "::")))
stars_cross = _elsewhere(glob, "matches", lambda honest, pattern, text: honest(pattern.replace("*", "**"), text))

FAULTS: list[tuple[Any, Fault] | tuple[Any, Fault, str]] = [
    (K.test_law_every_ancestor_permits_what_a_descendant_permits, faults.last_link_only, "Actions"),
    (K.test_law_one_more_caveat_is_one_more_condition, faults.all_but_last_link, "Resources"),
    (K.test_law_order_and_repetition_of_caveats_change_no_verdict, faults.first_caveat_only, "Actions"),
    (K.test_law_everybody_gives_the_same_verdict, faults.excluding_range, "Range"),
    (K.test_law_everybody_gives_the_same_verdict, faults.macaroon_loses_caveats, "UrlHost"),
    (K.test_law_the_reference_evaluator_agrees, faults.no_ceiling, "Range"),
    (K.test_law_the_reference_evaluator_agrees, faults.unknown_permits, "Cidr"),
    (K.test_law_whoever_is_called_narrower_permits_no_more, faults.always_narrower, "Range"),
    (K.test_law_a_caveat_is_read_back_as_what_was_written, faults.negation_not_read, "Range"),
    (K.test_law_what_is_almost_a_caveat_is_another_or_prohibits, faults.read_without_comparing, "Range"),
    (K.test_law_the_shell_writes_a_caveat_as_it_reads_it, faults.says_another_number, "MaxUses"),
    (N.test_01_no_further_block_permits_what_its_parent_does_not, faults.last_link_only),
    (N.test_02_one_more_caveat_is_one_more_condition, faults.all_but_last_link),
    (N.test_03_order_repetition_and_place_of_caveats_change_no_verdict, faults.first_caveat_only),
    (N.test_04_a_window_is_half_open_and_only_ever_shrinks, faults.window_closed),
    (N.test_04_clocks_may_differ_by_the_skew_and_not_by_twice_as_much, faults.twice_the_skew),
    (N.test_05_the_sets_of_actions_and_resources_only_shrink, faults.last_link_only),
    (N.test_05_what_is_unknown_or_not_there_prohibits, faults.unknown_permits),
    (N.test_05_what_is_unknown_or_not_there_prohibits, faults.unrecognised_permits),
    (N.test_09_depth_is_bounded_by_the_least_and_before_any_signature, faults.one_deeper),
    (N.test_09_depth_is_bounded_by_the_least_and_before_any_signature, faults.no_count_of_blocks),
    (N.test_17_a_presentation_is_good_for_one_request_at_one_audience_once, faults.no_replay),
    (N.test_17_a_presentation_is_good_for_one_request_at_one_audience_once, faults.no_binding),
    (N.test_17_a_challenge_is_answered_by_the_very_same_challenge, faults.no_binding),
    (N.test_18_everybody_gives_the_same_verdict, faults.macaroon_loses_caveats),
    (N.test_18_everybody_gives_the_same_verdict, faults.unknown_permits),
    (N.test_18_what_identities_make_of_it_gets_the_same_verdict_in_both_formats, faults.macaroon_loses_caveats),
    (N.test_19_counts_and_budgets_bind_every_descendant_alike_in_both_formats, faults.last_account_only),
    (N.test_19_counts_and_budgets_bind_every_descendant_alike_in_both_formats, faults.charged_one_by_one),
    (P.test_06_links_left_out_doubled_moved_or_spliced_are_refused, faults.no_signatures),
    (P.test_06_a_child_token_does_not_give_back_what_it_was_made_from, faults.no_presentation_signature),
    (P.test_06_a_biscuit_s_block_with_one_thing_changed_is_refused, faults.no_signatures),
    (P.test_06_a_macaroon_s_caveat_with_any_byte_changed_is_refused_whatever_the_mac, faults.any_signature),
    (P.test_08_an_access_names_everyone_in_the_chain_and_nobody_else, faults.delegate_named_for_delegator),
    (P.test_08_a_link_or_presentation_signed_by_anyone_else_is_refused, faults.no_signatures),
    (P.test_08_a_link_or_presentation_signed_by_anyone_else_is_refused, faults.no_presentation_signature),
    (P.test_10_a_presentation_is_worth_nothing_to_whoever_receives_it, faults.no_presentation_signature),
    (P.test_10_what_is_sealed_cannot_be_extended_and_what_is_not_cannot_be_used, faults.anyone_holds),
    (P.test_13_another_root_or_another_server_s_key_is_refused, faults.no_trust),
    (P.test_13_another_root_or_another_server_s_key_is_refused, faults.no_signatures),
    (P.test_13_another_root_or_another_server_s_key_is_refused, faults.any_mac),
    (P.test_13_a_root_s_key_is_the_one_that_its_did_lists, faults.first_key_that_is_listed),
    (B.test_07_no_changed_byte_of_a_presentation_survives, faults.any_signature),
    (B.test_07_no_changed_byte_of_a_presentation_survives, faults.any_mac),
    (B.test_07_no_cut_or_longer_text_survives, faults.doubled_text_halved),
    (B.test_12_another_spelling_of_the_same_bytes_is_refused, faults.long_varints),
    (B.test_12_another_spelling_of_the_same_bytes_is_refused, faults.proof_anywhere),
    (B.test_12_another_text_of_the_same_bytes_is_refused, faults.loose_base64),
    (B.test_12_what_is_read_is_what_was_written, faults.padded_text),
    (B.test_12_another_form_of_a_p256_signature_is_refused, faults.any_s),
    (B.test_12_another_form_of_a_p256_signature_is_refused, faults.loose_der),
    (B.test_12_a_high_s_is_refused_in_a_macaroon_too, faults.any_s),
    (B.test_14_any_text_is_answered_and_accepted_only_if_it_is_genuine, faults.parser_that_breaks),
    (B.test_15_any_text_is_data_to_everybody, faults.case_folded),
    (S.test_11_a_revocation_reaches_every_descendant_in_either_format_and_nobody_else, faults.no_standing),
    (S.test_11_a_revocation_reaches_every_descendant_in_either_format_and_nobody_else, faults.anybody_may_revoke),
    (S.test_16_what_is_remembered_changes_no_verdict, faults.one_digest_for_all),
    (S.test_16_what_is_remembered_changes_no_verdict, faults.standing_not_asked_again),
    (R.test_both_find_the_same_normal_form_hosts_and_folders, lower_case),
    (R.test_both_find_the_same_addresses_in_the_same_networks, mapped_stays),
    (R.test_both_match_the_same_texts, stars_cross),
]


NOTICED = (AssertionError, AttornError, KeyError, pytest.fail.Exception)
"""How a law fails: not because a variant is written badly. A KeyError is what one of them lets out."""


def _all(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _all(each)
    else:
        yield error


def laws() -> dict[str, Any]:
    """Every law of these modules, by name."""
    found = [each for module in MODULES for each in vars(module).items()]
    return {name: each for name, each in found if name.startswith("test_") and is_hypothesis_test(each)}


def test_every_law_has_a_fault_that_it_notices() -> None:
    assert {each[0].__name__ for each in FAULTS} == set(laws())


@pytest.mark.parametrize(
    "entry", FAULTS, ids=lambda entry: f"{entry[0].__name__.removeprefix('test_')}-{FAULTS.index(entry)}"
)
def test_a_fault_is_noticed(entry: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    law, fault, *kind = entry
    monkeypatch.setattr(law, "_hypothesis_internal_use_settings", quickly)
    kits: dict[str, Kit] = {"kit": BY_NAME[kind[0]]} if kind else {}
    fault(monkeypatch)
    with pytest.raises((Exception, pytest.fail.Exception)) as caught:
        law(**kits)
    for error in _all(caught.value):
        assert isinstance(error, NOTICED)
