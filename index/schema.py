"""What leaves the engine, in one shape for all who read it.

The command line, REST, MCP, kept conversations, exports and the page of the chat read these models, and
``index.answers`` makes them. Their descriptions are the words of OpenAPI. Members are only ever
added; what is incompatible would take another ``VERSION``.
"""

from pydantic import Field, model_validator

from index.citations import article_name, quote_address
from index.shapes import (
    VERSION,
    Day,
    Digest,
    End,
    Identity,
    Rounded,
    Sealed,
    Shape,
    Source,
    Start,
    or_default,
    shown_as,
)

__all__ = ["VERSION", "Sealed", "Shape"]

UNDATED = "日付がないため、since と until の範囲に入らなかった記事の数"
Parts = tuple[str, str, str]
"""What is before the words that answer, they, the rest; all is before if none are known."""


class Origin(Shape):
    """What is told of an article."""

    title: str | None = shown_as("題名", "青沢運河の百年")
    authors: tuple[str, ...] = shown_as("著者。記事にあるとおり", ["倉持 宗一"])
    publisher: str | None = shown_as("発行元", "青沢新報")
    published: Day | None = Field(description="発行日")
    language: str | None = shown_as("言語（ISO 639-1）", "ja")
    url: str | None = shown_as("元の記事のアドレス", "https://example.org/canal")
    source: Source = shown_as("出所", "青沢新報「青沢運河の百年」2019-04-12")


class Place(Origin):
    """A place in an article: ``start`` to ``end`` of the text that ``sha256`` names, below a heading."""

    article_id: Identity
    sha256: Digest
    heading: str | None = shown_as("見出し", "開通まで")
    start: Start
    end: End
    page: int | None = or_default(None, "始まりのページ。1 から", 12)
    kinds: tuple[str, ...] = or_default((), "ocr, note, row", ["note"])

    @property
    def name(self) -> str:
        """What the article is called."""
        return article_name(self.title, self.source, self.article_id)

    def address(self, *, base: str = "") -> str:
        """Return the address that opens the article at this place."""
        return quote_address(self.article_id, self.start, self.end, sha256=self.sha256, base=base)


class Passage(Place):
    """一節。"""

    id: str = shown_as("一節の ID", "3f2a90c1:120")
    text: str = shown_as("一節の本文", "青沢運河は1923年に開通した。工事には…")


class Key(Shape):
    """引用のうち、問いに答える語句の位置。記事の本文の start から end まで。"""

    start: int = shown_as("記事の本文での始まり（文字、0 から）", 17)
    end: int = shown_as("同じく終わり（この文字は含まない）", 22)


class Context(Key):
    """引用を含む一節。"""

    text: str = shown_as("一節の本文", "青沢運河は1923年に開通した。工事には…")


class Citation(Place):
    """引用。記事の本文の start から end までが、そのまま quote。"""

    number: int = shown_as("答えの中の番号", 1)
    score: Rounded = shown_as("読み手の付けた点。答えの中で比べるためのもの", 2.41)
    quote: str = shown_as("引用した語句", "青沢運河は1923年に開通した。")
    key: Key | None = shown_as("問いに答える語句の位置", {"start": 17, "end": 22})
    passage: Context = Field(description="引用を含む一節")
    carriers: tuple[Place, ...] = Field((), description="同じ原稿でこの文を載せたほかの記事")
    translation: str = or_default("", "質問の言語への機械翻訳", "It opened in 1923.")
    agency: str | None = or_default(None, "原稿の通信社", "共同通信")

    @model_validator(mode="after")
    def _key_in_quote(self) -> "Citation":
        if self.key and not self.start <= self.key.start < self.key.end <= self.end:
            raise ValueError(f"{self.key} is outside the quote: words that nobody wrote")
        return self

    @property
    def parts(self) -> Parts:
        """The quote around the words that answer."""
        key = self.key or Key(start=self.end, end=self.end)
        words = slice(key.start - self.start, key.end - self.start)
        return self.quote[: words.start], self.quote[words], self.quote[words.stop :]

    @property
    def around(self) -> tuple[str, str]:
        """What stands before and after the quote in its passage."""
        start = self.start - self.passage.start
        return self.passage.text[:start], self.passage.text[start + len(self.quote) :]


class Statement(Shape):
    """答えの一文。"""

    text: str = shown_as("文", "青沢運河は1923年に開通した。")
    citations: tuple[int, ...] = shown_as("拠りどころの引用の番号", [1])
    speaker: str | None = shown_as("発言や見方の主。報道の文なら null", "倉持宗一")
    gloss: str = or_default("", "読む人の言語での名前、日付、数字", "2025")
    verdict: str = or_default("", "言語モデルが書いた文なら supported か unverified", "supported")


class Struck(Shape):
    """言語モデルが書いたが、答えから除いた文。"""

    text: str = shown_as("文", "青沢運河は1932年に開通した。")
    reason: str = shown_as("contradicted, unsupported, unverified", "unsupported")


class Group(Shape):
    """答えの一部。比べる相手、年月日、記事など。"""

    heading: str = shown_as("見出し", "1970年代")
    statements: tuple[int, ...] = shown_as("文の位置。0 から", [0, 1])
    note: str = or_default("", "断り書き", "見つかりません。")


class Differing(Shape):
    """出典によって食い違う数字や日付の一つ。"""

    citation: int = shown_as("引用の番号", 2)
    figure: str = shown_as("記事にあるとおりの数字や日付", "4万2千人")
    published: Day | None = Field(description="その記事の発行日")


class Term(Shape):
    """質問の語。"""

    word: str = shown_as("語", "運河")
    rarity: float = shown_as("珍しさ（idf）", 3.2)
    known: bool = shown_as("記事にあるか", True)


class Hit(Sealed):
    """近い一節。"""

    rank: int = shown_as("順位。1 から", 1)
    score: Rounded = shown_as("近さ。同じ質問の中で比べるためのもの", 0.93)
    passage: Passage = Field(description="一節")


class Viewed(Hit):
    """順位の内訳。"""

    views: dict[str, Rounded] = shown_as("四つの見方が加えた点", {"passage": 0.38})


class Scored(Shape):
    """文の採点。"""

    article_id: Identity
    rank: int = shown_as("文のある一節の順位", 1)
    start: Start
    end: End
    text: str = shown_as("文", "青沢運河は1923年に開通した。")
    score: Rounded = shown_as("点", 2.41)
    signals: dict[str, Rounded] = shown_as("それぞれの手がかりが加えた点", {"covered": 1.2})
    chosen: bool = shown_as("答えに選んだか", True)


class Explanation(Shape):
    """答えの内訳。"""

    language: str = shown_as("質問の言語", "ja")
    kind: str | None = shown_as("問われた種類", "date")
    form: str = Field("fact", description="答えの形", examples=["timeline"])
    told_by: str = or_default("", "形の決め手になった言葉", "経緯")
    unit: str | None = shown_as("「何」に続く、問われた単位や名の種類", "人")
    terms: tuple[Term, ...] = Field(description="質問の語")
    passages: tuple[Viewed, ...] = Field(description="読んだ一節")
    sentences: tuple[Scored, ...] = Field(description="採点した文")
    trust: dict[str, Rounded] = shown_as("確信度の内訳", {"passage": 1.4, "bias": 0.2})
    confidence: Rounded = shown_as("確信度", 0.82)
    answer_from: float = shown_as("答える基準。届かなければ断る", 0.12)


class Answer(Sealed):
    """答え。answered が false なら断り。"""

    question: str = shown_as("質問", "青沢運河はいつ開通したか")
    understood: str = shown_as("前の質問や綴りを補って読んだ質問", "青沢運河はいつ開通したか")
    follow_up: bool = shown_as("前の質問の言葉を補って読んだか", False)
    reader: str = shown_as("答えを作った読み手", "extractive")
    answered: bool = shown_as("答えたか。断りなら false", True)
    text: str = shown_as("[1] の印の付いた、人が読む答え", "青沢運河は1923年に開通した。 [1]")
    statements: tuple[Statement, ...] = Field(description="答えの文")
    citations: tuple[Citation, ...] = Field(description="引用。番号の順")
    differing: tuple[Differing, ...] = Field(description="出典によって食い違う数字や日付")
    missing: tuple[str, ...] = shown_as("記事にない語、または見つからない種類のもの", ["ペンギン"])
    nearest: tuple[Passage, ...] = Field(description="断りのとき、近い一節")
    undated: int = shown_as(UNDATED, 0)
    form: str = Field("fact", description="答えの形", examples=["timeline"])
    verdict: str | None = or_default(None, "yes no differs changed unclear", "no")
    lead: str = or_default("", "文の前に置く言葉", "記事によれば：はい")
    groups: tuple[Group, ...] = Field((), description="部分に分かれた答えの、その部分")
    writer: str = or_default("", "文を書いた言語モデル。引用だけの答えなら空", "qwen2.5")
    note: str = or_default(
        "", "言語モデルについての断り書き", "qwen2.5 につながらないので、記事の文だけで答えます。"
    )
    struck: tuple[Struck, ...] = Field((), description="言語モデルの文のうち、除いたもの")
    confidence: Rounded = Field(ge=0, le=1, description="確信度", examples=[0.82])
    seconds: Rounded = shown_as("かかった秒数", 0.021)
    explanation: Explanation | None = Field(None, description="explain を求めたときだけ")

    @property
    def parts_of(self) -> tuple[Group, ...]:
        """The groups; of an answer without any one that holds it whole."""
        whole = Group(heading="", statements=(*range(len(self.statements)),), note="")
        return self.groups or (whole,)

    def verbatim(self, statement: Statement) -> Citation | None:
        """Return the citation whose quote a statement is, word for word."""
        cited = (self.citations[number - 1] for number in statement.citations)
        return next((c for c in cited if c.quote == statement.text), None)

    def parts(self, statement: Statement) -> Parts:
        """Return a statement around the words that answer."""
        return quoted.parts if (quoted := self.verbatim(statement)) else (statement.text, "", "")


class Found(Sealed):
    """検索の結果。近い順。"""

    hits: tuple[Hit, ...] = Field(description="近い一節")
    undated: int = shown_as(UNDATED, 0)


class Listed(Origin):
    """記事の一覧の一つ。"""

    id: Identity


class Library(Sealed):
    """索引にある記事。"""

    articles: int = shown_as("記事の数", 6)
    library: tuple[Listed, ...] = Field(description="記事")


class Loss(Shape):
    """本文に入らなかったもの。"""

    kind: str = shown_as("chrome, hidden, deleted, page, picture, other", "page")
    text: str = shown_as("その言葉、または名前", "7 ページ")


class Article(Sealed, Origin):
    """記事。"""

    id: Identity
    sha256: Digest
    text: str = shown_as("索引にある本文", "開通まで\n\n青沢運河は1923年に開通した。工事には…")
    losses: tuple[Loss, ...] = Field((), description="本文に入れなかったもの")
