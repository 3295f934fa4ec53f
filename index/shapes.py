"""What all shapes that leave the engine are made of."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

from index.citations import source_name

VERSION: Final = 1


def shown_as(description: str, example: Any) -> Any:
    """Describe a member, with an example."""
    return Field(description=description, examples=[example])


def or_default(default: Any, description: str, example: Any) -> Any:
    """Describe a member that may be left out."""
    return Field(default, description=description, examples=[example])


Day = Annotated[date, Field(examples=["2025-01-31"])]
Rounded = Annotated[float, AfterValidator(lambda value: round(value, 4))]
Source = Annotated[str, PlainSerializer(lambda s, i: s if (i.context or {}).get("paths") else source_name(s), return_type=str)]  # fmt: skip
Identity = Annotated[str, shown_as("記事の ID", "3f2a90c1")]
Digest = Annotated[str, shown_as("本文のハッシュ値（SHA-256）", "9b74c9897bac770ffc029102a200…")]
Start = Annotated[int, shown_as("記事の本文での始まり（文字、0 から）", 12)]
End = Annotated[int, shown_as("同じく終わり（この文字は含まない）", 28)]


class Shape(BaseModel):
    """Read-only, and made of a record or of JSON alike."""

    model_config = ConfigDict(
        frozen=True,
        from_attributes=True,
        defer_build=True,  # building them all takes longer than a command that needs none
        json_schema_extra={"additionalProperties": False},
    )

    def as_json(self, *, paths: bool = False) -> dict[str, Any]:
        """Return a JSON object; a source on this machine's disk by its name only, unless ``paths``."""
        context = {"paths": paths}
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True, context=context)


class Sealed(Shape):
    """An object on its own names its schema."""

    schema_: Literal[1] = Field(alias="schema", description="この形の版", examples=[VERSION])
