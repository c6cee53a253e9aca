"""Generators of the enterprise's columns, by the column's name. A package that declares other names gets draws by type."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from jiqun.register.synthetic.arrow import Values, credit_codes
from jiqun.register.synthetic.assumptions import assumptions
from jiqun.register.synthetic.draws import (
    chance,
    choice,
    either,
    every,
    fact,
    flag,
    having,
    labelled,
    nobody,
    number,
    own,
    part,
    recent,
    sector,
    spend,
)
from jiqun.register.synthetic.firms import Bools, industry_codes
from jiqun.register.synthetic.view import Among, Draw, View

_PRIZES = {"first": 1e6, "second": 5e5, "third": 2e5, "none": 0.0}
_TOP = {"global500": 2.2e11, "china500": 4.7e10, "province100": 2.5e10, "city100": 8e9}
_GROUPED = 0.08
_INDUSTRY = np.array(["06" <= code[:2] <= "46" for code in industry_codes()])


def _panel(name: str) -> Draw:
    return lambda view, _: Values(getattr(view.firms, name)[:, view.position])


def _held(title: str) -> Draw:
    """A title counts from the year it was first held."""
    return lambda view, _: Values(view.firms.since[title] <= view.year)


def _district(view: View, column: str) -> Values:
    """Districts by the shares of industry and services."""
    shares = np.array(list(assumptions().districts.values())).cumsum(axis=0)
    services = (~_INDUSTRY[view.firms.industry]).astype(np.int64)
    drawn = view.lasting(column)
    code = (drawn[:, None] >= shares[:-1].T[services]).sum(axis=1)
    return Values(code, labels=tuple(assumptions().districts))


def _revenue_at_least(amount: float) -> Among:
    return lambda view: view.money("revenue") >= amount


def _smaller(view: View) -> Bools:
    small: Bools = (view.money("revenue") < 2e8) & (view.money("rd_spend") > 0) & (view.whole("employees") <= 500)
    return small


def _young(view: View) -> Bools:
    return (view.last_day - view.firms.founded < 5 * 365) & (view.money("revenue") < 5e7)


def _champion(view: View, column: str) -> Values:
    labels = ("demonstration", "product", "none")
    demonstrates = view.lasting(column) < 0.6
    return Values(np.where(view.firms.since["champion"] <= view.year, np.where(demonstrates, 0, 1), 2), labels=labels)


def _top500(view: View, column: str) -> Values:
    labels = (*_TOP, "none")
    reached = view.money("revenue")[:, None] >= np.array(list(_TOP.values()))
    return Values(np.where(reached.any(axis=1), reached.argmax(axis=1), len(_TOP)), labels=labels)


def _group(view: View, column: str) -> Values:
    """About one enterprise in twelve belongs to a corporate group, most groups having a handful; the chunk's number is in the name."""
    groups = max(view.units // 50, 1)
    chosen = np.floor(view.firms.chunk.stream("group.which").random(view.units) ** 1.5 * groups).astype(np.int64)
    return Values(view.firms.chunk.number * 10_000 + chosen, absent=view.lasting(column) >= _GROUPED, prefix="合成集团")


def _group_tier(view: View, column: str) -> Values:
    drawn = choice({"headquarters": 1, "first": 4, "second": 3, "lower": 2})(view, column)
    return drawn.without(view.lasting("group") >= _GROUPED)


def _settled_on(view: View, column: str) -> Values:
    """Most enterprises have been in the district since foundation, a third moved in later."""
    founded, drawn = view.firms.founded, view.lasting(column)
    moved = founded + np.floor((view.end - founded) * np.maximum(drawn - 0.67, 0) / 0.33).astype(np.int64)
    return Values(np.where(moved <= view.last_day, moved, founded))


def _newly_introduced(view: View, column: str) -> Values:
    return Values((view.last_day - view.whole("settled_on") < 3 * 365) & (view.lasting(column) < 0.25))


def _size(view: View, _: str) -> Values:
    """Size classes by employees alone; the true classes differ by industry (`register/sizeclass.py`)."""
    return Values(np.searchsorted([20, 300, 1000], view.whole("employees"), side="right"), labels=("micro", "small", "medium", "large"))


def _above_scale(view: View, _: str) -> Values:
    return Values(view.money("revenue") >= assumptions().above_scale)


def _quality_increment(view: View, column: str) -> Values:
    """A tenth to a third of the growth of value added; without an earlier year in the register, unknown."""
    if view.position == 0:
        return Values(np.zeros(view.rows), absent=np.ones(view.rows, np.bool_))
    rise = view.firms.revenue[:, view.position] - view.firms.revenue[:, view.position - 1]
    return Values(np.maximum(rise * view.firms.added_rate, 0) * (0.1 + 0.2 * view.yearly(column)))


def _listing_stage(view: View, column: str) -> Values:
    labels = ("none", "share_reform", "tutoring", "accepted", "listed")
    size = np.clip(np.log10(np.maximum(view.money("revenue"), 1.0)) - 7.5, 0, 3) * np.where(view.flag("high_tech"), 2.0, 0.5)
    chance_of_more = np.array([0.030, 0.020, 0.014, 0.011])
    return Values((view.lasting(column)[:, None] < size[:, None] * chance_of_more).sum(axis=1), labels=labels)


def _core_patents(view: View, column: str) -> Values:
    typical = np.sqrt(view.money("rd_spend") / 4e5)
    return Values(np.floor(typical * np.exp(0.6 * view.lasting_normal(column))).astype(np.int64))


def _niche_years(view: View, column: str) -> Values:
    age = np.maximum(view.year - 1970 - view.firms.founded // 365, 0)
    return Values(np.floor(age * (0.4 + 0.6 * view.lasting(column))).astype(np.int64))


def _rank(best: float, other: float) -> Draw:
    """Champions and little giants rank high, others anywhere."""

    def draw(view: View, column: str) -> Values:
        typical = np.where(view.firms.giant | (view.firms.since["champion"] <= view.year), best, other)
        return Values(1 + np.floor(-typical * np.log1p(-view.lasting(column))).astype(np.int64))

    return draw


def _prize(view: View, _: str) -> Values:
    values = view.values("contest_rank")
    return Values(np.array([_PRIZES[label] for label in values.labels])[values.data.astype(np.int64)])


_listed = labelled("listing_stage", "listed")
_ai = flag("ai_firm")
_chips = flag("ic_design_firm")
_robotics = sector("machinery", "smart_device", "electronics", "aviation")

ENTERPRISE: Mapping[str, Draw] = {
    "name": lambda view, _: Values(view.number, prefix="合成企业"),
    "credit_code": lambda view, _: Values(credit_codes(view.number)),
    "district": _district,
    "in_qianhai_zone": chance(0.3, labelled("district", "nanshan")),
    "in_qianhai_ai_zone": chance(0.5, every(own("in_qianhai_zone"), _ai)),
    "industry_code": lambda view, _: Values(view.firms.industry, labels=industry_codes()),
    "industry": lambda view, _: Values(view.firms.industry, labels=industry_codes()),
    "founded": lambda view, _: Values(view.firms.founded),
    "settled_on": _settled_on,
    "moved_in_on": recent(10, lambda view: view.lasting("moved") < 0.04),
    "newly_introduced": _newly_introduced,
    "registered_in_shenzhen": chance(0.985),
    "operates_in_shenzhen": chance(0.975),
    "legal_person": chance(0.985),
    "taxed_in_district": chance(0.96),
    "counted_in_district": chance(0.95),
    "ownership": choice(assumptions().ownership),
    "group": _group,
    "corporate_group": _group,
    "group_tier": _group_tier,
    "employees": _panel("employees"),
    "size": _size,
    "revenue": _panel("revenue"),
    "main_revenue": part("revenue", 0.85, 1.0),
    "output": part("revenue", 0.9, 1.08, own("industrial_firm")),
    "value_added": lambda view, _: Values(view.firms.revenue[:, view.position] * view.firms.added_rate),
    "assets": lambda view, column: Values((view.money("revenue") + 1e6) * np.exp(0.6 * view.lasting_normal(column))),
    "paid_in_capital": spend(8e6, spread=1.3),
    "paid_in_capital_usd": part("paid_in_capital", 0.135, 0.145, labelled("ownership", "foreign", "hmt")),
    "rd_spend": _panel("rd"),
    "rd_super_deduction": part("rd_spend", 0.6, 1.0, own("rd_super_deduction_filed")),
    "rd_super_deduction_filed": chance(0.85, having("rd_spend")),
    "rd_booked_separately": chance(0.9, having("rd_spend")),
    "statistics_filed": chance(0.95),
    "has_rd_unit": chance(0.55, having("rd_spend")),
    "full_accounting_years": lambda view, _: Values(np.maximum(view.year - 1970 - view.firms.founded // 365, 0)),
    "tax_paid": part("value_added", 0.08, 0.2),
    "tax_in_district": part("tax_paid", 0.7, 1.0, own("taxed_in_district")),
    "district_contribution": part("tax_in_district", 0.15, 0.3),
    "quality_increment": _quality_increment,
    "above_scale": _above_scale,
    "industrial_firm": lambda view, _: Values(_INDUSTRY[view.firms.industry]),
    "strategic_emerging": lambda view, _: Values(view.firms.emerging),
    "high_tech": _held("high_tech"),
    "tech_sme": chance(0.5, _smaller),
    "srdi": _held("srdi"),
    "specialised": _held("srdi"),
    "little_giant": _held("little_giant"),
    "key_little_giant": _held("key_little_giant"),
    "champion": _champion,
    "headquarters_recognised": chance(0.15, _revenue_at_least(1e9)),
    "leading_firm": chance(0.2, _revenue_at_least(5e8)),
    "top500": _top500,
    "top500_first_time": chance(0.25, nobody(labelled("top500", "none"))),
    "startup": fact(_young),
    "ai_firm": lambda view, _: Values(view.firms.ai),
    "ic_design_firm": chance(0.65, sector("chips")),
    "riscv_designer": chance(0.12, _chips),
    "biomedicine_firm": chance(0.95, sector("biomedicine")),
    "synthetic_biology_firm": chance(0.1, sector("biomedicine")),
    "biomanufacturer": chance(0.15, sector("biomedicine")),
    "medical_device_firm": chance(0.95, sector("devices")),
    "software_firm": chance(0.9, sector("software")),
    "software_statistics_filed": chance(0.8, own("software_firm")),
    "machine_tool_maker": chance(0.3, sector("machinery")),
    "terminal_leader": chance(0.5, every(sector("electronics", "smart_device"), _revenue_at_least(1e9))),
    "display_firm": chance(0.5, either(sector("display"), lambda view: view.lasting("near_display") < 0.01)),
    "energy_firm": chance(0.95, sector("energy")),
    "emerging_future_firm": lambda view, column: Values(view.firms.emerging | (view.lasting(column) < 0.01)),
    "caac_key_lab": chance(0.01, sector("aviation")),
    "national_platform": choice(
        {"key_laboratory": 1, "engineering_centre": 1, "technology_centre": 4, "none": 94}, lambda view: view.money("rd_spend") > 5e7
    ),
    "upper_institute": chance(0.04, having("rd_spend")),
    "ecosystem_centre": chance(0.004, _ai),
    "green_title": choice({"product_design": 1, "smart_pv": 1, "industry_norm": 2, "none": 96}, own("industrial_firm")),
    "green_title_on": recent(4, nobody(labelled("green_title", "none"))),
    "green_title_valid": chance(0.93, nobody(labelled("green_title", "none"))),
    "open_source_class": choice({"first": 1, "second": 2, "none": 97}, _ai),
    "bio_standard": chance(0.03, flag("biomedicine_firm")),
    "crop_variety": chance(0.004, flag("biomedicine_firm")),
    "contest_rank": choice({"first": 1, "second": 2, "third": 3, "none": 2000}),
    "contest_prize": _prize,
    "contest_settled": chance(0.6, nobody(labelled("contest_rank", "none"))),
    "niche_years": _niche_years,
    "niche_new_product": chance(0.15, having("rd_spend")),
    "national_market_rank": _rank(2.5, 120.0),
    "world_market_rank": _rank(8.0, 900.0),
    "core_patents": _core_patents,
    "champion_product_revenue": part("main_revenue", 0.3, 0.95, having("rd_spend")),
    "listing_stage": _listing_stage,
    "listing_route": choice(
        {"mainland": 70, "beijing_from_neeq": 8, "overseas_direct": 12, "red_chip": 6, "overseas_other": 2, "none": 0},
        nobody(labelled("listing_stage", "none")),
    ),
    "listed_on": recent(12, _listed),
    "neeq_tier": choice({"basic": 3, "innovation": 2, "none": 245}, every(nobody(_listed), having("rd_spend"))),
    "neeq_on": recent(8, nobody(labelled("neeq_tier", "none"))),
    "listing_filed": chance(0.7, nobody(labelled("listing_stage", "none"))),
    "good_credit": chance(0.97),
    "serious_dishonesty": chance(0.15, nobody(own("good_credit"))),
    "major_violation": chance(0.3, nobody(own("good_credit"))),
    "recent_violation": chance(0.2, nobody(own("good_credit"))),
    "unreturned_funds": chance(0.003),
    "repeat_application": chance(0.01),
    "ai_core_revenue": lambda view, _: Values(view.firms.revenue[:, view.position] * view.firms.ai_share),
    "training_compute_contract": spend(1.8e6, 0.3, _ai, 1.2),
    "corpus_purchase": spend(6e5, 0.15, _ai),
    "corpus_on_exchange": chance(0.6, having("corpus_purchase")),
    "corpus_related_party": chance(0.08, having("corpus_purchase")),
    "corpus_opened": chance(0.05, _ai),
    "corpus_requirements_met": chance(0.6, own("corpus_opened")),
    "model_service_fee": spend(3e5, 0.1, either(_ai, having("rd_spend"))),
    "ai_model_service_spend": part("model_service_fee", 1.0, 1.6),
    "model_registered": chance(0.85, having("model_service_fee")),
    "model_service_done": chance(0.8, having("model_service_fee")),
    "ai_bio_service_fee": spend(1.2e6, 0.2, flag("biomanufacturer", "biomedicine_firm")),
    "mpw_fee": spend(1.5e6, 0.35, _chips),
    "full_mask_fee": spend(7e6, 0.2, _chips),
    "ip_purchase_fee": spend(2.5e6, 0.4, _chips),
    "eda_purchase_fee": spend(2e6, 0.6, _chips),
    "drone_sorties_small": number(9000, 1.3, among=every(sector("aviation"), lambda view: view.lasting("flies") < 0.25)),
    "drone_sorties_large": number(1500, 1.3, among=every(sector("aviation"), lambda view: view.lasting("flies_large") < 0.12)),
    "evtol_certifying": chance(0.04, sector("aviation")),
    "evtol_certification_cost": spend(3e7, 1.0, own("evtol_certifying")),
    "low_altitude_platform": chance(0.006, sector("aviation")),
    "platform_operating_cost": spend(4e7, 1.0, own("low_altitude_platform")),
    "platform_year": lambda view, column: Values(np.where(view.flag("low_altitude_platform"), view.position + 1, 0)),
    "supply_purchases": part("revenue", 0.05, 0.3, sector("electronics", "smart_device", "display")),
    "new_supplier_purchases": spend(4e6, 0.3, sector("electronics", "smart_device", "display")),
    "suppliers_attracted": number(1.6, 0.7, among=own("terminal_leader")),
    "supplier_contribution_rise": spend(2e6, 0.5, having("suppliers_attracted")),
    "cro_service_income": spend(1e7, 0.25, sector("biomedicine")),
    "sofc_sales": spend(3e6, 0.03, flag("energy_firm")),
    "energy_saving_value": spend(4e5, 0.05, own("industrial_firm")),
    "city_funds": spend(8e5, 0.2, flag("high_tech")),
    "district_science_funds": spend(3e5, 0.12, flag("high_tech")),
    "national_award": spend(3e6, 0.05, flag("high_tech")),
    "national_award_on": recent(3, having("national_award")),
    "equity_raised": spend(1.5e7, 0.1, either(_ai, flag("high_tech")), 1.2),
    "subfund_equity": spend(2e7, 0.01, flag("emerging_future_firm")),
    "office_bought_area": spend(600.0, 0.05, own("headquarters_recognised"), 0.5),
    "office_bought_on": recent(4, having("office_bought_area")),
    "office_held": chance(0.95, having("office_bought_area")),
}
