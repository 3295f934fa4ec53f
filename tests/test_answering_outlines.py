"""The sentences that carry an article, and the themes of a corpus."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from conftest import article, part_of, publish

from index.answering import outline, outlines, themes
from index.encoder import Encoder
from index.records import Article, Point
from index.store import Codes, Home, quantise

SECTIONS = """# 港の歩み

入り江の港は江戸時代の終わりに開かれ、北前船が米と昆布を運んで町の暮らしを支えてきた。
それが変わったのは鉄道が通ってからで、荷は陸へ移って港の倉庫は次々に空になっていった。
しかし漁師たちは沖の漁場を守り続け、港の朝市だけは百年のあいだ一度も休むことがなかった。

# 新しい岸壁

県は入り江の港に長さ三百メートルの岸壁を築き、大型の客船が直接着けるようにすると決めた。
撮影は県の広報課による。
岸壁の工事には四年の歳月と百二十億円の費用がかかり、その半分は国の補助金でまかなわれる。

# 反対する人々

漁協の組合員は岸壁の工事で藻場が失われると訴え、計画の見直しを求める署名を県に出した。
同組合は、潮の流れが変われば稚魚の育つ浅瀬が砂に埋まるという大学の調査を根拠に挙げている。
"""


def codes_of(texts: Sequence[str], near: Sequence[float]) -> Codes:
    """Codes of sentences, each as near to the first axis as is told, else on an axis of its own."""
    vectors = np.zeros((len(texts), len(texts) + 1), np.float32)
    for row, cosine in enumerate(near):
        vectors[row, 0], vectors[row, row + 1] = cosine, (1 - cosine**2) ** 0.5
    return quantise(vectors)


def outlined(told: Article, **near: float) -> list[Point]:
    """The outline where some sentences, by a word of theirs, lie nearer to the middle."""
    part = part_of(told)
    texts = [s.text for _, own in part.passages for s in own]
    cosines = [max((c for word, c in near.items() if word in text), default=0.5) for text in texts]
    found = [*outline(part, codes_of(texts, cosines))]
    assert all(told.text[p.start : p.end] == p.text for p in found)
    assert found == sorted(found, key=lambda p: p.start)
    return found


def test_each_section_is_carried_by_a_sentence_that_can_stand_alone() -> None:
    found = outlined(article("a1", SECTIONS), それが=0.65, しかし=0.65, 同組合=0.65, 撮影=0.9)
    assert len({p.heading for p in found}) == len(found) >= 2
    assert not any(p.text.startswith(("それ", "しかし", "同組合")) for p in found)
    assert not any("撮影" in p.text or p.text == p.heading for p in found)


def test_the_sentence_in_the_middle_of_all_is_taken() -> None:
    plain = "".join(
        f"市の{n}番目の博物館は港の近くにあり、古い船の模型をいくつも並べている。"
        for n in range(12)
    )
    [*found] = outlined(article("a1", plain + "\n"), **{"7番目": 0.95})
    assert any("7番目" in p.text for p in found)
    assert len(found) == 3


def test_what_is_said_already_is_not_said_again() -> None:
    part = part_of(
        article(
            "a1",
            "".join(
                f"議会は予算案の第{n}条を賛成多数で可決し、来年度からの増税を決めた。"
                for n in range(8)
            ),
        )
    )
    texts = [s.text for _, own in part.passages for s in own]
    codes = codes_of(texts, [0.9] * 8)
    codes[1:] = codes[0]
    assert len(outline(part, codes)) == 1


def test_an_article_without_whole_sentences_has_no_outline() -> None:
    part = part_of(article("a1", "米 10キロ\n麦 20キロ\n豆 30キロ"))
    assert outline(part, codes_of("xyz", [0.5] * 3)) == ()


@pytest.fixture
def of_two_kinds() -> list[Article]:
    """Three articles on a bridge, and two on a school."""
    bridge, school = (
        "大橋の工事は三年目に入り、橋の柱が川の底に立った。",
        "小学校の生徒は畑で芋を育て、秋に町で売った。",
    )
    return [
        article(f"b{n}", f"{bridge}橋の記録の{n}。\n" * 3, title=f"大橋の工事、{n}年目")
        for n in range(3)
    ] + [
        article(f"s{n}", f"{school}畑の記録の{n}。\n" * 3, title=f"学校だより　{n}号")
        for n in range(2)
    ]


def test_articles_near_to_each_other_are_one_theme(
    home: Home, real_encoder: Encoder, of_two_kinds: list[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlines, "THEMES", 2)
    publish(home, of_two_kinds, real_encoder)
    with contextlib.closing(home.open()) as opened:
        found = themes(opened)
    assert [name for name, _ in found] == ["大橋の工事", "学校だより"]
    assert ["橋" in point.text for _, point in found] == [True, False]
    assert all(isinstance(point, Point) for _, point in found)


def test_of_many_articles_a_sample_is_looked_at(
    home: Home, monkeypatch: pytest.MonkeyPatch, of_two_kinds: list[Article], tmp_path: Path
) -> None:
    monkeypatch.setattr(outlines, "SAMPLED", 2)
    publish(home, of_two_kinds)
    with contextlib.closing(home.open()) as opened:
        read: list[str] = []
        codes = opened.codes
        monkeypatch.setattr(opened, "codes", lambda one: read.append(one) or codes(one))
        assert themes(opened)
    assert len({*read}) <= 2
