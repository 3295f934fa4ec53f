"""Examples made of an invented corpus of three articles."""

import gzip
from pathlib import Path
from random import Random

import pytest
from conftest import FakeEncoder
from training import write_corpus

from index.crossreader import span_of
from index.encoder.tokenizer import Tokenizer
from index.errors import CorpusError
from index.evaluate.kinds import holds
from index.training.batches import Batches, put
from index.training.examples import Examples, Pair
from index.training.jaquad import Asked, Corpus, read_corpus
from index.training.retrieved import find_negatives

PASSAGES = [
    (
        "c1",
        "青沢運河",
        "青沢運河は1923年に開通した。\n技師長は倉持宗一である。\n工事には11年かかった。",
    ),
    ("c2", "青沢運河", "いまの運河を通る船は年に860隻である。\n積み荷の半分は木材だという。"),
    ("b1", "坂井製パン所", "坂井製パン所は午前四時に始まる。\n窯の温度は230度に保つ。"),
    ("o1", "霧原天文台", "霧原天文台は27億円で望遠鏡を作った。\n台長は真壁玲である。"),
]
QUESTIONS = [
    ("青沢運河が開通したのは何年ですか?", "c1", "1923年"),
    ("青沢運河の技師長は誰か。", "c1", "倉持宗一"),
    ("1923年に開通した運河の工事は何年かかったか", "c1", "11年"),
    ("運河を通る船は年に何隻?", "c2", "860隻"),
    ("窯の温度は何度に保つのか", "b1", "230度"),
    ("霧原天文台の台長は誰なの?", "o1", "真壁玲"),
]
TRANSLATIONS = {"en": {"運河": "canal", "窯": "kiln"}, "zh": {"運河": "运河", "窯": "窑"}}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_corpus(tmp_path, PASSAGES, QUESTIONS)
    return tmp_path


@pytest.fixture
def corpus(data: Path) -> Corpus:
    return read_corpus(data)


@pytest.fixture
def negatives(corpus: Corpus, tmp_path: Path) -> dict[str, list[str]]:
    return find_negatives(
        corpus.questions, corpus.windows, FakeEncoder(), tmp_path / "n.json", lambda _: None
    )


@pytest.fixture
def examples(corpus: Corpus, negatives: dict[str, list[str]]) -> Examples:
    return Examples(corpus.questions, corpus.windows, negatives, TRANSLATIONS)


def test_a_question_knows_the_sentence_that_answers(corpus: Corpus) -> None:
    assert len(corpus.questions) == len(QUESTIONS)
    for asked in corpus.questions:
        sentence = corpus.windows[asked.window].sentences[asked.sentence]
        assert sentence[slice(*asked.span)] == asked.answers[0]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "答えの位置のある質問がありません"),
        ('{"_id": "q", "text": "何か", "answers": []}', "spans"),
        ('{"_id": "q", "text": "何か", "spans": [{"passage": "x", "start": 0, "text": "y"}]}', "x"),
    ],
)
def test_data_without_marked_answers_is_an_error(data: Path, line: str, reason: str) -> None:
    with gzip.open(data / "questions.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(line)
    with pytest.raises(CorpusError, match=reason):
        read_corpus(data)


def test_retrieved_negatives_hold_no_answer_and_begin_with_the_same_article(
    corpus: Corpus, negatives: dict[str, list[str]], tmp_path: Path
) -> None:
    for asked in corpus.questions:
        found = [corpus.windows[name] for name in negatives[asked.id]]
        assert found
        assert not any(holds(window.text, asked.answers) for window in found)
    first = corpus.windows[negatives["q0"][0]]
    assert first.title == "青沢運河"
    again = find_negatives((), {}, FakeEncoder(), tmp_path / "n.json", lambda _: None)
    assert again == negatives


def test_of_a_question_s_pairs_only_the_first_holds_the_answer(
    corpus: Corpus, examples: Examples
) -> None:
    kinds = set()
    for asked in corpus.questions:
        own = corpus.windows[asked.window].sentences
        for seed in range(60):
            right, retrieved, made = examples.pairs(asked, Random(seed))
            assert right.span is not None
            assert right.text[slice(*right.span)] == asked.answers[0]
            assert retrieved.question == right.question
            assert not any(sentence in retrieved.text for sentence in own)
            for pair in (retrieved, made):
                assert pair.span is None
                swapped = pair.question != right.question
                if swapped:
                    assert own[asked.sentence] in pair.text
                else:
                    assert not holds(f"{pair.title}{pair.text}", asked.answers)
                whole = any(sentence in pair.text for sentence in own)
                kinds.add((swapped, pair is retrieved, whole))
    assert kinds == {
        (False, True, False),
        (False, False, True),
        (True, False, True),
    }


def test_some_questions_are_asked_in_another_language(corpus: Corpus, examples: Examples) -> None:
    put = {examples.pairs(corpus.questions[3], Random(seed))[0].question for seed in range(60)}
    assert corpus.questions[3].text in put
    assert any("canal" in question for question in put)
    assert any("运河" in question for question in put)


def test_the_same_chance_gives_the_same_pairs(corpus: Corpus, examples: Examples) -> None:
    asked = corpus.questions[0]
    assert examples.pairs(asked, Random("a")) == examples.pairs(asked, Random("a"))
    assert len({str(examples.pairs(asked, Random(seed))) for seed in range(20)}) > 5


def test_a_title_that_answers_is_not_shown_with_a_negative(
    examples: Examples, corpus: Corpus
) -> None:
    asked = corpus.questions[3]
    named = Asked(asked.id, "船が通る運河の名は", ("青沢運河",), asked.window, 0, (0, 4))
    shown = [pair for seed in range(50) for pair in examples.pairs(named, Random(seed))[1:]]
    assert shown
    assert "青沢運河" not in {pair.title for pair in shown}


def test_the_span_in_tokens_reproduces_the_answer(
    corpus: Corpus, examples: Examples, tokenizer: Tokenizer
) -> None:
    for asked in corpus.questions:
        pair = examples.pairs(asked, Random(1))[0]
        text = put(pair, tokenizer)
        located = tokenizer.locate(pair.text)
        first, last = (at - text.passage[0] for at in text.span)
        assert asked.answers[0] in pair.text[located[first][1] : located[last][2]]
        assert text.ids[text.span[0]] == located[first][0]
        assert pair.span is not None
        assert (first, last) == span_of(located, *pair.span)


def test_an_answer_beyond_the_model_s_reach_is_none(tokenizer: Tokenizer) -> None:
    text = "運河の水位が上がる。" * 100 + "開通は1923年。"
    at = text.index("1923年")
    assert put(Pair("開通は", None, text, (at, at + 5)), tokenizer).span == (0, 0)
    assert put(Pair("開通は", None, text[-40:], (35, 40)), tokenizer).span != (0, 0)


def test_an_epoch_asks_every_question_once(
    corpus: Corpus, examples: Examples, tokenizer: Tokenizer
) -> None:
    batches = Batches(corpus.questions, examples, tokenizer, 2, 7)
    starts = [
        [text.ids for text in batches.texts(step) if text.span != (0, 0)] for step in range(6)
    ]
    assert [len(start) for start in starts] == [2] * 6
    assert batches.texts(1) == Batches(corpus.questions, examples, tokenizer, 2, 7).texts(1)
    assert starts[:3] != starts[3:]
    assert [text.group for text in batches.texts(0)] == sorted(t.group for t in batches.texts(0))
