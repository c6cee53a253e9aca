"""An enum may have the code `none`: then the text is a value, not a gap."""

from __future__ import annotations

from jiqun.model.entity import Column
from jiqun.model.words import Words
from jiqun.register.values import converter

NONE = {"none": Words(zh="无", en="none"), "gold": Words(zh="金", en="gold")}


def test_the_code_none_is_a_value() -> None:
    read = converter(Column(type="enum", title=Words(zh="奖", en="prize"), values=NONE), None, None)
    assert [read("none"), read("无"), read("gold"), read("-"), read("")] == ["none", "none", "gold", None, None]


def test_elsewhere_none_is_missing() -> None:
    read = converter(Column(type="text", title=Words(zh="名", en="name")), None, None)
    assert read("none") is None
