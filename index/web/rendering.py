"""The conversation and its sources as HTML: pure functions from records to escaped strings.

Gradio's HTML component puts the string into the page as it is, so that nothing may leave this module
unescaped: every piece of an article or a question goes through ``_text``. No Markdown and no LaTeX is
read anywhere, and so what was typed is what is shown. Knows nothing of engine or browser; the
elements' ids (``turn-3``, ``cite-3-1``, ``src-3-1``, ``sources-3``) are what cite.js and style.css hold on to.
"""

from collections.abc import Sequence
from html import escape

from index.records import Answer, Statement
from index.web.texts import Texts
from index.web.turns import Source, Turn

LONGEST_QUESTION = 200
"""Characters of a question that are shown; a pasted book must not fill the page."""


def render_header(texts: Texts) -> str:
    """Render the name of the house."""
    return f'<header><h1>{_text(texts.name)}</h1><span lang="en">Tenkyo</span></header>'


def render_loading(texts: Texts) -> str:
    """Render the line that says the page is not ready yet."""
    return f'<p class="status loading" role="status">{_text(texts.loading)}</p>'


def render_ready(articles: int, passages: int, texts: Texts) -> str:
    """Render the line that says what there is to ask."""
    line = texts.ready.format(articles=articles, passages=passages)
    return f'<p class="status" role="status">{_text(line)}</p>'


def render_failure(message: str, texts: Texts) -> str:
    """Render why the page will not get ready."""
    return f'<div class="status failed" role="alert">{_problem(texts.failed, message)}</div>'


def render_welcome(examples: Sequence[str], texts: Texts) -> str:
    """Render what stands where the conversation will be, with questions to click."""
    buttons = "".join(
        f'<li><button type="button" class="example">{_text(example)}</button></li>'
        for example in examples
    )
    offer = f"<h3>{_text(texts.examples)}</h3><ul>{buttons}</ul>" if examples else ""
    return f"<section><h2>{_text(texts.welcome)}</h2><p>{_text(texts.how)}</p>{offer}</section>"


def render_conversation(turns: Sequence[Turn], texts: Texts) -> str:
    """Render the questions and answers, oldest first."""
    inner = "".join(render_turn(turn, texts) for turn in turns)
    return f'<div role="log" aria-live="polite">{inner}</div>'


def render_turn(turn: Turn, texts: Texts) -> str:
    """Render one question with its answer, or with how far that has come."""
    return (
        f'<article class="turn" id="turn-{turn.number}">'
        f'<h2 class="question">{_text(_shortened(turn.question, texts))}</h2>'
        f"{_reply(turn, texts)}</article>"
    )


def render_sources(turns: Sequence[Turn], texts: Texts) -> str:
    """Render the sources of every answer; those of the newest are the ones shown."""
    if not turns:
        return _panel("", "selected", texts.sources, _note(texts.sources_empty), texts)
    return "".join(_sources(turn, "selected" if turn is turns[-1] else "", texts) for turn in turns)


def render_source(source: Source, turn: int, texts: Texts) -> str:
    """Render one passage as a card, the cited words in ``<mark>``."""
    card = f"src-{turn}-{source.number}"
    quiet = "" if source.quote else " quiet"
    return (
        f'<li class="card{quiet}" id="{card}" tabindex="-1" aria-labelledby="{card}-title">'
        f"{_number(source, turn, texts)}"
        f'<h3 id="{card}-title">{_text(source.title)}</h3>{_origin(source, texts)}'
        f"<blockquote>{_text(source.before)}{_mark(source.quote)}{_text(source.after)}</blockquote>"
        f"{_provenance(source)}</li>"
    )


def _reply(turn: Turn, texts: Texts) -> str:
    if turn.stage == "error":
        return f'<div class="problem" role="alert">{_problem(texts.error, turn.error)}</div>'
    if turn.answer is None:
        return f'<p class="progress">{_text(_progress(turn, texts))}</p>'
    understood = _understood(turn.answer, texts)
    if turn.answer.answered:
        return understood + _answer(turn.answer, turn.number, texts)
    return understood + _refusal(turn.answer, turn.number, texts)


def _progress(turn: Turn, texts: Texts) -> str:
    if turn.stage == "waiting":
        return texts.waiting
    if not turn.titles:
        return texts.looking
    line = texts.reading_one if len(turn.titles) == 1 else texts.reading
    return line.format(title=texts.quoted.format(turn.titles[0]), count=len(turn.titles))


def _understood(answer: Answer, texts: Texts) -> str:
    if answer.understood == answer.question:
        return ""
    return _note(texts.understood.format(question=answer.understood))


def _answer(answer: Answer, turn: int, texts: Texts) -> str:
    quotes = {citation.number: citation.quote for citation in answer.citations}
    seen: set[int] = set()
    lines = []
    for statement in answer.statements:
        verbatim = any(quotes[number] == statement.text for number in statement.citations)
        tag = "blockquote" if verbatim else "p"
        markers = "".join(_marker(number, turn, seen, texts) for number in statement.citations)
        said = _speaker(statement, texts)
        lines.append(f"<{tag}>{_text(statement.text)}{markers}{said}</{tag}>")
    if answer.differing:
        lines.append(_differing(answer, turn, seen, texts))
    offer = texts.sources_of_answer.format(count=len(answer.citations))
    foot = f"<span>{_text(_confidence(answer, texts))}</span>{_offer(offer, turn)}"
    return f'<div class="answer">{"".join(lines)}</div><footer>{foot}</footer>'


def _speaker(statement: Statement, texts: Texts) -> str:
    if statement.speaker is None:
        return ""
    label = texts.speaker.format(name=statement.speaker)
    return f' <small class="speaker">{_text(label)}</small>'


def _differing(answer: Answer, turn: int, seen: set[int], texts: Texts) -> str:
    figures = (
        f"<li>{_text(d.figure)}"
        + (f" <small>{_text(texts.date.format(d.published))}</small>" if d.published else "")
        + f"{_marker(d.citation, turn, seen, texts)}</li>"
        for d in answer.differing
    )
    return f'<div class="differing">{_text(texts.differing)}<ul>{"".join(figures)}</ul></div>'


def _marker(number: int, turn: int, seen: set[int], texts: Texts) -> str:
    name = "" if number in seen else f' id="cite-{turn}-{number}"'
    seen.add(number)
    label = escape(texts.marker.format(number=number))
    return f'<a class="cite" href="#src-{turn}-{number}"{name} aria-label="{label}">[{number}]</a>'


def _confidence(answer: Answer, texts: Texts) -> str:
    return next(words for least, words in texts.confidence if answer.confidence >= least)


def _refusal(answer: Answer, turn: int, texts: Texts) -> str:
    missing = texts.missing.format(words="".join(map(texts.quoted.format, answer.missing)))
    listed = f'<p class="missing">{_text(missing)}</p>' if answer.missing else ""
    count = len(answer.nearest)
    offer = _offer(texts.look_at_nearest.format(count=count), turn) if count else ""
    return (
        f'<div class="refusal"><p class="lead">{_text(answer.text)}</p>{listed}</div>'
        f"<footer>{offer}</footer>"
    )


def _offer(label: str, turn: int) -> str:
    return f'<a class="offer" href="#sources-{turn}">{_text(label)}</a>'


def _sources(turn: Turn, state: str, texts: Texts) -> str:
    name = f"sources-{turn.number}"
    if turn.answer is None:
        note = texts.sources_none if turn.stage == "error" else texts.sources_pending
        return _panel(name, state, texts.sources, _note(note), texts)
    cards = "".join(render_source(source, turn.number, texts) for source in turn.sources)
    if turn.answer.answered:
        return _panel(name, state, texts.sources, f"<ol>{cards}</ol>", texts)
    body = f"{_note(texts.nearest_note)}<ol>{cards}</ol>" if cards else _note(texts.sources_none)
    return _panel(name, state, texts.nearest, body, texts)


def _panel(name: str, state: str, title: str, body: str, texts: Texts) -> str:
    return (
        f'<section class="sources {state}" id="{name}" tabindex="-1"><div class="bar">'
        f"<h2>{_text(title)}</h2>"
        f'<button type="button" class="close">{_text(texts.close)}</button></div>{body}</section>'
    )


def _number(source: Source, turn: int, texts: Texts) -> str:
    if not source.quote:
        return ""
    label = escape(texts.back.format(number=source.number))
    href = f"#cite-{turn}-{source.number}"
    return f'<a class="number" href="{href}" aria-label="{label}">{source.number}</a>'


def _origin(source: Source, texts: Texts) -> str:
    day = texts.date.format(source.published) if source.published else None
    parts = (("publisher", source.publisher), ("date", day), ("heading", source.heading))
    spans = "".join(f'<span class="{name}">{_text(part)}</span>' for name, part in parts if part)
    return f'<p class="origin">{spans}</p>' if spans else ""


def _provenance(source: Source) -> str:
    return f'<p class="provenance">{_text(source.provenance)}</p>' if source.provenance else ""


def _mark(quote: str) -> str:
    return f"<mark>{_text(quote)}</mark>" if quote else ""


def _problem(title: str, message: str) -> str:
    return f"<h3>{_text(title)}</h3><p>{_text(message)}</p>"


def _note(line: str) -> str:
    return f'<p class="note">{_text(line)}</p>'


def _shortened(question: str, texts: Texts) -> str:
    if len(question) <= LONGEST_QUESTION:
        return question
    return question[:LONGEST_QUESTION] + texts.cut.format(count=f"{len(question):,}")


def _text(piece: str) -> str:
    """Escape a piece and keep its direction to itself: a stray override must not turn the page."""
    return f"<bdi>{escape(piece)}</bdi>" if _BIDI.intersection(piece) else escape(piece)


_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
