"""The commands as a user types them: a round trip, bad input in words and exit codes, an interruption that leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHENZHEN = "shenzhen-20-8"


def jiqun(*arguments: str, cwd: Path | None = None, lang: str = "en") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "JIQUN_LANG": lang, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "jiqun", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic register of 300 enterprises and a run over it."""
    folder = tmp_path_factory.mktemp("commands")
    ran = jiqun("demo", "--enterprises", "300", "--out", "demo", cwd=folder)
    assert ran.returncode == 0, ran.stderr
    for part in ("Synthetic data", "Totals (three kinds, never added up)", "jiqun explain"):
        assert part in ran.stdout
    return folder


def test_the_demo_in_chinese(tmp_path: Path) -> None:
    ran = jiqun("demo", "--enterprises", "300", "--out", "demo", cwd=tmp_path, lang="zh")
    assert ran.returncode == 0, ran.stderr
    assert "合成数据" in ran.stdout
    assert "最小改变" in ran.stdout


def test_simulate_says_the_same_in_json(made: Path) -> None:
    listed = ("simulate", "--package", SHENZHEN, "--register", "demo/register", "--on", "2026-02-20", "--json", "--out", "again")
    ran = jiqun(*listed, cwd=made)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["totals"] == json.loads((made / "demo" / "results" / "summary.json").read_text("utf-8"))["totals"]
    assert found["synthetic"] is True


def test_explain_show_and_describe(made: Path) -> None:
    where = ("--package", SHENZHEN, "--register", "demo/register", "--results", "demo/results")
    ran = jiqun("explain", "E0000000", *where, "--all", "--json", cwd=made)
    assert ran.returncode == 0, ran.stderr
    explanations = json.loads(ran.stdout)["explanations"]
    assert {"yes", "no", "unknown"} & {one["status"] for one in explanations}
    assert all(one["text"]["zh"] and one["text"]["en"] for one in explanations)
    shown = jiqun("show", "sz_lowalt_type_certificate", "--package", SHENZHEN, "--on", "2026-02-20", lang="zh")
    assert shown.returncode == 0
    assert "适航" in shown.stdout
    described = jiqun("register", "describe", "demo/register", "--lang", "en", cwd=made)
    assert described.returncode == 0, described.stderr
    assert "enterprise" in described.stdout


def test_check_and_test_exit_codes(tmp_path: Path) -> None:
    assert jiqun("check", "yunzhou").returncode == 0
    assert jiqun("check", "yunzhou", "--strict").returncode == 1
    assert jiqun("test", "yunzhou", "--only", "compute_voucher").returncode == 0
    (tmp_path / "wrong.yaml").write_text("measures: 1\n", "utf-8")
    wrong = jiqun("check", str(tmp_path), "--json")
    assert wrong.returncode == 1
    assert json.loads(wrong.stdout)["errors"] > 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("check", "nowhere"), 1, "nowhere"),
        (("test", "nowhere"), 2, "nowhere"),
        (("show", "sz_lowalt_type_certificat", "--package", SHENZHEN, "--on", "2026-02-20"), 2, "sz_lowalt_type_certificate"),
        (("show", "sz_lowalt_type_certificate", "--package", SHENZHEN, "--on", "20 February"), 2, "20 February"),
        (("simulate", "--package", SHENZHEN, "--register", "nowhere", "--on", "2026-02-20", "--out", "x"), 1, "nowhere"),
        (("explain", "E1", "--package", SHENZHEN, "--register", "demo/register", "--results", "nowhere"), 2, "nowhere"),
        (("explain", "NOBODY", "--package", SHENZHEN, "--register", "demo/register", "--results", "demo/results"), 2, "NOBODY"),
        (("simulate", "--package", SHENZHEN), 2, "--register"),
        (("nonsense",), 2, "nonsense"),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_bad_input_is_said_in_words(made: Path, arguments: tuple[str, ...], code: int, said: str, lang: str) -> None:
    ran = jiqun(*arguments, cwd=made, lang=lang)
    assert ran.returncode == code, ran.stderr
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ("错误" if lang == "zh" else "error") in ran.stderr.lower()


def test_a_truncated_table_is_said_in_words(made: Path, tmp_path: Path) -> None:
    broken = tmp_path / "register"
    subprocess.run(["cp", "-r", str(made / "demo" / "register"), str(broken)], check=True)
    table = broken / "enterprise.parquet"
    table.write_bytes(table.read_bytes()[:2000])
    ran = jiqun("simulate", "--package", SHENZHEN, "--register", str(broken), "--on", "2026-02-20", "--out", str(tmp_path / "out"))
    assert ran.returncode == 1
    assert "enterprise.parquet" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "out").exists()


def test_an_interruption_leaves_no_half_written_result(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "JIQUN_LANG": "en"}
    command = [sys.executable, "-m", "jiqun", "register", "synthesize", "--package", SHENZHEN, "--out", "register", "--enterprises", "400000"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while process.poll() is None and not any(tmp_path.iterdir()):
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert b"Traceback" not in err
    assert not (tmp_path / "register").exists()
    assert list(tmp_path.iterdir()) == []
