from random import Random

from index.training.forms import in_kana, keywords, spoken, vary, without_ending


def test_the_words_that_ask_are_left_out() -> None:
    assert without_ending("首都はどこですか？", Random(0)) == "首都はどこ"
    assert without_ending("台長は誰なの?", Random(0)) == "台長は誰"
    assert without_ending("何年に開通したか。", Random(0)) == "何年に開通した"


def test_content_words_are_kept_as_in_a_search_box() -> None:
    asked = "青沢運河の技師長の名前を教えて"
    assert keywords(asked, Random(0)) == "青沢 運河 技師 名前 教え"


def test_a_spoken_question_ends_in_another_way_each_time() -> None:
    made = {spoken("台長は誰ですか？", Random(seed)) for seed in range(40)}
    assert {"台長は誰だっけ", "台長は誰なの？", "台長は誰か教えて"} <= made
    assert not any("ですか？" in question for question in made)


def test_words_are_written_by_their_sound_and_the_rest_stays() -> None:
    made = {in_kana("運河を通る船は何隻？", Random(seed)) for seed in range(80)}
    assert "うんがをとおるふねは何隻？" in {question.replace("なん", "何") for question in made}
    assert "運河をとおる船は何隻？" in made
    assert all(question.endswith("？") and "を" in question for question in made)


def test_most_questions_stay_as_they_are_and_each_form_occurs() -> None:
    asked = "運河の長さは何キロですか？"
    made = [vary(asked, Random(seed)) for seed in range(400)]
    assert 0.6 < made.count(asked) / len(made) < 0.8
    assert {"運河の長さは何キロ", "運河 長 キロ", "運河の長さは何キロだっけ"} <= set(made)
    assert any("うんが" in question for question in made)


def test_a_question_of_which_a_form_leaves_nothing_stays() -> None:
    assert {vary("何か", Random(seed)) for seed in range(100)} >= {"何か", "何"}
    assert all(vary("ですか", Random(seed)) for seed in range(100))
