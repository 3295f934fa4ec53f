from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from index.questions import lexicon


def written(text: str) -> list[str]:
    return [word for _, word in lexicon.words(text)]


def test_inflections_and_spellings_meet() -> None:
    assert set(lexicon.terms("引き離した")) == set(lexicon.terms("引離す"))
    assert set(lexicon.terms("1兆0759億")) == set(lexicon.terms("1075900000000"))


def test_synonyms_are_one_term() -> None:
    assert lexicon.terms("米国の援助") == lexicon.terms("アメリカの支援")
    assert lexicon.names("米国と英国") == lexicon.names("イギリスとアメリカ")
    assert set(lexicon.terms("橋")).isdisjoint(lexicon.terms("川"))


def test_numbers_and_latin_letters_are_only_themselves() -> None:
    assert lexicon.terms("1972 USA") == ["1972", "usa"]


def test_compounds_are_cut_short() -> None:
    assert written("中露離間戦略") == ["中露", "離間", "戦略"]


def test_words_that_ask_or_hold_together_are_left_out() -> None:
    assert written("運河を通る船はいくつありますか") == ["運河", "通る", "船"]


def test_repeats_stay_in_order() -> None:
    first, second, third = lexicon.terms("橋と川と橋")
    assert first == third != second


def test_bigrams_stay_within_words() -> None:
    assert lexicon.bigrams("ＡＢＣ、橋") == ["ab", "bc", "橋"]


def test_names_are_told_by_kind() -> None:
    assert lexicon.names_of_kind("田中さんは京都へ行った", "人名")
    assert lexicon.names_of_kind("田中さんは京都へ行った", "地名")
    assert not lexicon.names_of_kind("橋は赤い", "人名")


@given(st.text(max_size=60))
def test_any_text_gives_terms(text: str) -> None:
    for term in [*lexicon.terms(text), *lexicon.bigrams(text)]:
        assert term
        assert term.strip() == term


def test_a_long_text_is_read_to_its_end() -> None:
    text = "あ、" * 50_000 + "望遠鏡"
    assert lexicon.terms(text) == ["望遠"]


def test_threads_do_not_share_a_tokenizer() -> None:
    text = "青沢運河の護岸は2031年までに作り直される。" * 20
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lexicon.terms, [text] * 64))
    assert results == [lexicon.terms(text)] * 64


def test_nouns_come_with_the_kind_of_a_name() -> None:
    found = [(word, kind) for _, word, kind in lexicon.nouns("東京の輸入額は2024年に何円か")]
    assert ("東京", "地名") in found
    assert ("輸入", "") in found
    assert not any(word.isdecimal() for word, _ in found)


def test_a_word_is_read_in_both_kana() -> None:
    assert lexicon.readings("坂井") == {"サカイ", "さかい"}
    assert lexicon.readings("") == set()
