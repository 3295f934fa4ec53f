"""What is asked and answered, for checking at the edge and for a precise OpenAPI.

The answers mirror ``index.payloads`` member by member; a test holds the two together.
"""

from pathlib import PurePath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _shown(source: Any) -> Any:
    """Where a file lies on the server is no one else's business: its name will do."""
    path = PurePath(source)
    return path.name if path.is_absolute() else source


Day = Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2025-01-31"])]
Names = Annotated[list[str], BeforeValidator(_listed)]
TopK = Annotated[int, Field(ge=1, le=100)]
Source = Annotated[str, BeforeValidator(_shown)]


class Shape(BaseModel):
    """Neither more members nor fewer."""

    model_config = ConfigDict(extra="forbid")


class Sealed(Shape):
    """An answer on its own names its schema."""

    schema_: Literal[1] = Field(alias="schema", description="この形の版")


class Problem(Sealed):
    """エラー。"""

    error: str = Field(
        description="何が起きたかと、どうすればよいか", examples=["質問が空です。知りたいことを…"]
    )
    code: str = Field(
        description="同じことを、プログラムのための一語で", examples=["question-empty"]
    )


class Question(Shape):
    """What every question has."""

    question: str = Field(
        description="質問。日本語、英語、中国語", examples=["〇〇はいつ完成したか"]
    )
    since: Day | None = Field(None, description="この日以後の記事だけ")
    until: Day | None = Field(None, description="この日以前の記事だけ")
    publisher: Names = Field([], description="この発行元の記事だけ。一つか、並び")
    article: Names = Field([], description="この ID の記事だけ。一つか、並び")


class Ask(Question):
    """質問。"""

    previous: str | None = Field(None, description="前の質問（続きの質問を補って読むため）")
    explain: bool = Field(False, description="順位、文の選び方、確信度の内訳も返す")


class Search(Question):
    """検索。"""

    top_k: TopK = Field(10, description="件数")


class Origin(Shape):
    """Where something comes from."""

    title: str | None
    authors: list[str]
    publisher: str | None
    published: Day | None
    language: str | None = Field(description="言語（ISO 639-1）")
    url: str | None = Field(description="元の記事のアドレス")
    source: Source = Field(description="出所")


class Passage(Origin):
    """一節。"""

    id: str
    article_id: str
    heading: str | None = Field(description="見出し")
    start: int = Field(description="記事の本文での位置（文字、0 から）")
    end: int
    text: str


class Context(Shape):
    """引用を含む一節。"""

    start: int
    end: int
    text: str


class Citation(Origin):
    """引用。記事の本文の start から end までが、そのまま quote。"""

    number: int = Field(description="答えの中の番号")
    score: float
    article_id: str
    sha256: str = Field(description="引用した本文のハッシュ値")
    start: int = Field(description="記事の本文での位置（文字、0 から）")
    end: int
    quote: str
    passage: Context


class Statement(Shape):
    """答えの一文。"""

    text: str
    citations: list[int] = Field(description="拠りどころの引用の番号")
    speaker: str | None = Field(description="発言や見方の主。報道の文なら null")


class Differing(Shape):
    """出典によって食い違う数字や日付の一つ。"""

    citation: int
    figure: str
    published: Day | None


class Term(Shape):
    """質問の語。"""

    word: str
    rarity: float = Field(description="珍しさ（idf）")
    known: bool = Field(description="記事にあるか")


class Hit(Sealed):
    """近い一節。"""

    rank: int
    score: float
    passage: Passage


class Viewed(Hit):
    """順位の内訳。"""

    views: dict[str, float] = Field(description="四つの見方が加えた点")


class Scored(Shape):
    """文の採点。"""

    article_id: str
    rank: int
    start: int
    end: int
    text: str
    score: float
    signals: dict[str, float] = Field(description="それぞれの手がかりが加えた点")
    chosen: bool


class Explanation(Shape):
    """答えの内訳。"""

    language: str
    kind: str | None = Field(description="問われた種類")
    unit: str | None
    terms: list[Term]
    passages: list[Viewed]
    sentences: list[Scored]
    trust: dict[str, float]
    confidence: float
    answer_from: float = Field(description="答える基準")


class Answer(Sealed):
    """答え。answered が false なら断り。"""

    question: str
    understood: str = Field(description="前の質問や綴りを補って読んだ質問")
    reader: str
    answered: bool
    text: str = Field(description="[1] の印の付いた、人が読む答え")
    statements: list[Statement]
    citations: list[Citation]
    differing: list[Differing]
    missing: list[str] = Field(description="記事にない語")
    nearest: list[Passage] = Field(description="断りのとき、近い一節")
    confidence: float = Field(ge=0, le=1)
    seconds: float
    explanation: Explanation | None = Field(None, description="explain を求めたときだけ")


class Found(Sealed):
    """検索の結果。近い順。"""

    hits: list[Hit]


class Listed(Origin):
    """記事の一覧の一つ。"""

    id: str


class Library(Sealed):
    """索引にある記事。"""

    articles: int = Field(description="記事の数")
    library: list[Listed]


class Article(Sealed, Origin):
    """記事。"""

    id: str
    sha256: str
    text: str = Field(description="索引にある本文")
