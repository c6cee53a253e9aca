"""A synthetic register meets the cited figures, is reproducible, and fills every column a package declares."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from synthesize.packages import entities_of

from jiqun.model.entity import Entity
from jiqun.register import creditcode
from jiqun.register.calibration import CalibrationRow, figures
from jiqun.register.industry import industries
from jiqun.register.store import open_register, schema
from jiqun.register.synthesize import synthesize
from jiqun.register.synthetic.assumptions import assumptions
from jiqun.register.synthetic.plan import plan


@pytest.fixture(scope="module")
def entities():
    return entities_of("shenzhen-20-8")


@pytest.fixture(scope="module")
def made(entities, tmp_path_factory):
    folder = tmp_path_factory.mktemp("register") / "firms"
    calibration = synthesize(entities, folder, enterprises=5_000, seed=7)
    return folder, calibration


@pytest.fixture(scope="module")
def firms(made):
    return pq.read_table(made[0] / "enterprise.parquet")


def test_every_cited_figure_is_measured_and_met(made):
    rows = {row.target.id: row for row in made[1].rows}
    assert rows.keys() == {target.id for target in figures().targets}
    assert rows["little_giants"].reached == 1333
    assert rows["champions"].reached == 117
    assert rows["ai_above_scale"].reached == 2601
    assert all(abs(row.deviation) <= Decimal("0.01") for row in rows.values())
    assert made[1].met


@pytest.mark.parametrize("size", [200, 2_000, 4_499])
def test_a_small_register_meets_the_counts_by_weights(entities, tmp_path, size):
    root = {"enterprise": entities["enterprise"]}
    assert synthesize(root, tmp_path / "small", enterprises=size, years=(2025,)).met


def test_the_whole_register_stands_for_the_stated_population(firms):
    last = firms.filter(pc.field("year") == 2025)
    assert pc.sum(last["weight"]).as_py() == assumptions().population


def test_a_figure_that_is_missed_is_not_called_met():
    target, above = figures().target("little_giants"), figures().target("ai_above_scale")
    assert not CalibrationRow(target, figures().source, Decimal(1332)).met
    assert not CalibrationRow(above, figures().source, Decimal(2600)).met


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_has_a_line_for_each_figure(made, lang):
    head, *lines = made[1].table(lang)
    assert len(lines) == len(made[1].rows)
    assert all(len(line) == len(head) for line in lines)


def test_same_seed_and_size_give_the_same_bytes(entities, tmp_path):
    for name in ("one", "two"):
        synthesize(entities, tmp_path / name, enterprises=2_000, seed=3)
    synthesize(entities, tmp_path / "other", enterprises=2_000, seed=4)
    one, two, other = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("one", "two", "other"))
    assert one == two
    assert one["enterprise.parquet"] != other["enterprise.parquet"]


def test_it_is_labelled_synthetic(made, entities):
    register = open_register(made[0], entities.values())
    assert register.synthetic
    assert register.manifest.seed == 7
    assert register.years == (2023, 2024, 2025)
    assert "合成数据" in register.manifest.source and "synthetic data" in register.manifest.source


def test_every_declared_column_is_there_with_its_type(made, entities):
    for entity in entities.values():
        assert pq.read_schema(made[0] / f"{entity.id}.parquet").equals(schema(entity, entity.parent is None))


def test_every_collected_column_holds_values_and_no_other_does(made, entities):
    for entity in entities.values():
        table = pq.read_table(made[0] / f"{entity.id}.parquet")
        rare = {name for name, column in entity.columns.items() if column.type == "date"}
        for name, column in entity.columns.items():
            known = table.num_rows - table[name].null_count
            assert known == 0 if not column.collected else known > 0 or name in rare, f"{entity.id}.{name}"


def test_enum_columns_hold_declared_codes_only(made, entities):
    for entity in entities.values():
        table = pq.read_table(made[0] / f"{entity.id}.parquet")
        for name, column in entity.columns.items():
            if column.values:
                assert set(table[name].unique().drop_null().to_pylist()) <= column.values.keys(), f"{entity.id}.{name}"


def test_missing_values_come_at_the_stated_rates(firms):
    for column in ("employees", "rd_spend", "revenue", "national_market_rank"):
        expected = assumptions().missing_rate(column)
        assert firms[column].null_count / firms.num_rows == pytest.approx(expected, rel=0.25)
    assert all(firms[column].null_count == 0 for column in ("little_giant", "champion", "credit_code", "value_added"))


def test_missing_is_never_zero(firms):
    """An amount an enterprise does not have is a known zero; a missing one is null, and both occur."""
    assert firms["mpw_fee"].null_count > 0
    assert pc.sum(pc.equal(firms["mpw_fee"], pa.scalar(Decimal("0.00"), pa.decimal128(18, 2)))).as_py() > 0


def test_credit_codes_are_valid_unique_and_visibly_synthetic(firms):
    codes = set(firms["credit_code"].to_pylist())
    assert len(codes) == len(set(firms["id"].to_pylist())) == 5_000
    assert all(creditcode.check(code).valid and not creditcode.check(code).remarks for code in codes)
    assert all(code[8] == "X" for code in codes)
    assert all(name.startswith("合成企业") for name in firms["name"].to_pylist())


def test_industry_codes_are_four_digit_codes_of_the_2017_edition(firms):
    assert set(firms["industry_code"].unique().to_pylist()) <= {code for code in industries() if len(code) == 4}


def test_children_have_parents_of_the_same_year_and_ids_of_their_own(made, entities, firms):
    there = set(zip(firms["id"].to_pylist(), firms["year"].to_pylist(), strict=True))
    for entity in entities.values():
        if entity.parent is None:
            continue
        table = pq.read_table(made[0] / f"{entity.id}.parquet")
        years = table["year"].to_pylist()
        assert table.num_rows > 0, entity.id
        assert set(zip(table[entity.parent].to_pylist(), years, strict=True)) <= there
        assert len(set(zip(table["id"].to_pylist(), years, strict=True))) == table.num_rows


def test_titles_build_on_one_another_and_are_kept(firms):
    rows = firms.select(["id", "year", "high_tech", "srdi", "little_giant", "key_little_giant"]).to_pylist()
    before = {}
    for row in rows:
        ladder = [row["key_little_giant"], row["little_giant"], row["srdi"], row["high_tech"]]
        assert ladder == sorted(ladder), row
        held = before.get((row["id"], row["year"] - 1))
        assert held is None or all(now >= was for now, was in zip(ladder, held, strict=True)), row
        before[row["id"], row["year"]] = ladder


def test_revenue_persists_and_is_skewed(firms):
    by_year = {
        year: dict(zip(part["id"].to_pylist(), part["revenue"].to_pylist(), strict=True))
        for year in (2024, 2025)
        for part in [firms.filter(pc.field("year") == year)]
    }
    ratios = sorted(now / was for firm, now in by_year[2025].items() if now and (was := by_year[2024].get(firm)))
    assert Decimal("0.9") < ratios[len(ratios) // 2] < Decimal("1.2")
    others = firms.filter((pc.field("year") == 2025) & (pc.field("weight") > 1))["revenue"].drop_null()
    amounts = sorted(others.to_pylist())
    assert sum(amounts) / len(amounts) > 3 * amounts[len(amounts) // 2]


def test_nobody_is_there_before_being_founded(firms):
    assert pc.all(pc.less_equal(pc.year(firms["founded"]), firms["year"].cast("int64"))).as_py()


def test_an_added_column_is_filled_and_changes_no_other(entities, made, tmp_path):
    title = {"zh": "新增", "en": "added"}
    added = {
        "extra_money": {"type": "money", "unit": "万元", "title": title},
        "extra_ratio": {"type": "ratio", "title": title},
        "extra_count": {"type": "count", "title": title},
        "extra_bool": {"type": "bool", "title": title},
        "extra_date": {"type": "date", "title": title},
        "extra_text": {"type": "text", "title": title},
        "extra_enum": {"type": "enum", "title": title, "values": {"x": title, "none": title}},
        "extra_power": {"type": "quantity", "unit": "kW", "title": title},
        "later": {"type": "bool", "title": title, "collected": False},
    }
    root = entities["enterprise"].model_dump(mode="json", exclude_none=True)
    grown = Entity.model_validate({**root, "columns": {**added, **root["columns"]}})
    synthesize({**entities, "enterprise": grown}, tmp_path / "grown", enterprises=5_000, seed=7)
    table = pq.read_table(tmp_path / "grown" / "enterprise.parquet")
    assert table.select(schema(entities["enterprise"], True).names).equals(pq.read_table(made[0] / "enterprise.parquet"))
    assert all(0 < table[name].null_count < table.num_rows for name in added if name != "later")
    assert table["later"].null_count == table.num_rows


def test_a_package_with_other_columns_gets_a_register_too(tmp_path):
    entities = entities_of("yunzhou")
    calibration = synthesize(entities, tmp_path / "yunzhou", enterprises=500, seed=1)
    register = open_register(tmp_path / "yunzhou", entities.values())
    assert register.rows("enterprise") > 1_000
    assert calibration.rows == ()
    districts = set(pq.read_table(tmp_path / "yunzhou" / "enterprise.parquet")["district"].unique().drop_null().to_pylist())
    assert districts == entities["enterprise"].columns["district"].values.keys()


def test_payments_are_of_known_enterprises_and_of_the_measures_asked_for(entities, tmp_path):
    folder = tmp_path / "paid"
    synthesize({"enterprise": entities["enterprise"]}, folder, enterprises=2_000, measures=("a", "b"))
    payments = pq.read_table(folder / "payments.parquet")
    known = set(pq.read_table(folder / "enterprise.parquet", columns=["id"])["id"].to_pylist())
    assert set(payments["measure"].to_pylist()) == {"a", "b"}
    assert set(payments["enterprise"].to_pylist()) <= known
    assert pc.min(payments["amount"]).as_py() > 0


@pytest.mark.parametrize(
    ("size", "years", "seed"),
    [(199, (2025,), 1), (10_000_001, (2025,), 1), (500, (), 1), (500, (2023, 2025), 1), (500, (2025,), -1)],
)
def test_impossible_sizes_years_and_seeds_are_refused(size, years, seed):
    with pytest.raises(ValueError, match=r"enterprises|years|seed"):
        plan(size, years, seed)
