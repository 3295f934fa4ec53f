"""The chat page: its layout, and which handler answers what."""

import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import gradio as gr

from index.conversations import Conversations
from index.engine import Engine
from index.exports import tokens
from index.web.chat import rendering
from index.web.chat.arrival import Arrival
from index.web.chat.asking import Asking
from index.web.chat.catalogue import Catalogues
from index.web.chat.endpoints import Admit, Endpoint, add_endpoints, open_to_all
from index.web.chat.history import History
from index.web.chat.texts import JA, LANGUAGES, Texts
from index.web.chat.turns import Talk
from index.web.chat.warmup import WarmUp

AT_ONCE = 4
"""Questions answered at the same time; more wait in the queue. The encoder's workers are a core each."""

FONTS = ["Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic UI", "sans-serif"]
"""Names of fonts on the reader's own machine; nothing is fetched."""

WIRE = """element.addEventListener("tenkyo", (event) => trigger(event.detail.name, event.detail.data));"""
"""Passes to Python what page.js makes of clicks on the HTML inside."""

SAID = "(_, ...others) => [window.tenkyo.said(), ...others]"
"""Puts what the browser has to say into the first input of each handler."""

SCRIPTS = ("page.js", "cite.js", "fetched.js")
STYLE = ("frame", "masthead", "welcome", "conversation", "judging", "preview", "composer", "sources",
         "history", "fetched")  # fmt: skip
"""The scripts of the page, the first of which the others need; its sheets, by what they dress."""

SHOWN = ("talk", "conversation", "sources")
"""The parts of the page that a conversation fills."""


def build_app(
    engine: Engine,
    *,
    warm_up: WarmUp | None = None,
    texts: Texts = JA,
    endpoints: Iterable[Endpoint] = (),
    admit: Admit = open_to_all,
) -> gr.Blocks:
    """Lay the page out and connect it to the engine, which is warmed up when the page is opened.

    Args:
        engine: Asked by whoever is at the page.
        warm_up: Shared with others who wait for the engine.
        texts: The words of the page until it knows its reader's.
        endpoints: What programs may call by name; the handlers of the page are none.
        admit: Refuses, by a BusyError, an address that asks too often.
    """
    warm_up = warm_up or WarmUp(engine)
    kept = Conversations(engine.settings.home / "conversations.sqlite")
    catalogues = Catalogues(engine)
    with gr.Blocks(title=texts.page_title, analytics_enabled=False, fill_width=True) as app:
        add_endpoints(endpoints, admit)  # first, for Gradio gives a name to each handler too
        page = _layout(texts)
        asking = Asking(engine, warm_up, kept, catalogues, admit=admit)
        history = History(kept, catalogues)
        _connect_history(page, history, _connect_questions(page, asking))
        _connect_arrival(app, page, Arrival(warm_up, history, catalogues))
    app.queue(api_open=False, max_size=64)
    return app


def _layout(texts: Texts) -> dict[str, Any]:
    """Lay out the page, in the language it has until it knows the reader's; parts by their ids."""
    page: dict[str, Any] = {"said": gr.Textbox(visible=False), "talk": gr.State(Talk())}
    with gr.Row(elem_id="masthead"):
        page["name"] = _html(rendering.render_header(texts), "name")
        page["status"] = _html(rendering.render_loading(texts), "status")
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="talk"):
            page["welcome"] = _html(rendering.render_welcome((), texts), "welcome")
            page["conversation"] = _html("", "conversation")
            with gr.Column(elem_id="composer"):
                page["filter"] = _html("", "filter")
                page |= _box(texts)
        with gr.Column(elem_id="panel"):
            page["sources"] = _html(rendering.render_sources((), texts), "sources")
    with gr.Column(elem_id="history"):
        page["history_head"] = _html(rendering.render_history_head(texts), "history-head")
        page["history"] = _html("", "history-list")
    return page


def _box(texts: Texts) -> dict[str, Any]:
    with gr.Row(elem_id="box"):
        box = gr.Textbox(
            label=texts.box,
            placeholder=texts.placeholder,
            lines=1,
            max_lines=6,
            autofocus=True,
            container=False,
            elem_id="question",
        )
        send = gr.Button(texts.send, elem_id="send", scale=0)
        stop = gr.Button(texts.stop, elem_id="stop", scale=0)
    return {"box": box, "send": send, "stop": stop}


def _html(value: str, name: str) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=WIRE)


def _quiet(**options: Any) -> dict[str, Any]:
    return {"api_visibility": "private", "show_progress": "hidden", "js": SAID, **options}


def _connect_arrival(app: gr.Blocks, page: dict[str, Any], arrival: Arrival) -> None:
    async def greet(said: str, request: gr.Request) -> AsyncIterator[dict[Any, Any]]:
        async for update in arrival.greet(said, request):
            yield {page[name]: content for name, content in update.items()}

    filled = [part for name, part in page.items() if name not in {"said", "history"}]
    app.load(greet, page["said"], filled, **_quiet(concurrency_limit=None))


def _connect_questions(page: dict[str, Any], asking: Asking) -> list[Any]:
    """Connect what asks and what stops; return the events that a change of conversation ends."""
    said, talk = page["said"], page["talk"]
    shown = [page[name] for name in SHOWN]
    limit = _quiet(concurrency_limit=AT_ONCE, concurrency_id="ask", trigger_mode="once")
    typed = [page["box"].submit, page["send"].click]
    clicked = [page["welcome"].submit, page["conversation"].submit]
    outputs = [page["box"], *shown]
    asks = [
        gr.on(typed, asking.ask, [said, page["box"], talk], outputs, **limit),
        gr.on(clicked, asking.ask_clicked, [said, talk], outputs, **limit),
    ]
    page["stop"].click(asking.stop, [said, talk], shown, cancels=asks, **_quiet())
    return asks


def _connect_history(page: dict[str, Any], history: History, asks: list[Any]) -> None:
    said, talk, listed = page["said"], page["talk"], page["history"]
    shown = [page[name] for name in SHOWN]
    quiet = _quiet(concurrency_limit=None)
    page["history_head"].input(history.refresh, [said], listed, **quiet)
    page["name"].clear(history.new, [said], shown, cancels=asks, **quiet)
    listed.select(history.open, [said], shown, cancels=asks, **quiet)
    listed.edit(history.rename, [said], listed, **quiet)
    listed.delete(history.delete, [said], [listed, *shown], cancels=asks, **quiet)
    listed.undo(history.restore, [said], listed, **quiet)
    judged = [page["conversation"].like, page["sources"].like]
    # One after the other, in their order, and none dropped while another is being kept.
    in_order = _quiet(concurrency_limit=1, trigger_mode="multiple")
    gr.on(judged, history.judge, [said, talk], None, **in_order)


def page_parts(texts: Texts = JA) -> dict[str, Any]:
    """Return what Gradio wants at launch or mounting rather than in the layout."""
    here = Path(__file__).parent
    words = {language: _script_words(of) for language, of in LANGUAGES.items()}
    script = (
        f"window.tenkyo = {{ texts: {json.dumps(words)}, language: {json.dumps(texts.language)} }};"
    )
    script += "".join((here / name).read_text("utf-8") for name in SCRIPTS)
    style = tokens() + "".join(
        (here / "style" / f"{name}.css").read_text("utf-8") for name in STYLE
    )
    return {
        "theme": gr.themes.Base(font=FONTS, font_mono=["monospace"]),
        # Not as css=: Gradio would put a prefix of its own before each selector.
        "head": f"<style>{style}</style><script>{script}</script>",
        "favicon_path": str(here / "favicon.svg"),
        "footer_links": [],
    }


def _script_words(texts: Texts) -> dict[str, Any]:
    """Return what the scripts say, by their own names for it."""
    return {
        "title": texts.page_title,
        "builtIn": texts.built_in,
        "between": texts.between,
        "since": texts.from_day,
        "until": texts.to_day,
        "close": texts.close,
        "copied": texts.copied,
        "copyByHand": texts.copy_by_hand,
        "failedToFetch": texts.failed_to_fetch,
        "suggestions": texts.suggestions,
    }
