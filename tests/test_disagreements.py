"""Articles that give another figure for the same thing: found by a build, shown with answers and in the library."""

from collections.abc import Callable
from pathlib import Path

import pytest

from index.answers import ask, disagreements
from index.encoder import Encoder
from index.engine import Engine
from index.settings import Settings
from index.web.library.rendering import render_head
from index.web.words import LANGUAGES

Built = Callable[..., Engine]
ONE = "青沢橋の工事が始まった。市によると、青沢橋の工事の費用は27億円で、2031年に終わる。"
OTHER = "青沢橋の工事が始まった。市の発表では、青沢橋の工事の費用は72億円で、2031年に終わる。"


@pytest.fixture
def built(tmp_path: Path, real_encoder: Encoder) -> Built:
    folder = tmp_path / "articles"
    folder.mkdir()
    engine = Engine(Settings(tmp_path / "home", tmp_path), encoder=real_encoder)

    def build(*texts: str, title: str = "青沢橋の工事", name: str = "") -> Engine:
        for number, text in enumerate(texts):
            head = f"---\ntitle: {title}\npublisher: 社{number}{name}\npublished: 2025-01-0{number + 1}\n---\n"
            (folder / f"{name}{number}.md").write_text(f"{head}{text}\n", "utf-8")
        engine.build([folder])
        return engine

    return build


def figures(engine: Engine) -> list[tuple[str, str]]:
    return [(one.parts[1], other.parts[1]) for one, other in disagreements(engine)]


def test_another_figure_for_the_same_is_found_once_and_shown_with_an_answer(built: Built) -> None:
    engine = built(ONE, OTHER)
    assert sorted(*figures(engine)) == ["27億円", "72億円"]
    answer = ask(engine, "青沢橋の工事の費用はいくらか")
    assert {(d.figure, str(d.published)) for d in answer.differing} == {
        ("27億円", "2025-01-01"),
        ("72億円", "2025-01-02"),
    }
    assert {c.publisher for c in answer.citations} == {"社0", "社1"}
    html = render_head(LANGUAGES["ja"], (), "", disagreements(engine))
    assert "27億円" in html
    assert html.count("<blockquote>") == 2


@pytest.mark.parametrize(
    "other",
    [
        ONE.replace("27億円", "約27億円"),
        ONE.replace("27億円", "20億円以上"),
        OTHER.replace("青沢橋", "砂町橋"),
        "青沢橋の長さは72メートルだ。",
        OTHER.replace("工事の費用は", "工事の費用の見通しは"),
        OTHER.replace("、2031年に終わる", "、2041年に終わる").replace("72億円", "27億円"),
    ],
)
def test_what_may_be_the_same_or_is_on_something_else_does_not_disagree(
    built: Built, other: str
) -> None:
    assert figures(built(ONE, other)) == []


def test_articles_are_compared_once_and_the_rest_by_later_builds(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.checking.disagreements.LOOKED", 1)
    engine = built(ONE, "青沢運河は1923年に開通した。", "青沢港の岸壁は3つある。")
    assert len(engine.generation().overview["compared"]) == 1
    engine = built(OTHER, title="青沢橋", name="b")
    assert len(engine.generation().overview["compared"]) == 2
    engine = built(OTHER.replace("72億円", "71億円"), title="青沢橋", name="b")
    monkeypatch.setattr("index.checking.disagreements.LOOKED", 400)
    (Path(engine.settings.cache) / "articles" / "c.md").write_text(
        "青沢市の人口は3万人だ。", "utf-8"
    )
    engine.build()
    assert len(engine.generation().overview["compared"]) == 5
    assert sorted(*figures(engine)) == ["27億円", "71億円"]
