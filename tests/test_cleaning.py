import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.articles.cleaning import CleanPage
from index.articles.cleaning import clean as clean_repaired
from index.text.characters import repair
from index.text.lines import tidy

PAGES = sorted((Path(__file__).parent / "pages").glob("*.txt"))
PLAIN = ("chrome_words", "digest", "hard_wrapped")
CUT = re.compile("⟦.*?⟧")

SENTENCES = [
    "港の朝は早い。",
    "値は指で示す。人差し指は一、こぶしは十。",
    "なぜ、そうなったのか？",
    "「もう二度としたくない」と話した。",
    "関連記事は百本を超えた。",
    "ランキングで1位となった。",
    "政府はフォローアップの会議を開いた。",
    "会員登録の数は、昨年の二倍に上る。",
    "写真は、校庭に立つ生徒たち。",
    "学校は無断転載を禁止した。",
    "広告の費用は減った。",
    "コメントは三件だった。",
    "次のページには、こう書かれている。",
    "The council expects to spend twenty thousand pounds a year.",
    "学校计划每月开放两次，村民也可以参加。",
    "その後、週刊誌（平成5年10月21日号）で、自らの失敗を告白。",
    "半角の句点で終わる文です｡",
    "「名前はコロです。」",
]


def clean(raw: str) -> CleanPage:
    """Clean a text as a file holds it."""
    return clean_repaired(tidy(repair(raw)))


def read(path: Path) -> tuple[str, dict[str, list[str]]]:
    """Return the raw page and its lines by their marks, without what ⟦…⟧ cuts.

    B: body, H: masthead, -: neither. Two marks are known limits of the rules: b belongs to the body
    but is put elsewhere (a caption above the text that is no sentence); x does not but stays (a link
    without a heading). ``B`` holds the lines marked B and b.
    """
    raw: list[str] = []
    marked: dict[str, list[str]] = {mark: [] for mark in "BHbx-"}
    for line in path.read_text(encoding="utf-8").splitlines():
        raw.append(re.sub("[⟦⟧]", "", line[2:]))
        if line:
            kept = CUT.sub("", line[2:]).strip()
            marked[line[0]].append(kept)
            if line[0] == "b":
                marked["B"].append(kept)
    return "\n".join(raw), marked


def lines(body: str) -> list[str]:
    return [line for line in body.split("\n") if line]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_keeps_its_body_and_nothing_else(path: Path) -> None:
    """But for the lines that the rules are known to get wrong."""
    raw, marked = read(path)
    cleaned = clean(raw)
    body = lines(cleaned.body)
    for line in marked["x"]:
        body.remove(line)
    # Where no chrome stands above, the body has the masthead's lines still, and gives them up in ``fill``.
    above = marked["H"] if path.stem in PLAIN else []
    assert body == [*above, *(line for line in marked["B"] if line not in marked["b"])]
    assert [line for line in marked["H"] if line not in (*cleaned.head, *above)] == []


LIMITED = [path for path in PAGES if re.search("^[bx] ", path.read_text("utf-8"), re.MULTILINE)]


@pytest.mark.xfail(strict=True, reason="known limits, which the docstring of cleaning states")
@pytest.mark.parametrize("path", LIMITED, ids=lambda path: path.stem)
def test_a_page_keeps_its_captions_and_loses_its_links(path: Path) -> None:
    raw, marked = read(path)
    assert lines(clean(raw).body) == marked["B"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_body_comes_back_as_it_is(path: Path) -> None:
    body = clean(read(path)[0]).body
    assert clean(body).body == body


def test_there_are_enough_pages() -> None:
    assert len(PAGES) >= 10


@given(
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=30), st.sampled_from(["\n", "\n\n"])
)
@example(["なぜ、そうなったのか？"], "\n")
def test_sentences_come_back_whole(sentences: list[str], gap: str) -> None:
    text = gap.join(sentences)
    assert clean(text).body == text


@given(
    st.text(
        alphabet=st.sampled_from("あ漢。、？…1・ \n「」()：:関連記事広告©a.\u200b\t\r\ud800"),
        max_size=200,
    )
)
def test_any_text_is_cleaned_without_error_or_new_words(text: str) -> None:
    body = clean(text).body
    assert body == body.strip()
    assert set(body) <= set(text) | {" ", "\n"}
    assert "\n\n\n" not in body


def test_invisible_characters_go_and_wide_spaces_stay() -> None:
    text = "\ufeff港の\u200b朝\u202eは\x00早い。\r\n\u3000\u3000年　月\xa0日の\t記録が残る。\r"
    assert clean(text).body == "港の朝は早い。\n年　月 日の 記録が残る。"


def test_characters_are_not_folded() -> None:
    assert clean("①は㈱ＡＢＣの２３％だ。").body == "①は㈱ＡＢＣの２３％だ。"


def test_one_long_line_comes_back() -> None:
    text = "港の朝は早い。関連記事は百本を超えた。" * 300
    assert clean(text).body == text


@pytest.mark.parametrize("text", ["", " \n\t\n", "広告", "関連記事\n見出しの行"])
def test_nothing_is_left_of_nothing(text: str) -> None:
    assert clean(text).body == ""


def test_a_poem_without_a_full_stop_is_a_body() -> None:
    poem = "川の音がする\n風がつめたい\n\n犬が笑っている"
    assert clean(poem).body == poem


CAT = "猫は七日、駅の裏で見つかった。飼い主は駅員に礼を言い、魚を一匹置いて帰った。"
END = "\n関連記事\n犬も駅で迷子に、飼い主が礼\n© 猫新聞"


@pytest.mark.parametrize(
    "body",
    [
        f"{CAT}\n人気ランキング\n一位は三毛で、駅員の七割が選んだ。\n{CAT}",
        f"{CAT}\n■お知らせ\n駅の猫は八日に医者へ行く。",
        f"{CAT}\nMost popular\nThe tabby came first with seven votes out of ten.",
        f"{CAT}\nおすすめ\n1位 三毛 70票\n2位 黒 12票\n{CAT}",
        f"{CAT}\n1位\n駅の裏で眠る三毛の写真の投票\n2位\n改札に座る黒の写真の投票結果\n{CAT}",
        f"{CAT}\n「まだ来ないのか…\n「もう来ないのか…\n「いつ来るのだか…\n{CAT}",
        "三毛 70票\n黒 12票\n" + CAT,
    ],
    ids=["ranking", "notice", "popular", "rows", "ranks", "dialogue", "rows-first"],
)
def test_a_section_of_the_body_stays(body: str) -> None:
    assert clean(f"トップ\n駅の猫、見つかる\n2025年3月4日\nシェアする\n{body}{END}").body == body


@pytest.mark.parametrize(
    "wall", ["この記事は有料会員限定です。", "残り300文字", "Subscribe to continue reading"]
)
@pytest.mark.parametrize(
    "last",
    [
        "駅員によると、猫は前の日も改札に座り、乗客の足元を眺めていたといい、その後は…",
        "駅員によると、猫は前の日も改札に座り、乗客の足元を眺めていた",
        "駅員は「魚代は十二万円に上る」と話し、",
        f"{CAT}その後の猫は、駅の裏の小屋で寝起きし、朝には改札に座って客を迎えるようになり...",
    ],
)
def test_a_paragraph_that_breaks_off_at_a_pay_wall_stays(last: str, wall: str) -> None:
    assert clean(f"{CAT}\n\n{last}\n\n{wall}").body == f"{CAT}\n\n{last}"


@pytest.mark.parametrize(
    "notice", ["相关阅读：犬在车站走失", "推荐阅读：站里的鸽子", "相關閱讀：站裡的鴿子"]
)
def test_a_notice_within_a_chinese_body_goes(notice: str) -> None:
    first, then = "学校计划每月开放两次，村民也可以参加。", "车站的猫七日在后街被找到。"
    assert clean(f"{first}\n{notice}\n{then}").body == f"{first}\n{then}"


def test_headlines_under_ranks_below_the_body_go() -> None:
    ranks = "1\n犬も駅で迷子に、飼い主が礼を言う\n2\n駅の鳩が増える、駅員が数えて発表\n"
    assert clean(f"{CAT}\n{ranks}{ranks}© 猫新聞").body == CAT


@pytest.mark.parametrize(
    "above",
    [
        "三毛 70票\n黒 12票",
        "票の数\n| 三毛 | 70 |",
        "- 三毛\n- 黒",
        "三毛\n70\n黒\n12",
        "駅の猫\n所在地　駅の裏",
    ],
)
def test_what_stands_above_the_first_sentence_stays_without_chrome(above: str) -> None:
    assert clean(f"{above}\n{CAT}\n© 猫新聞").body == f"{above}\n{CAT}"


def test_imprint_goes_to_the_tail() -> None:
    page = clean("港の朝は早い。\n編集：山田花子\nロイター\nCopyright (C) 2024 港新聞")
    assert page.body == "港の朝は早い。"
    assert page.tail == ("編集：山田花子", "ロイター", "Copyright (C) 2024 港新聞")


@pytest.mark.parametrize(
    "line",
    [
        "本文の行です。\n" * 60,
        "関連記事\n短い文だ。\n見出しの行\n" * 20,
        "見出しの行が、ほぼ同じ長さのまま続いていく様子を示す見出しの行\n" * 12,
        "1\n老舗食堂の歴史に幕、最後の一杯に行列\n" * 20,
        "短い見出し\nあ。\n広告\n" * 25,
        "(関連記事: (" * 60,
        "無断" * 79 + "\n",
        "a　" + " " * 400,
    ],
    ids=["prose", "boxes", "wrapped", "ranks", "notices", "brackets", "phrases", "blanks"],
)
def test_time_grows_with_length_only(line: str) -> None:
    def seconds(times: int) -> float:
        start = time.process_time()
        clean(line * times)
        return time.process_time() - start

    assert seconds(800) < 12 * (seconds(200) + 0.02)
