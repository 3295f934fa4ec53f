"""One story, many outlets: what is one copy, what only looks like it, and how answers tell it."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from answered import answer as made
from answered import citation as cited
from conftest import Choosing, article, publish, read

from index import carriers
from index.answering import answer
from index.answers import ask
from index.carriers import agency_of, find, once, sample, stories
from index.crossencoder import Reading, Window
from index.engine import Engine
from index.exports import answer_markdown, answer_text, bibtex, ris
from index.exports.words import words_for
from index.schema import Answer, Place
from index.store import Home
from index.web.chat.sources import render_source
from index.web.chat.turns import Turn
from index.web.words import LANGUAGES

LEAD = (
    "霧島湾を横断する海底トンネルの建設計画で、国土整備省は14日、総工費を当初の1200億円から1850億円に引き上げる"
    "と発表した。海底の地盤が想定より軟らかく、補強の工事が必要になったためだという。開通は2年遅れて2031年春となる。"
)
BODY = (
    "工事を担う共同企業体によると、ボーリング調査で深さ60メートルまで泥の層が続いていることが分かった。薬液を注入して"
    "固める工法に変更し、掘進機も新たに2台を投入する。作業員は延べ4万人増える見通しだ。"
)
END = (
    "地元の漁業協同組合は、濁りが養殖ノリに及ぼす影響を懸念している。組合長の浜野作次さんは「説明会を開かずに決めたこと"
    "が残念だ」と話した。同省は来月までに補償の枠組みを示すとしている。県議会では野党が計画の凍結を求めている。"
)
STORY = "\n\n".join((LEAD, BODY, END))
OWN = (
    "海の下を通す霧島湾のトンネルが、また高くつくことになった。国は14日、費用が1850億円に膨らむと明らかにした。1200億円で"
    "済むはずだった。原因は泥である。掘ってみると固い岩になかなか届かず、薬で固めながら進むしかないという。\n\n"
    "春の海は養殖の季節だ。「説明会を開かずに決めたことが残念だ」。漁協の浜野作次さんはため息をつく。車が走るのは2031年、"
    "予定より2年あとになる。議会では計画をいったん止めるべきだとの声も上がる。"
)
FOLLOW = (
    "霧島湾の海底トンネルをめぐり、県議会の特別委員会は3日、参考人として地質の専門家3人から意見を聞いた。専門家の一人は"
    "橋に切り替えれば費用を4割減らせると述べ、別の一人は風が強く橋は通行止めが増えると反論した。委員会は月内に報告書を"
    "まとめ、知事に提出する。知事は結論を待って国と協議する考えだ。住民団体は1万2千人分の署名を集めた。\n\n"
    + BODY
)
COLUMNS = [
    f"毎週日曜にお届けする「海の手帖」は、港の町から届いた便りを紹介する欄です。お便りは編集部までお寄せください。\n\n{told}\n\n"
    "この欄へのご意見は、はがきに住所、氏名、年齢を書いて編集部の係までお送りください。採用の方には記念品を差し上げます。"
    for told in (
        "北の岬の灯台では、夏の夜に限って塔の上まで登れるようになった。案内するのは元の灯台守で、霧笛の鳴らし方も教えてくれる。"
        "晴れた晩には対岸の町の明かりが見えるそうだ。申し込みは漁港の事務所で受け付けている。",
        "川の河口に渡り鳥が戻ってきた。数えた高校生たちによれば、去年より三百羽多いという。干潟を守る条例が効いたらしい。"
        "観察会は満潮の前後に開かれ、望遠鏡も貸し出される。案内役は地元の理科の先生である。",
    )
]
MONTHS = [
    f"市の統計課が発表した{n}月の家計調査によると、1世帯当たりの消費支出は{n}{n}万円で、前年の同じ月を{n}.{n}％上回った。食料は"
    f"{n + 3}.1％、光熱費は{n + 1}.7％増えた。2人以上の世帯では{n * 7}万円だった。勤労者世帯の実収入は{n * 9}万円だった。"
    for n in (3, 6)
]
ENGLISH = (
    "The harbour authority of Norvik said on Monday it would raise docking fees by 15 percent from January to pay for a"
    " new breakwater. The wall, 900 metres long, is to protect the fishing quay from winter storms that sank four boats"
    " last year.\n\nShipowners said the increase would drive freight to the neighbouring port of Halden, where fees are"
    " a third lower. The authority expects to collect 12 million crowns a year and to finish the work by 2029."
)
CHINESE = (
    "白沙市水务局周二宣布，将投资3.2亿元改造城区的旧供水管网，工程从四月开始，为期两年。改造后漏损率将由18%降到9%以下。"
    "\n\n水务局局长陈立民表示，施工期间部分街道夜间停水，居民会提前三天收到通知。市民对水价是否上涨表示关心。"
)


def is_one_copy(*texts: str) -> bool:
    return len(stories({str(n): sample(text) for n, text in enumerate(texts)})) == 1


@pytest.mark.parametrize(
    ("copy", "other"),
    [
        pytest.param(STORY, LEAD, id="the first third"),
        pytest.param(STORY, f"{LEAD}\n{BODY}", id="the end cut"),
        pytest.param(STORY, f"【霧島＝本田圭】{STORY}（共同）", id="a byline"),
        pytest.param(STORY, f"{STORY}\n\n市内の運送会社は、完成が遅れれば迂回の費用がかさむと話した。", id="local"),
        pytest.param(
            STORY,
            STORY.replace("1200", "一二〇〇").replace("1850", "千八百五十").replace("2031", "２０３１")
            .replace("ため", "為").replace("こと", "事").replace("、", "，").replace("14日", "十四日"),
            id="style",
        ),
        pytest.param(ENGLISH, f"NORVIK (Reuters) - {ENGLISH[:250]}", id="English"),
        pytest.param(CHINESE, f"新华社白沙4月2日电{CHINESE.replace('四月', '4月')}（完）", id="Chinese"),
    ],
)  # fmt: skip
def test_rewrites_of_a_copy_are_found(copy: str, other: str) -> None:
    assert is_one_copy(copy, other)
    assert is_one_copy(other, copy)


@pytest.mark.parametrize(
    "texts",
    [(STORY, OWN), (STORY, FOLLOW), COLUMNS, MONTHS, ("短い。", "短い。"), ("", STORY)],
    ids=["own report", "follow-up", "column", "figures of two months", "too short", "nothing"],
)
def test_what_only_looks_alike_is_no_copy(texts: Sequence[str]) -> None:
    assert not is_one_copy(*texts)


def test_no_articles_have_no_stories_and_many_copies_one() -> None:
    assert stories({}) == []
    many = {f"{n:04}": sample(STORY + "。" * n) for n in range(2000)}
    assert stories(many) == [sorted(many)]


@pytest.mark.parametrize(
    ("quote", "text", "held"),
    [
        ("開通は2年遅れる。", "霧島は\n開通は２年 遅れる。次だ。", "開通は２年 遅れる。"),
        ("総額は120億円だ。", "【霧島共同】総額は百二十億円だ。", "総額は百二十億円だ。"),
        ("【霧島共同】総額は120億円だ。", "総額は１２０億円だ。", "総額は１２０億円だ。"),
        ("1人が死亡した。", "11人が死亡した。", None),
        ("参加を認めた。", "県は不参加を認めた。", None),
        ("計画を認めた", "計画を認めたことはない。", None),
        ("10⁹個ある。", "109個ある。", None),
        ("総額は1204億円だ。", "総額は1240億円だ。", None),
        ("", "何かある。", None),
    ],
)
def test_a_carrier_holds_the_sentence_itself(quote: str, text: str, held: str | None) -> None:
    place = find(quote, text)
    assert (place and text[slice(*place)]) == held


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("【ワシントン時事】米政府は14日、", "時事通信"),
        ("米政府は発表した。（共同）", "共同通信"),
        ("［東京　12日　ロイター］ - 政府は", "ロイター"),
        ("〔ロイター〕政府は", "ロイター"),
        ("【1月22日 AFP】仏政府は", "AFP"),
        ("【AFP=時事】仏政府は", "AFP=時事"),
        ("NORVIK (Reuters) - The harbour", "Reuters"),
        ("新华社白沙4月2日电（记者 王敏）", "新华社"),
        ("据新华社4月2日报道，", None),
        ("ロイター通信によると、政府は", None),
        ("塔から見た港（写真：ロイター）", None),
        ("塔から見た港＝写真＝共同", None),
        ("両国は（日米共同）声明で", None),
        ("The (SAP) system", None),
    ],
)
def test_whose_copy_it_is_is_told_by_a_credit_alone(text: str, agency: str | None) -> None:
    assert agency_of(article("a", text)) == agency
    assert agency_of(article("a", "本文。", publisher="時事通信社")) == "時事通信"
    assert agency_of(article("a", "本文。", publisher="水産時事")) is None


def test_a_carrier_of_a_copy_tells_its_words_once() -> None:
    told = [
        ("a", "雨だ。"),
        ("b", "（共同）雨だ。"),
        ("c", "雨だ。"),
        ("a", "雨だ。"),
        ("b", "晴れだ。"),
    ]
    story = ["a", "b"]
    kept = once(enumerate(told), lambda one: one[1], {"a": story, "b": story})
    assert [n for n, _ in kept] == [0, 2, 3, 4]


class Yes:
    """Takes every sentence for an answer: one with 引き上げる for a yes, one with 凍結 for a no."""

    name = "yes"

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        return [self._read("".join(w.sentences), len(w.sentences)) for w in windows]

    def _read(self, text: str, count: int) -> Reading:
        odds = 2.0 * ("引き上げる" in text) - 2.0 * ("凍結" in text)
        return Reading(6.0, (6.0,) * count, (None,) * count, (odds, 0.0, -4.0))


@pytest.mark.parametrize(("other", "verdict"), [(STORY, None), (OWN, "differs")])
def test_articles_do_not_differ_where_they_are_one_copy(
    home: Home, other: str, verdict: str | None
) -> None:
    first = LEAD if other is STORY else f"{OWN}計画を引き上げるという。"
    last = STORY if other is STORY else "県は計画の凍結を決めた。"
    day = date(2025, 1, 1)
    publish(home, [article("a", first, published=day), article("b", last, published=day)])
    found = read(home.open(), "計画は進むか", Yes())
    wanted = {"引き上げる", "凍結"}
    alike = [
        replace(s, retrieved=0.0, nearness=1.0)
        for s in found.sentences
        if any(word in s.sentence.text for word in wanted)
    ]
    mine = [
        s for s in alike if (s.hit.passage.article_id == "a") == ("引き上げる" in s.sentence.text)
    ]
    assert answer(replace(found, sentences=tuple(mine))).verdict == verdict


def test_a_copy_in_other_words_is_no_second_source(home: Home) -> None:
    """The statement that says the same of another report is cited beside it, that of a carrier is not."""
    style = STORY.replace("ためだという", "為だと言う")
    same = "海底の地盤が想定より軟らかく、補強の工事が必要になったためだという。"
    publish(home, [article("a", STORY), article("b", style), article("c", f"県の説明だ。{same}")])
    found = read(home.open(), "なぜ補強の工事が必要か", Choosing("地盤が想定"))
    told = answer(found)
    assert found.generation.stories.keys() == {"a", "b"}
    [group] = [s.citations for s in told.statements]
    assert {told.citations[n - 1].article_id for n in group} in ({"a", "c"}, {"b", "c"})


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "outlets"
    folder.mkdir()
    told = {
        "甲新聞": STORY,
        "乙日報": LEAD,
        "丙の窓": f"{STORY}\n\n（ロイター）",
        "丁新報": OWN,
        "戊新聞": STORY,
    }
    for n, (publisher, text) in enumerate(told.items()):
        head = f"---\ntitle: 海底トンネル{n}\npublisher: {publisher}\nurl: https://{n}.example.org/\n---\n"
        (folder / f"{n}.md").write_text(f"{head}\n{text}\n", "utf-8")
    (folder / "copy.md").write_text((folder / "0.md").read_text("utf-8"), "utf-8")
    return folder


@pytest.fixture
def told(make_engine: Callable[..., Engine], library: Path) -> Answer:
    engine = make_engine()
    report = engine.build([library])
    assert [Path(s.path).name for s in report.skipped] == ["copy.md"]  # of the same outlet
    return ask(engine, "海底トンネルの総工費はいくらに引き上げるのか")


def test_a_citation_names_the_other_carriers(
    told: Answer, make_engine: Callable[..., Engine]
) -> None:
    [first] = [c for c in told.citations if "引き上げる" in c.quote]
    assert first.agency == "ロイター"
    assert {first.publisher, *(c.publisher for c in first.carriers)} == {
        "甲新聞",
        "乙日報",
        "丙の窓",
        "戊新聞",
    }
    for place in first.carriers:
        text = make_engine().article(place.article_id).text
        assert text[place.start : place.end] == first.quote
    assert told.statements[0].citations == (1,)
    kept = Answer.model_validate(told.as_json())  # as a conversation keeps it
    assert [c.url for c in kept.citations[0].carriers] == [c.url for c in first.carriers]


def test_every_export_names_the_carriers(told: Answer) -> None:
    outlets = words_for("ja").outlets(told.citations[0])
    assert outlets[:5] == "ロイター（"
    assert outlets[-4:] == "が掲載）"
    exports = [
        answer_text(told),
        answer_markdown(told),
        bibtex(told.citations),
        ris(told.citations),
    ]
    assert all(outlets in export for export in exports)
    assert all(f"https://{n}.example.org/" in exports[0] for n in (0, 1, 2, 4))
    turn = Turn(1, told.question, "answer", answer=told)
    card = render_source(told.citations[0], 1, turn, LANGUAGES["en"])
    assert "ロイター (carried by " in card
    assert card.count('<a href="./article/') == 3


def test_without_an_agency_the_others_are_named_beside_the_first() -> None:
    first = cited(1, "雨だ。", publisher="甲新聞")
    place = Place.model_validate(first, from_attributes=True)
    others = tuple(
        place.model_copy(update={"publisher": name}) for name in ("乙日報", "甲新聞", "乙日報")
    )
    outlets = words_for("ja").outlets(first.model_copy(update={"carriers": others}))
    assert outlets == "甲新聞（乙日報も掲載）"
    assert words_for("ja").outlets(first.model_copy(update={"carriers": others[1:2]})) == ""
    assert "carriers" not in made(citations=(first,)).as_json()["citations"][0]


def test_only_what_is_new_is_sampled_and_what_is_gone_is_no_carrier(
    make_engine: Callable[..., Engine], library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, sampled, before = make_engine(), list[str](), carriers.sample

    def counted(text: str) -> list[int]:
        sampled.append(text)
        return before(text)

    monkeypatch.setattr(carriers, "sample", counted)
    engine.build([library])
    assert len(sampled) == 5
    whole = engine.generation().stories
    engine.build([library])
    assert len(sampled) == 5
    assert engine.generation().stories == whole
    (library / "0.md").unlink()
    (library / "copy.md").unlink()
    engine.build([library])
    with contextlib.closing(engine.home.open()) as opened:
        assert {len(story) for story in opened.stories.values()} == {3}
