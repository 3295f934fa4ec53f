"""The panel of sources: the passages that an answer cites, or those nearest to a refused question."""

from collections.abc import Iterable, Sequence
from html import escape

from index.conversations import Verdict
from index.web.chat.rendering.escaping import attribute, button, emphasised, note, text
from index.web.chat.rendering.judging import render_judging
from index.web.chat.texts import Texts
from index.web.chat.turns import Source, Turn, address_of


def render_sources(turns: Sequence[Turn], texts: Texts) -> str:
    """Render the sources of every answer; those of the newest are the ones shown."""
    if not turns:
        return _panel("", "selected", texts.sources, note(texts.sources_empty), texts)
    return "".join(_sources(turn, "selected" if turn is turns[-1] else "", texts) for turn in turns)


def render_source(
    source: Source,
    turn: int,
    texts: Texts,
    *,
    kept: int | None = None,
    verdicts: Iterable[Verdict] = (),
) -> str:
    """Render one passage as a card, the cited words in ``<mark>``; where it is kept, it can be judged."""
    card = f"src-{turn}-{source.number}"
    quiet = "" if source.quote else " quiet"
    judging = ""
    if source.quote and kept is not None:
        judging = render_judging(kept, source.number, verdicts, texts)
    tools = _tools(source, texts, kept=kept)
    return (
        f'<li class="card{quiet}" id="{card}" tabindex="-1" aria-labelledby="{card}-title">'
        f"{_number(source, turn, texts)}"
        f'<h3 id="{card}-title">{text(source.title)}</h3>{_origin(source, texts)}'
        f"{_state(source, texts)}"
        f"<blockquote>{text(source.before)}{_mark(source)}{text(source.after)}</blockquote>"
        f"{_provenance(source)}{tools}{judging}</li>"
    )


def _sources(turn: Turn, state: str, texts: Texts) -> str:
    name = f"sources-{turn.number}"
    if turn.answer is None:
        pending = turn.stage not in {"error", "stopped"}
        line = texts.sources_pending if pending else texts.sources_none
        return _panel(name, state, texts.sources, note(line), texts)
    cards = "".join(
        render_source(source, turn.number, texts, kept=turn.kept, verdicts=turn.verdicts)
        for source in turn.sources
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


def _number(source: Source, turn: int, texts: Texts) -> str:
    if not source.quote:
        return ""
    label = escape(texts.back.format(number=source.number))
    href = f"#cite-{turn}-{source.number}"
    return f'<a class="number" href="{href}" aria-label="{label}">{source.number}</a>'


def _origin(source: Source, texts: Texts) -> str:
    day = texts.date.format(source.published) if source.published else None
    parts = (("publisher", source.publisher), ("date", day), ("heading", source.heading))
    spans = "".join(f'<span class="{name}">{text(part)}</span>' for name, part in parts if part)
    return f'<p class="origin">{spans}</p>' if spans else ""


def _state(source: Source, texts: Texts) -> str:
    said = {"changed": texts.changed, "gone": texts.gone}.get(source.state)
    return f'<p class="state">{text(said)}</p>' if said else ""


def _provenance(source: Source) -> str:
    return f'<p class="provenance">{text(source.provenance)}</p>' if source.provenance else ""


def _tools(source: Source, texts: Texts, *, kept: int | None) -> str:
    """Render what can be done with a passage; less where its article is no longer the one quoted."""
    tools = []
    if not source.state:
        last = source.start + len(source.before) + len(source.quote) + len(source.after)
        place = {"start": source.start, "end": last, "sha": source.sha256}
        tools.append(button(texts.around, "around", article=source.article_id, **place))
    if source.state != "gone":
        href = attribute("href", address_of(source))
        tools.append(f'<a class="open"{href} target="_blank">{text(texts.open_article)}</a>')
        tools.append(button(texts.copy_address, "copy-address"))
    if source.quote and kept is not None:
        tools.append(button(texts.copy_quote, "copy", turn=kept, citation=source.number))
    return f'<p class="tools">{"".join(tools)}</p>' if tools else ""


def _mark(source: Source) -> str:
    return f"<mark>{emphasised(source.quote, source.key)}</mark>" if source.quote else ""
