"""Marks and losses on their way from a parser's text to the finished one."""

import re
from datetime import date

import pytest
from drafts import ONE, THREE, TWO
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles.carrying import LOSSES
from index.articles.files import Draft, Limits, Unreadable
from index.articles.formats import finish
from index.records import Loss, Mark

# Each line bears a number, so that no two are alike.
LINES = st.sampled_from((
    *("{}番目の朝から雨が降り、川の水位が上がったため、町は橋を閉じて住民に注意を呼びかけた。",),
    *("役場によると、けが人は{}人だった。[関連記事：水位の記録{}]", "水位は戻った{}。続きを読む"),
    *("年: {}／谷口国: ―", "注{} 速報値。", "関連記事", "大雨で川の水位が上昇{}", "シェア{}", "{}位", ""),
    *("2025年1月{}日 10時00分", "文／山田太郎", "© 2025 みどり新聞社{}", "トップ > 国際 > {}", "  "),
    *("下の行と\v分かれる{}。", "# 見出し{}", "\u200b下線{}", "会員登録はこちら{}", "⼤雨{}。"),
))  # fmt: skip


def lines_and_marks(
    lines: list[str], spans: list[tuple[int, int]], chrome: bool, end: str
) -> tuple[Draft, list[str]]:
    named = [line.replace("{}", str(100 + n)) for n, line in enumerate(lines)]
    starts = [0]
    for line in named:
        starts.append(starts[-1] + len(line) + len(end))
    marks = []
    for a, b in spans:
        first, last = sorted((a % len(named), b % len(named)))
        own = Mark("page", starts[first], starts[last] + len(named[last]), f"{first} {last}")
        marks += [own] if own.start < own.end else []
    return Draft(end.join(named), chrome=chrome, marks=tuple(marks)), named


@settings(max_examples=300, deadline=None)
@given(
    st.lists(LINES, min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=5),
    st.booleans(),
    st.sampled_from(("\n", "\r\n")),
)
def test_a_mark_covers_what_is_left_of_its_own_lines(
    lines: list[str], spans: list[tuple[int, int]], chrome: bool, end: str
) -> None:
    draft, named = lines_and_marks(lines, spans, chrome, end)
    try:
        found = finish(draft, Limits())
    except Unreadable:
        return
    left = {number for number in range(len(named)) if str(100 + number) in found.text}
    values = {mark.value for mark in found.marks}
    for mark in found.marks:
        first, last = map(int, mark.value.split())
        words = found.text[mark.start : mark.end]
        assert words == words.strip() != ""
        assert found.text[mark.start - 1 : mark.start] in ("", "\n")
        assert found.text[mark.end : mark.end + 1] in ("", "\n")
        numbers = {int(n) - 100 for n in re.findall(r"1[0-3][0-9](?!\d)", words)}
        assert numbers == {n for n in left if first <= n <= last}
    for mark in draft.marks:
        first, last = map(int, mark.value.split())
        assert mark.value in values or not left & set(range(first, last + 1))
    gone = "\n".join(loss.text for loss in found.losses)
    for number, line in enumerate(named):
        shown = (
            f"{found.title} {found.published}" + " ".join(found.authors) + (found.publisher or "")
        )
        if re.search("人だった|朝から|速報値|谷口国", line) and number not in left:
            assert str(100 + number) in gone or str(100 + number) in shown


def test_dropped_lines_are_told_and_those_shown_beside_the_text_are_not() -> None:
    page = f"トップ\n国際\n大雨で川の水位が上昇\n2025年1月22日\n文／山田太郎\n{ONE}\n{TWO}[関連記事：水位の記録]\n関連記事\n橋の話\n港の話"
    found = finish(Draft(page, chrome=True), Limits())
    assert (found.title, found.authors) == ("大雨で川の水位が上昇", ("山田太郎",))
    assert found.published == date(2025, 1, 22)
    told = ["トップ\n国際", "[関連記事：水位の記録]", "関連記事\n橋の話\n港の話"]
    assert found.losses == tuple(Loss("chrome", text) for text in told)


@pytest.mark.parametrize(
    ("losses", "kept", "more"),
    [
        ((Loss("hidden", "あ" * LOSSES), Loss("page", "7 ページ")), [LOSSES], "ほか 1 行"),
        ((Loss("hidden", "\n".join(["あ" * 99] * 300)),), [LOSSES - 1], "ほか 100 行"),
        ((Loss("hidden", "あ" * LOSSES + "い"),) * 2, [], "ほか 2 行"),
    ],
)
def test_losses_have_a_limit(losses: tuple[Loss, ...], kept: list[int], more: str) -> None:
    found = finish(Draft(ONE, losses=losses), Limits())
    assert [len(loss.text) for loss in found.losses[:-1]] == kept
    assert found.losses[-1] == Loss("other", more)


def test_the_same_line_twice_keeps_the_mark_of_the_one_that_stays() -> None:
    pages = [f"関連記事\n{ONE}x\n記者の目", f"{TWO}\n記者の目\n{THREE}"]
    text = "\n".join(pages)
    cut = len(pages[0])
    marks = (Mark("page", 0, cut, "1"), Mark("page", cut + 1, len(text), "2"))
    found = finish(Draft(text, marks=marks), Limits())
    assert [found.text[m.start : m.end] for m in found.marks] == pages
