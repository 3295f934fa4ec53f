"""The panel of sources: the passages that an answer cites, or those nearest to a refused question."""

from collections.abc import Sequence
from html import escape

from index.citations import source_name
from index.schema import Citation, Passage, Place
from index.web.chat.rendering.escaping import attribute, button, emphasised, note, text
from index.web.chat.rendering.forms import render_judging
from index.web.chat.texts import Texts
from index.web.chat.turns import Turn


def render_sources(turns: Sequence[Turn], texts: Texts) -> str:
    """Render the sources of every answer; those of the newest are the ones shown."""
    if not turns:
        return _panel("", "selected", texts.sources, note(texts.sources_empty), texts)
    return "".join(_sources(turn, "selected" if turn is turns[-1] else "", texts) for turn in turns)


def render_source(source: Citation | Passage, number: int, turn: Turn, texts: Texts) -> str:
    """Render one passage as a card, the cited words in ``<mark>``; where it is kept, it can be judged."""
    card = f"src-{turn.number}-{number}"
    back, quote, judging, quiet = "", "", "", " quiet"
    start, before, after = _around(source)
    if isinstance(source, Citation):
        back, quiet = _number(number, turn.number, texts), ""
        quote = f"<mark>{emphasised(source.parts)}</mark>"
        if turn.kept is not None:
            judging = render_judging(turn.kept, number, turn.verdicts, texts)
    return (
        f'<li class="card{quiet}" id="{card}" tabindex="-1" aria-labelledby="{card}-title">{back}'
        f'<h3 id="{card}-title">{text(source.name)}</h3>{_origin(source, texts)}'
        f"{_state(source, turn, texts)}"
        f"<blockquote>{text(before)}{quote}{text(after)}</blockquote>"
        f"{_provenance(source)}{_tools(source, start, turn, texts)}{judging}</li>"
    )


def _around(source: Citation | Passage) -> tuple[int, str, str]:
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


def _sources(turn: Turn, state: str, texts: Texts) -> str:
    name = f"sources-{turn.number}"
    if turn.answer is None:
        pending = turn.stage not in {"error", "stopped"}
        line = texts.sources_pending if pending else texts.sources_none
        return _panel(name, state, texts.sources, note(line), texts)
    cards = "".join(
        render_source(source, number, turn, texts) for number, source in enumerate(turn.sources, 1)
    )
    if turn.answer.answered:
        return _panel(name, state, texts.sources, f"<ol>{cards}</ol>", texts)
    body = f"{note(texts.nearest_note)}<ol>{cards}</ol>" if cards else note(texts.sources_none)
    return _panel(name, state, texts.nearest, body, texts)


def _panel(name: str, state: str, title: str, body: str, texts: Texts) -> str:
    return (
        f'<section class="sources {state}" id="{name}" tabindex="-1"><div class="bar">'
        f"<h2>{text(title)}</h2>"
        f'<button type="button" class="close">{text(texts.close)}</button></div>{body}</section>'
    )


def _number(number: int, turn: int, texts: Texts) -> str:
    label = escape(texts.back.format(number=number))
    return f'<a class="number" href="#cite-{turn}-{number}" aria-label="{label}">{number}</a>'


def _origin(source: Place, texts: Texts) -> str:
    day = texts.date.format(source.published) if source.published else None
    parts = (("publisher", source.publisher), ("date", day), ("heading", source.heading))
    spans = "".join(f'<span class="{name}">{text(part)}</span>' for name, part in parts if part)
    return f'<p class="origin">{spans}</p>' if spans else ""


def _state(source: Place, turn: Turn, texts: Texts) -> str:
    gone, changed = (source.article_id in ids for ids in (turn.gone, turn.changed))
    said = texts.gone if gone else texts.changed if changed else ""
    return f'<p class="state">{text(said)}</p>' if said else ""


def _provenance(source: Place) -> str:
    """Say where an article came from, unless it is only a place on the server's disk."""
    told = source.source if source.source == source_name(source.source) else ""
    return f'<p class="provenance">{text(told)}</p>' if told else ""


def _tools(source: Citation | Passage, start: int, turn: Turn, texts: Texts) -> str:
    """Render what can be done with a passage; less where its article is no longer the one quoted."""
    tools = []
    whole = source.passage if isinstance(source, Citation) else source
    if source.article_id not in turn.changed | turn.gone:
        place = {"start": start, "end": whole.end, "sha": source.sha256}
        tools.append(button(texts.around, "around", article=source.article_id, **place))
    if source.article_id not in turn.gone:
        first = source.start if isinstance(source, Citation) else start
        href = attribute("href", source.model_copy(update={"start": first}).address())
        tools.append(f'<a class="open"{href} target="_blank">{text(texts.open_article)}</a>')
        tools.append(button(texts.copy_address, "copy-address"))
    if isinstance(source, Citation) and turn.kept is not None:
        tools.append(button(texts.copy_quote, "copy", turn=turn.kept, citation=source.number))
    return f'<p class="tools">{"".join(tools)}</p>' if tools else ""
