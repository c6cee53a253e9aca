"""Why a row stays out of a register: the reasons, by code, in zh and en."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from jiqun.model.words import Words

REASONS: Mapping[str, Words] = MappingProxyType(
    {
        "not-a-number": Words(zh="不是数", en="not a number"),
        "unit-unknown": Words(zh="不认识单位“{unit}”", en="the unit '{unit}' is not known"),
        "unit-mismatch": Words(zh="单位“{unit}”与这一列不符", en="the unit '{unit}' does not fit the column"),
        "too-large": Words(
            zh="超出范围：绝对值应小于 {limit}（按库内单位）", en="out of range: less than {limit} is needed, in the register's unit"
        ),
        "negative": Words(zh="数量不能为负", en="a count cannot be negative"),
        "not-whole": Words(zh="数量应为整数", en="a count must be a whole number"),
        "not-yes-or-no": Words(zh="应为 是 或 否", en="yes or no is needed"),
        "not-text": Words(zh="不是可用的文本", en="not a usable text"),
        "not-listed": Words(zh="不在取值之列；可用的如：{nearest}", en="not one of the listed values; usable is for instance: {nearest}"),
        "error-cell": Words(zh="单元格是错误值 {error}", en="the cell holds the error {error}"),
        "no-result": Words(
            zh="公式没有存下结果；在 Excel 中打开并保存一次", en="the formula has no stored result; open and save the file in Excel once"
        ),
        "not-a-date": Words(zh="不是能确定的日期；写成 2024-03-05", en="not a certain date; write it as 2024-03-05"),
        "impossible-date": Words(zh="没有这一天", en="there is no such day"),
        "incomplete-date": Words(zh="日期不完整：缺少月或日", en="the date is incomplete: month or day is missing"),
        "date-out-of-range": Words(zh="日期应在 1800 年至 2100 年之间", en="the date must lie between 1800 and 2100"),
        "date-format": Words(zh="日期不是约定的写法 {format}", en="the date is not written as agreed: {format}"),
        "not-a-year": Words(zh="应为 1949 至 2100 的年份", en="a year from 1949 to 2100 is needed"),
        "required": Words(zh="这一列必须有值", en="this column must have a value"),
        "credit-code": Words(zh="统一社会信用代码不对：{zh}", en="the unified social credit code is wrong: {en}"),
        "duplicate": Words(zh="同一主体同一年份已在{first}", en="the same unit and year already stands at {first}"),
        "no-parent": Words(zh="企业库中没有它所属的“{parent}”", en="the register has no '{parent}' it could belong to"),
        "total-row": Words(zh="这是合计行，不是一个主体", en="this is a row of totals, not a unit"),
        "cells": Words(zh="有 {have} 个单元格，表头有 {want} 个", en="the row has {have} cells, the header {want}"),
    }
)


class BadValue(ValueError):
    """A cell or row that cannot be used; `code` names its reason, `args` fill it."""

    def __init__(self, code: str, **args: object) -> None:
        super().__init__(code)
        self.code, self.fields = code, args

    def say(self, lang: str) -> str:
        return REASONS[self.code].say(lang).format(**self.fields)
