"""Every golden case of the shipped packages, through both evaluators."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from jiqun import cases
from jiqun.check import accept
from jiqun.model.package import Package

POLICIES = Path(__file__).parents[2] / "policies"
PACKAGES = ("yunzhou", "shenzhen-20-8")


@cache
def package(name: str) -> Package:
    return accept(POLICIES / name)


def golden() -> list[tuple[str, Path]]:
    """Return every case of every package; an empty folder fails."""
    found = [(name, path) for name in PACKAGES for path in cases.find(POLICIES / name)]
    assert {name for name, _ in found} == set(PACKAGES)
    return found


@pytest.mark.parametrize(("name", "path"), golden(), ids=lambda v: "/".join(v.parts[-3:]) if isinstance(v, Path) else v)
def test_golden(name: str, path: Path) -> None:
    case, found = cases.read(package(name), path)
    assert case is not None, found
    assert cases.check(package(name), case) == []


@pytest.mark.parametrize("name", PACKAGES)
def test_every_measure_has_two_cases_one_of_them_not_paying(name: str) -> None:
    stated: dict[str, list[tuple[str | None, str | None]]] = {}
    files: dict[str, set[Path]] = {}
    for path in cases.find(POLICIES / name):
        case, found = cases.read(package(name), path)
        assert case is not None, found
        for expected in case.file.expect:
            stated.setdefault(expected.measure, []).append((expected.status, expected.amount))
            files.setdefault(expected.measure, set()).add(path)
    for measure in package(name).measures:
        assert len(stated.get(measure, [])) >= 2, measure
        assert len(files[measure]) >= 2, measure
        assert any(status in ("no", "unknown", "conflict") for status, _ in stated[measure]), measure
