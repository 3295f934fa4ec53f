"""The pictures of the corpus: every passage and every date in its place, and nothing but that."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from conftest import FakeEncoder, article, some_articles
from hostile import HOSTILE
from lxml import etree

from index.passages import cut
from index.pictures import draw, draw_map, draw_timeline
from index.pictures.axis import Axis, year_of
from index.pictures.projection import project
from index.records import Article
from index.store import Part
from index.vectors import Vectors

ALLOWED = {
    "svg": {"class", "width", "height", "x", "y", "overflow", "data-shown", "data-total"},
    "g": {"class", "role", "aria-label"},
    "a": {"class", "href"},
    "title": set(),
    "text": {"class", "x", "y"},
    "circle": {"cx", "cy", "r"},
    "path": {"d"},
    "line": {"class", "x1", "x2", "y1", "y2"},
}
ADDRESS = re.compile(r"/article/[^/?#]+(\?sha=[0-9a-f]{12}#quote-[0-9]+-[0-9]+)?")


def parts_of(articles: list[Article]) -> list[Part]:
    return [Part(a, tuple(cut(a))) for a in articles]


def vectors_of(parts: list[Part]) -> Vectors:
    return FakeEncoder().encode_documents([p.text for part in parts for p, _ in part.passages])


def parsed(picture: str) -> etree._Element:
    return etree.fromstring(picture.encode())


def links(picture: str, kind: str) -> list[etree._Element]:
    return parsed(picture).findall(f".//{{*}}a[@class='{kind}']")


def named(link: etree._Element) -> str:
    return link.findtext("{*}title") or ""


def words_at(address: str, articles: list[Article]) -> str:
    """The words that an address opens."""
    path, query, place = urlsplit(address).path, urlsplit(address).query, urlsplit(address).fragment
    [found] = [a for a in articles if a.id == unquote(path.removeprefix("/article/"))]
    assert found.sha256.startswith(query.removeprefix("sha="))
    start, end = place.removeprefix("quote-").split("-")
    return found.text[int(start) : int(end)]


def left(percent: str) -> float:
    return float(percent.removesuffix("%")) / 100


def harmless(picture: str) -> None:
    for each in parsed(picture).iter():
        if each.tag is etree.Comment:
            continue
        tag = etree.QName(each).localname
        assert set(each.attrib) <= ALLOWED[tag], (tag, each.attrib)
        assert tag != "a" or ADDRESS.fullmatch(each.get("href")), each.get("href")


HISTORY = article(
    "history",
    "橋は1949年に計画された。工事は1950年代に進んだ。完成は昨年11月だった。橋は2024年11月に渡り初めをした。",
    title="橋の記録",
    published=date(2025, 1, 22),
)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 40])
def test_a_point_a_passage_that_opens_it(count: int) -> None:
    text = "\n\n".join(f"# 第{n}節\n\n{n}番目の倉には荷物が{n * n}個ある。" for n in range(count))
    parts = parts_of([article("一/二", text, title="倉"), *some_articles(2)])
    picture = draw_map(parts, vectors_of(parts))
    passages = [p.text for part in parts for p, _ in part.passages]
    opened = [
        words_at(a.get("href"), [p.article for p in parts]) for a in links(picture, "passage")
    ]
    assert sorted(opened) == sorted(passages)
    assert (
        parsed(picture).get("data-shown") == parsed(picture).get("data-total") == str(len(opened))
    )


def test_the_point_says_article_heading_and_beginning() -> None:
    parts = parts_of([article("a", "## 船\n\n年に860隻が通る。" + "船は続く。" * 20, title="運河")])
    first = links(draw_map(parts, vectors_of(parts)), "passage")[0]
    assert named(first).startswith("運河 / 船 / 年に860隻が通る。船は続く。")
    assert named(first).endswith("…")


def test_eight_articles_have_colours_and_the_rest_are_grey() -> None:
    parts = parts_of(some_articles(10))
    groups = parsed(draw_map(parts, vectors_of(parts))).findall("{*}g")
    kinds = [group.get("class") for group in groups]
    assert kinds[:2] == ["article rest", "article rest"]
    assert sorted(kinds[2:]) == [f"article colour-{n}" for n in range(8)]


def test_of_very_many_passages_some_of_each_article_are_shown() -> None:
    parts = parts_of(
        [
            article(f"a{n}", "".join(f"荷物{n}の{k}。\n\n# {k}\n\n" for k in range(300)))
            for n in range(8)
        ]
    )
    count = sum(len(part.passages) for part in parts)
    vectors = np.random.default_rng(0).normal(size=(count, 8)).astype(np.float32)
    picture = parsed(draw_map(parts, vectors))
    assert count > 1500 >= int(picture.get("data-shown")) == len(picture.findall(".//{*}a"))
    assert picture.get("data-total") == str(count)
    assert len(picture.findall("{*}g")) == 8


def test_neighbours_stay_neighbours() -> None:
    random = np.random.default_rng(1)
    centres = random.normal(size=(4, 32))
    vectors = np.repeat(centres, 12, axis=0) + 0.1 * random.normal(size=(48, 32))
    places = project(vectors.astype(np.float32))
    distances = np.linalg.norm(places[:, None] - places[None], axis=-1)
    nearest = np.argsort(distances, axis=1)[:, 1:6] // 12
    assert (nearest == np.arange(48)[:, None] // 12).all()
    assert places.min() == 0
    assert places.max() == 1


@pytest.mark.parametrize("count", [1, 2, 20])
def test_passages_alike_have_a_place(count: int) -> None:
    places = project(np.ones((count, 4), np.float32))
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()


def test_each_date_is_named_and_opens_its_sentence() -> None:
    picture = draw_timeline(parts_of([HISTORY]))
    dates = {named(a).split(" / ")[0]: a for a in links(picture, "date")}
    assert list(dates) == ["2024-11 ×2", "1949", "1950–1959"]
    assert words_at(dates["1949"].get("href"), [HISTORY]) == "橋は1949年に計画された。"
    assert words_at(dates["2024-11 ×2"].get("href"), [HISTORY]) == "完成は昨年11月だった。"
    [published] = links(picture, "published")
    assert (published.get("href"), named(published)) == ("/article/history", "2025-01-22 ◆")


def test_dates_lie_in_their_order_and_larger_where_more_is_said() -> None:
    picture = draw_timeline(parts_of([HISTORY]))
    circles = {named(a)[:4]: a.find("{*}circle") for a in links(picture, "date")}
    places = [left(circles[year].get("cx")) for year in ("1949", "1950", "2024")]
    assert places == sorted(set(places))
    assert float(circles["2024"].get("r")) > float(circles["1949"].get("r"))
    assert links(picture, "date")[2].find("{*}line") is not None  # a decade is long


def test_the_axis_gives_room_to_what_is_spoken_of() -> None:
    axis = Axis([1871.5, *(2024 + n / 12 for n in range(12)), 1949.5])
    names = [name for _, name in axis.ticks()]
    assert {"1870", "1940", "2024", "2024-04", "2024-07", "2024-10"} <= set(names)
    places = [axis.place(t) for t in (1871.5, 1949.5, 2024, 2024.5, 2024.9)]
    assert places == sorted(set(places))
    assert axis.place(2024.9) - axis.place(2024.0) > 0.4
    assert (axis.place(1000), axis.place(3000)) == (0, 1)


def test_a_tick_stands_where_its_time_lies() -> None:
    axis = Axis([1949.5, 1972.1, 2024.3, 2024.4, 2024.8, 2025.0])
    for place, name in axis.ticks():
        year, _, month = name.partition("-")
        assert axis.place(year_of(date(int(year), int(month or 1), 1))) == pytest.approx(place)


def test_of_very_many_articles_those_with_the_most_dates_have_a_row() -> None:
    busy = article("busy", "1950年に始まり、1960年に終わった。1970年に戻った。")
    parts = parts_of([*some_articles(60), busy])
    picture = parsed(draw_timeline(parts))
    assert (picture.get("data-shown"), picture.get("data-total")) == ("24", "61")
    assert len(picture.findall(".//{*}g[@class='every']")) == 1
    assert [g for g in picture.iter("{*}g") if g.get("aria-label") == "busy"] != []


def test_an_article_without_a_title_is_named_by_its_file_alone() -> None:
    untitled = replace(article("a", "1950年の船。"), source="/home/me/private/船.txt")
    parts = parts_of([untitled])
    for picture in draw(parts, vectors_of(parts), before={}).values():
        assert "船.txt" in picture
        assert "private" not in picture


def test_ticks_named_on_a_phone_are_some_of_the_others() -> None:
    parts = parts_of([article(f"a{n}", f"{1900 + 3 * n}年のこと。") for n in range(40)])
    picture = parsed(draw_timeline(parts))
    few = [left(e.get("x")) for e in picture.findall("{*}text[@class='tick']")][::2]
    wide = [left(e.get("x")) for e in picture.findall("{*}text[@class='tick wide']")][::2]
    assert len(wide) > len(few) > 3
    assert np.diff(sorted(few)).min() >= 0.14
    assert np.diff(sorted([*few, *wide])).min() >= 0.05


def test_without_a_date_there_is_no_timeline() -> None:
    parts = parts_of([article("a", "船は今日も通る。")])
    assert draw_timeline(parts) == ""
    assert list(draw(parts, vectors_of(parts), before={})) == ["map"]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_stay_words(hostile: str) -> None:
    said = hostile.encode(errors="replace").decode()
    text = f"# {said}\n\n1999年の{said}である。"
    parts = parts_of([article(f"x{hostile}", text, title=hostile, published=date(2020, 1, 1))])
    for picture in draw(parts, vectors_of(parts), before={}).values():
        harmless(picture)


def test_the_same_articles_make_the_same_pictures() -> None:
    parts = parts_of(some_articles(6))
    once, again = (draw(parts, vectors_of(parts), before={}) for _ in range(2))
    assert once == again


def test_pictures_of_the_same_serve_again_and_of_another_do_not() -> None:
    parts = parts_of(some_articles(2))
    vectors = vectors_of(parts)
    marked = {name: svg.replace("<svg", "<svg ", 1) for name, svg in
              draw(parts, vectors, before={}).items()}  # fmt: skip
    assert draw(parts, vectors, before=marked) == marked
    assert draw(parts[:1], vectors[: len(parts[0].passages)], before=marked) != marked


def test_what_draws_is_imported_when_something_is_drawn() -> None:
    code = "import sys, index.pictures, index.ingest; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
