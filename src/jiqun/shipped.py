"""The policy packages that come with jiqun."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import jiqun


def policies() -> Path:
    """Return the folder of the packages shipped with jiqun: inside the installed wheel, or `policies/` of a checkout.

    >>> (policies() / "yunzhou" / "package.yaml").is_file()
    True
    """
    inside = Path(str(files(jiqun))) / "policies"
    return inside if inside.is_dir() else Path(str(files(jiqun))).parents[1] / "policies"


def names() -> tuple[str, ...]:
    """Return the names of the packages shipped, in order."""
    return tuple(sorted(path.parent.name for path in policies().glob("*/package.yaml")))


def find(path: Path) -> Path:
    """Return a package folder as given, or the shipped package of that name where there is no such folder.

    >>> find(Path("yunzhou")).parent == policies()
    True
    """
    return policies() / path if not path.exists() and str(path) in names() else path
