"""Examples made of two invented articles and of a few questions of other sets."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import FakeEncoder
from newsqa import (
    BAKERY,
    LIGHTHOUSE,
    LIGHTHOUSE_TWINS,
    inserted,
    replaced,
    write_folder,
    write_lines,
)

from index.crossencoder.reading import VERDICTS
from index.encoder.tokenizer import EOS, Tokenizer
from index.errors import CorpusError
from index.evaluate.sets import NewsArticle, Variant, holds, read_news
from index.passages import cut
from index.training.data import Asked, Corpus, Shown, find_near, passages, read_set, read_talk
from index.training.examples import SHARES, Example, Examples

HALVES = range(60)
NOTHING = [words for kind, words in read_talk() if kind != "question"]
PARAGRAPH = (
    "青沢運河は1923年に開通した。工事には11年かかり、延べ4万2千人が加わったと市の記録にある。\n"
    "技師長は倉持宗一である。護岸の石は白根山の麓から切り出され、冬のあいだに船で運ばれた。"
    "石工の多くは隣の島から毎朝通った人びとだったという。"
)
OTHER = (
    "いまの運河を通る船は年に860隻である。積み荷の半分は木材で、残りは砂利と穀物が占めるという。"
)


def squad(*paragraphs: tuple[str, Sequence[Mapping[str, Any]]], title: str = "青沢運河") -> bytes:
    """A file in SQuAD's layout, of one document."""
    told = [{"context": text, "qas": list(qas)} for text, qas in paragraphs]
    data = {"data": [{"title": title, "paragraphs": told}]}
    return gzip.compress(json.dumps(data).encode())


def qa(name: str, question: str, text: str, answer: str | None) -> dict[str, Any]:
    if answer is None:
        return {"id": name, "question": question, "answers": [], "is_impossible": True}
    place = {"text": answer, "answer_start": text.index(answer)}
    return {"id": name, "question": question, "answers": [place]}


WHEN = qa("q1", " 青沢運河が開通したのは何年か ", PARAGRAPH, "1923年")
WHO = qa("q2", "技師長は誰か", PARAGRAPH, "倉持宗一")
DEPTH = qa("q3", "運河の深さは何メートルか", PARAGRAPH, None)
SHIPS = qa("q4", "船は年に何隻か", OTHER, "860隻")


@pytest.fixture
def asked(tmp_path: Path) -> list[Asked]:
    path = tmp_path / "set.json.gz"
    path.write_bytes(squad((PARAGRAPH, [WHEN, WHO, DEPTH]), (OTHER, [SHIPS])))
    return read_set(path)


@pytest.fixture
def articles(tmp_path: Path) -> list[NewsArticle]:
    return read_news(write_folder(tmp_path / "news"))


@pytest.fixture
def near(articles: list[NewsArticle]) -> dict[str, list[Shown]]:
    return find_near(articles, FakeEncoder(), lambda _: None)  # type: ignore[arg-type]


@pytest.fixture
def of_news(
    articles: list[NewsArticle],
    near: dict[str, list[Shown]],
    asked: list[Asked],
    tokenizer: Tokenizer,
    texts: "Texts",
) -> list[list[Example]]:
    """The examples of some half steps, those of the articles alone."""
    examples = Examples(Corpus(articles, near, [(asked, 1.0)]), tokenizer, 1)
    others = {*NOTHING, *(a.question for a in asked)}
    return [[e for e in examples.of(half) if texts.question(e) not in others] for half in HALVES]


@pytest.fixture
def of_set(asked: list[Asked], tokenizer: Tokenizer) -> list[Example]:
    """The examples of some half steps over the other set alone."""
    examples = Examples(Corpus((), {}, [(asked, 1.0)]), tokenizer, 1)
    return [example for half in HALVES for example in examples.of(half)]


class Texts:
    """Turns token ids back into the texts that they were made of."""

    def __init__(self, tokenizer: Tokenizer, known: Sequence[str]) -> None:
        self.tokenizer = tokenizer
        self._known = {self.ids(text): text for text in known}

    def ids(self, text: str) -> tuple[int, ...]:
        return tuple(i for i, _, _ in self.tokenizer.locate(text))

    def sentences(self, example: Example) -> list[str]:
        ids, places = example.laid.ids, example.laid.sentences
        return [self._known[ids[start:end]] for start, end in places]

    def question(self, example: Example) -> str:
        return self._known[question_ids(example)]

    def title(self, example: Example) -> str:
        ids = example.laid.ids
        between = ids[ids.index(EOS) + 2 : example.laid.sentences[0][0] - 1]
        return self._known[between] if between else ""

    def answer(self, example: Example) -> str | None:
        """The words between the first and the last token of the span."""
        if example.span is None:
            return None
        for sentence, (start, end) in zip(
            self.sentences(example), example.laid.sentences, strict=True
        ):
            if start <= example.span[0] < end:
                located = self.tokenizer.locate(sentence)
                first, last = (located[at - start] for at in example.span)
                return sentence[first[1] : last[2]]
        raise AssertionError("a span outside the sentences")


def question_ids(example: Example) -> tuple[int, ...]:
    return example.laid.ids[1 : example.laid.ids.index(EOS)]


@pytest.fixture
def texts(tokenizer: Tokenizer, articles: list[NewsArticle], asked: list[Asked]) -> Texts:
    items = [item for a in articles for item in (*a.questions, *a.claims)]
    known = [s for item in items for variant in item.variants for s in variant.sentences]
    known += [a.title for a in articles] + [item.text for item in items]
    known += [s for a in asked for s in (a.question, a.title, *a.sentences)] + NOTHING
    return Texts(tokenizer, known)


def pairs_of(half: Sequence[Example]) -> list[list[Example]]:
    numbers = sorted({e.pair for e in half if e.pair is not None})
    return [[e for e in half if e.pair == number] for number in numbers]


# Both versions of a question.


def test_both_versions_of_a_question_stand_in_one_half_step(
    of_news: list[list[Example]], texts: Texts
) -> None:
    twins = 0
    for half in of_news:
        pairs = pairs_of(half)
        assert len(pairs) == SHARES["questions"]
        for pair in pairs:
            assert len({texts.question(e) for e in pair}) == 1
            assert len({texts.title(e) for e in pair}) == 1
            if len(pair) == 2:
                answered = {e.answered for e in pair}
                assert answered in ({0.0, 1.0}, {0.0, None})  # where it shows too little
                twins += answered == {0.0, 1.0}
    assert twins > 100


def kept_of(shown: Sequence[str], edits: Sequence[Mapping[str, Any]], *, edited: bool) -> list[str]:
    """The sentences of a window as they were before the edit, those inserted left out."""
    written = [s for p in LIGHTHOUSE["paragraphs"] for s in p]
    back = {e["text"]: None if e["insert"] else written[e["sentence"]] for e in edits}
    return [s for s in (back.get(t, t) if edited else t for t in shown) if s is not None]


def test_both_versions_show_the_same_run_of_sentences_but_for_the_edit(
    of_news: list[list[Example]], texts: Texts
) -> None:
    """Else the length, or where the window begins, would tell which one answers."""
    questions = [line["question"] for line in LIGHTHOUSE["questions"]]
    seen = set()
    for half in of_news:
        for pair in pairs_of(half):
            question = texts.question(pair[0])
            if question not in questions:
                continue
            edits = (LIGHTHOUSE_TWINS[questions.index(question)] or {})["edits"]
            first, second = (texts.sentences(e) for e in pair)
            written = kept_of(first, edits, edited=False)
            assert written == kept_of(second, edits, edited=True), question
            seen.add((question, tuple(written)))
    assert len({question for question, _ in seen}) == 3
    assert len(seen) > 12  # runs of many lengths


def test_a_long_edit_does_not_move_the_window(
    tokenizer: Tokenizer, asked: list[Asked], tmp_path: Path
) -> None:
    """Of the twin one sentence is thrice as long; another stands in for two of the evidence."""
    folder = tmp_path / "long"
    folder.mkdir()
    long = (
        "白浜灯台は、" + "遠い山から切り出した石を何年もかけて積み上げ、" * 3 + "岬に建てられた。"
    )
    question = LIGHTHOUSE["questions"][0] | {"evidence": [0, 3]}
    unanswered = {"answerable": False, "answer": None, "evidence": [5, 6]}
    article = LIGHTHOUSE | {"questions": [question, question | unanswered]}
    edits = [
        [replaced(0, long)],
        [replaced(6, "番人の仕事は1940年に変わった。"), inserted(6, long)],
    ]
    twins = [{"edits": edits[0]}, {"edits": edits[1], "answer": "1940年"}]
    write_lines(folder / "articles.jsonl", [article])
    write_lines(folder / "twins.jsonl", [{"title": article["title"], "twins": twins}])
    articles = read_news(folder)
    known = [s for item in articles[0].questions for v in item.variants for s in v.sentences]
    texts = Texts(tokenizer, [*known, question["question"]])
    examples = Examples(Corpus(articles, {}, [(asked, 1.0)]), tokenizer, 1)
    for half in HALVES:
        for first, second in pairs_of(examples.of(half)):
            those = edits[0] if first.answered else edits[1]
            shown = texts.sentences(first), texts.sentences(second)
            written = kept_of(shown[0], those, edited=False)
            assert written == kept_of(shown[1], those, edited=True)


# What is to be learnt of a window.


def variants_of(articles: Sequence[NewsArticle], text: str) -> tuple[Variant, ...]:
    items = [item for a in articles for item in (*a.questions, *a.claims)]
    return next(item.variants for item in items if item.text == text)


def own_variant(
    articles: Sequence[NewsArticle], text: str, shown: Sequence[str], *, settled: bool
) -> Variant:
    """The version that a window is of, by its sentences and by what it settles."""
    own = [v for v in variants_of(articles, text) if {*shown} <= {*v.sentences}]
    return next(v for v in own if v.settled == settled)


def test_the_evidence_is_what_settles_or_else_what_comes_nearest(
    of_news: list[list[Example]], texts: Texts, articles: list[NewsArticle]
) -> None:
    wanted = set()
    for example in (e for half in of_news for e in half if e.pair is not None):
        shown = texts.sentences(example)
        question = texts.question(example)
        own = own_variant(articles, question, shown, settled=example.answered != 0.0)
        for sentence, told in zip(shown, example.evidence, strict=True):
            at = own.sentences.index(sentence)
            if at in own.evidence:
                assert told == 1.0
            elif at in own.near:
                assert told == (None if own.settled else 1.0)
            else:
                assert told == 0.0
            wanted.add(told)
        if example.answered:
            assert 1.0 in example.evidence
    assert wanted == {0.0, 1.0, None}


def test_the_span_is_the_answer_where_it_stands_in_the_window(
    of_news: list[list[Example]], texts: Texts
) -> None:
    answers: dict[str, set[str | None]] = {}
    for example in (e for half in of_news for e in half):
        answer = texts.answer(example)
        if example.answered and example.verdict is None:
            answers.setdefault(texts.question(example), set()).add(answer)
        elif example.answered is not None:
            assert answer is None
    for line, expected in zip(
        (*LIGHTHOUSE["questions"], *BAKERY["questions"]),
        ("1931年", "2027年の春", None, "240円", "35キロ", "午前四時"),
        strict=True,
    ):
        assert all(
            expected is found or (expected and found and expected in found)
            for found in answers[line["question"]]
        ), answers
        assert all(len(f or "") <= len(expected or "") + 3 for f in answers[line["question"]])
        assert len(answers[line["question"]]) == 1


def test_claims_learn_their_verdicts(
    of_news: list[list[Example]], texts: Texts, articles: list[NewsArticle]
) -> None:
    seen = set()
    claims = {item.text for a in articles for item in a.claims}
    for example in (e for half in of_news for e in half):
        text = texts.question(example)
        if text not in claims:
            assert example.verdict is None
            continue
        shown = texts.sentences(example)
        labels = {v.label for v in variants_of(articles, text) if {*shown} <= {*v.sentences}}
        assert example.pair is None
        assert example.verdict is not None  # each has all its evidence in one sentence
        verdict = VERDICTS[example.verdict]
        assert verdict in {*labels, "not found"}
        assert example.answered == float(verdict != "not found")
        seen.add((text, verdict))
    first, second, third = (line.text for line in articles[0].claims)
    assert {(first, "supported"), (first, "contradicted")} < seen
    assert {(second, "not found"), (second, "supported")} <= seen
    assert (third, "contradicted") in seen


def test_claims_of_one_skeleton_are_shown_the_same_sentences(
    articles: list[NewsArticle], tokenizer: Tokenizer, texts: Texts
) -> None:
    item = next(c for c in articles[0].claims if c.kind == "contradicted")
    right = replace(
        item,
        text="灯台の番人は三人だった。",
        kind="supported",
        variants=(replace(item.variants[0], label="supported"),),
    )
    alone = replace(articles[0], questions=(), claims=(item, right))
    made = Examples(Corpus([alone], {}, ()), tokenizer, 1)
    verdicts = {texts.ids(c.text): VERDICTS.index(c.kind) for c in (item, right)}
    for half in range(10):
        shown: dict[tuple[str, ...], set[int | None]] = {}
        for example in made.of(half):
            known = verdicts[question_ids(example)]
            if example.verdict == VERDICTS.index("not found"):  # another passage
                continue
            assert example.verdict == known
            shown.setdefault(tuple(texts.sentences(example)), set()).add(known)
        assert all(len(both) == 2 for both in shown.values())


def test_nothing_is_said_where_too_little_of_the_evidence_is_shown(
    tokenizer: Tokenizer, asked: list[Asked], texts: Texts, tmp_path: Path
) -> None:
    """Evidence at both ends of an article of two passages, of which a window shows one end."""
    folder = tmp_path / "far"
    folder.mkdir()
    far = {"evidence": [0, 15]}
    question = LIGHTHOUSE["questions"][0] | far
    claim = {"claim": "灯台は古く、海は青い。", "lang": "ja", "verdict": "supported"} | far
    article = LIGHTHOUSE | {"questions": [question]}
    write_lines(folder / "articles.jsonl", [article])
    write_lines(folder / "claims.jsonl", [{"title": article["title"], "claims": [claim]}])
    articles = read_news(folder)
    assert len(passages(articles[0].paragraphs)) == 2
    examples = Examples(Corpus(articles, {}, [(asked, 1.0)]), tokenizer, 1)
    others = {texts.ids(a.question) for a in asked}
    made = [e for half in HALVES for e in examples.of(half) if question_ids(e) not in others]
    positive = [e for e in made if any(e.evidence)]
    assert {e.answered for e in positive} == {None}
    assert {e.verdict for e in positive} == {None}
    assert {e.pair is None for e in positive} == {True, False}


def test_windows_that_do_not_answer_are_of_the_article_or_of_another_near_one(
    of_news: list[list[Example]], texts: Texts, articles: list[NewsArticle]
) -> None:
    kinds = set()
    every = (e for half in of_news for e in half if e.pair is None)
    for example in (e for e in every if not any(told != 0.0 for told in e.evidence)):
        text, shown = texts.question(example), texts.sentences(example)
        own = next(a for a in articles for i in (*a.questions, *a.claims) if i.text == text)
        (other,) = (a for a in articles if a is not own)
        versions = [v for v in variants_of(articles, text) if {*shown} <= {*v.sentences}]
        for version in versions:
            avoided = {version.sentences[n] for n in (*version.near, *version.evidence)}
            assert avoided.isdisjoint(shown)
        if not versions:
            assert {*shown} <= {s for p in other.paragraphs for s in p}
        assert texts.title(example) in ("", (own if versions else other).title)
        assert example.answered == 0.0
        assert example.span is None
        kinds.add((bool(versions), example.verdict))
    not_found = VERDICTS.index("not found")
    assert kinds == {(True, None), (False, None), (True, not_found), (False, not_found)}


def test_some_windows_stand_without_their_title(of_news: list[list[Example]], texts: Texts) -> None:
    titles = {texts.title(e) for half in of_news for e in half}
    assert titles == {"", LIGHTHOUSE["title"], BAKERY["title"]}


# Siblings, and words that ask nothing.


def test_a_sibling_is_shown_what_answers_the_question_and_is_not_answered(
    articles: list[NewsArticle], tokenizer: Tokenizer, texts: Texts
) -> None:
    item = next(q for q in articles[0].questions if q.variants[0].settled)
    sibling = "青沢運河の深さは何メートルか"
    alone = replace(articles[0], questions=(replace(item, sibling=sibling),), claims=())
    made = Examples(Corpus([alone], {}, ()), tokenizer, 1)
    found = 0
    for half in range(20):
        for pair in pairs_of(made.of(half)):
            written = pair[0]
            for example in pair:
                if question_ids(example) == texts.ids(sibling):
                    found += 1
                    assert example.answered == 0
                    assert example.span is None
                    assert example.evidence == written.evidence  # what comes nearest
                    assert texts.sentences(example) == texts.sentences(written)
    assert found > 10


def test_every_half_step_holds_words_that_ask_nothing(
    articles: list[NewsArticle], tokenizer: Tokenizer, texts: Texts
) -> None:
    made = Examples(Corpus(articles, {}, ()), tokenizer, 1)
    for half in HALVES:
        (example,) = [e for e in made.of(half) if texts.question(e) in NOTHING]
        assert example.answered == 0
        assert {*example.evidence} == {0.0}


# What a half step holds.


def test_articles_alone_make_a_half_step(
    articles: list[NewsArticle], near: dict[str, list[Shown]], tokenizer: Tokenizer
) -> None:
    examples = Examples(Corpus(articles, near, ()), tokenizer, 1).of(0)
    assert len(pairs_of(examples)) == SHARES["questions"]
    assert any(e.verdict is not None for e in examples)


def test_the_same_seed_gives_the_same_examples(
    articles: list[NewsArticle],
    near: dict[str, list[Shown]],
    asked: list[Asked],
    tokenizer: Tokenizer,
) -> None:
    corpus = Corpus(articles, near, [(asked, 1.0)])
    first, again, other = (Examples(corpus, tokenizer, seed) for seed in (1, 1, 2))
    again.of(5)  # what was asked before does not matter
    assert first.of(3) == again.of(3)
    assert first.of(3) != first.of(4)
    assert first.of(3) != other.of(3)


def test_every_question_comes_once_an_epoch(of_news: list[list[Example]], texts: Texts) -> None:
    """Of six questions three are asked in a half step: four of these are two epochs."""
    asked = [texts.question(pair[0]) for half in of_news[:4] for pair in pairs_of(half)]
    every = {line["question"] for line in (*LIGHTHOUSE["questions"], *BAKERY["questions"])}
    first, second = asked[:6], asked[6:]
    assert {*first} == {*second} == every
    assert first != second


def test_a_set_with_a_greater_share_is_asked_more_often(
    asked: list[Asked], tokenizer: Tokenizer
) -> None:
    often = [replace(a, question=f"{a.question}、と問う") for a in asked]
    texts = Texts(tokenizer, [a.question for a in (*asked, *often)])
    examples = Examples(Corpus((), {}, [(asked, 1.0), (often, 4.0)]), tokenizer, 1)
    put = [texts.question(e) for half in range(300) for e in examples.of(half)]
    share = sum(question.endswith("と問う") for question in put) / len(put)
    assert 0.7 < share < 0.9


# Other sets.


def test_a_question_of_another_set_is_shown_its_answer(
    of_set: list[Example], texts: Texts, asked: list[Asked]
) -> None:
    runs = set()
    for example in (e for e in of_set if e.answered):
        own = next(a for a in asked if a.question == texts.question(example))
        shown = texts.sentences(example)
        assert own.span is not None
        assert shown == [s for s in own.sentences if s in shown]  # in order
        assert [s == own.sentences[own.span[0]] for s in shown] == [
            told == 1.0 for told in example.evidence
        ]
        assert own.answers[0] in (texts.answer(example) or "")
        runs.add((own.id, len(shown)))
    assert {name for name, _ in runs} == {"q1", "q2", "q4"}
    assert len(runs) > 3


def test_the_same_paragraph_or_another_one_without_the_answer_does_not_answer(
    of_set: list[Example], texts: Texts, asked: list[Asked]
) -> None:
    shown_of: dict[str, set[str]] = {}
    for example in (e for e in of_set if not e.answered):
        own = next(a for a in asked if a.question == texts.question(example))
        shown = texts.sentences(example)
        assert example.answered == 0.0
        assert {*example.evidence} == {None}  # who knows what comes nearest
        assert example.span is None
        assert not any(holds(sentence, own.answers) for sentence in shown)
        shown_of.setdefault(own.id, set()).update(shown)
    canal, ships = asked[0].sentences, asked[3].sentences
    assert shown_of["q1"] == {*canal[1:], *ships}
    assert shown_of["q2"] == {*canal[:2], *canal[3:], *ships}
    assert shown_of["q3"] == {*canal}  # has no answer anywhere
    assert shown_of["q4"] == {*ships[1:], *canal}


def test_a_paragraph_of_another_document_that_is_alike_does_not_answer(
    tokenizer: Tokenizer, asked: list[Asked]
) -> None:
    when, _, _, ships = asked
    tower = replace(ships, sentences=("白根山の塔が開通したのは1931年である。",), document="塔")
    birds = [replace(ships, sentences=(f"鳥は{n}羽いる。",), document=f"鳥{n}") for n in range(3)]
    examples = Examples(Corpus((), {}, [([when, tower, *birds], 1.0)]), tokenizer, 1)
    texts = Texts(tokenizer, [*when.sentences, *tower.sentences, when.question, ships.question])
    own = [
        e
        for half in HALVES
        for e in examples.of(half)
        if question_ids(e) == texts.ids(when.question)
    ]
    shown = {sentence for e in own if not e.answered for sentence in texts.sentences(e)}
    assert shown == {*when.sentences[1:], *tower.sentences}  # no bird, of which texts knows nothing


def test_passages_are_those_into_which_the_index_cuts(articles: list[NewsArticle]) -> None:
    for article in articles:
        text = "\n".join("".join(p) for p in article.paragraphs)
        expected = [[text[a:b] for a, b in spans] for *_, spans in cut(text)]
        sentences = [s for p in article.paragraphs for s in p]
        found = [[sentences[n] for n in own] for own in passages(article.paragraphs)]
        assert found == expected
    assert len(passages(articles[0].paragraphs)) > 1


# Reading.


def test_a_file_in_squad_s_layout_is_read(asked: list[Asked]) -> None:
    when, who, depth, ships = asked
    assert (when.id, when.question, when.title) == (
        "q1",
        "青沢運河が開通したのは何年か",
        "青沢運河",
    )
    assert when.sentences[0] == "青沢運河は1923年に開通した。"
    assert when.sentences[2] == "技師長は倉持宗一である。"
    assert len(when.sentences) == 5
    for own in (when, who, ships):
        assert own.span is not None
        number, start, end = own.span
        assert (own.sentences[number][start:end],) == own.answers
    assert depth.span is None
    assert depth.answers == ()
    assert len({own.document for own in asked}) == 1


def test_documents_of_one_title_are_not_one_document(tmp_path: Path) -> None:
    document = json.loads(gzip.decompress(squad((PARAGRAPH, [WHEN]))))["data"][0]
    data = {"data": [document, document, document | {"title": "Blue_canal"}]}
    path = tmp_path / "set.json.gz"
    path.write_bytes(gzip.compress(json.dumps(data).encode()))
    found = read_set(path)
    assert len({a.document for a in found}) == 3
    assert found[2].title == "Blue canal"


def test_a_folder_in_jaquad_s_layout_is_read(tmp_path: Path) -> None:
    told = [
        {"_id": "p1", "title": "青沢運河", "text": PARAGRAPH},
        {"_id": "p2", "title": "青沢運河", "text": OTHER},
    ]
    spans = [{"passage": "p2", "start": OTHER.index("860隻"), "text": "860隻"}]
    line = {"_id": "q", "text": "船は何隻か", "answers": ["860隻", "八百六十隻"], "spans": spans}
    write_lines(tmp_path / "passages.jsonl.gz", told)
    write_lines(tmp_path / "questions.jsonl.gz", [line])
    [own] = read_set(tmp_path)
    assert own.span is not None
    number, start, end = own.span
    assert own.sentences[number][start:end] == "860隻"
    assert own.answers == ("860隻", "八百六十隻")
    assert (own.document, own.title) == ("青沢運河", "青沢運河")


def test_a_folder_of_two_languages_asks_each_in_the_other(tmp_path: Path) -> None:
    english = "The canal was opened in 1923 by the town. The works took 11 years."
    ask = qa("q1", "When was the canal opened?", english, "1923")
    (tmp_path / "en.json.gz").write_bytes(squad((english, [ask]), title="Canal"))
    (tmp_path / "ja.json.gz").write_bytes(squad((PARAGRAPH, [WHEN])))
    found = read_set(tmp_path)
    assert [(a.question, a.sentences[0], a.answers) for a in found] == [
        ("When was the canal opened?", "青沢運河は1923年に開通した。", ("1923年",)),
        ("青沢運河が開通したのは何年か", "The canal was opened in 1923 by the town.", ("1923",)),
    ]


def test_files_of_other_questions_are_read_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(squad((PARAGRAPH, [WHEN])))
    (tmp_path / "b.json.gz").write_bytes(squad((OTHER, [SHIPS])))
    assert [(a.id, a.sentences[0][:2]) for a in read_set(tmp_path)] == [
        ("q1", "青沢"),
        ("q4", "いま"),
    ]


WHOLE = squad((PARAGRAPH, [WHEN, WHO]))


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        WHOLE[:-12],
        WHOLE[:12] + b"\xff\xff\xff\xff" + WHOLE[16:],
        gzip.compress(b"\xff"),
        gzip.compress(b"["),
        gzip.compress(b"[]"),
        gzip.compress(b"{}"),
        gzip.compress(b'{"data": ["x"]}'),
        squad((PARAGRAPH, [{"id": "q", "question": "x"}])),
        squad((PARAGRAPH, [{"id": "q", "question": "x", "answers": []}])),
    ],
    ids=["plain", "cut off", "damaged", "no text", "no JSON", "a list", "no data", "no document",
         "no answers", "no answer"],
)  # fmt: skip
def test_a_broken_file_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "set.json.gz"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=r"set\.json\.gz"):
        read_set(path)


def test_the_broken_file_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(WHOLE)
    (tmp_path / "b.json.gz").write_bytes(b"{}")
    with pytest.raises(CorpusError, match=r"b\.json\.gz"):
        read_set(tmp_path)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"_id": "q", "text": "何か", "answers": []}', "spans"),
        ('{"_id": "q", "text": "何か", "spans": [{"passage": "x", "start": 0, "text": "y"}]}', "x"),
        ('{"_id": "q"}', r"questions\.jsonl\.gz.*1 行目"),
    ],
)
def test_a_broken_question_is_named(line: str, reason: str, tmp_path: Path) -> None:
    passage = {"_id": "p", "title": "青沢運河", "text": PARAGRAPH}
    write_lines(tmp_path / "passages.jsonl.gz", [passage])
    (tmp_path / "questions.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    with pytest.raises(CorpusError, match=reason):
        read_set(tmp_path)


def test_where_there_is_no_set_is_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(CorpusError, match=rf"{path.name}.*json\.gz"):
            read_set(path)
