"""The chat page: its layout, and which handler answers what."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from index.answers import citation_of
from index.conversations import Conversations
from index.engine import Engine
from index.errors import StoreError
from index.settings import Llm
from index.web.chat import frame, narrowing
from index.web.chat.asking import Asking
from index.web.chat.endpoints import Admit
from index.web.chat.escaping import note
from index.web.chat.history import History
from index.web.chat.narrowing import NOTHING, Narrowing
from index.web.chat.sources import render_panel
from index.web.chat.turns import Catalogues, Talk
from index.web.chat.visit import FIELDS, Visit, visit_of
from index.web.chat.warmup import WarmUp
from index.web.words import MARKS, Words

AT_ONCE = 4
"""Questions answered at the same time; more wait in the queue. The encoder's workers are a core each."""

THEMES, EXAMPLES = 4, 4
"""Shown on the empty page, so that it fits a window of 860 pixels."""

WIRE = """element.addEventListener("tenkyo", (event) => trigger(event.detail.name, event.detail.data));"""
"""Passes to Python what the scripts make of clicks on the HTML inside."""

APPEND = "(shown, turn) => window.tenkyo.append(shown, turn)"
"""Puts a turn into the conversation that the browser holds (page.js)."""

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
FREE: dict[str, Any] = QUIET | {"concurrency_limit": None}


def add_chat(app: gr.Blocks, engine: Engine, warm_up: WarmUp, admit: Admit) -> None:
    """Lay the chat out in the page at hand and connect it to the engine."""
    kept = Conversations(engine.settings.home / "conversations.sqlite")
    catalogues = Catalogues(engine)
    page = _layout(engine.settings.llm)
    history = History(kept, catalogues)
    asks = _connect_questions(page, Asking(engine, warm_up, kept, catalogues, admit))
    _connect_history(page, history, asks)
    _connect_narrowing(page, Narrowing(engine, catalogues))
    arrival = Arrival(engine, warm_up, history, catalogues)

    async def greet(request: gr.Request) -> AsyncIterator[dict[Any, Any]]:
        async for update in arrival.greet(request):
            yield {page[name]: content for name, content in update.items()}

    filled = ("tools", "status", "welcome", "bot", "publisher", "article", "talk", "turn")
    app.load(greet, None, [page[name] for name in filled], **FREE)


@dataclass(eq=False)
class Arrival:
    """What happens when the page is opened, as one event.

    Two events of a page that has just been opened can get in each other's way: Gradio's browser side
    closes the stream of messages with the first that ends, and what the other still says is lost.
    """

    engine: Engine
    warm_up: WarmUp
    history: History
    catalogues: Catalogues

    async def greet(self, request: gr.Request) -> AsyncIterator[dict[str, Any]]:
        """Yield the parts of the page as they become known."""
        visit = visit_of(request)
        self.warm_up.start()
        yield await asyncio.to_thread(self._contents, visit, dict(request.query_params))
        while not self.warm_up.settled:
            await asyncio.sleep(0.1)
        yield await asyncio.to_thread(self._state, visit.words)

    def _contents(self, visit: Visit, asked: dict[str, str]) -> dict[str, Any]:
        """Return what the articles are about, and the conversation or the article that is asked for."""
        owner = "" if visit.is_visitor else visit.owner or ""
        filled = self._welcome(visit.words)
        filled["tools"] = frame.render_tools(visit.words, owner=owner)
        catalogue = self.catalogues.current()
        if catalogue:
            chosen = [name for name in [asked.get("article")] if name in catalogue.titles]
            titles = [(title, name) for name, title in catalogue.titles.items()]
            filled["publisher"] = gr.Dropdown(choices=list(catalogue.publishers))
            filled["article"] = gr.Dropdown(choices=titles, value=chosen)
        if asked.get("c"):
            opened = self.history.opened(asked["c"], visit)
            filled |= dict(zip(("talk", "turn"), opened, strict=False))
            if isinstance(opened[2], gr.Chatbot):
                filled["bot"] = opened[2]
        return filled

    def _welcome(self, words: Words) -> dict[str, Any]:
        try:
            glance = self.engine.glance()
            offered = self.engine.suggestions(words.language, most=EXAMPLES)
        except StoreError:
            return {"welcome": frame.render_welcome(None, (), words)}
        themes = [
            (t, citation_of(t.citation, *self.engine.cited(t.citation)))
            for t in glance.themes[:THEMES]
        ]
        examples = [{"text": question} for question in offered]
        welcome = frame.render_welcome(glance, themes, words)
        return {"welcome": welcome, "bot": gr.Chatbot(examples=examples)}

    def _state(self, words: Words) -> dict[str, Any]:
        error = self.warm_up.error
        catalogue = None if error else self.catalogues.current()
        if catalogue is None:
            said = words.told(error) if error else ""
            return {"status": frame.render_failure(said, words.failed)}
        articles, passages = len(catalogue.titles), catalogue.passages
        ready = frame.render_status(words.ready.format(articles=articles, passages=passages))
        damage = self.engine.damage
        warning = frame.render_failure(words.told(damage)) if damage else ""
        return {"status": ready + warning}


def _layout(llm: Llm | None) -> dict[str, Any]:
    """Lay out the page; its words are marks until it is served."""
    page: dict[str, Any] = {"talk": gr.State(Talk()), "turn": gr.JSON(visible="hidden")}
    with gr.Sidebar(label=MARKS.history, open=False, elem_id="history") as page["sidebar"]:
        page["search"] = gr.Textbox(
            label=MARKS.history_search, placeholder=MARKS.history_search, elem_id="history-search",
            show_label=False, container=False,
        )  # fmt: skip
        page["list"] = _html("", "history-list")
    with gr.Row(elem_id="masthead"):
        page["tools"] = _html(frame.render_tools(MARKS), "tools")
        page["status"] = _html(frame.render_status(MARKS.loading, "status loading"), "status")
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="talk"):
            page["welcome"] = _html(frame.render_welcome(None, (), MARKS), "welcome")
            page["bot"] = _chatbot()
            with gr.Column(elem_id="composer"):
                page |= narrowing.layout()
                page["box"] = gr.Textbox(
                    label=MARKS.box, placeholder=MARKS.placeholder, lines=1, max_lines=6,
                    autofocus=True, container=False, elem_id="question",
                    submit_btn=MARKS.send, stop_btn=MARKS.stop,
                )  # fmt: skip
                if llm:
                    _html(note(f"{MARKS.sent}{llm.model} ({llm.host})"), "sent")
        with gr.Column(elem_id="panel"):
            page["sources"] = _html(render_panel(MARKS), "sources")
    return page


def _chatbot() -> gr.Chatbot:
    """Return Gradio's conversation, in which nothing is read as Markdown, LaTeX or tags."""
    return gr.Chatbot(
        elem_id="conversation", label=MARKS.conversation, show_label=False, container=False,
        height="auto", layout="panel", render_markdown=False, latex_delimiters=[], buttons=[],
        editable="user", group_consecutive_messages=False, autoscroll=False,
    )  # fmt: skip


def _html(value: str, name: str) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=WIRE)


def _connect_questions(page: dict[str, Any], asking: Asking) -> list[Any]:
    """Connect what asks and what stops; return the events that a change of conversation ends."""
    box, bot, talk, turn = page["box"], page["bot"], page["talk"], page["turn"]
    fields = [page[name] for name in FIELDS]
    limit = QUIET | {"concurrency_limit": AT_ONCE, "concurrency_id": "ask", "trigger_mode": "once"}
    outputs = [box, talk, turn]
    offered = [bot.example_select, bot.option_select]
    asks = [
        box.submit(asking.ask, [box, talk, *fields], outputs, **limit),
        gr.on(offered, asking.ask_offered, [talk, *fields], outputs, **limit),
        bot.retry(asking.retry, [talk, *fields], outputs, **limit),
        bot.edit(asking.edit, [talk, *fields], outputs, **limit),
        page["sources"].submit(asking.ask_everything, [talk], outputs, **limit),
    ]
    page["sources"].submit(lambda: NOTHING, None, fields, **FREE)
    turn.change(None, [bot, turn], bot, js=APPEND)
    box.stop(asking.stop, talk, [talk, turn], cancels=asks, **FREE)
    bot.undo(asking.undo, talk, outputs, cancels=asks, **FREE)
    return asks


def _connect_history(page: dict[str, Any], history: History, asks: list[Any]) -> None:
    bot, talk, listed = page["bot"], page["talk"], page["list"]
    shown, about = [talk, page["turn"]], [page["search"], talk]
    page["sidebar"].expand(history.refresh, about, listed, **FREE)
    page["search"].change(history.refresh, about, listed, **FREE)
    page["tools"].clear(history.new, None, shown, cancels=asks, **FREE)
    bot.clear(history.new, None, shown, cancels=asks, **FREE)
    listed.select(history.open, None, [*shown, bot], cancels=asks, **FREE)
    listed.select(lambda: gr.Sidebar(open=False), None, page["sidebar"], **FREE)
    listed.edit(history.rename, about, listed, **FREE)
    listed.delete(history.delete, about, [listed, *shown], cancels=asks, **FREE)
    listed.undo(history.restore, about, listed, **FREE)
    # One after the other, in their order, and none dropped while another is being kept.
    in_order = QUIET | {"concurrency_limit": 1, "trigger_mode": "multiple"}
    bot.like(history.judge_answer, talk, None, **in_order)
    page["sources"].like(history.judge_source, talk, None, **in_order)


def _connect_narrowing(page: dict[str, Any], form: Narrowing) -> None:
    fields = [page[name] for name in FIELDS]
    changed = [field.change for field in fields]
    gr.on(changed, form.changed, fields, [page["form"], page["undated"]], **FREE)
    page["everything"].click(lambda: NOTHING, None, fields, **FREE)
