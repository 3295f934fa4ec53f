"""Follow-ups are filled in from the question before; questions that stand alone are let be.

The cases below "Before the rules" were written before the rules; four of those 48 failed at first.
"""

import re

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

# The question before, the follow-up, patterns that the understood question holds, and ones it lacks.
FOLLOW_UPS = [
    (VISIT, "それはいつ？", ["ニクソン", "訪中", "いつ"], ["理由", "それ"]),
    (CANAL, "なぜ？", ["青沢運河", "開通", "なぜ"], ["いつ"]),
    (CANAL, "誰が？", ["青沢運河", "開通", "誰が"], ["いつ"]),
    (TREATY, "どこで？", ["上海コミュニケ", "発表", "どこ"], ["誰"]),
    ("望遠鏡を作ったのはなぜか", "費用はいくら？", ["望遠鏡", "いくら"], ["なぜ"]),
    ("運河を掘ったのは何人？", "それは何年ですか？", ["運河", "掘", "何年"], ["何人"]),
    ("ロシアの国土の広さはどれくらい？", "では中国は？", ["中国の国土の広さはどれくらい"], ["ロシア"]),
    ("中国の2010年の輸出額は？", "1995年は？", ["中国", "1995年の輸出額"], ["2010"]),
    ("プーチン氏は何歳ですか", "習近平については？", ["習近平", "何歳"], ["プーチン"]),
    ("日本は制裁をどう見ているか", "韓国の場合は？", ["韓国", "制裁", "どう見て"], ["日本"]),
    ("ルビオ長官は中国をどう評したか", "彼はどの党？", ["ルビオ", "どの党"], ["彼"]),
    ("国連大使に選ばれたのは誰？", "その人は何歳？", ["国連大使", "選ばれた", "何歳"], ["誰"]),
    (VISIT, "それに対するソ連の反応は？", ["ニクソン", "訪中", "ソ連の反応"], ["それ", "理由"]),
    ("霧原天文台はどこにある？", "その台長は？", ["霧原天文台", "台長"], ["その", "どこ"]),
    ("When did Nixon visit China?", "Why?", ["Why", "Nixon", "China"], ["When"]),
    ("Who opened the canal?", "When was that?", ["When", "canal"], ["Who", "that"]),
    ("What did Rubio say about Russia?", "What about Iran?", ["Rubio say about Iran"], ["Russia"]),
    ("Why did Nixon resign?", "When did he visit Moscow?", ["When did Nixon visit Moscow"], ["he ", "Why"]),
    ("尼克松什么时候访问中国？", "为什么？", ["尼克松", "为什么", "访问中国"], ["什么时候"]),
    ("谁开凿了运河？", "那是什么时候？", ["什么时候", "开凿", "运河"], ["谁"]),
    ("伊朗的总统是谁？", "那俄罗斯呢？", ["俄罗斯", "总统是谁"], []),
    ("尼克松为什么辞职？", "他什么时候访问莫斯科？", ["尼克松", "什么时候访问莫斯科"], ["为什么"]),
    ("運河の歴史は？", "もっと詳しく", ["^運河の歴史は？（もっと詳しく）$"], []),
    ("正距図法が便利なのは？", "なぜ？", ["便利なのはなぜ"], ["なは"]),
    ("What was China's GDP in 1970?", "And the Soviet Union?", ["the Soviet Union's GDP in 1970"], ["China"]),
    ("How did China see the treaty?", "What did Russia say about it?", ["Russia say about", "treaty"], []),
    ("1970年中国的GDP是多少？", "那苏联呢？", ["1970年苏联的GDP"], ["中国"]),
    ("携帯電話が発明された国は？", "では1979年は？", ["^1979年：", "携帯電話"], []),
    ("米国の議会は？", "FIFAについては？", ["^FIFA：", "議会"], []),
    ("谁签署了协议？", "在哪里签的？", ["协议", "哪里"], ["谁"]),
    ("默克尔执政了多少年？", "她为什么退休？", ["默克尔", "为什么退休"], ["多少", "年"]),
    ("男子百メートルの記録はいくつか", "女子は？", ["^女子百メートルの記録はいくつか"], ["男子"]),
    ("与党の増税への方針は何か", "野党は？", ["^野党の増税への方針"], ["与党"]),
    ("三河製作の今期の利益はいくらか", "前期は？", ["三河製作の前期の利益"], ["今期"]),
    ("町長は工事の再開に何と言った？", "では専門家は？", ["^専門家は工事の再開に何と言った"], ["町長"]),
    ("三河製作の社長は誰ですか", "津軽フーズのほうは？", ["^津軽フーズの社長は誰"], ["三河"]),
    ("ロシアとの取引をどう見る？", "イランとの取引は？", ["^イランとの取引をどう見る"], ["ロシア"]),
    ("中国とロシアの関係は？", "中国と北朝鮮は？", ["^中国と北朝鮮の関係"], ["ロシア"]),
    ("工事が止まった理由は？", "いつ再開した？", ["^工事が止まった。いつ再開した"], ["理由"]),
    ("工事が止まった理由は？", "町長は何と言った？", ["^工事が止まった。町長は何と"], ["理由"]),
    ("条約の締結はいつ？", "その後は？", ["条約の締結のその後どうなった"], ["いつ"]),
    ("1971年に何があった？", "翌年は？", ["^1972年に何があった"], ["1971"]),
    ("2025年3月3日に何を発表した？", "翌日は？", ["^2025年3月4日に何を発表"], ["3月3日"]),
    ("2024年の感染者は何人？", "10年前はどうだった？", ["^2014年の感染者は何人"], ["2024"]),
    ("What did Vance say about Ukraine?", "And Trump?", ["Trump say about Ukraine"], ["Vance"]),
    ("What did the governor say after the flood?", "What about the mayor?", ["the mayor say after the flood"], ["governor"]),
    ("How many had antibodies in the trial?", "Any side effects?", ["had antibodies in the trial. Any side"], ["How"]),
    ("When did Kissinger visit China?", "What happened next?", ["after Kissinger visit China"], ["When"]),
    ("What happened in 1971?", "And the year after?", ["What happened in 1972"], ["1971"]),
    ("2025年3月3日宣布了什么？", "第二天呢？", ["^2025年3月4日宣布了什么"], ["3日"]),
    ("运河为什么关闭？", "后来呢？", ["运河关闭之后发生了什么"], ["为什么"]),
    ("运河为什么关闭？", "教练怎么说？", ["^运河关闭。教练怎么说"], ["为什么"]),
    # Before the rules.
    ("ソ連が崩壊したのはいつ？", "なぜですか？", ["ソ連", "崩壊", "なぜ"], ["いつ"]),
    ("パン屋の店主は誰ですか", "どこにあるの？", ["パン屋", "店主", "どこ"], ["誰"]),
    ("橋の長さはどのくらいですか？", "いつ完成した？", ["橋", "いつ完成"], ["どのくらい"]),
    ("誰が会談を提案したのか", "それはいつのこと？", ["会談", "提案", "いつ"], ["誰", "それ"]),
    ("なぜ護岸を作り直すのか", "いくらかかる？", ["護岸", "作り直", "いくら"], ["なぜ"]),
    ("どの国が最初に承認したか", "いつ？", ["最初", "承認", "いつ"], ["どの国"]),
    ("マーシャル・プランについて教えてください", "いつですか", ["マーシャル・プラン", "いつ"], ["教えて"]),
    ("キッシンジャーの極秘訪問の目的は何か", "いつのことですか？", ["キッシンジャー", "極秘訪問", "いつ"], []),
    ("アメリカの1970年の人口は？", "じゃあソ連は？", ["ソ連の1970年の人口"], ["アメリカ"]),
    ("フランスは条約に署名しましたか", "ドイツについてはどうですか？", ["ドイツは条約に署名"], ["フランス"]),
    ("バイデン政権の通商政策は？", "トランプ政権は？", ["トランプ政権の通商政策"], ["バイデン"]),
    ("オバマ大統領は何を約束したか", "カーター氏なら？", ["カーター氏は何を約束"], ["オバマ", "大統領"]),
    ("1972年に何が起きたか", "では1979年には？", ["1979年に何が起きた"], ["1972"]),
    ("カーター氏が署名した条約は何？", "同氏の出身地は？", ["カーター", "出身地"], ["同氏"]),
    ("鄧小平は何を始めたか", "彼はいつ亡くなった？", ["鄧小平", "いつ亡くなった"], ["彼"]),
    ("イランと取引した国はどこ？", "これについて日本は何と言った？", ["イラン", "取引", "日本は何と言った"], ["これ", "どこ"]),
    ("ソ連の二正面作戦とは何か", "その結果は？", ["ソ連", "二正面作戦", "結果"], ["その"]),
    ("How many ships pass the canal each year?", "Since when?", ["canal", "[Ww]hen"], ["How many"]),
    ("Where is the observatory?", "Who built it?", ["Who built", "observatory"], ["Where"]),
    ("When did Carter recognise China?", "And Nixon?", ["When did Nixon recognise China"], ["Carter"]),
    ("Why was the canal widened in 1950?", "How about 1980?", ["canal", "widened in 1980"], ["1950"]),
    ("Who is Marco Rubio?", "How old is he?", ["How old is Marco Rubio"], ["Who", " he"]),
    ("ニクソンはいつ中国を訪れた？", "Why?", ["ニクソン", "中国", "Why"], ["いつ"]),
    ("运河是哪一年开通的？", "是谁设计的？", ["谁设计", "运河"], ["哪一年"]),
    ("中国的人口有多少？", "美国呢？", ["美国的人口有多少"], ["中国"]),
    ("特朗普在哪里就职？", "什么时候呢？", ["特朗普", "就职", "什么时候"], ["哪里"]),
    ("苏联为什么解体？", "这对中国有什么影响？", ["苏联", "解体", "对中国有什么影响"], ["为什么"]),
    ("习近平访问了哪个国家？", "他和谁会谈？", ["习近平", "和谁会谈"], ["哪个国家"]),
]  # fmt: skip

MARKED = ("もっと詳しく",)

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
    (VISIT, "いわし雲はいつ見られるの"),
    (VISIT, "ホヤはその形から何と言われるか"),
    (VISIT, "Will it rain tomorrow?"),
    (VISIT, "「水は低きに流れる」と言ったのは？"),
    (VISIT, "では、キッシンジャーとは？"),
    ("日本の首相は誰か", "ロシア経済は？"),
    # Before the rules.
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


@pytest.mark.parametrize(("previous", "question", "holds", "lacks"), FOLLOW_UPS)
def test_a_follow_up_is_filled_in(
    previous: str, question: str, holds: list[str], lacks: list[str]
) -> None:
    completed = complete(question, previous)
    understood = wants(completed).text if question not in MARKED else completed
    assert [pattern for pattern in holds if not re.search(pattern, understood)] == [], understood
    assert [pattern for pattern in lacks if re.search(pattern, understood)] == [], understood
    if kind := read_question(question).kind:
        assert read_question(understood).kind == kind
    assert complete(completed, previous) == completed


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
        (
            ["青沢運河の長さは？", "では霧島市は？", "NATOについては？", "EUについては？"],
            "EU：青沢運河の長さは？",
        ),
        (
            ["中国の2010年の輸出額は？", "ロシアは？", "1995年は？", "日本は？", "なぜ？"],
            "日本の1995年の輸出額はなぜ？",
        ),
        (
            ["When did Nixon visit China?", "Why?", "And Carter?", "What did he say about it?"],
            "What did Carter say about it?",
        ),
        (["尼克松什么时候访问中国？", "为什么？", "那基辛格呢？"], "基辛格为什么访问中国？"),
    ],
)
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
        ("疑問視したのは誰？", "彼は何と言った？", "ウッドは何と言った？"),
        ("Who doubted it?", "What did he say?", "What did ウッド say?"),
        ("谁怀疑？", "他什么时候说的？", "ウッド什么时候说的？"),
    ):
        assert complete(question, previous, lambda: told) == understood
