"""`jiqun test PACKAGE`: the golden cases of a package, through both evaluators."""

from pathlib import Path

import typer

from jiqun import cases
from jiqun.check import accept
from jiqun.cli import given
from jiqun.cli.console import EXIT_FINDINGS, out, print_json, report
from jiqun.cli.words import words
from jiqun.language.diagnostics import Rejected


def add(app: typer.Typer, lang: str) -> None:
    """Add the command."""

    @app.command("test", help=words("test.help", lang))
    def test(
        package: Path = typer.Argument(help=words("package.help", lang)),
        only: str = typer.Option("", "--only", help=words("test.only", lang)),
        plain: bool = typer.Option(False, "--json", help=words("json.help", lang)),
        lang: str = typer.Option(lang, "--lang", help=words("lang.help", lang)),
    ) -> None:
        folder = given.package_folder(package)
        policy = accept(folder)
        paths = [p for p in cases.find(folder) if only in str(p)]
        results: list[dict[str, object]] = []
        for path in paths:
            case, found = cases.read(policy, path)
            if case is None:
                report(found, lang)
                results.append({"case": str(path), "passed": False, "misses": [], "findings": len(found)})
                continue
            try:
                misses = cases.check(policy, case)
            except Rejected as cause:
                report(cause.findings, lang)
                results.append({"case": case.name, "passed": False, "misses": [], "findings": len(cause.findings)})
                continue
            results.append({"case": case.name, "passed": not misses, "misses": [vars(m) | {} for m in misses]})
            for miss in () if plain else misses:
                out.print(f"✗ {case.name}", markup=False, highlight=False)
                out.print("    " + words("test.miss", lang, **vars(miss)), markup=False, highlight=False)
        failed = sum(not r["passed"] for r in results)
        if plain:
            print_json({"cases": results, "passed": len(results) - failed, "failed": failed})
        else:
            out.print(
                words("test.done", lang, passed=len(results) - failed, failed=failed) if results else words("test.none", lang, path=package)
            )
        if failed or not results:
            raise typer.Exit(EXIT_FINDINGS)
