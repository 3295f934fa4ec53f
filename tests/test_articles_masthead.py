"""What the head of a text says of its title, day, writers and sender, and what it does not say."""

import json
from datetime import date
from pathlib import Path

import pytest

from index.articles.cleaning import CleanPage
from index.articles.files import Draft, Limits
from index.articles.formats import finish
from index.articles.masthead import (
    agency,
    byline,
    copyright_holder,
    correspondent,
    cut_site,
    fill,
    latin_names,
)

BODY = "朝から雨が降り、川の水位が上がった。町は橋を閉じ、住民に注意を呼びかけている。"
DAY = date(2025, 1, 22)


def read(*head: str, body: str = BODY, tail: tuple[str, ...] = ()) -> Draft:
    return fill(Draft(body), CleanPage(head, body, tail))


class TestNames:
    @pytest.mark.parametrize(
        ("line", "name"),
        [
            ("［ワシントン 21日 ロイター］ 町は", "ロイター"),
            ("[ワシントン 21日 ロイター] - 町は", "ロイター"),
            ("【ワシントン＝共同】町は", "共同通信"),
            ("【北京時事】町は", "時事通信"),
            ("【1月22日 AFP】町は", "AFP"),
            ("（ＣＮＮ） 町は", "CNN"),
            ("WASHINGTON (Reuters) - The town", "Reuters"),
            ("TOKYO, Jan 21 (Kyodo) — The town", "Kyodo"),
            ("新华社北京1月22日电 城市", "新华社"),
            ("【ワシントン＝山田太郎】町は", None),
            ("（注）町は", None),
            ("[東京 22日]", None),
            ("ロイターによると", None),
        ],
    )
    def test_datelines(self, line: str, name: str | None) -> None:
        assert agency(line) == name

    @pytest.mark.parametrize(
        ("line", "names"),
        [
            ("文／山田太郎", ("山田太郎",)),
            ("記者　山田太郎", ("山田太郎",)),
            ("山田太郎記者", ("山田太郎",)),
            ("文・写真：佐藤花子、鈴木一郎", ("佐藤花子", "鈴木一郎")),
            ("筆者：ジョン・スミス", ("ジョン・スミス",)),
            ("By Jane Doe", ("Jane Doe",)),
            ("By Jane Doe and John Q. Smith", ("Jane Doe", "John Q. Smith")),
            ("編集：佐藤花子", ()),
            ("文化部", ()),
            ("By Train", ()),
            ("記者 会見で町長が辞任を表明した。", ()),
        ],
    )
    def test_bylines(self, line: str, names: tuple[str, ...]) -> None:
        assert byline(line) == names

    @pytest.mark.parametrize(
        ("line", "names"),
        [
            ("Jane Doe", ("Jane Doe",)),
            ("Jane Doe John Smith Mary O'Neil", ("Jane Doe", "John Smith", "Mary O'Neil")),
            ("Jane Q. Doe", ("Jane Q. Doe",)),
            ("Jane Doe, Gabriel Garcia Marquez", ("Jane Doe", "Gabriel Garcia Marquez")),
            ("Gabriel Garcia Marquez", ()),
            ("World News", ()),
            ("Top Stories", ()),
            ("Wonderful Story", ()),
            ("New York", ()),
            ("SPECIAL FEATURES", ()),
        ],
    )
    def test_lines_of_latin_names(self, line: str, names: tuple[str, ...]) -> None:
        assert latin_names(line) == names

    @pytest.mark.parametrize(
        ("line", "holder"),
        [
            ("© 2025 みどり新聞社 All Rights Reserved.", "みどり新聞社"),
            ("Copyright (C) 2025 みどり・ジャパン(株) 無断転載を禁じます。", "みどり・ジャパン"),
            (
                "Copyright © The Midori Shimbun Company. All rights reserved.",
                "The Midori Shimbun Company",
            ),
            ("Copyright", None),
            ("無断転載を禁じます", None),
        ],
    )
    def test_copyright(self, line: str, holder: str | None) -> None:
        assert copyright_holder((line,)) == holder


class TestMasthead:
    def test_title_day_and_author(self) -> None:
        found = read(
            "ニュース", "大雨で川の水位が上昇、町が橋を閉鎖", "2025年1月22日", "文／山田太郎"
        )
        assert found == Draft(
            BODY,
            title="大雨で川の水位が上昇、町が橋を閉鎖",
            authors=("山田太郎",),
            published=DAY,
        )

    def test_a_text_without_a_masthead_has_nothing(self) -> None:
        assert read() == Draft(BODY)

    def test_lines_in_the_body_leave_it_and_the_dateline_stays(self) -> None:
        caption = "増水した川を見る住民（22日、町役場の前で）。"
        sent = f"[東京 22日 ロイター] - {BODY}"
        body = f"大雨で川の水位が上昇、町が橋を閉鎖\n2025年1月22日\n\n{caption}\n\nJane Doe Mary Major\n\n{sent}"
        found = read(body=body)
        assert found.text == f"{caption}\n\n{sent}"
        assert found.authors == ("Jane Doe", "Mary Major")
        assert (found.publisher, found.published) == ("ロイター", DAY)

    def test_names_said_and_names_repeated(self) -> None:
        sent = f"［東京 22日 ロイター］ - {BODY}"
        found = read(
            "大雨で川の水位が上昇", "記者 ジェーン・ドウ", "2025年1月22日", "Jane Doe", body=sent
        )
        assert found.authors == ("ジェーン・ドウ",)
        assert found.text == sent

    def test_a_title_printed_twice_or_apart_from_the_date(self) -> None:
        title = "大雨で川の水位が上昇、町が橋を閉鎖"
        assert (
            read("国際", title, title, "川の写真を見る人はこちら", "2025年1月22日").title == title
        )
        assert read(title, "山田 太郎：河川の研究者", "2025年1月22日").title == title
        assert read(title, "河川課", "2025年1月22日").title == title

    def test_navigation_is_no_author(self) -> None:
        assert (
            read("World News", "大雨で川の水位が上昇、町が橋を閉鎖", "2025年1月22日").authors == ()
        )
        assert read("Jane Doe", "大雨で川の水位が上昇、町が橋を閉鎖", "2025年1月22日").authors == ()

    def test_a_word_of_navigation_is_no_title(self) -> None:
        assert read("国際", "2025年1月22日").title is None

    def test_the_only_line_that_reads_like_a_title(self) -> None:
        assert read("国際", "大雨で川の水位が上昇、町が橋を閉鎖").title is not None
        assert (
            read("大雨で川の水位が上昇、町が橋を閉鎖", "雪で電車が遅れ、通勤客に影響").title is None
        )

    def test_an_update_is_no_publication(self) -> None:
        assert read("大雨で川の水位が上昇", "更新 2025年1月22日").published is None
        both = read("大雨で川の水位が上昇", "最終更新", "2025年1月25日", "公開日", "2025年1月22日")
        assert both.published == DAY
        assert both.title == "大雨で川の水位が上昇"

    def test_the_dateline_names_the_publisher_before_the_copyright_does(self) -> None:
        tail = ("© 2025 みどり新聞社",)
        assert read(tail=tail).publisher == "みどり新聞社"
        assert read(body=f"【北京時事】{BODY}", tail=tail).publisher == "時事通信"

    def test_what_the_file_states_wins(self) -> None:
        page = CleanPage(("大雨で川の水位が上昇、町が橋を閉鎖", "2025年1月22日"), BODY, ())
        stated = Draft(BODY, title="題", published=date(2020, 1, 1))
        assert fill(stated, page) == stated

    @pytest.mark.parametrize(
        ("title", "publisher", "cut"),
        [
            ("大雨で川の水位が上昇 | みどり新聞", None, "大雨で川の水位が上昇"),
            ("大雨で川の水位が上昇｜国際｜みどり", None, "大雨で川の水位が上昇"),
            ("大雨で川の水位が上昇 - みどりニュース", None, "大雨で川の水位が上昇"),
            ("大雨で川の水位が上昇：みどり", "みどり", "大雨で川の水位が上昇"),
            ("大雨で川の水位が上昇 - 町は橋を閉鎖", None, "大雨で川の水位が上昇 - 町は橋を閉鎖"),
            ("焦点：大雨で消えた町の新聞", None, "焦点：大雨で消えた町の新聞"),
        ],
    )
    def test_the_sites_name_is_cut(self, title: str, publisher: str | None, cut: str) -> None:
        assert cut_site(title, publisher) == cut


@pytest.mark.parametrize(
    ("head", "title", "left"),
    [
        ("橋が崩落\n2025年1月22日", "橋が崩落", ""),
        ("橋崩落\n2025年1月22日 01時28分 (1月23日 01時40分更新)", "橋崩落", ""),
        ("橋が崩落\n2025年1月22日（更新 2025年1月23日）\n水位 3米", "橋が崩落", "水位 3米"),
        ("2025年1月22日\n橋が崩落\n", "橋が崩落", ""),
        ("橋が崩落\n公開日\n2025年1月22日\n最終更新\n2025年1月23日", "橋が崩落", ""),
        ("トップ\n橋が崩落\n2025年1月22日\nシェアする", "橋が崩落", ""),
        ("水位表\n東橋 3米\n2025年1月22日", "水位表", "東橋 3米"),
        ("東橋 1204\n西橋 512\n2025年1月22日", None, "東橋 1204\n西橋 512"),
        ("- 橋を閉じた\n2025年1月22日", None, "- 橋を閉じた"),
        ("| 東橋の水位 | 3 |\n2025年1月22日", None, "| 東橋の水位 | 3 |"),
        ("みどり新聞\n2025年1月22日", None, "みどり新聞"),
        ("山田太郎 2025.1.22", None, "山田太郎 2025.1.22"),
    ],
)
def test_a_short_title_and_what_is_none(head: str, title: str | None, left: str) -> None:
    draft = finish(Draft(f"{head}\n{BODY}\n", chrome=True), Limits())
    assert (draft.title, draft.published) == (title, DAY)
    assert draft.text == f"{left}\n{BODY}".strip()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"橋が崩落\n\n{BODY}", "橋が崩落"),
        (f"水位の一覧表\n東橋 3米\n{BODY}", None),
        (f"「橋が落ちた」\n{BODY}", None),
        (f"1204\n橋の数\n{BODY}", None),
        (f"48億円\n\n{BODY}", None),
        (f"橋の歩み\n2001年4月1日\n開通する\n2025年1月22日\n老朽化\n{BODY}", None),
        ("橋が落ちた朝に\n川は静か", None),
    ],
)
def test_a_title_without_a_date(text: str, title: str | None) -> None:
    draft = finish(Draft(text, chrome=True), Limits())
    assert draft.title == title
    assert draft.text == text.removeprefix(f"{title}\n").strip()


PAGES = Path(__file__).parent / "pages"
HEADS = [json.loads(line) for line in (PAGES / "heads.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("said", HEADS, ids=lambda said: said["page"])
def test_the_head_of_a_page(said: dict[str, str | None]) -> None:
    """Title, day and publisher of the invented pages of test_cleaning, whose marks are cut off."""
    lines = (PAGES / f"{said['page']}.txt").read_text("utf-8").splitlines()
    raw = "\n".join(line[2:] for line in lines)
    draft = finish(Draft(raw, chrome=True), Limits())
    day = draft.published.isoformat() if draft.published else None
    assert (draft.title, day, draft.publisher) == (
        said["title"],
        said["published"],
        said["publisher"],
    )


def test_a_name_with_its_role() -> None:
    assert byline("川端 沙織 : ライター") == ("川端 沙織",)
    assert byline("筆者, ヘレン・オドネル、欧州担当編集委員") == ("ヘレン・オドネル",)
    assert byline("ウクライナ・ロシア、和平へ協議再開") == ()


def test_a_correspondent_in_the_dateline() -> None:
    assert correspondent("【ロンドン＝山田太郎】政府は") == ("山田太郎",)
    assert correspondent("【ソウル＝聯合ニュース】政府は") == ()


def test_a_caption_does_not_hold_the_copyright_of_the_page() -> None:
    assert copyright_holder(("写真はイメージ ©フォト社", "© 2025 みどり新聞社")) == "みどり新聞社"
