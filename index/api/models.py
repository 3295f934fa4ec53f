"""What is asked and answered, for checking at the edge and for a precise OpenAPI.

The answers mirror ``index.payloads`` member by member; a test holds the two together.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from index.addresses import source_name


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _shown_as(description: str, example: Any) -> Any:
    return Field(description=description, examples=[example])


Day = Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2025-01-31"])]
Names = Annotated[list[str], BeforeValidator(_listed)]
TopK = Annotated[int, Field(ge=1, le=100)]
Source = Annotated[str, BeforeValidator(source_name)]
Identity = Annotated[str, _shown_as("記事の ID", "3f2a90c1")]
Digest = Annotated[
    str, _shown_as("本文のハッシュ値（SHA-256）", "9b74c9897bac770ffc029102a200c5de…")
]
Start = Annotated[int, _shown_as("記事の本文での始まり（文字、0 から）", 12)]
End = Annotated[int, _shown_as("同じく終わり（この文字は含まない）", 28)]


class Shape(BaseModel):
    """Neither more members nor fewer."""

    model_config = ConfigDict(extra="forbid")


class Sealed(Shape):
    """An answer on its own names its schema."""

    schema_: Literal[1] = Field(alias="schema", description="この形の版", examples=[1])


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
    publisher: Names = Field(
        [], description="この発行元の記事だけ。一つか、並び", examples=[["青沢新報"]]
    )
    article: Names = Field(
        [], description="この ID の記事だけ。一つか、並び", examples=[["3f2a90c1"]]
    )


class Ask(Question):
    """質問。"""

    previous: str | None = Field(
        None,
        description="前の質問（続きの質問を補って読むため）",
        examples=["青沢運河はいつ開通したか"],
    )
    explain: bool = Field(
        False, description="順位、文の選び方、確信度の内訳も返す", examples=[True]
    )


class Search(Question):
    """検索。"""

    top_k: TopK = Field(10, description="件数", examples=[10])


class Origin(Shape):
    """Where something comes from."""

    title: str | None = _shown_as("題名", "青沢運河の百年")
    authors: list[str] = _shown_as("著者。記事にあるとおり", ["倉持 宗一"])
    publisher: str | None = _shown_as("発行元", "青沢新報")
    published: Day | None = Field(description="発行日")
    language: str | None = _shown_as("言語（ISO 639-1）", "ja")
    url: str | None = _shown_as("元の記事のアドレス", "https://example.org/canal")
    source: Source = _shown_as("出所", "青沢新報「青沢運河の百年」2019-04-12")


class Passage(Origin):
    """一節。"""

    id: str = _shown_as("一節の ID", "3f2a90c1:120")
    article_id: Identity
    heading: str | None = _shown_as("見出し", "開通まで")
    start: Start
    end: End
    text: str = _shown_as(
        "一節の本文。記事の start から end まで", "青沢運河は1923年に開通した。工事には…"
    )


class Context(Shape):
    """引用を含む一節。"""

    start: Start
    end: End
    text: str = _shown_as("一節の本文", "青沢運河は1923年に開通した。工事には…")


class Key(Shape):
    """引用のうち、問いに答える語句の位置。記事の本文の start から end まで。"""

    start: int = _shown_as("記事の本文での始まり（文字、0 から）", 17)
    end: int = _shown_as("同じく終わり（この文字は含まない）", 22)


class Citation(Origin):
    """引用。記事の本文の start から end までが、そのまま quote。"""

    number: int = _shown_as("答えの中の番号", 1)
    score: float = _shown_as("読み手の付けた点。答えの中で比べるためのもの", 2.41)
    article_id: Identity
    sha256: Digest
    start: Start
    end: End
    quote: str = _shown_as("引用した語句", "青沢運河は1923年に開通した。")
    key: Key | None = _shown_as(
        "引用のうち、問いに答える語句の位置。分からなければ null", {"start": 17, "end": 22}
    )
    passage: Context = Field(description="引用を含む一節")


class Statement(Shape):
    """答えの一文。"""

    text: str = _shown_as("文", "青沢運河は1923年に開通した。")
    citations: list[int] = _shown_as("拠りどころの引用の番号", [1])
    speaker: str | None = _shown_as("発言や見方の主。報道の文なら null", "倉持宗一")


class Differing(Shape):
    """出典によって食い違う数字や日付の一つ。"""

    citation: int = _shown_as("引用の番号", 2)
    figure: str = _shown_as("記事にあるとおりの数字や日付", "4万2千人")
    published: Day | None = Field(description="その記事の発行日")


class Term(Shape):
    """質問の語。"""

    word: str = _shown_as("語", "運河")
    rarity: float = _shown_as("珍しさ（idf）", 3.2)
    known: bool = _shown_as("記事にあるか", True)


class Hit(Sealed):
    """近い一節。"""

    rank: int = _shown_as("順位。1 から", 1)
    score: float = _shown_as("近さ。同じ質問の中で比べるためのもの", 0.93)
    passage: Passage = Field(description="一節")


class Viewed(Hit):
    """順位の内訳。"""

    views: dict[str, float] = _shown_as("四つの見方が加えた点", {"passage": 0.38, "sentence": 0.4})


class Scored(Shape):
    """文の採点。"""

    article_id: Identity
    rank: int = _shown_as("文のある一節の順位", 1)
    start: Start
    end: End
    text: str = _shown_as("文", "青沢運河は1923年に開通した。")
    score: float = _shown_as("点", 2.41)
    signals: dict[str, float] = _shown_as("それぞれの手がかりが加えた点", {"covered": 1.2})
    chosen: bool = _shown_as("答えに選んだか", True)


class Explanation(Shape):
    """答えの内訳。"""

    language: str = _shown_as("質問の言語", "ja")
    kind: str | None = _shown_as("問われた種類", "date")
    unit: str | None = _shown_as("問われた単位（正規表現）", "人|名")
    terms: list[Term] = Field(description="質問の語")
    passages: list[Viewed] = Field(description="読んだ一節と、その順位の内訳")
    sentences: list[Scored] = Field(description="採点した文")
    trust: dict[str, float] = _shown_as("確信度の内訳", {"covered": 1.9, "far": -0.3})
    confidence: float = _shown_as("確信度", 0.82)
    answer_from: float = _shown_as("答える基準。確信度がこれに届かなければ断る", 0.12)


class Answer(Sealed):
    """答え。answered が false なら断り。"""

    question: str = _shown_as("質問", "青沢運河はいつ開通したか")
    understood: str = _shown_as("前の質問や綴りを補って読んだ質問", "青沢運河はいつ開通したか")
    reader: str = _shown_as("答えを作った読み手", "extractive")
    answered: bool = _shown_as("答えたか。断りなら false", True)
    text: str = _shown_as("[1] の印の付いた、人が読む答え", "青沢運河は1923年に開通した。 [1]")
    statements: list[Statement] = Field(description="答えの文")
    citations: list[Citation] = Field(description="引用。番号の順")
    differing: list[Differing] = Field(description="出典によって食い違う数字や日付")
    missing: list[str] = _shown_as("記事にない語、または見つからない種類のもの", ["ペンギン"])
    nearest: list[Passage] = Field(description="断りのとき、近い一節")
    confidence: float = Field(ge=0, le=1, description="確信度", examples=[0.82])
    seconds: float = _shown_as("かかった秒数", 0.021)
    explanation: Explanation | None = Field(None, description="explain を求めたときだけ")


class Found(Sealed):
    """検索の結果。近い順。"""

    hits: list[Hit] = Field(description="近い一節")


class Listed(Origin):
    """記事の一覧の一つ。"""

    id: Identity


class Library(Sealed):
    """索引にある記事。"""

    articles: int = _shown_as("記事の数", 6)
    library: list[Listed] = Field(description="記事")


class Article(Sealed, Origin):
    """記事。"""

    id: Identity
    sha256: Digest
    text: str = _shown_as("索引にある本文", "開通まで\n\n青沢運河は1923年に開通した。工事には…")
