from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QuestionError
from index.questions import checked, language_of, read_question
from index.questions.question import LONGEST


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("運河はいつ開通したか", "ja", "date"),
        ("技師長は誰か", "ja", "person"),
        ("パンは一個いくらか", "ja", "number"),
        ("天文台はどこにあるか", "ja", "place"),
        ("なぜ護岸を作り直すのか", "ja", "reason"),
        ("運河について教えて", "ja", None),
        ("When was the canal opened?", "en", "date"),
        ("WHEN WAS THE CANAL OPENED", "en", "date"),
        ("How many ships pass?", "en", "number"),
        ("运河是什么时候开通的", "zh", "date"),
        ("谁是技师长", "zh", "person"),
    ],
)
def test_language_and_kind(text: str, language: str, kind: str | None) -> None:
    asked = read_question(text)
    assert (asked.language, asked.kind) == (language, kind)


@given(st.text(max_size=80))
def test_any_text_is_a_question(text: str) -> None:
    asked = read_question(text)
    assert asked.text == text
    assert asked.language in {"ja", "en", "zh"}
    assert len(set(asked.terms)) == len(asked.terms)


def test_han_alone_is_told_by_repertoire_and_words() -> None:
    lines = (Path(__file__).parent / "han_queries.tsv").read_text("utf-8").splitlines()
    for language, least in (("ja", 198), ("zh", 190)):
        texts = [text for told, text in (line.split("\t") for line in lines) if told == language]
        assert len(texts) == 200
        assert sum(language_of(text) == language for text in texts) >= least


@pytest.mark.parametrize(
    ("text", "counted", "fits", "fits_not"),
    [
        ("船は何隻か", "隻", "860隻", "860人"),
        ("橋は何本か", "本", "三本", "日本"),
        ("何人が加わったか", "人", "4万2千人", "860隻"),
        ("技師は何人か", "人", "フランス人", "フランス語"),
        ("委員は何人か", "人", "12名", "12台"),
        ("橋は何県にあるか", "県", "長野県", "県"),
        ("何か国が参加したか", "国", "12カ国", "12人"),
    ],
)
def test_the_unit_asked_for(text: str, counted: str, fits: str, fits_not: str) -> None:
    asked = read_question(text)
    unit = asked.unit
    assert unit is not None
    assert asked.counted == counted
    assert unit.search(fits)
    assert not unit.search(fits_not)


@pytest.mark.parametrize("text", ["何年に建ったか", "何曜日に開くか", "何者か", "橋は赤いか"])
def test_dates_and_persons_have_no_unit(text: str) -> None:
    asked = read_question(text)
    assert (asked.counted, asked.unit) == (None, None)


def test_the_language_is_that_of_the_words_asked() -> None:
    assert read_question("When was 運河 opened", asked="When was Unga opened").language == "en"
    assert read_question("運河", asked="运河").language == "zh"


def test_han_that_one_alphabet_lacks_tells_the_language() -> None:
    assert language_of("國會歷史") == "zh"  # second level of JIS, old forms
    assert language_of("渡辺畑") == "ja"  # neither in GB 2312 nor in Big5
    assert language_of("运河历史") == "zh"  # not in JIS


def test_a_question_is_checked() -> None:
    assert checked("  運河は\n") == "運河は"
    assert checked("橋" * LONGEST + " ") == "橋" * LONGEST
    for text, code in (("橋" * (LONGEST + 1), "question-too-long"), (" \n", "question-empty")):
        with pytest.raises(QuestionError) as caught:
            checked(text)
        assert caught.value.code == code
