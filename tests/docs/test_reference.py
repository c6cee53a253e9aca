"""The reference is what docs/generate.py writes; every function, key, finding and command stands in it, in both languages."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from jiqun.cli.words import WORDS
from jiqun.language.functions import FUNCTIONS
from jiqun.language.messages.catalogue import MESSAGES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_up_to_date(generator: ModuleType) -> None:
    for name, text in generator.pages().items():
        assert (ROOT / "docs" / "reference" / name).read_text("utf-8") == text, f"{name}: run make docs"


def test_every_function_and_finding_is_documented(generator: ModuleType) -> None:
    pages = generator.pages()
    assert all(f"## {name}\n" in pages["functions.md"] for name in FUNCTIONS)
    assert all(f"`{code}`" in pages["findings.md"] for code in MESSAGES)


def test_every_text_of_a_finding_has_both_languages() -> None:
    for code, text in MESSAGES.items():
        assert all((text.zh, text.en)), code
        assert bool(text.fix_zh) == bool(text.fix_en), code


def test_every_command_and_option_speaks_both_languages(generator: ModuleType) -> None:
    listed = generator.commands()
    assert {"check", "test", "simulate", "explain", "show", "demo", "register import", "register synthesize", "register describe"} <= {
        n for n, _, _ in listed
    }
    for name, zh, en in listed:
        assert zh[0] and en[0] and zh[0] != en[0], name
        assert zh[1].keys() == en[1].keys()
        for option, text in zh[1].items():
            assert text and en[1][option], (name, option)


def test_every_text_of_the_command_line_has_both_languages() -> None:
    assert all(zh and en for zh, en in WORDS.values())


def test_the_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "make demo" in text
    assert "make test" in text


def test_every_dependency_has_a_line_of_its_own() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    decided = "\n".join(p.read_text("utf-8") for p in (ROOT / "docs" / "decisions").glob("*.md"))
    listed = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    for requirement in listed:
        name = requirement.split(">")[0].split("=")[0].split("<")[0]
        assert f"| {name} |" in decided, name
