"""The shape in which a draft that was checked leaves the engine; beside ``schema``, with its parts."""

from typing import Literal

from pydantic import Field

from index.schema import Citation
from index.shapes import Rounded, Sealed, Shape

Verdict = Literal["supported", "contradicted", "not found", "skipped"]


class Span(Shape):
    """原稿での位置。start から end まで。"""

    start: int = Field(description="原稿での始まり（文字、0 から）", examples=[0])
    end: int = Field(description="同じく終わり（この文字は含まない）", examples=[16])


class Difference(Span):
    """原稿と記事で違うところ。"""

    citation: int = Field(description="引用の番号", examples=[1])
    there: tuple[int, ...] = Field(description="記事の本文での始まりと終わり", examples=[[12, 17]])


class Quoted(Span):
    """原稿が引いた言葉。"""

    found: Literal["exact", "altered", "missing"] = Field(
        description="一字一句あるか。exact altered missing", examples=["altered"]
    )
    citation: int | None = Field(description="その言葉のある引用の番号", examples=[1])
    speakers: tuple[str, ...] | None = Field(
        description="言った人。原稿では、記事では。同じなら null",
        examples=[["坂井代表", "倉持市長"]],
    )


class Sentence(Span):
    """原稿の一文。"""

    text: str = Field(description="文", examples=["青沢運河は1923年に開通した。"])
    verdict: Verdict = Field(description="記事と合うか", examples=["supported"])
    reason: str = Field(
        description="確かめなかった理由。heading question opinion。確かめたら空", examples=[""]
    )
    citations: tuple[int, ...] = Field(description="引用の番号", examples=[[1]])
    quoted: tuple[Quoted, ...] = Field(description="引いた言葉")
    differences: tuple[Difference, ...] = Field(description="違うところ")
    confidence: Rounded = Field(description="確からしさ", examples=[0.82])


class Check(Sealed):
    """記事と突き合わせた原稿。"""

    text: str = Field(description="原稿", examples=["青沢運河は1923年に開通した。"])
    total: int = Field(description="文の数", examples=[1])
    counts: dict[Verdict, int] = Field(description="判定ごとの文の数", examples=[{"supported": 1}])
    sentences: tuple[Sentence, ...] = Field(description="文。順に")
    citations: tuple[Citation, ...] = Field(description="引用。番号の順")
    seconds: Rounded = Field(description="かかった秒数", examples=[1.9])
