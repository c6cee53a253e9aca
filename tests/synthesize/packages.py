"""The entities of the packages shipped here."""

from __future__ import annotations

from pathlib import Path

import yaml

from jiqun.model.entity import Entity

POLICIES = Path(__file__).parents[2] / "policies"


def entities_of(package: str) -> dict[str, Entity]:
    text = (POLICIES / package / "entities.yaml").read_text(encoding="utf-8")
    found = (Entity.model_validate(entity) for entity in yaml.load(text, yaml.BaseLoader)["entities"])
    return {entity.id: entity for entity in found}
