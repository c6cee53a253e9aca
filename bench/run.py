"""Time and peak memory of a whole run, beside a limit measured in the same process: `make bench`.

The limit is DuckDB reading the columns of the enterprise table once and adding
them up: what no engine over these files can be under. Figures go to
`bench/out/run.json`; read the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUT = Path(__file__).resolve().parent / "out"
DAY, YEAR = dt.date(2026, 2, 20), 2025
PARTS = ("synthesize", "simulate", "limit")


def register(size: int) -> Path:
    """Return where the register of a size is kept between runs."""
    return OUT / f"register-{size}"


def part(name: str, size: int) -> dict[str, object]:
    """Run one part in this process and return its figures."""
    import duckdb
    from sqlglot import exp

    from jiqun.check import accept
    from jiqun.register.store import open_register
    from jiqun.register.synthesize import synthesize
    from jiqun.simulate import Choice, simulate, write

    package = accept(ROOT / "policies" / "shenzhen-20-8")
    began = time.perf_counter()
    made: dict[str, object] = {}
    if name == "synthesize":
        synthesize(package.entities, register(size), enterprises=size)
    elif name == "simulate":
        opened = open_register(register(size), package.entities.values(), verify=False)
        ran = simulate(package, opened, Choice(DAY, YEAR, refused=False))
        made["run_seconds"] = round(time.perf_counter() - began, 3)
        with tempfile.TemporaryDirectory() as folder:
            write(ran, opened, Path(folder) / "results")
        made["measures"] = len(ran.program.measures)
        made["rows"] = ran.engine.fetch(exp.select("count(*) AS rows").from_("outcome")).to_pylist()[0]["rows"]
    else:
        table = register(size) / "enterprise.parquet"
        columns = [row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM '{table}'").fetchall() if row[1].startswith(("DECIMAL", "BIGINT"))]
        sums = ", ".join(f"sum({c})" for c in columns)
        began = time.perf_counter()
        duckdb.sql(f"SELECT district, {sums} FROM '{table}' WHERE year = {YEAR} GROUP BY district").fetchall()
    made |= {"part": name, "seconds": round(time.perf_counter() - began, 3)}
    made["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return made


def main() -> None:
    """Run every part in a process of its own and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--enterprises", type=int, default=1_000_000)
    options.add_argument("--part", choices=PARTS)
    given = options.parse_args()
    OUT.mkdir(exist_ok=True)
    if given.part:
        print(json.dumps(part(given.part, given.enterprises)))
        return
    parts = [p for p in PARTS if not (p == "synthesize" and register(given.enterprises).exists())]
    figures = []
    for name in parts:
        command = [sys.executable, __file__, "--part", name, "--enterprises", str(given.enterprises)]
        figures.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]))
        print(figures[-1], flush=True)
    seconds = {str(f["part"]): float(str(f["seconds"])) for f in figures}
    made = {"enterprises": given.enterprises, "parts": figures, "simulate_over_limit": round(seconds["simulate"] / seconds["limit"], 1)}
    (OUT / "run.json").write_text(json.dumps(made, indent=2) + "\n", "utf-8")
    print(f"simulate / limit = {made['simulate_over_limit']}")


if __name__ == "__main__":
    main()
