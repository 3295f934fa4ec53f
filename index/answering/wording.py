"""An answer as a person reads it: the statements with their markers, and what is to be said of them."""

from collections.abc import Sequence
from datetime import date

from index.records import Differing, Statement

_SPEAKER = {"ja": "（{}の発言・見解）", "en": " (as stated by {})", "zh": "（{}的说法）"}
_DIFFERING = {
    "ja": ("出典によって数字が異なります：", "、", "（{}）"),
    "en": ("The sources give different figures: ", ", ", " ({})"),
    "zh": ("各出处的数字不同：", "、", "（{}）"),
}


def spell(statements: Sequence[Statement], differing: Sequence[Differing], language: str) -> str:
    """Write an answer in lines; the statements stay as they are, the rest is in the language given."""
    lines = [_statement(statement, language) for statement in statements]
    return "\n".join([*lines, *([_figures(differing, language)] if differing else [])])


def _statement(statement: Statement, language: str) -> str:
    markers = "".join(f"[{number}]" for number in statement.citations)
    said = _SPEAKER[language].format(statement.speaker) if statement.speaker else ""
    return f"{statement.text} {markers}{said}"


def _figures(differing: Sequence[Differing], language: str) -> str:
    opening, comma, dated = _DIFFERING[language]
    return opening + comma.join(
        f"[{d.citation}] {d.figure}{_day(d.published, dated)}" for d in differing
    )


def _day(published: date | None, dated: str) -> str:
    return dated.format(published.isoformat()) if published else ""
