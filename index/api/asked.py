"""What is asked from outside, as REST, MCP and Gradio's clients send it."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from index import answers, checked, schema
from index.checking import LONGEST as LONGEST_DRAFT
from index.engine import Engine
from index.questions.question import LONGEST
from index.records import Filter
from index.shapes import or_default


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Day = Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2025-01-31"])]
"""Read by ``answers.read_filter``, as everywhere, so that a wrong one has an error of its own."""
Names = Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=list[str] | str)]
NOT_BLANK = r"[^\s\x1c-\x1f\x85]"
"""What ``str.strip`` leaves something of; to JavaScript, ``\\s`` is a little less."""
TopK = Annotated[int, Field(ge=1, le=100), BeforeValidator(_whole)]
"""JSON has one kind of number: 10.0 is 10."""


class Question(BaseModel, extra="forbid", strict=True):
    """What every question has, and nothing else: ``explain: 0`` is no boolean."""

    question: str = Field(
        description="質問。日本語、英語、中国語",
        examples=["〇〇はいつ完成したか"],
        json_schema_extra={"minLength": 1, "maxLength": LONGEST, "pattern": NOT_BLANK},
    )
    since: Day | None = Field(None, description="この日以後の記事だけ")
    until: Day | None = Field(None, description="この日以前の記事だけ")
    publisher: Names = or_default([], "この発行元の記事だけ。一つか、並び", ["青沢新報"])
    article: Names = or_default([], "この ID の記事だけ。一つか、並び", ["3f2a90c1"])
    undated: bool = or_default(False, "since や until でも、日付のない記事を含める", True)

    def filter(self) -> Filter:
        """Return which articles may answer. Raises as ``answers.read_filter``."""
        return answers.read_filter(self.model_dump())


class Ask(Question):
    """質問。"""

    previous: str | None = or_default(
        None, "前の質問（続きの質問を補って読むため）", "青沢運河はいつ開通したか"
    )
    explain: bool = or_default(False, "順位、文の選び方、確信度の内訳も返す", True)

    def answer(self, engine: Engine) -> schema.Answer:
        """Answer the question. Raises as ``Engine.ask``."""
        return answers.ask(
            engine,
            self.question,
            previous=self.previous,
            filter=self.filter(),
            explain=self.explain,
        )


class Search(Question):
    """検索。"""

    top_k: TopK = or_default(10, "件数", 10)

    def found(self, engine: Engine) -> schema.Found:
        """Rank passages. Raises as ``Engine.search``."""
        return answers.search(engine, self.question, top_k=self.top_k, filter=self.filter())


class AskByAddress(Ask, strict=False):
    """質問。アドレスでは、どの項目も文字列。"""


class SearchByAddress(Search, strict=False):
    """検索。アドレスでは、どの項目も文字列。"""


class Draft(BaseModel, extra="forbid", strict=True):
    """原稿。"""

    text: str = Field(
        description="原稿。一文ずつ記事と突き合わせる",
        examples=["青沢運河は1923年に開通した。"],
        json_schema_extra={"minLength": 1, "maxLength": LONGEST_DRAFT, "pattern": NOT_BLANK},
    )

    def checked(self, engine: Engine) -> checked.Check:
        """Hold it against the articles. Raises as ``Engine.check_steps``."""
        *_, found = answers.check_steps(engine, self.text)
        return found
