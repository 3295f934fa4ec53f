"""Drafts held against articles: what claims something, what is quoted, what the articles say of it."""

import io
import itertools
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import docx
import httpx
import pytest
from conftest import CANAL, FakeEncoder, article, publish, serving

from index import answers, checking, exports, schema
from index.answering import Asking
from index.checked import Check
from index.checking import quotations
from index.checking.checks import claims_of
from index.checking.verdicts import differing, meet
from index.cli import main
from index.crossencoder import Reading, Window
from index.encoder import Encoder
from index.engine import Engine
from index.errors import EncoderError, QuestionError, StoreError
from index.settings import Settings
from index.store import Generation, Home
from index.text.spans import Span, mentions

SAID = """市は青沢橋の工事を再開した。倉持宗一市長は「遅れを取り戻すため、夜も工事を続ける」と述べた。\
坂井ミツ子代表は「住民への説明が足りないまま進めるのは納得できない」と訴えた。費用は27億円で、2031年に終わる。
"""
DRAFT = """# 運河の百年

青沢運河は1923年に開通した。技師長の倉持宗一は「水は高い方へ流れる。人の心も同じだ」と書いた。
市は運河を埋め立てて道路にすると決めた。この計画をどう見るべきか。わたしは残すべきだと思う。
"""


class Judging:
    """A reader to whom a window with one of some words is of a verdict, and says nothing else."""

    name = "judging"

    def __init__(self, words: str = "", verdict: int = 0) -> None:
        self._words, self._verdict = words, verdict

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        return [self._read(window) for window in windows]

    def _read(self, window: Window) -> Reading:
        held = bool(self._words) and self._words in "".join(window.sentences)
        logs = [-4.0, -4.0, -4.0]
        logs[self._verdict if held else 2] = -0.04
        found = tuple(4.0 if self._words and self._words in s else -4.0 for s in window.sentences)
        return Reading(
            4.0 if held else -4.0, found, (None,) * len(found), (logs[0], logs[1], logs[2])
        )


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    home = Home(tmp_path_factory.mktemp("home"))
    publish(home, [article("said", SAID), article("canal", CANAL.partition("---\n## ")[2])])
    opened = home.open()
    yield opened
    opened.close()


@pytest.fixture
def asking(generation: Generation) -> Asking:
    return Asking(generation, FakeEncoder(), Judging())


def last(draft: str, asking: Asking) -> checking.Check:
    *_, found = checking.check_steps(draft, asking)
    return found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("市は工事を再開した。", ""),
        ("市長は、費用が増えるだろうと述べた。", ""),
        ("専門家によると、費用は増える見通しだ。", ""),
        ("The mayor said the works should end soon.", ""),
        ("これからどうなるのか。", "question"),
        ("Who pays for it?", "question"),
        ("市は計画を見直すべきだ。", "opinion"),
        ("政府はもっと説明すべきだ。", "opinion"),
        ("I think the city should wait.", "opinion"),
        ("我认为市政府应该等待。", "opinion"),
        ("＊＊＊", "heading"),
    ],
)
def test_what_claims_nothing_is_left_out_and_says_why(text: str, reason: str) -> None:
    assert [(text[a:b], why) for a, b, why in claims_of(text)] == [(text, reason)]


def test_every_sentence_of_a_draft_is_told_in_its_place() -> None:
    told = [(DRAFT[a:b], why) for a, b, why in claims_of(DRAFT)]
    assert [why for _, why in told] == ["heading", "", "", "", "question", "opinion"]
    assert "".join(text for text, _ in told) == re.sub(r"[#\s]", "", DRAFT)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("彼は「はい」と『海の本』を読んだ。", ["はい", "海の本"]),
        ("彼は「彼女は「はい」と言った」と話した。", ["彼女は「はい」と言った"]),
        ('He said "we will go on" and left the 5" board.', ["we will go on"]),
        ("他说“工程将继续”。", ["工程将继续"]),
        ("「」だけの文。", []),
    ],
)
def test_words_in_quotation_marks(sentence: str, words: list[str]) -> None:
    assert [sentence[a:b] for a, b in quotations.quotations(sentence)] == words


@pytest.mark.parametrize(
    "words",
    [
        "遅れを取り戻すため、夜も工事を続ける",
        "遅れを取り戻すため、夜も 工事を続ける。",
        "費用は２７億円で、",
    ],
)
def test_words_are_found_whatever_their_width_and_spaces(words: str, asking: Asking) -> None:
    found = quotations.find(words, asking)
    assert found is not None
    assert (found.likeness, found.apart) == (100.0, ())
    plain = found.article.text[found.start : found.end]
    assert plain in SAID
    assert len(plain) == len(re.sub(r"\s|[。、]$", "", words))


def test_a_hundred_alterations_are_found_with_what_was_altered(asking: Asking) -> None:
    chance = random.Random(1)
    quoted = [
        "遅れを取り戻すため、夜も工事を続ける",
        "住民への説明が足りないまま進めるのは納得できない",
        "水は低い方へ流れる。人の心も同じだ",
    ]
    for _ in range(100):
        words = chance.choice(quoted)
        cut = chance.randrange(3)  # of a beginning that is left out nothing can be told
        at = chance.randrange(cut // 2, len(words) - 2)
        altered = words[:at] + chance.choice("金銀銅鉄錫"[cut:]) * (cut < 2) + words[at + cut :]
        found = quotations.find(altered, asking)
        assert found is not None
        assert 0 < len(found.apart) <= 2
        assert 65 < found.likeness < 100
        for (a, b), (c, d) in found.apart:
            assert altered[a:b] != found.article.text[c:d]
            assert b - a <= 3 >= d - c
    assert quotations.find("月の裏側には海も山もないと聞いている", asking) is None


def test_words_of_another_are_told(asking: Asking) -> None:
    draft = "坂井代表は「遅れを取り戻すため、夜も工事を続ける」と述べた。市長は「遅れを取り戻すため、夜も工事を続ける」と述べた。"
    first, second = last(draft, asking).sentences
    assert first.verdict == "contradicted"
    assert first.quoted[0].speakers == ("坂井代表", "倉持宗一市長")
    assert second.quoted[0].found == "exact"
    assert second.quoted[0].speakers is None


def test_quotations_outweigh_the_reading_and_a_term_is_none(generation: Generation) -> None:
    asking = Asking(generation, FakeEncoder(), Judging("再開した", 0))
    draft = "市は「青沢橋」の工事を再開した。市は「大橋」の工事を再開した。市は「費用はすべて国が払うから心配ない」と工事を再開した。"
    found = last(draft, asking).sentences
    assert [s.verdict for s in found] == ["supported", "supported", "not found"]
    assert [[q.found for q in s.quoted] for s in found] == [["exact"], [], ["missing"]]


@pytest.mark.parametrize("verdict", [0, 1, 2])
def test_the_reader_decides_and_what_it_read_is_cited(generation: Generation, verdict: int) -> None:
    asking = Asking(generation, FakeEncoder(), Judging("27億円", verdict))
    found = last("費用は30億円で、2031年に終わる。", asking)
    [sentence] = found.sentences
    # It said so, but of another figure.
    assert sentence.verdict == ("contradicted", "contradicted", "not found")[verdict]
    [cited] = found.citations
    assert cited.quote in SAID
    assert sentence.citations == (1,)
    if verdict != 2:
        [difference] = sentence.differences
        assert found.text[difference.start : difference.end] == "30億円"
        start, end = difference.there
        assert generation.article("said").text[start:end] == "27億円"


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("費用は27億円かかり、2031年に終わる。", "supported"),
        ("費用はおよそ40億円で、2031年に終わる見通しだ。", "contradicted"),
        ("費用は25億円を超え、2031年に終わる見通しだ。", "supported"),
        ("費用は27億円で、2035年に終わる見通しだ。", "contradicted"),
    ],
)
def test_what_is_said_of_another_figure_or_year_is_no_support(
    generation: Generation, sentence: str, verdict: str
) -> None:
    asking = Asking(generation, FakeEncoder(), Judging("27億円", 0))
    assert last(sentence, asking).sentences[0].verdict == verdict


@pytest.mark.parametrize(
    ("sentence", "same"),
    [
        ("2024年6月に北と、1月17日に南と署名した。", True),  # of which year, it does not say
        ("2024年1月17日に署名した。", False),
        ("1月18日に署名した。", False),
        ("1月に署名した。", False),
    ],
)
def test_a_day_without_its_year_is_that_day_of_any(sentence: str, same: bool) -> None:
    *_, day = mentions(sentence, date(2024, 12, 1))
    assert meet(day, Span(date(2025, 1, 17), date(2025, 1, 17)), sentence) == same


def test_the_very_words_are_supported_whatever_the_reader_says(generation: Generation) -> None:
    asking = Asking(generation, FakeEncoder(), Judging("27億円", 1))
    assert last("費用は27億円で、2031年に終わる。", asking).sentences[0].verdict == "supported"


def test_figures_differ_where_none_of_their_kind_agrees() -> None:
    assert differing("費用は約35億円。", "費用は35億2,000万円。") == []
    [(mine, theirs)] = differing("2021年に3人。", "2023年に3人。")
    assert (mine.written, theirs.written) == ("2021年", "2023年")
    assert differing("船は5隻。", "人は5人。") == []


def test_steps_grow_and_nothing_told_changes(asking: Asking) -> None:
    steps = [*checking.check_steps(DRAFT, asking)]
    assert [len(s.sentences) for s in steps] == list(range(len(steps)))
    assert {s.total for s in steps} == {len(steps) - 1}
    for before, after in itertools.pairwise(steps):
        assert after.sentences[: len(before.sentences)] == before.sentences
        assert after.citations[: len(before.citations)] == before.citations
    used = {n for s in steps[-1].sentences for n in s.citations}
    assert used == set(range(1, len(steps[-1].citations) + 1))


@pytest.mark.parametrize("draft", ["", " \n　", "あ" * (checking.LONGEST + 1)])
def test_a_draft_that_is_none_is_refused(draft: str, asking: Asking) -> None:
    with pytest.raises(QuestionError, match="原稿が"):
        next(checking.check_steps(draft, asking))


def test_a_reader_that_judges_nothing_is_named(generation: Generation) -> None:
    class Silent(Judging):
        def _read(self, window: Window) -> Reading:
            return Reading(0.0, (0.0,) * len(window.sentences), (None,) * len(window.sentences))

    with pytest.raises(EncoderError, match="TENKYO_READER"):
        last("市は工事を再開した。", Asking(generation, FakeEncoder(), Silent()))


# With the real models.


@pytest.fixture(scope="module")
def engine(real_home: Path, real_encoder: Encoder) -> Engine:
    return Engine(Settings(real_home, real_home), encoder=real_encoder)


@pytest.fixture(scope="module")
def check(engine: Engine) -> Check:
    *_, found = answers.check_steps(engine, DRAFT)
    return found


def test_a_draft_is_checked(check: Check) -> None:
    verdicts = [s.verdict for s in check.sentences]
    assert verdicts[:3] == ["skipped", "supported", "contradicted"]
    assert verdicts[3] != "supported"
    assert check.counts["skipped"] == 3
    assert sum(check.counts.values()) == check.total == len(check.sentences)
    assert check.sentences[1].quoted == ()
    [quoted] = check.sentences[2].quoted
    assert quoted.found == "altered"
    [difference] = [d for d in check.sentences[2].differences if d.citation == quoted.citation]
    assert DRAFT[difference.start : difference.end] == "高"


def test_it_is_taken_away_as_text_markdown_html_and_comments(check: Check) -> None:
    text, markdown, page = (
        write(check) for write in (exports.check_text, exports.check_markdown, exports.check_html)
    )
    for written in (text, markdown, page):
        assert "○ 青沢運河は1923年に開通した。" in written
        assert "「高」は、記事では「低」" in written
    assert "[^1]: " in markdown
    assert '<a class="cite" href="#source-1">[1]</a>' in page
    made = docx.Document(io.BytesIO(exports.check_docx(check)))
    assert "".join(p.text for p in made.paragraphs) == re.sub(r"[#\s]", "", DRAFT)
    comments = [c.text for c in made.comments]
    assert len(comments) == 3
    assert comments[0].startswith("○ 記事が裏づける")
    assert "×" in comments[1]


def test_hostile_words_are_words(engine: Engine) -> None:
    *_, found = answers.check_steps(
        engine, "青沢運河は<script>1923年</script>に*開通*した。\x00「[x](y)」"
    )
    assert "<script>1" not in exports.check_html(found)
    assert "*開通*" not in exports.check_markdown(found).replace("\\*", "")
    assert exports.check_docx(found)


@pytest.mark.parametrize("suffix", [".md", ".html", ".txt", ".docx"])
def test_the_command_writes_a_file(
    suffix: str, real_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft, out = tmp_path / "原稿.md", tmp_path / f"確認{suffix}"
    draft.write_text(DRAFT, "utf-8")
    with pytest.raises(SystemExit, match="0"):
        main(["check", str(draft), "--out", str(out), "--home", str(real_home)])
    assert str(out) in capsys.readouterr().out
    assert out.stat().st_size > 300


def test_the_command_prints_text_or_json(
    real_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "原稿.txt"
    draft.write_text("青沢運河は1923年に開通した。", "utf-8")
    for options in ([], ["--json"]):
        with pytest.raises(SystemExit, match="0"):
            main(["check", str(draft), "--home", str(real_home), *options])
        told = capsys.readouterr().out
        assert "○ 青沢運河は1923年に開通した。 [1]" in told or options
    found = json.loads(told)
    assert found["sentences"][0]["verdict"] == "supported"
    with pytest.raises(SystemExit, match="2"):
        main(["check", str(draft), "--out", "x.pdf", "--home", str(real_home)])


def test_rest_gives_the_same_and_counts_it(engine: Engine, check: Check) -> None:
    with serving(engine) as address, httpx.Client(base_url=address, timeout=60) as client:
        told = client.post("/api/check", json={"text": DRAFT}).json()
        assert told | {"seconds": 0} == check.as_json() | {"seconds": 0}
        for wrong in ({"text": " "}, {"text": "あ" * 50_001}, {"text": 1}, {}):
            assert client.post("/api/check", json=wrong).status_code == 422
        assert "tenkyo_drafts_total 3.0" in client.get("/metrics").text


# Citations made before.


def cited(text: str, start: int, end: int) -> schema.Citation:
    told = {"number": 1, "article_id": "a", "start": start, "end": end, "quote": text[start:end]}
    empty = dict.fromkeys(("title", "publisher", "published", "language", "url", "key", "heading"))
    passage = {"start": 0, "end": len(text), "text": text}
    known = {"authors": (), "source": "a", "sha256": "", "score": 1.0, "passage": passage}
    return schema.Citation.model_validate(told | empty | known)


class One:
    """An index of one article, in which nothing else is found."""

    def __init__(self, text: str) -> None:
        self.generation, self._article = self, article("a", text)

    def article(self, identity: str) -> object:
        if identity != "a":
            raise StoreError(identity)
        return self._article

    def retrieve(self, words: str, *, top_k: int) -> list[object]:
        return []


def test_of_a_thousand_edits_none_is_missed() -> None:
    chance, text = random.Random(2), SAID + CANAL.partition("---\n## ")[2]
    spans = [(a, b) for a, b, why in claims_of(text) if not why]
    wrong: Counter[tuple[str, str]] = Counter()
    for _ in range(1000):
        start, end = chance.choice(spans)
        kind = chance.choice(["within", "before", "behind", "whole"])
        at = {"within": chance.randrange(start + 1, end - 1), "before": chance.randrange(start + 1),
              "behind": chance.randrange(end, len(text) + 1), "whole": start}[kind]  # fmt: skip
        cut = (
            end - start
            if kind == "whole"
            else chance.randrange(kind == "within", 2) * (at != start)
        )
        put = "" if kind == "whole" else chance.choice(["鵺", "鵺の声", "、鵺"])
        edited = text[:at] + put + text[at + (cut if kind in ("within", "whole") else 0) :]
        found = checking.recheck(cited(text, start, end), One(edited))  # type: ignore[arg-type]
        wanted = {"within": "altered", "behind": "unchanged", "whole": "gone", "before": "moved"}[
            kind
        ]
        wrong[wanted, found.state] += found.state != wanted
        if found.state in ("unchanged", "moved"):
            assert edited[found.start : found.end] == text[start:end]
    assert {pair: count for pair, count in wrong.items() if count} == {}


def test_words_of_an_article_that_is_gone_are_looked_for_elsewhere(asking: Asking) -> None:
    start = SAID.index("坂井")
    found = checking.recheck(cited(SAID, start, SAID.index("費用")), asking)
    assert (found.state, found.article_id) == ("moved", "said")
    text = "どこにもない話がここにある。"
    assert checking.recheck(cited(text, 0, len(text)), asking).state == "gone"


def test_the_command_says_what_has_become_of_citations(
    real_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft, saved = tmp_path / "原稿.txt", tmp_path / "saved.json"
    draft.write_text("青沢運河は1923年に開通した。", "utf-8")
    with pytest.raises(SystemExit, match="0"):
        main(["check", str(draft), "--home", str(real_home), "--json"])
    told = capsys.readouterr().out
    saved.write_text(told + told.replace("1923", "1924"), "utf-8")
    with pytest.raises(SystemExit, match="0"):
        main(["recheck", str(saved), "--home", str(real_home)])
    out = capsys.readouterr().out
    assert "そのまま 1、場所が変わった 0、言葉が変わった 1" in out
    assert "青沢運河は1924年に開通した。" in out
    with pytest.raises(SystemExit, match="0"):
        main(["recheck", str(saved), "--home", str(real_home), "--json"])
    assert json.loads(capsys.readouterr().out)["counts"] == {"unchanged": 1, "altered": 1}
    saved.write_text('{"citations": [{}]}', "utf-8")
    with pytest.raises(SystemExit, match="1"):
        main(["recheck", str(saved), "--home", str(real_home)])
