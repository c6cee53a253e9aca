"""Generators of the columns of what enterprises have: projects, loans, contracts, persons, products, routes, aircraft, leases, drugs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from jiqun.register.synthetic.arrow import Values
from jiqun.register.synthetic.draws import (
    between,
    chance,
    choice,
    either,
    every,
    flag,
    having,
    labelled,
    nobody,
    number,
    own,
    part,
    recent,
    spend,
    this_year,
    unit_name,
)
from jiqun.register.synthetic.firms import Bools, Firms, Floats
from jiqun.register.synthetic.plan import Kind
from jiqun.register.synthetic.view import Draw, View

_TITLED = (Kind.GIANT_AI, Kind.GIANT, Kind.CHAMPION, Kind.CHAMPION_GIANT)
_USUAL = 0.1
_NODES = np.array([7, 12, 14, 22, 28, 40, 45, 55, 65, 90, 110, 180])
_CONTRACTS = {
    "training_compute": 20,
    "corpus": 8,
    "model_service": 20,
    "sensor": 14,
    "software_first": 6,
    "fair": 12,
    "supply": 14,
    "research_service": 6,
}
_PRODUCTS = {
    "software": 20,
    "equipment": 14,
    "terminal": 12,
    "material": 10,
    "device": 10,
    "chip": 8,
    "energy": 8,
    "robot": 6,
    "display": 5,
    "other": 7,
}
_KINDS = {
    "technical_upgrade": 24,
    "equipment_renewal": 18,
    "industrial_investment": 8,
    "ai_application": 10,
    "core_technology": 7,
    "frontier_research": 3,
    "platform": 4,
    "industrialisation": 7,
    "chain_link": 3,
    "pilot_line": 2,
    "energy_saving": 5,
    "energy_storage": 2,
    "workshop": 2,
    "tape_out": 2,
    "ip_eda": 2,
    "national_task": 1,
    "synthetic_biology": 1,
    "bounty": 1,
    "raised_funds": 1,
}


def expected_units(entity: str, firms: Firms) -> Floats:
    """Return how many units of an entity each enterprise has on average over the register's years."""
    titled, big = firms.is_kind(*_TITLED), np.minimum(firms.revenue[:, -1] / 1e9, 4.0)
    found = {
        "project": np.where(titled, 1.5, np.where(firms.researches, 0.35, 0.02)) + 0.3 * big,
        "loan": np.where(titled, 1.0, 0.2) + 0.2 * big,
        "contract": np.where(firms.ai, 0.8, np.where(firms.researches, 0.25, 0.03)),
        "person": np.where(titled | firms.ai, 0.8, 0.12),
        "product": np.where(titled, 1.8, np.where(firms.researches, 0.4, 0.02)),
        "route": np.where(firms.in_sector("aviation"), 0.5, 0.0),
        "aircraft": np.where(firms.in_sector("aviation"), 0.25, 0.0),
        "lease": np.where(firms.ai | firms.researches, 0.4, 0.15),
        "drug": np.where(firms.in_sector("biomedicine"), 0.9, 0.0),
    }
    return np.asarray(found.get(entity, np.full(firms.chunk.size, _USUAL)))


def _progress(view: View, column: str) -> Values:
    """Projects go on from year to year: a lasting start and pace."""
    done = view.lasting(column) * 0.6 + (0.25 + 0.5 * view.lasting("pace")) * view.position
    return Values(np.round(np.minimum(done, 1.0), 4))


def _done(view: View) -> Bools:
    return np.asarray(view.money("progress") >= 1.0)


def _yearly_rate(view: View, column: str) -> Values:
    return Values(np.round(0.024 + 0.03 * view.lasting(column), 4))


def _reference_rate(view: View, _: str) -> Values:
    """One rate for every loan drawn in a year; invented, falling slowly."""
    return Values(np.full(view.rows, 0.0345 - 0.0015 * view.position))


def _interest(view: View, column: str) -> Values:
    months = view.money("run_months")
    return Values(view.money("principal") * view.money("rate") * months / 12)


def _six_months(view: View, _: str) -> Values:
    months = np.maximum(view.money("run_months"), 1.0)
    return Values(view.money("interest_paid") * np.minimum(months, 6.0) / months)


def _whole(low: int, high: int) -> Draw:
    """A whole number between two, both possible."""
    return lambda view, column: Values(np.floor(low + (high - low + 1) * view.lasting(column)).astype(np.int64))


def _rest_of(whole: str, share: str) -> Draw:
    return lambda view, _: Values(view.money(whole) * view.money(share))


def _cumulative(view: View, column: str) -> Values:
    """Sales so far: what came before the register, and a multiple of this year's for each year in it."""
    return Values(view.money("sales") * (1 + view.position) * (1 + view.lasting(column)))



PROJECT: Mapping[str, Draw] = {
    "name": unit_name("合成项目"),
    "kind": choice(_KINDS),
    "class": choice({"demonstration": 6, "benchmark": 2, "science_fund": 1, "open_bid": 1, "argued": 0.3, "none": 30}),
    "field": unit_name("合成领域"),
    "field_listed": chance(0.6),
    "in_shenzhen": chance(0.95),
    "in_district": chance(0.85),
    "started": recent(4),
    "finished": recent(1.5, _done),
    "accepted": chance(0.8, _done),
    "duration": _whole(6, 48),
    "progress": _progress,
    "total_investment": spend(1.2e7, spread=1.3),
    "approved_cost": part("total_investment", 0.7, 1.0),
    "construction_investment": part("total_investment", 0.3, 0.9),
    "fixed_asset_investment": part("total_investment", 0.4, 0.9),
    "rd_cost": part("total_investment", 0.1, 0.6),
    "approved_by_review": chance(0.55),
    "review_score": _whole(40, 98),
    "site_check_passed": chance(0.8, lambda view: view.whole("review_score") >= 60),
    "upper_award": spend(2e6, 0.12),
    "upper_award_on": recent(3, having("upper_award")),
    "state_money": spend(4e6, 0.5, labelled("kind", "national_task")),
    "task_result": choice({"shortlisted": 2, "won": 1, "none": 0}, labelled("kind", "national_task")),
    "catalogue_listed": chance(0.5),
    "counted_as_upgrade": chance(0.8, labelled("kind", "technical_upgrade", "equipment_renewal")),
    "prohibited_class": chance(0.02),
    "government_invested": chance(0.03),
    "plan_fulfilled": chance(0.75),
    "land_terms_met": chance(0.9),
    "open_to_smes": chance(0.6, labelled("kind", "pilot_line", "platform")),
    "esco_role": choice({"provider": 1, "user": 2, "none": 0}, labelled("kind", "energy_saving")),
    "workshop_area": lambda view, column: Values(
        np.where(view.label("kind", "workshop"), np.round(2000 * np.exp(0.6 * view.lasting_normal(column)), 1), 0.0)
    ),
    "gmp_passed": chance(0.6, labelled("kind", "workshop")),
    "clean_class": choice({"a": 1, "b": 2, "c": 4, "d": 3, "none": 0}, labelled("kind", "workshop")),
    "device_licence": choice({"class_2": 2, "class_3": 1, "none": 0}, labelled("kind", "workshop")),
    "process_node": lambda view, column: Values(_NODES[(view.lasting(column) * len(_NODES)).astype(np.int64)]),
    "tape_out_cost": spend(6e6, 1.0, labelled("kind", "tape_out")),
    "ip_eda_spend": spend(2e6, 1.0, labelled("kind", "ip_eda")),
    "actual_input": part("total_investment", 0.6, 1.0),
    "energy_saving_value": spend(6e5, 1.0, labelled("kind", "energy_saving")),
    "fcv_use": choice({"engineering": 1, "sanitation": 1, "logistics": 2, "bus": 1, "none": 95}),
}

LOAN: Mapping[str, Draw] = {
    "bank_in_shenzhen": chance(0.93),
    "principal": spend(6e6, spread=1.1),
    "drawn_on": recent(3),
    "term": _whole(6, 60),
    "rate": _yearly_rate,
    "reference_rate": _reference_rate,
    "run_months": _whole(2, 12),
    "interest_paid": _interest,
    "longest_run_interest": part("interest_paid", 0.8, 1.0),
    "first_six_months_interest": _six_months,
    "purpose": choice({"fixed_assets": 25, "working_capital": 50, "materials": 12, "market": 5, "other": 8}),
    "in_own_name": chance(0.97),
    "repaid": chance(0.6),
    "in_default": chance(0.02),
    "other_subsidy": chance(0.1),
    "rank": _whole(1, 4),
    "stability_fund": chance(0.03),
}

CONTRACT: Mapping[str, Draw] = {
    "kind": choice(_CONTRACTS),
    "counterparty": unit_name("合成对方"),
    "counterparty_in_shenzhen": chance(0.6),
    "counterparty_new": chance(0.3),
    "related_party": chance(0.08),
    "through_exchange": chance(0.6, labelled("kind", "corpus")),
    "signed_on": this_year(),
    "value": spend(1.5e6, spread=1.2),
    "paid_in_year": part("value", 0.2, 1.0),
    "part": choice({"buyer": 4, "seller": 1}),
    "item": choice({"chip": 3, "module": 2, "other": 0}, labelled("kind", "sensor")),
    "units": number(60_000, 2.2, among=labelled("kind", "sensor")),
    "unit_price": lambda view, column: Values(
        np.where(view.label("kind", "sensor"), np.round(20 * np.exp(1.4 * view.lasting_normal(column)), 2), 0.0)
    ),
    "market": choice({"traditional": 5, "emerging": 4, "online": 1}),
    "booth_fee": spend(6e4, 1.0, labelled("kind", "fair"), 0.7),
    "first_contract": chance(0.4, labelled("kind", "software_first")),
    "fair_cost": spend(1.2e5, 1.0, labelled("kind", "fair"), 0.7),
}

PERSON: Mapping[str, Draw] = {
    "recognised": chance(0.5),
    "recognised_on": recent(3, own("recognised")),
    "overseas": chance(0.2),
    "first_time_in_shenzhen": chance(0.7),
    "home_in_shenzhen": chance(0.2),
    "other_housing_support": chance(0.08),
    "social_insurance": chance(0.96),
    "residence_registered": chance(0.9),
    "housing_choice": choice({"transitional": 1, "cash": 3, "none": 4}),
    "rents_transitional": chance(0.95, labelled("housing_choice", "transitional")),
    "months_claimed": _whole(1, 12),
    "market_rent": lambda view, column: Values(np.round(3200 * np.exp(0.3 * view.lasting_normal(column)), -1)),
    "taxable_income": lambda view, column: Values(np.round(2.4e5 * np.exp(0.7 * view.lasting_normal(column)), -2)),
    "income_tax": part("taxable_income", 0.06, 0.35),
    "tax_in_qianhai": chance(0.8, flag("in_qianhai_zone")),
}

PRODUCT: Mapping[str, Draw] = {
    "name": unit_name("合成产品"),
    "kind": choice(_PRODUCTS),
    "embodied_ai": chance(0.25, labelled("kind", "robot")),
    "catalogue": choice({"city": 6, "province": 4, "national": 2, "none": 60}),
    "own_ip": chance(0.85),
    "invention_patent": chance(0.6),
    "self_developed": chance(0.75),
    "meets_standard": chance(0.4),
    "requirements_met": chance(0.5),
    "copyright_on": recent(4, labelled("kind", "software")),
    "first_sold_on": recent(6),
    "sales": spend(8e6, spread=1.4),
    "first_batch_sales": part("sales", 0.1, 0.6, nobody(labelled("catalogue", "none"))),
    "cumulative_sales": _cumulative,
    "first_contract_value": part("sales", 0.05, 0.5),
    "first_contract_paid": between(0.2, 1.0),
    "receipts_within_year": part("sales", 0.3, 0.9),
    "first_batch": chance(0.4, nobody(labelled("catalogue", "none"))),
    "produced_in_district": chance(0.6),
    "set_number": _whole(1, 8),
    "second_order": chance(0.6),
    "localisation_rate": between(0.3, 1.0),
    "device_class": choice({"class_2": 6, "class_3": 3, "innovative": 1, "contract": 1, "none": 0}, labelled("kind", "device")),
    "registered_first": chance(0.5, labelled("kind", "device")),
    "related_holder": chance(0.15, labelled("kind", "device")),
    "city_award": spend(1e6, 0.3, either(labelled("kind", "device"), every(labelled("kind", "robot"), own("embodied_ai")))),
}

ROUTE: Mapping[str, Draw] = {
    "name": unit_name("合成航线"),
    "kind": choice({"small_drone": 60, "large_drone": 25, "ga_domestic": 10, "ga_hong_kong": 5}),
    "opened_on": recent(3),
    "opened_this_year": lambda view, _: Values(view.whole("opened_on") > view.last_day - 365),
    "distance": lambda view, column: Values(  # metres
        np.round(np.where(view.label("kind", "small_drone"), 12_000.0, 60_000.0) * np.exp(0.6 * view.lasting_normal(column)), 1)
    ),
    "sorties": number(3500, 1.1),
    "regular": chance(0.85),
    "port_to_port": chance(0.9, labelled("kind", "ga_hong_kong")),
    "rewarded_before": chance(0.15),
}

AIRCRAFT: Mapping[str, Draw] = {
    "model": unit_name("合成机型"),
    "class": choice({"crewed_evtol": 1, "large_drone": 3, "medium_drone": 6}),
    "type_certificate": chance(0.35),
    "type_certificate_on": recent(2.5, own("type_certificate")),
    "production_certificate": chance(0.7, own("type_certificate")),
    "certification_cost": spend(1.5e7),
    "rewarded_before": chance(0.1),
}

LEASE: Mapping[str, Draw] = {
    "kind": choice({"office": 5, "research": 3, "production": 4}),
    "area": lambda view, column: Values(np.round(900 * np.exp(0.9 * view.lasting_normal(column)), 1)),
    "started": recent(4),
    "months": _whole(3, 12),
    "rent_paid": lambda view, column: Values(
        np.round(view.money("area") * view.money("months") * 65 * np.exp(0.3 * view.lasting_normal(column)), 2)
    ),
    "rent_year": lambda view, column: Values((1 + np.floor(2 * view.lasting(column)) + view.position).astype(np.int64)),
    "own_use": chance(0.95),
    "private_property": chance(0.7),
    "in_zone": chance(0.4),
}

DRUG: Mapping[str, Draw] = {
    "name": unit_name("合成药品"),
    "drug_class": choice({"class_1": 4, "class_2": 3, "class_3": 3, "tcm": 1, "generic": 4}),
    "phase": choice({"preclinical": 5, "phase_1": 4, "phase_2": 3, "phase_3": 2, "approved": 2}),
    "phase_reached_on": this_year(),
    "clinical_approval": chance(0.9, nobody(labelled("phase", "preclinical"))),
    "field_listed": chance(0.6),
    "review_score": _whole(40, 98),
    "site_check_passed": chance(0.8, lambda view: view.whole("review_score") >= 60),
    "total_investment": spend(3e7, spread=1.1),
    "progress": _progress,
    "accepted": chance(0.8, _done),
    "city_award": spend(3e6, 0.25),
    "overseas_certified": chance(0.1),
    "site_moved_in": chance(0.08),
    "revenue": spend(2e7, 1.0, labelled("phase", "approved")),
}

CHILDREN: Mapping[str, Mapping[str, Draw]] = {
    "project": PROJECT,
    "loan": LOAN,
    "contract": CONTRACT,
    "person": PERSON,
    "product": PRODUCT,
    "route": ROUTE,
    "aircraft": AIRCRAFT,
    "lease": LEASE,
    "drug": DRUG,
}
