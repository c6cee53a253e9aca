"""Write docs/reference/ from the models, functions, units, findings and commands: `make docs`.

The reference cannot disagree with the code: a test compares the files with what this writes.
"""

from __future__ import annotations

import sys
import typing
from pathlib import Path

import typer
from pydantic import BaseModel

from jiqun.cli import COMMANDS, build
from jiqun.language.functions import FUNCTIONS
from jiqun.language.messages import checks, expressions, package, register, run
from jiqun.language.units import UNITS
from jiqun.load import SECTIONS
from jiqun.model.package import Heading

OUT = Path(__file__).resolve().parent / "reference"
KEYS: dict[str, type[BaseModel]] = {"package": Heading, **SECTIONS}
HEAD = "<!-- written by docs/generate.py: do not edit -->\n\n"


def pages() -> dict[str, str]:
    """Return every page of the reference by file name."""
    return {
        "package.md": HEAD + _package(),
        "functions.md": HEAD + _functions(),
        "findings.md": HEAD + _findings(),
        "units.md": HEAD + _units(),
        "commands.md": HEAD + _commands(),
    }


def _package() -> str:
    rows = [
        "# Keys of a package\n",
        "Every section of a package's YAML files, from the models. See [package.md](../package.md) for examples.\n",
    ]
    seen: list[type[BaseModel]] = []
    for section, model in KEYS.items():
        rows += [f"## {section}\n", *_keys(model), *_inside(model, seen)]
    return "\n".join(rows)


def _inside(model: type[BaseModel], seen: list[type[BaseModel]]) -> list[str]:
    rows: list[str] = []
    for info in model.model_fields.values():
        for inner in _models(info.annotation):
            if inner not in seen:
                seen.append(inner)
                rows += [f"### {inner.__name__}\n", *_keys(inner), *_inside(inner, seen)]
    return rows


def _keys(model: type[BaseModel]) -> list[str]:
    rows = [f"{(model.__doc__ or '').strip()}\n", "| key | required | value | meaning |", "| --- | --- | --- | --- |"]
    for name, info in model.model_fields.items():
        key = info.alias or name.rstrip("_")
        rows.append(f"| `{key}` | {'yes' if info.is_required() else 'no'} | {_value(info.annotation)} | {info.description or ''} |")
    return [*rows, ""]


def _value(annotation: object) -> str:
    """Say what kind of value an annotation is, in a few words."""
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Literal:
        return ", ".join(f"`{a}`" for a in arguments)
    if arguments:
        named = dict.fromkeys(_value(a) for a in arguments if a is not type(None) and a is not Ellipsis and not _is_constraint(a))
        origin = typing.get_origin(annotation)
        joined = " or ".join(named)
        return f"list of {joined}" if origin is tuple else f"mapping to {list(named)[-1]}" if origin is dict else joined
    plain = {"str": "text", "int": "whole number", "bool": "true or false", "date": "day", "Formula": "expression"}
    name = getattr(annotation, "__name__", str(annotation))
    return plain.get(name, name)


def _is_constraint(value: object) -> bool:
    return not isinstance(value, type) and not typing.get_args(value)


def _models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for part in typing.get_args(annotation) for m in _models(part)]


def _functions() -> str:
    rows = ["# Functions\n"]
    for name, f in FUNCTIONS.items():
        rows += [
            f"## {name}\n",
            f"`{f.usage}`\n",
            f"{f.zh}\n",
            f"{f.en}\n",
            f"未知 / unknown: {f.unknown_zh} {f.unknown_en}\n",
            f"```\n{f.example}\n```\n",
        ]
    return "\n".join(rows)


def _findings() -> str:
    rows = ["# Findings\n", "What `jiqun check` and the other commands may say, by code.\n"]
    subjects = {"Packages": package, "Expressions": expressions, "Checks": checks, "Registers": register, "Runs": run}
    for subject, module in subjects.items():
        rows += [f"## {subject}\n", "| code | severity | zh | en | how to mend it |", "| --- | --- | --- | --- | --- |"]
        for code, text in sorted(module.MESSAGES.items()):
            severity = "warning" if code in checks.WARNINGS else "error"
            cells = (f"`{code}`", severity, text.zh, text.en, text.fix_en)
            rows.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
        rows.append("")
    return "\n".join(rows)


def _units() -> str:
    rows = ["# Units\n", "| unit | dimension | base units |", "| --- | --- | --- |"]
    for name, unit in UNITS.items():
        dims = "·".join(f"{b}" if p == 1 else f"{b}^{p}" for b, p in unit.dims) or "a number"
        rows.append(f"| {name} | {dims} | {unit.factor:f} |")
    return "\n".join(rows) + "\n"


def _commands() -> str:
    rows = [
        "# Commands\n",
        "Exit codes: 0 done; 1 findings, or a case failed; 2 the command was not written as it should be; 130 interrupted.\n",
    ]
    for name, zh, en in commands():
        rows += [f"## jiqun {name}\n", f"{zh[0]}\n", f"{en[0]}\n", "| option | zh | en |", "| --- | --- | --- |"]
        rows += [f"| `{option}` | {text} | {en[1][option]} |" for option, text in zh[1].items()]
        rows.append("")
    return "\n".join(rows)


Help = tuple[str, dict[str, str]]


def commands() -> list[tuple[str, Help, Help]]:
    """Return every command with its help and that of its options, in zh and en."""
    found = [dict(_walk(typer.main.get_command(build(lang)), "")) for lang in ("zh", "en")]
    assert len(COMMANDS) <= len(found[0])
    return [(name, found[0][name], found[1][name]) for name in found[0]]


def _walk(command: typing.Any, path: str) -> typing.Iterator[tuple[str, Help]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        options = {
            (p.opts[0] if p.opts else p.name): (getattr(p, "help", "") or "").replace("|", "\\|")
            for p in command.params
            if p.name != "help"
        }
        yield path.strip(), ((command.help or "").strip(), options)
        return
    for name, one in inner.items():
        yield from _walk(one, f"{path} {name}")


def main() -> None:
    """Write every page; with --check, fail where one differs."""
    OUT.mkdir(exist_ok=True)
    stale = [name for name, text in pages().items() if not (OUT / name).is_file() or (OUT / name).read_text("utf-8") != text]
    if "--check" in sys.argv:
        sys.exit(f"stale: {', '.join(stale)}; run make docs" if stale else 0)
    for name, text in pages().items():
        (OUT / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
