"""Industry codes of the 2017 edition."""

import pytest

from jiqun.register.industry import _former, check, industries, lookup, path, within


def test_3963_is_a_drone_in_2017_and_was_a_chip_in_2011():
    verdict = check("3963")
    assert verdict.status == "known" and verdict.industry.name == "智能无人飞行器制造"
    assert verdict.former.name == "集成电路制造" and verdict.former.now == ("3973",)
    assert "集成电路制造" in verdict.text.zh and "2011" in verdict.text.en


def test_a_code_of_another_edition_is_said_so():
    verdict = check("3610")
    assert (verdict.status, verdict.nearest) == ("other_edition", "3611")


@pytest.mark.parametrize(("code", "close"), [("3965", "396"), ("39", None), ("39999", "399"), ("abc", None), ("", None)])
def test_nearest(code, close):
    assert check(code).nearest == close


@pytest.mark.parametrize("code", ["3963", "C3963", " c3963 ", "591", "C", "01"])
def test_lookup(code):
    assert lookup(code)


@pytest.mark.parametrize("code", ["D3963", "9999", "", "X", "3", "CC39"])
def test_no_such_code(code):
    assert lookup(code) is None and path(code) == ()


def test_every_entry_stands_below_its_section():
    for code, entry in industries().items():
        above = [step.code for step in path(code)]
        assert above[0] == entry.section and above[-1] == code, code
        assert within(code, entry.section)


def test_former_codes_point_to_codes_of_2017_and_differ_from_them():
    for former in _former().values():
        assert all(code in industries() for code in former.now), former
        same = lookup(former.code)
        assert same is None or same.name != former.name, former
