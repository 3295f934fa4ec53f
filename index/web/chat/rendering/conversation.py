"""Questions and answers, with how far an answer has come."""

from collections.abc import Sequence
from html import escape

from index.schema import Answer, Statement
from index.web.chat.rendering.escaping import attribute, button, emphasised, quoted, text
from index.web.chat.rendering.forms import render_judging, render_narrowed
from index.web.chat.rendering.frame import problem
from index.web.chat.texts import Texts
from index.web.chat.turns import EVERYTHING, Turn

LONGEST_QUESTION = 200
"""Characters of a question that are shown; a pasted book must not fill the page."""


def render_conversation(
    turns: Sequence[Turn], texts: Texts, *, conversation_id: str | None = None
) -> str:
    """Render the questions and answers, oldest first. The id goes into the page's address."""
    inner = "".join(render_turn(turn, texts) for turn in turns)
    named = attribute("data-conversation", conversation_id or "")
    return f'<div role="log" aria-live="polite"{named}>{inner}</div>'


def render_turn(turn: Turn, texts: Texts) -> str:
    """Render one question with its answer, or with how far that has come."""
    return (
        f'<article class="turn" id="turn-{turn.number}">'
        f'<h2 class="question">{text(_shortened(turn.question, texts))}</h2>'
        f"{render_narrowed(turn.filter, turn.within, texts)}{_reply(turn, texts)}</article>"
    )


def _reply(turn: Turn, texts: Texts) -> str:
    if turn.stage == "error":
        told = problem(texts.error, turn.error)
        return f'<div class="problem" role="alert">{told}{_again(turn, texts)}</div>'
    if turn.stage == "stopped":
        return f'<p class="stopped">{text(texts.stopped)} {_again(turn, texts)}</p>'
    if turn.answer is None:
        return f'<p class="progress">{text(_progress(turn, texts))}</p>'
    understood = _understood(turn.answer, texts)
    body = _answer if turn.answer.answered else _refusal
    return understood + body(turn, turn.answer, texts)


def _again(turn: Turn, texts: Texts) -> str:
    return button(texts.ask_again, "again", question=turn.question) if turn.question.strip() else ""


def _progress(turn: Turn, texts: Texts) -> str:
    if turn.stage == "waiting":
        return texts.waiting
    if not turn.titles:
        return texts.looking
    line = texts.reading_one if len(turn.titles) == 1 else texts.reading
    return line.format(title=quoted(turn.titles[0], texts), count=len(turn.titles))


def _understood(answer: Answer, texts: Texts) -> str:
    if answer.understood == answer.question:
        return ""
    said = text(texts.understood.format(question=answer.understood))
    return f'<p class="note">{said} {button(texts.ask_otherwise, "otherwise", question=answer.understood)}</p>'


def _answer(turn: Turn, answer: Answer, texts: Texts) -> str:
    seen: set[int] = set()
    lines = [_statement(s, answer, turn.number, seen, texts) for s in answer.statements]
    if answer.differing:
        lines.append(_differing(answer, turn.number, seen, texts))
    fit = texts.fit.format(words=_confidence(answer, texts))
    offer = _offer(texts.sources_of_answer.format(count=len(answer.citations)), turn.number)
    foot = _foot(f'<span class="fit">{text(fit)}</span>{offer}', turn, texts)
    return f'<div class="answer">{"".join(lines)}</div>{foot}'


def _statement(
    statement: Statement, answer: Answer, turn: int, seen: set[int], texts: Texts
) -> str:
    tag = "blockquote" if answer.verbatim(statement) else "p"
    words = emphasised(answer.parts(statement))
    markers = "".join(_marker(number, turn, seen, texts) for number in statement.citations)
    return f"<{tag}>{words}{markers}{_speaker(statement, texts)}</{tag}>"


def _speaker(statement: Statement, texts: Texts) -> str:
    if statement.speaker is None:
        return ""
    label = texts.speaker.format(name=statement.speaker)
    return f' <small class="speaker">{text(label)}</small>'


def _differing(answer: Answer, turn: int, seen: set[int], texts: Texts) -> str:
    figures = (
        f"<li>{text(d.figure)}"
        + (f" <small>{text(texts.date.format(d.published))}</small>" if d.published else "")
        + f"{_marker(d.citation, turn, seen, texts)}</li>"
        for d in answer.differing
    )
    return f'<div class="differing">{text(texts.differing)}<ul>{"".join(figures)}</ul></div>'


def _marker(number: int, turn: int, seen: set[int], texts: Texts) -> str:
    name = "" if number in seen else f' id="cite-{turn}-{number}"'
    seen.add(number)
    label = escape(texts.marker.format(number=number))
    return f'<a class="cite" href="#src-{turn}-{number}"{name} aria-label="{label}">[{number}]</a>'


def _confidence(answer: Answer, texts: Texts) -> str:
    return next(words for least, words in texts.confidence if answer.confidence >= least)


def _refusal(turn: Turn, answer: Answer, texts: Texts) -> str:
    unsaid = [word for word in answer.missing if word not in answer.text]
    missing = texts.missing.format(words="".join(map(texts.quoted.format, unsaid)))
    listed = f'<p class="missing">{text(missing)}</p>' if unsaid else ""
    count = len(answer.nearest)
    offer = _offer(texts.look_at_nearest.format(count=count), turn.number) if count else ""
    widen = ""
    if turn.filter != EVERYTHING:
        widen = f"<p>{button(texts.ask_everything, 'widen', question=turn.question)}</p>"
    return (
        f'<div class="refusal"><p class="lead">{text(answer.text)}</p>{listed}{widen}</div>'
        f"{_foot(offer, turn, texts)}"
    )


def _foot(offer: str, turn: Turn, texts: Texts) -> str:
    if not turn.kept:
        return f'<footer>{offer}<span class="unkept">{text(texts.unkept)}</span></footer>'
    copies = button(texts.copy, "copy", turn=turn.kept) + button(
        texts.copy_markdown, "copy", turn=turn.kept, format="markdown"
    )
    judging = render_judging(turn.kept, None, turn.verdicts, texts)
    return f'<footer>{offer}<span class="tools">{copies}</span>{judging}</footer>'


def _offer(label: str, turn: int) -> str:
    return f'<a class="offer" href="#sources-{turn}">{text(label)}</a>'


def _shortened(question: str, texts: Texts) -> str:
    if len(question) <= LONGEST_QUESTION:
        return question
    return question[:LONGEST_QUESTION] + texts.cut.format(count=f"{len(question):,}")
