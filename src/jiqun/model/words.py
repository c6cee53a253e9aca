"""The small parts every fact is made of: bilingual words, citations, formulas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, StrictBool, StringConstraints
from pydantic_core import CoreSchema, core_schema

from jiqun.language.source import Located
from jiqun.language.tree import Node


class Fact(BaseModel):
    """A frozen part of a package; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Words(Fact):
    """A text in both languages."""

    zh: Annotated[str, StringConstraints(min_length=1)]
    en: Annotated[str, StringConstraints(min_length=1)]

    def say(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


class Citation(Fact):
    """The document and article a value, condition or measure comes from."""

    document: str
    article: str | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression as written and, once the package is loaded, its typed tree."""

    source: Located
    tree: Node | None = field(default=None, compare=False)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls._read, serialization=core_schema.to_string_ser_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: Any) -> dict[str, str]:
        return {"type": "string", "format": "expression"}

    @classmethod
    def _read(cls, value: object) -> Formula:
        if isinstance(value, Formula):
            return value
        if not isinstance(value, str) or not value.strip():
            raise ValueError("an expression is needed here")
        return cls(value if isinstance(value, Located) else Located(value))

    @property
    def typed(self) -> Node:
        """The typed tree; a formula of a loaded package always has one."""
        assert self.tree is not None, f"{self.source!r} was not resolved"
        return self.tree

    def __str__(self) -> str:
        return str(self.source)


def _truth(value: object) -> object:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


Truth = Annotated[StrictBool, BeforeValidator(_truth)]
"""`true` or `false`, nothing else: YAML's yes, no, on and off are text here."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=80)]
