"""The panel of sources: the passages that an answer cites, or those nearest to a refused question."""

from index.citations import source_name
from index.exports.words import words_for
from index.schema import Citation, Passage, Place
from index.web.chat.escaping import attribute, emphasised, icon, note, quoted, text
from index.web.chat.turns import Standing, Turn
from index.web.words import Words


def render_panel(words: Words) -> str:
    """Render the panel before there is an answer, and what can be done with a card, for the script to add.

    Each part needs something of the card's data: without it the script leaves it out.
    """
    parts = (
        f'<a class="open" data-needs="href" target="_blank">{text(words.open_article)}</a>',
        icon(words.around, "around", needs="sha"),
        icon(words.copy_quote, "copy", needs="turn"),
        icon(words.copy_address, "copy-address", needs="href"),
        _judging(words),
    )
    tools = f'<template id="card-tools"><div class="tools">{"".join(parts)}</div></template>'
    return _panel("sources-0", words.sources, note(words.sources_empty), words) + tools


def render_sources(turn: Turn, words: Words) -> str:
    """Render the sources of a turn that has come to its end."""
    name = f"sources-{turn.number}"
    if turn.answer is None:
        return _panel(name, words.sources, note(words.sources_none), words)
    cards = "".join(
        render_source(source, number, turn, words) for number, source in enumerate(turn.sources, 1)
    )
    if turn.answer.answered:
        return _panel(name, words.sources, f"<ol>{cards}</ol>", words)
    body = f"{note(words.nearest_note)}<ol>{cards}</ol>" if cards else note(words.sources_none)
    return _panel(name, words.nearest, body, words)


def render_source(source: Citation | Passage, number: int, turn: Turn, words: Words) -> str:
    """Render one passage as a card, the cited words in ``<mark>``."""
    card = f"src-{turn.number}-{number}"
    back, quote, quiet = "", "", " quiet"
    start, before, after = around(source)
    translated = words_for(words.language).turned(source)
    if isinstance(source, Citation):
        label = attribute("aria-label", words.back.format(number=number))
        back = f'<a class="number" href="#cite-{turn.number}-{number}"{label}>{number}</a>'
        quiet = ""
        quote = f"<mark>{emphasised(source.parts)}</mark>"
    return (
        f'<li class="card{quiet}" id="{card}" tabindex="-1" aria-labelledby="{card}-title"'
        f"{_data(source, start, turn)}>{back}"
        f'<h3 id="{card}-title">{text(source.name)}</h3>{render_origin(source, words)}'
        f"{_state(source, turn, words)}"
        f"<blockquote>{text(before)}{quote}{text(after)}</blockquote>"
        f"{note(translated) if translated else ''}{_provenance(source)}</li>"
    )


def around(source: Citation | Passage) -> tuple[int, str, str]:
    """Return where the text of a card begins in the article, and what stands there around the quote.

    The heading that a passage may begin with is left out: the card shows it above the text.
    """
    first, before, after = source.start, "", ""
    if isinstance(source, Citation):
        first, (before, after) = source.passage.start, source.around
    else:
        before = source.text
    heading, _, rest = before.partition("\n")
    shown = rest.lstrip("\n") if source.heading and heading == source.heading else before
    return first + len(before) - len(shown), shown, after


def _panel(name: str, title: str, body: str, words: Words) -> str:
    return (
        f'<section class="sources" id="{name}" tabindex="-1"><div class="bar"><h2>{text(title)}</h2>'
        f"{icon(words.close, 'close')}</div>{body}</section>"
    )


def render_origin(source: Place, words: Words) -> str:
    """Render what is told of the article of a source, and who else carries it."""
    day = words.date.format(source.published) if source.published else None
    said = words_for(words.language)
    known = (("known", one) for one in said.known(source))
    outlets = said.outlets(source) or source.publisher
    parts = (("publisher", outlets), ("date", day), ("heading", source.heading), *known)
    spans = "".join(f'<span class="{name}">{text(part)}</span>' for name, part in parts if part)
    for one in getattr(source, "carriers", ()):
        to, name = attribute("href", one.address(base=".")), text(one.publisher or one.name)
        spans += f'<a{to} target="_blank">{name}</a>'
    return f'<p class="origin">{spans}</p>' if spans else ""


def _state(source: Place, turn: Turn, words: Words) -> str:
    gone, changed = (source.article_id in ids for ids in (turn.gone, turn.changed))
    said = words.gone if gone else words.changed if changed else ""
    now = dict(turn.standing).get(getattr(source, "number", 0))
    told = _standing(now, words) if now else ""
    return f'<p class="state">{text(said)}{told}</p>' if said else ""


def _standing(now: Standing, words: Words) -> str:
    """Say whether the words that were quoted still stand somewhere, and lead there."""
    said = getattr(words, f"words_{now.state}")
    if now.state == "gone":
        return f" {text(said)}"
    altered = f" {quoted(now.words, words)}" if now.state == "altered" else ""
    to = attribute("href", now.address)
    return f' <a{to} target="_blank">{text(said)}</a>{text(altered)}'


def _provenance(source: Place) -> str:
    """Say where an article came from, unless it is only a place on the server's disk."""
    told = source.source if source.source == source_name(source.source) else ""
    return f'<p class="provenance">{text(told)}</p>' if told else ""


def _data(source: Citation | Passage, start: int, turn: Turn) -> str:
    """Tell the script of a card what can be done with it; less where its article is no longer the one quoted."""
    data: dict[str, object] = {}
    whole = source.passage if isinstance(source, Citation) else source
    if source.article_id not in turn.gone:
        first = source.start if isinstance(source, Citation) else start
        data["href"] = source.model_copy(update={"start": first}).address(base=".")
    if source.article_id not in turn.changed | turn.gone:
        data |= {"article": source.article_id, "start": start, "end": whole.end}
        data["sha"] = source.sha256[:12]
    if isinstance(source, Citation) and turn.kept is not None:
        data |= {"turn": turn.kept, "citation": source.number}
        given = next((v for v in turn.verdicts if v.citation == source.number), None)
        if given:
            data |= {"verdict": "right" if given.is_right else "wrong", "word": given.word}
    return "".join(attribute(f"data-{name}", value) for name, value in data.items())


def _judging(words: Words) -> str:
    """Render the form in which a citation is judged; the answer itself has Gradio's thumbs."""
    named = attribute("placeholder", words.word) + attribute("aria-label", words.word)
    return (
        f'<form class="judging" data-needs="turn"{attribute("data-thanks", words.thanks)}'
        f"{attribute('aria-label', words.judge_source)}>"
        f"{icon(words.right, 'right', pressed=False)}{icon(words.wrong, 'wrong', pressed=False)}"
        f'<span class="word" hidden><input name="word" maxlength="1000"{named}>'
        f'<button type="submit">{text(words.tell)}</button></span>'
        '<span class="thanks" role="status"></span></form>'
    )
