"""Instalments: an award paid in shares over several years, each perhaps on a condition of its year."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from jiqun.compile.allocate.flow import constants, parse
from jiqun.compile.plan import Step

SHARE_DECIMALS = 10


@dataclass(frozen=True)
class InstalmentRule:
    """The shares of a measure's awards, which add up to 1, and how many years after the award each is paid."""

    measure: str
    shares: tuple[Decimal, ...]
    years: tuple[int, ...]

    def parts(self) -> list[tuple[object, ...]]:
        """Per instalment: its number, its year, and the share paid before and with it, in units of 10⁻¹⁰.

        >>> InstalmentRule("m", (Decimal("0.4"), Decimal("0.6")), (0, 1)).parts()
        [('m', 1, 0, 0, 4000000000), ('m', 2, 1, 4000000000, 10000000000)]
        """
        paid = [int(total.scaleb(SHARE_DECIMALS)) for total in accumulate(self.shares, initial=Decimal(0))]
        return [(self.measure, n, year, paid[n - 1], paid[n]) for n, year in enumerate(self.years, 1)]


PART_COLUMNS = {"measure": "VARCHAR", "part": "INT", "year_offset": "INT", "before": "BIGINT", "upto": "BIGINT"}


def payments(source: str, rules: tuple[InstalmentRule, ...], name: str, scale: int) -> Step:
    """The payments of the awards in table `source` (the result of `allocate`): only of awards that pay.

    Payment k = round(award × cum_k) − round(award × cum_{k−1}), half away from zero, so that they add up to the award exactly. Without
    instalments there is one, in year 0. `state`: `due`; `unmet` (its condition is not met); `needs` (not known yet).

    >>> payments("run_awards", (), "run_payments", 2).name
    'run_payments'
    """
    parts = [part for rule in rules for part in rule.parts()]
    coin, money = Decimal(1).scaleb(-scale), f"DECIMAL(18, {scale})"
    unit = f"CAST('{coin:f}' AS DECIMAL({scale + 1}, {scale}))"
    whole, half = 10**SHARE_DECIMALS, 10**SHARE_DECIMALS // 2
    coins = f"CAST(CAST(s.award AS DECIMAL(38, {scale})) * {10**scale} AS HUGEINT)"  # wide: the product has {scale} decimals more
    amount = f"(({coins} * p.upto + {half}) // {whole} - ({coins} * p.before + {half}) // {whole})"
    letter = "SUBSTRING(s.instalments, p.part, 1)"
    select = f"""
        WITH p AS ({constants(PART_COLUMNS, parts)})
        SELECT s.measure, s.unit, s.enterprise, CASE WHEN p.part IS NULL THEN 1 ELSE p.part END AS part,
          CASE WHEN p.part IS NULL THEN 0 ELSE p.year_offset END AS year_offset,
          CASE WHEN p.part IS NULL THEN s.award ELSE CAST(CAST({amount} AS DECIMAL(18, 0)) * {unit} AS {money}) END AS amount,
          CASE WHEN p.part IS NULL THEN 'due' WHEN {letter} = 'F' THEN 'unmet' WHEN {letter} = 'U' THEN 'needs' ELSE 'due' END AS state,
          s.at_most, s.provisional
        FROM {source} AS s LEFT JOIN p ON p.measure = s.measure
        WHERE s.status = 'yes' AND s.award > 0
        """
    return Step(name, parse(select))
