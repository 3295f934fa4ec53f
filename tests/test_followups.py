"""Follow-ups are filled in from the question before; questions that stand alone are let be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.questions import LONGEST, read_question
from index.questions.followups import complete
from index.questions.wants import wants
from index.records import Answer, Citation, Statement

TREATY = "上海コミュニケを発表したのは誰？"
VISIT = "ニクソン大統領が訪中に踏み切った理由は？"
CANAL = "青沢運河はいつ開通したか"

# The question before, the follow-up, and how it is understood.
FOLLOW_UPS = [
    (VISIT, "それはいつ？", "ニクソン大統領が訪中に踏み切った。それはいつ？"),
    (CANAL, "なぜ？", "青沢運河は開通した。なぜ？"),
    (CANAL, "誰が？", "青沢運河は開通した。誰が？"),
    (TREATY, "どこで？", "上海コミュニケを発表した。どこで？"),
    ("望遠鏡を作ったのはなぜか", "費用はいくら？", "望遠鏡を作った。費用はいくら？"),
    ("ロシアの国土の広さはどれくらい？", "では中国は？", "ロシアの国土の広さ。では中国は？"),
    ("中国の2010年の輸出額は？", "1995年は？", "中国の1995年の輸出額は？"),
    ("日本は制裁をどう見ているか", "韓国の場合は？", "日本は制裁を見ている。韓国の場合は？"),
    ("三河製作の社長は誰ですか", "津軽フーズのほうは？", "三河製作の社長。津軽フーズのほうは？"),
    ("イランと取引した国はどこ？", "これについて日本は何と言った？", "イランと取引した国。これについて日本は何と言った？"),
    (VISIT, "それに対するソ連の反応は？", "ニクソン大統領が訪中に踏み切った。それに対するソ連の反応は？"),
    ("霧原天文台はどこにある？", "その台長は？", "霧原天文台はある。その台長は？"),
    ("カーター氏が署名した条約は何？", "同氏の出身地は？", "カーター氏。同氏の出身地は？"),
    ("男子百メートルの記録はいくつか", "女子は？", "男子百メートルの記録。女子は？"),
    ("工事が止まった理由は？", "町長は何と言った？", "工事が止まった。町長は何と言った？"),
    ("条約の締結はいつ？", "その後は？", "条約の締結。その後は？"),
    ("2024年の感染者は何人？", "10年前はどうだった？", "2024年の感染者。10年前はどうだった？"),
    ("マーシャル・プランについて教えてください", "いつですか", "マーシャル・プラン。いつですか"),
    ("橋の長さはどのくらいですか？", "いつ完成した？", "橋の長さ。いつ完成した？"),
    ("ニクソンはいつ中国を訪れた？", "Why?", "ニクソンは中国を訪れた. Why?"),
    ("When did Nixon visit China?", "Why?", "Nixon visit China. Why?"),
    ("Who opened the canal?", "When was that?", "opened the canal. When was that?"),
    ("Why did Nixon resign?", "When did he visit Moscow?", "Nixon. When did he visit Moscow?"),
    ("What did Rubio say about Russia?", "What about Iran?", "Rubio say about Russia. What about Iran?"),
    ("What was China's GDP in 1970?", "And the Soviet Union?", "China's GDP in 1970. And the Soviet Union?"),
    ("How did China see the treaty?", "What did Russia say about it?", "China see the treaty. What did Russia say about it?"),
    ("What did the governor say after the flood?", "What about the mayor?", "the governor say after the flood. What about the mayor?"),
    ("How many had antibodies in the trial?", "Any side effects?", "had antibodies in the trial. Any side effects?"),
    ("When did Kissinger visit China?", "What happened next?", "Kissinger visit China. What happened next?"),
    ("尼克松什么时候访问中国？", "为什么？", "尼克松访问中国。为什么？"),
    ("谁开凿了运河？", "那是什么时候？", "开凿了运河。那是什么时候？"),
    ("伊朗的总统是谁？", "那俄罗斯呢？", "伊朗的总统。那俄罗斯呢？"),
    ("尼克松为什么辞职？", "他什么时候访问莫斯科？", "尼克松。他什么时候访问莫斯科？"),
    ("谁签署了协议？", "在哪里签的？", "签署了协议。在哪里签的？"),
    ("运河为什么关闭？", "教练怎么说？", "运河关闭。教练怎么说？"),
    ("苏联为什么解体？", "这对中国有什么影响？", "苏联解体。这对中国有什么影响？"),
]  # fmt: skip

ALONE = [
    (VISIT, "冷戦とは？"),
    (VISIT, "上海コミュニケ 1972"),
    (VISIT, "金正恩 兵士"),
    (VISIT, "NATO"),
    (CANAL, "小麦の値段はいくらか"),
    (CANAL, "誰が窯を作ったか"),
    (CANAL, "ニクソンが訪中したのはいつ？"),
    (CANAL, "関税"),
    (CANAL, "中国について教えて"),
    (VISIT, "では、キューバ危機が終わったのはいつですか"),
    (VISIT, "マクロン氏は自分の党について何と言ったか"),
    (VISIT, "Why did the Soviet Union collapse?"),
    (VISIT, "NATO expansion"),
    (VISIT, "谁是中国的国家主席？"),
    ("Who opened the canal?", "When did Nixon visit China?"),
    ("谁开凿了运河？", "俄罗斯"),
    (VISIT, "ホヤはその形から何と言われるか"),
    (VISIT, "Will it rain tomorrow?"),
    (VISIT, "「水は低きに流れる」と言ったのは？"),
    (VISIT, "では、キッシンジャーとは？"),
    (CANAL, "キッシンジャーとは誰？"),
    (CANAL, "天文台の望遠鏡、口径は何メートル"),
    (CANAL, "ロシア軍"),
    (VISIT, "彼岸花の見頃はいつ？"),
    (VISIT, "その他の国々と中国の貿易額を教えてください"),
    (VISIT, "それでも地球は動くと言ったのは誰？"),
    (VISIT, "そばの作り方は？"),
    (VISIT, "日本はいつ降伏した？"),
    (VISIT, "ソ連崩壊の原因は何だったのか"),
    (CANAL, "ウォルツ氏がFOXで批判した国と、その理由は？"),
    (CANAL, "トランプ氏は彼の前任者をどう批判したか"),
    (CANAL, "人口が一番多い国はどこ？"),
    (CANAL, "中国 GDP 2010年"),
    ("Why did Nixon resign?", "What did Trump say when he met Kim?"),
    ("Why did Nixon resign?", "How much did the telescope cost?"),
    ("Why did Nixon resign?", "Is it true that Iran sold oil to China?"),
    ("伊朗的总统是谁？", "其他国家为什么支持制裁？"),
    ("伊朗的总统是谁？", "运河是什么时候开通的？"),
    ("伊朗的总统是谁？", "北约是什么"),
    ("伊朗的总统是谁？", "特朗普说他什么时候会见普京？"),
]  # fmt: skip


@pytest.mark.parametrize(("previous", "question", "understood"), FOLLOW_UPS)
def test_a_follow_up_is_filled_in(previous: str, question: str, understood: str) -> None:
    assert complete(question, previous) == understood
    assert read_question(understood).kind == read_question(question).kind
    assert complete(understood, previous) == understood


@pytest.mark.parametrize(("previous", "question"), ALONE)
def test_a_question_that_stands_alone_is_let_be(previous: str, question: str) -> None:
    assert complete(question, previous) == question


@pytest.mark.parametrize("question", sorted({question for _, question, *_ in FOLLOW_UPS}))
@pytest.mark.parametrize("previous", ["", " ", "？", "それは"])
def test_without_a_topic_nothing_is_filled_in(question: str, previous: str) -> None:
    assert complete(question, previous) == question


@pytest.mark.parametrize(
    ("questions", "understood"),
    [
        (["青沢運河の長さは？", "いつ開通した？", "誰が？"], "青沢運河の長さ。開通した。誰が？"),
        (["青沢運河の長さは？", "では霧島市は？", "NATOについては？", "なぜ？"], "青沢運河の長さ。NATO。なぜ？"),
        (["When did Nixon visit China?", "Why?", "And Carter?"], "Nixon visit China. And Carter?"),
        (["尼克松什么时候访问中国？", "为什么？", "那基辛格呢？"], "尼克松访问中国。那基辛格呢？"),
    ],
)  # fmt: skip
def test_what_is_superseded_is_dropped(questions: list[str], understood: str) -> None:
    previous = ""
    for question in questions:
        previous = complete(question, previous)
    assert wants(previous).text == understood


@pytest.mark.parametrize(
    "question", ["それに対するソ連の反応は？", "その結果は？", "How did it end?"]
)
def test_a_long_chain_stays_short(question: str) -> None:
    previous = VISIT
    for turn in range(40):
        previous = complete(question.replace("ソ連", f"第{turn}連隊"), previous)
    assert len(previous) < 250


@given(st.text(max_size=60), st.sampled_from([q for _, q, *_ in FOLLOW_UPS]) | st.text(max_size=60))
def test_any_text_can_come_before_or_after(previous: str, question: str) -> None:
    understood = complete(question, previous)
    assert len(understood) <= LONGEST
    assert understood or not question


def test_a_long_question_before_does_not_make_one_too_long() -> None:
    assert len(complete("なぜ？", "青沢運河はいつ開通したか" * 300)) <= LONGEST


PLAN = "計画の三つの理由は？"


@pytest.mark.parametrize(
    ("questions", "understood"),
    [
        (["もっと詳しく"], f"{PLAN}（もっと詳しく）"),
        (["他には？", "もう少し詳しく教えて", "続きは？"], f"{PLAN}（もっと詳しく3）"),
        (["他に理由は？"], f"{PLAN}（もっと詳しく）"),
        (["2つ目を詳しく"], f"{PLAN}（2つ目）"),
        (["2つ目を詳しく", "もっと", "最後の理由は？"], f"{PLAN}（最後の項目）"),
        (["the second one please"], f"{PLAN} (item 2)"),
        (["tell me more", "what else?"], f"{PLAN} (tell me more2)"),
        (["第二个呢？"], f"{PLAN}（第2个）"),
        (["还有呢？"], f"{PLAN}（再详细）"),
        (["英語で答えて"], f"{PLAN} (in English)"),
        (["用中文回答", "もっと詳しく"], f"{PLAN}（もっと詳しく）（用中文）"),
        (["in Japanese please", "Answer in Chinese"], f"{PLAN}（用中文）"),
        (["いつ決めた？英語で"], "計画の三つ。いつ決めた？ (in English)"),
    ],
)
def test_what_is_wanted_beside_is_marked(questions: list[str], understood: str) -> None:
    previous = PLAN
    for question in questions:
        previous = complete(question, previous)
    assert previous == understood
    assert read_question(previous).understood == understood


@pytest.mark.parametrize(
    ("text", "language", "plain"),
    [
        ("プーチン氏は何歳？英語で答えて", "en", "プーチン氏は何歳？"),
        ("When did Nixon visit China, in Japanese please", "ja", "When did Nixon visit China"),
        ("普京多大年纪？请用英文回答", "en", "普京多大年纪？"),
        ("これは英語で何と言う？", "ja", "これは英語で何と言う？"),
        ("What is it called in English?", "en", "What is it called in English?"),
        ("他用英语说了什么？", "zh", "他用英语说了什么？"),
        ("What did the mayor of 灘津 say?", "en", "What did the mayor of 灘津 say?"),
        ("潮見フーズ的利润是多少？", "zh", "潮見フーズ的利润是多少？"),
    ],
)
def test_the_language_is_that_wished_for(text: str, language: str, plain: str) -> None:
    asked = read_question(text)
    assert (asked.language, asked.text) == (language, plain)


@pytest.mark.parametrize("thanks", ["ありがとう", "Thanks!", "谢谢", "こんにちは"])
def test_talk_is_no_follow_up(thanks: str) -> None:
    assert complete(thanks, PLAN) == thanks
    assert complete("もっと詳しく", thanks) == "もっと詳しく"


def test_a_word_points_to_who_answers() -> None:
    quote = "疑問視したのは次席大使だったウッド氏である。"
    start = quote.index("ウッド")
    cited = Citation(1, "a", "0" * 64, 7, 7 + len(quote), quote, 1.0, (7 + start, 10 + start))
    told = Answer("", "", "", True, "", (Statement(quote, (1,)),), (cited,), (), (), 0.9)
    for previous, question, understood in (
        ("疑問視したのは誰？", "彼は何と言った？", "ウッド。彼は何と言った？"),
        ("Who doubted it?", "What did he say?", "ウッド. What did he say?"),
        ("谁怀疑？", "他什么时候说的？", "ウッド。他什么时候说的？"),
    ):
        assert complete(question, previous, lambda: told) == understood
