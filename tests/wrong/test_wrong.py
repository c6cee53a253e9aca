"""Every wrong package is refused, or remarked on, with its exact text: the right place, the cause underlined, how to mend it.

Each folder beside this file is laid over `base/`. Its name begins with the code of the finding it is about. After a deliberate change
of a text run `python tests/wrong/test_wrong.py` to write the expected files anew, and read what it wrote.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

import pytest

from jiqun.check import inspect
from jiqun.language.diagnostics import Finding, as_json, render
from jiqun.language.messages import checks, expressions, package

HERE = Path(__file__).parent
EXPECTED = {"en": "expected.txt", "zh": "expected.zh.txt"}
NOT_FROM_A_FOLDER = {
    "unreadable-file": "needs a file the reader may not open",
    "no-package": "a folder without YAML: test_an_empty_folder",
    "file-too-large": "made in test_ten_megabytes, not stored",
    "not-a-case": "about cases: tests/simulate",
    "folder-name": "about cases: tests/simulate",
}


def folders() -> list[Path]:
    """Return the wrong packages; an empty one fails."""
    found = sorted(f for f in HERE.iterdir() if f.is_dir() and f.name not in ("base", "__pycache__"))
    assert all(any(f.glob("*.yaml")) for f in found)
    return found


def findings(folder: Path) -> tuple[list[Finding], Path]:
    """Lay a folder over the base and return what is found, with where that was."""
    made = Path(tempfile.mkdtemp())
    for source in (HERE / "base", folder):
        for file in source.glob("*.yaml"):
            shutil.copy(file, made / file.name)
    return list(inspect(made)[1]), made


def rendered(folder: Path, lang: str) -> str:
    found, made = findings(folder)
    text = "\n\n".join(render(f, lang) for f in found) + "\n"
    shutil.rmtree(made)
    return text.replace(f"{made}/", "").replace(str(made), ".")


def test_the_base_has_no_finding() -> None:
    assert rendered(HERE / "base", "en") == "\n"


@pytest.mark.parametrize("folder", folders(), ids=lambda f: f.name)
def test_wrong(folder: Path) -> None:
    for lang, name in EXPECTED.items():
        assert rendered(folder, lang) == (folder / name).read_text("utf-8")


@pytest.mark.parametrize("folder", folders(), ids=lambda f: f.name)
def test_a_folder_shows_the_fault_it_is_named_after(folder: Path) -> None:
    found, made = findings(folder)
    shutil.rmtree(made)
    named = {f.code for f in found if folder.name.startswith(f.code)}
    assert named or folder.name in PLACES, [f.code for f in found]
    for one in found:
        plain = as_json(one)
        assert set(plain) == {"code", "severity", "file", "line", "column", "length", "message", "fix"}
        assert all(plain["message"].values())  # type: ignore[attr-defined]


PLACES = ("single-quoted", "double-quoted", "double-quoted-wrapped", "folded", "literal-block", "wrapped-plain", "chinese-columns", "missing-language")
"""Folders about where a fault is, not about which."""


@pytest.mark.parametrize("name", [p for p in PLACES if p != "missing-language"])
def test_the_underlined_text_is_the_cause(name: str) -> None:
    found, made = findings(HERE / name)
    at = next(f for f in found if f.code == "unknown-name").span
    line = Path(at.file).read_text("utf-8").splitlines()[at.line - 1]
    shutil.rmtree(made)
    assert line[at.column - 1 : at.column - 1 + at.length] == ("营业收人" if name == "chinese-columns" else "revenu")


def test_every_code_a_package_can_cause_has_a_wrong_package() -> None:
    seen = {f.code for folder in folders() for f in findings(folder)[0]}
    known = set(package.MESSAGES) | set(expressions.MESSAGES) | set(checks.MESSAGES)
    assert known - seen == set(NOT_FROM_A_FOLDER)
    assert len(folders()) >= 60


def quick(folder: Path) -> list[str]:
    began = time.monotonic()
    codes = [f.code for f in inspect(folder)[1]]
    assert time.monotonic() - began < 5
    return codes


def test_an_empty_folder(tmp_path: Path) -> None:
    assert quick(tmp_path) == ["no-package"]


def test_ten_megabytes(tmp_path: Path) -> None:
    (tmp_path / "big.yaml").write_text("measures:\n" + "- {id: x}\n" * 1_000_000, "utf-8")
    assert quick(tmp_path) == ["file-too-large"]


def test_a_binary_file(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(bytes(range(256)) * 40)
    assert quick(tmp_path) == ["not-utf8"]
    (tmp_path / "binary.yaml").write_bytes(b"\x00\x01\x02 abc")
    assert quick(tmp_path) == ["bad-yaml"]


def test_a_yaml_bomb(tmp_path: Path) -> None:
    rows = ["a: &a [x, x, x, x, x, x, x, x, x]"] + [f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]" for i in range(8)]
    (tmp_path / "bomb.yaml").write_text("\n".join(rows), "utf-8")
    assert quick(tmp_path) == ["yaml-alias"]


def test_a_five_thousand_character_expression(tmp_path: Path) -> None:
    shutil.copytree(HERE / "base", tmp_path / "package")
    text = (HERE / "bare-number" / "wrong.yaml").read_text("utf-8").replace("rd_spend * 30%", "rd_spend" + " + rd_spend" * 500)
    (tmp_path / "package" / "wrong.yaml").write_text(text, "utf-8")
    assert "too-long" in quick(tmp_path / "package")


if __name__ == "__main__":
    for each in folders():
        for lang, name in EXPECTED.items():
            (each / name).write_text(rendered(each, lang), "utf-8")
