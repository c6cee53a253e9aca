"""Unified social credit codes: check digits, reasons, suggestions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from register.firms import code

from jiqun.register.creditcode import ALPHABET, DEPARTMENTS, check, check_digit, organisation_check, suggest

REAL = ("91110000600037341L", "91350100M000100Y43")


@st.composite
def valid_codes(draw):
    department = draw(st.sampled_from("159ANY"))
    organisation = draw(st.text(ALPHABET, min_size=8, max_size=8))
    area = draw(st.text("0123456789", min_size=6, max_size=6))
    body = department + draw(st.sampled_from(DEPARTMENTS[department])) + area + organisation + organisation_check(organisation)
    return body + check_digit(body)


@pytest.mark.parametrize("text", REAL)
def test_published_codes_are_valid(text):
    assert check(text).valid


@given(valid_codes())
def test_codes_of_every_department_are_valid_without_remarks(text):
    verdict = check(text)
    assert verdict.valid and not verdict.remarks


@given(valid_codes(), st.integers(0, 17), st.sampled_from(ALPHABET + "IOSVZ*中 "))
def test_every_single_character_change_is_detected(text, place, letter):
    changed = text[:place] + letter + text[place + 1 :]
    assert check(changed).valid == (changed == text)


@pytest.mark.parametrize("first", "BCY0")
def test_the_first_letter_alone_never_refuses(first):
    body = first + "1440300" + "00000001" + organisation_check("00000001")
    assert check(body + check_digit(body)).valid


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("9111000060003734", "length"),
        ("", "length"),
        ("9111000O600037341L", "character"),
        ("91110000600037341l", "character"),
        ("9111A000600037341L", "character"),
        ("91110000600037341M", "check-digit"),
        ("91110000600037342" + check_digit("91110000600037342"), "organisation-check"),
    ],
)
def test_reasons(text, reason):
    fault = check(text).faults[0]
    assert fault.code == reason and fault.zh and fault.en


def test_unknown_department_and_category_are_remarks():
    for start, remark in (("B1", "department"), ("99", "category")):
        body = start + "440300" + "00000001" + organisation_check("00000001")
        verdict = check(body + check_digit(body))
        assert verdict.valid and [r.code for r in verdict.remarks] == [remark]


@pytest.mark.parametrize(
    "wrong",
    [
        "9111OOOO6OOO37341L",
        "911I0000600037341L",
        "９１１１００００６０００３７３４１Ｌ",
        "91110000600037341l",
        " 9111 0000 6000 3734 1L",
        "911100006O0037341L",
    ],
)
def test_a_slip_of_writing_has_one_correction(wrong):
    assert suggest(wrong) == (REAL[0],)


def test_swapped_neighbours_come_first():
    assert suggest("91110000600073341L")[0] == REAL[0]


def test_one_wrong_digit_is_among_the_suggestions():
    assert REAL[0] in suggest("91110000600037841L", most=18)


def test_one_character_too_many():
    assert REAL[0] in suggest("911100006000373411L")


@given(valid_codes(), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_suggestions_are_valid_few_and_include_the_original(text, place, letter):
    changed = text[:place] + letter + text[place + 1 :]
    found = suggest(changed)
    assert len(found) <= 5 and all(check(candidate).valid for candidate in found)
    assert changed == text or text in suggest(changed, most=100)


@given(st.text(max_size=40))
def test_any_text_gives_a_verdict(text):
    assert check(text).valid in (True, False)
    assert all(check(candidate).valid for candidate in suggest(text))


def test_generated_codes():
    assert check(code(7)).valid
