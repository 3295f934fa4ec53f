"""The page's HTML, without server or browser: what is shown, and that nothing hostile comes through."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import answered
import pytest
from hostile import HOSTILE, Page

from index.conversations import Conversation, Verdict
from index.records import Filter, Glance, Theme
from index.schema import Citation, Differing, Passage, Shape, Statement
from index.web.chat import frame
from index.web.chat.answers import LONGEST_QUESTION, messages, render_turn
from index.web.chat.sources import render_source, render_sources
from index.web.chat.turns import Turn
from index.web.words import LANGUAGES

JA = LANGUAGES["ja"]
QUOTES = ("灯台は1924年に建てられた。", "石は隣村から運ばれた。")
ORIGIN = {"publisher": "みなと新聞", "published": date(2024, 5, 3), "heading": "歩み"}
CITATIONS = tuple(
    answered.citation(n, quote, before="前。", after="後。", start=7, **ORIGIN)
    for n, quote in enumerate(QUOTES, 1)
)
STATEMENTS = (
    Statement(text=QUOTES[0], citations=(1,), speaker=None),
    Statement(text=QUOTES[1], citations=(2, 1), speaker=None),
)
ANSWER = answered.answer(statements=STATEMENTS, citations=CITATIONS)
NEAR = answered.passage("霧の多い海である。", start=5, sha256="")
REFUSAL = answered.answer(text="見つかりませんでした。", missing=("天気", "気温"), nearest=(NEAR,))
TURN = Turn(3, ANSWER.question, "answer", answer=ANSWER)
REFUSED = Turn(2, "明日の天気は", "answer", answer=REFUSAL)


def changed(shape: Shape, **members: Any) -> Any:
    return shape.model_copy(update=members)


def card(source: Citation | Passage, turn: Turn = TURN) -> str:
    return render_source(source, 1, turn, JA)


TYPED = [words for words in HOSTILE if len(words) <= LONGEST_QUESTION]
KINDS = {"a", "bdi", "blockquote", "button", "div", "footer", "form", "h1", "h2", "h3", "input", "li", "mark",
         "ol", "p", "section", "small", "span", "template", "ul"}  # fmt: skip
"""Elements of our own; no other comes out of a text."""


def test_markers_lead_to_the_cards_of_their_own_answer() -> None:
    turn, sources = Page(render_turn(TURN, JA)), render_sources(TURN, JA)
    assert sources in render_turn(TURN, JA)
    assert turn.text.count("[1]") == 2
    hrefs = [value for value in turn.values("href") if value.startswith("#src-")]
    assert hrefs == ["#src-3-1", "#src-3-2", "#src-3-1"]
    assert {href[1:] for href in hrefs} <= set(Page(sources).values("id"))


def test_ids_are_unique_and_cards_lead_back() -> None:
    turns = [replace(TURN, number=1), REFUSED, TURN]
    page = Page("".join(render_turn(turn, JA) for turn in turns))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inside = {href[1:] for href in page.values("href") if href.startswith("#")}
    assert inside <= set(ids)


def test_the_mark_holds_exactly_the_quote() -> None:
    page = Page(render_sources(TURN, JA))
    assert page.marked == "".join(QUOTES)
    assert f"前。{QUOTES[0]}後。" in page.text


def test_a_card_tells_where_it_is_from() -> None:
    text = Page(card(CITATIONS[0])).text
    for part in ("港の灯台", "みなと新聞", "2024年5月3日", "歩み"):
        assert part in text


def test_a_card_leaves_out_what_is_unknown() -> None:
    near = changed(NEAR, source="/home/someone/灯台.txt")
    page = Page(card(near, replace(REFUSED, gone=frozenset("a"))))
    assert page.text == f"{NEAR.title}{JA.gone}{NEAR.text}"
    assert "mark" not in page.tags


def test_a_refusal_looks_different_and_names_what_is_missing() -> None:
    answer, refusal = render_turn(TURN, JA), render_turn(REFUSED, JA)
    assert 'class="refusal"' in refusal
    assert 'class="refusal"' not in answer
    assert "「天気」「気温」" in Page(refusal).text
    said = replace(REFUSED, answer=changed(REFUSAL, text="天気も気温も書かれていません。"))
    assert "「天気」" not in Page(render_turn(said, JA)).text
    assert JA.nearest in Page(render_sources(REFUSED, JA)).text


@pytest.mark.parametrize(("confidence", "words"), [(0.5, JA.fit_high), (0.0, JA.fit_low)])
def test_confidence_is_told_in_words(confidence: float, words: str) -> None:
    turn = replace(TURN, answer=changed(ANSWER, confidence=confidence))
    assert words in Page(render_turn(turn, JA)).text
    assert str(confidence) not in render_turn(turn, JA)


def test_a_follow_up_shows_how_it_was_read() -> None:
    said = JA.understood.format(question="灯台の工費は")
    turn = replace(TURN, answer=changed(ANSWER, understood="灯台の工費は", follow_up=True))
    assert said in Page(render_turn(turn, JA)).text
    turn = replace(TURN, answer=changed(ANSWER, understood="灯台の工費は"))
    assert said not in Page(render_turn(turn, JA)).text


def test_the_stages_are_told() -> None:
    waiting, looking = Turn(1, "問", "waiting"), Turn(1, "問", "looking")
    reading = Turn(1, "問", "reading", titles=("港の灯台", "山の鉄道"))
    assert JA.waiting in render_turn(waiting, JA)
    assert JA.looking in render_turn(looking, JA)
    assert "「港の灯台」など2本" in render_turn(reading, JA)
    assert "1本" not in render_turn(replace(reading, titles=("港の灯台",)), JA)


def test_a_pasted_book_is_cut() -> None:
    asked, _ = messages(Turn(1, "長" * 100_000, "error", error="長すぎます。"), JA)
    [content] = asked["content"]
    assert len(content["text"]) < 1100
    assert "100,000" in content["text"]


def test_a_turn_is_two_messages_with_questions_to_go_on_with() -> None:
    asked, told = messages(replace(TURN, question="<b>問</b>"), JA, ["次は"])
    assert asked["content"] == [{"type": "text", "text": "&lt;b&gt;問&lt;/b&gt;"}]
    assert told["content"][0]["value"] == render_turn(TURN, JA)
    assert told["options"] == [{"value": "次は"}]


def test_there_are_enough_hostile_words() -> None:
    assert len(TYPED) >= 60


@pytest.mark.parametrize("hostile", TYPED, ids=range(len(TYPED)))
def test_hostile_words_are_shown_as_typed(hostile: str) -> None:
    names = ("article_id", "sha256", "title", "publisher", "source")
    origin = {**dict.fromkeys(names, hostile), "heading": f"{hostile}の"}
    citation = answered.citation(1, hostile, before=hostile, after=hostile, **origin)
    near = answered.passage(hostile * 2, **origin)
    statements = (Statement(text=hostile, citations=(1,), speaker=None),)
    read = {"understood": f"{hostile}。", "follow_up": True}
    answer = changed(ANSWER, statements=statements, citations=(citation,), **read)
    refusal = changed(REFUSAL, text=hostile, missing=(f"{hostile}の",), nearest=(near,))
    turns = [
        Turn(1, hostile, "answer", answer=answer),
        Turn(2, hostile, "answer", answer=refusal),
        Turn(3, hostile, "error", error=hostile),
        Turn(4, hostile, "reading", titles=(hostile, hostile)),
    ]
    glance = Glance(1, 0, None, None, ((hostile, 1),), (Theme(hostile, citation),))
    page = Page(
        "".join(render_turn(turn, JA) for turn in turns)
        + frame.render_welcome(glance, [(glance.themes[0], citation)], JA)
        + frame.render_failure(hostile, JA.failed)
    )
    assert page.open == []
    assert page.marked == hostile
    assert page.text.count(hostile) == 23
    assert set(page.tags) <= KINDS
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert all(
        value.startswith(("#", "./article/"))
        for value in [*page.values("href"), *page.values("data-href")]
    )


def test_a_statement_bears_whose_it_is() -> None:
    statements = (changed(ANSWER.statements[0], speaker="<b>灯台長</b>"), ANSWER.statements[1])
    answer = changed(ANSWER, statements=statements)
    html = render_turn(replace(TURN, answer=answer), JA)
    page = Page(html)
    assert page.text.count(JA.speaker.format(name="<b>灯台長</b>")) == 1
    assert html.count('class="speaker"') == 1
    assert QUOTES[0] in page.text


def test_figures_that_differ_stand_side_by_side_with_their_dates() -> None:
    differing = (
        Differing(citation=1, figure="1924年", published=date(2024, 5, 3)),
        Differing(citation=2, figure="<i>1925年</i>", published=None),
    )
    answer = changed(ANSWER, differing=differing)
    html = render_turn(replace(TURN, answer=answer), JA)
    page = Page(html)
    assert f"{JA.differing}1924年 2024年5月3日[1]<i>1925年</i>[2]" in page.text
    assert "i" not in page.tags
    assert JA.differing not in Page(render_turn(TURN, JA)).text
    ids = [value for value in page.values("id") if value.startswith("cite-")]
    assert ids == ["cite-3-1", "cite-3-2"]


@pytest.mark.parametrize("hostile", TYPED, ids=range(len(TYPED)))
def test_hostile_words_around_an_answer_are_shown_as_typed(hostile: str) -> None:
    verdicts = (Verdict(True, None, hostile), Verdict(False, 1, hostile))
    narrow = Filter(publishers=(hostile,))
    turn = replace(TURN, filter=narrow, within=(hostile,), kept=3, verdicts=verdicts)
    listed = [Conversation(hostile, hostile, datetime.now(UTC))]
    today = datetime.now().astimezone().date()
    page = Page(
        render_turn(turn, JA)
        + render_turn(REFUSED, JA)
        + frame.render_history(listed, JA, today=today, current=None, deleted=listed[0])
        + frame.render_history_off(hostile, JA)
    )
    assert page.open == []
    assert page.text.count(hostile) == 5
    assert page.values("value").count(hostile) == 1
    assert page.values("data-word") == [hostile]
    assert page.values("data-id").count(hostile) == 2
    assert set(page.tags) <= KINDS
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_the_filter_in_force_is_told() -> None:
    narrow = Filter(date(2024, 5, 3), date(2025, 1, 1), ("みなと新聞",), ("a",))
    turn = replace(TURN, filter=narrow, within=("港の灯台",))
    said = "範囲：2024年5月3日から、2025年1月1日まで、みなと新聞、「港の灯台」"
    assert said in Page(render_turn(turn, JA)).text
    assert "範囲" not in Page(render_turn(TURN, JA)).text


def test_what_was_not_found_in_a_part_can_be_asked_of_all() -> None:
    refused = replace(REFUSED, filter=Filter(publishers=("みなと新聞",)))
    assert JA.ask_everything in Page(render_turn(refused, JA)).text
    assert JA.ask_everything not in Page(render_turn(REFUSED, JA)).text


def test_what_can_be_judged_is_what_is_kept() -> None:
    page = Page(render_turn(replace(TURN, kept=8, verdicts=(Verdict(False, 2, "別の年"),)), JA))
    assert set(page.values("data-turn")) == {"8"}
    assert page.values("data-citation") == ["1", "2"]
    assert (page.values("data-verdict"), page.values("data-word")) == (["wrong"], ["別の年"])
    unkept = Page(render_turn(TURN, JA))
    assert unkept.values("data-turn") == []
    assert JA.unkept in unkept.text


STATES = {
    "": TURN,
    "changed": replace(TURN, changed=frozenset("a")),
    "gone": replace(TURN, gone=frozenset("a")),
}


@pytest.mark.parametrize(
    ("state", "said"), [("", None), ("changed", JA.changed), ("gone", JA.gone)]
)
def test_a_card_says_what_has_become_of_its_article(state: str, said: str | None) -> None:
    text = Page(card(CITATIONS[0], STATES[state])).text
    assert [words for words in (JA.changed, JA.gone) if words in text] == ([said] if said else [])
    assert QUOTES[0] in text


def test_a_stopped_answer_says_so() -> None:
    assert JA.stopped in Page(render_turn(Turn(1, "灯台は", "stopped"), JA)).text


def test_articles_left_out_for_want_of_a_date_are_told() -> None:
    turn = replace(TURN, answer=changed(ANSWER, undated=5))
    assert JA.undated.format(count=5) in Page(render_turn(turn, JA)).text


def test_conversations_stand_under_their_days() -> None:
    now = datetime.now().astimezone()
    days = [now, now - timedelta(days=1), datetime(2024, 5, 3, 12).astimezone()]
    listed = [Conversation(str(n), f"会話{n}", day) for n, day in enumerate(days)]
    html = frame.render_history(listed, JA, today=now.date(), current="1")
    expected = [JA.today, "会話0", JA.yesterday, "会話1", "2024年5月3日", "会話2"]
    places = [html.index(f">{words}<") for words in expected]
    assert places == sorted(places)
    assert html.count("aria-current") == 1
    nothing = {"today": now.date(), "current": None}
    assert JA.history_empty in frame.render_history([], JA, **nothing)
    assert JA.history_not_found in frame.render_history([], JA, searched=True, **nothing)


def test_a_card_leads_to_its_words_in_the_article() -> None:
    page = Page(card(CITATIONS[0], replace(TURN, kept=4)))
    start = 7 + len("前。")
    place = f"#quote-{start}-{start + len(QUOTES[0])}"
    assert page.values("data-href")[-1] == f"./article/a?sha=000000000000{place}"
    around = (page.values("data-start"), page.values("data-end"), page.values("data-sha"))
    assert around == (["7"], [str(start + len(QUOTES[0]) + 2)], ["0" * 12])
    assert {("data-turn", "4"), ("data-citation", "1")} <= set(page.attributes)
    near = Page(card(NEAR, REFUSED))
    assert near.values("data-href") == [f"./article/a#quote-5-{5 + len(NEAR.text)}"]
    assert near.values("data-turn") == []


@pytest.mark.parametrize(
    ("state", "offered"), [("", (True, True)), ("changed", (False, True)), ("gone", (False, False))]
)
def test_less_can_be_done_with_what_is_no_longer_there(
    state: str, offered: tuple[bool, bool]
) -> None:
    page = Page(card(CITATIONS[0], replace(STATES[state], kept=4)))
    assert (bool(page.values("data-sha")), bool(page.values("data-href"))) == offered
    assert page.values("data-citation") == ["1"]


def test_a_card_shows_a_heading_once_and_above() -> None:
    headed = answered.passage("見出し\n\n海は広い。", start=5, heading="見出し", sha256="")
    page = Page(card(headed, REFUSED))
    assert page.text.count("見出し") == 1
    assert page.values("data-href") == ["./article/a#quote-10-15"]
    assert (page.values("data-start"), page.values("data-end")) == (["10"], ["15"])
    cited = answered.citation(1, "広い", before="見出し\n\n海は", start=5, heading="見出し")
    page = Page(card(cited))
    assert page.text.count("見出し") == 1
    assert page.values("data-href")[-1].endswith("#quote-12-14")
    assert page.values("data-start") == ["10"]


def test_only_who_is_signed_in_can_sign_out() -> None:
    assert "logout" not in frame.render_tools(JA)
    page = Page(frame.render_tools(JA, owner="<b>花子</b>"))
    assert JA.sign_out.format(name="<b>花子</b>") in page.text
    assert "logout" in page.values("href")
