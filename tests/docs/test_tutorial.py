"""The tutorial runs: every command in order, and every line of output it shows appears."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).parents[2]
FAILS = "jiqun test demo/raised"


def steps(text: str) -> list[tuple[str, list[str]]]:
    """Return each command of the console blocks with the lines shown below it."""
    made: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", text, re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                made.append((line[2:], []))
            elif line.strip():
                made[-1][1].append(line)
    return made


@pytest.mark.parametrize("name", ["tutorial.md", "tutorial.zh.md"])
def test_the_tutorial_runs(name: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "policies" / "yunzhou", tmp_path / "policies" / "yunzhou")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "jiqun"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m jiqun "$@"\n', "utf-8")
    command.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "JIQUN_LANG": "en",
        "PYTHONIOENCODING": "utf-8",
    }
    listed = steps((ROOT / "docs" / name).read_text("utf-8"))
    assert len(listed) >= 12
    for line, shown in listed:
        ran = subprocess.run(["bash", "-c", line], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == (1 if line.startswith(FAILS) else 0), (line, ran.stdout[-500:], ran.stderr[-500:])
        for each in shown:
            assert each in ran.stdout, (line, each)
    assert amounts(tmp_path / "demo" / "base", "YZ10") == "522875.81"
    assert amounts(tmp_path / "demo" / "raised-2024", "YZ10") == "425531.91"


def amounts(results: Path, unit: str) -> str:
    """Return what the R&D award gives a firm, as the tutorial says it."""
    rows = pq.read_table(results / "awards.parquet").to_pylist()
    return next(str(row["award"]) for row in rows if row["unit"] == unit and row["measure"] == "rd_award")
