"""The chat page: its layout, and how a question runs through the engine, step by step."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from index.engine import Engine
from index.errors import TenkyoError
from index.records import Step
from index.web import rendering
from index.web.texts import JA, Texts
from index.web.turns import Turn, sources_of, titles_of
from index.web.warmup import WarmUp

logger = logging.getLogger(__name__)

AT_ONCE = 4
"""Questions answered at the same time; more wait in the queue. The encoder's workers are a core each."""

FONTS = ["Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic UI", "sans-serif"]
"""Names of fonts on the reader's own machine; nothing is fetched."""

OPEN_EXAMPLE = """element.addEventListener("click", (event) => {
  const button = event.target.closest("button.example");
  if (button) trigger("click", { question: button.textContent });
});"""


def build_app(engine: Engine, *, warm_up: WarmUp | None = None, texts: Texts = JA) -> gr.Blocks:
    """Lay the page out and connect it to the engine, which is warmed up when the page is opened."""
    chat = Chat(engine, warm_up or WarmUp(engine, unexpected=texts.unexpected), texts)
    with gr.Blocks(title=texts.page_title, analytics_enabled=False, fill_width=True) as app:
        turns = gr.State(())
        with gr.Row(elem_id="masthead"):
            _html(rendering.render_header(texts), "name")
            status = _html(rendering.render_loading(texts), "status")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk"):
                welcome = _html(rendering.render_welcome((), texts), "welcome", OPEN_EXAMPLE)
                conversation = _html("", "conversation")
                box, send = _composer(texts)
            with gr.Column(elem_id="panel"):
                sources = _html(rendering.render_sources((), texts), "sources")
        shown = [box, turns, conversation, sources]
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        app.load(chat.greet, None, [status, welcome], concurrency_limit=None, **quiet)
        limit = {"concurrency_limit": AT_ONCE, "concurrency_id": "ask", "trigger_mode": "once"}
        gr.on([box.submit, send.click], chat.ask, [box, turns], shown, **limit, **quiet)
        welcome.click(chat.ask_example, [turns], shown, **limit, **quiet)
    app.queue(api_open=False, max_size=64)
    return app


class Chat:
    """The handlers of the page. What a conversation holds travels with the call, not in here."""

    def __init__(self, engine: Engine, warm_up: WarmUp, texts: Texts) -> None:
        self._engine = engine
        self._warm_up = warm_up
        self._texts = texts

    async def greet(self) -> AsyncIterator[tuple[Any, Any]]:
        """Say how far the engine is, until it is ready and the examples are chosen."""
        self._warm_up.start()
        while not self._warm_up.settled:
            await asyncio.sleep(0.1)
        status = self._warm_up.status
        if status is None:
            yield rendering.render_failure(self._warm_up.error, self._texts), gr.skip()
            return
        ready = rendering.render_ready(len(status.articles), status.passages, self._texts)
        yield ready, gr.skip()
        while not self._warm_up.finished:
            await asyncio.sleep(0.1)
        yield gr.skip(), rendering.render_welcome(self._warm_up.examples, self._texts)

    def ask_example(self, turns: tuple[Turn, ...], event: gr.EventData) -> Iterator[list[Any]]:
        """Ask the example that was clicked."""
        yield from self.ask(str(event.question), turns)

    def ask(self, question: str, turns: tuple[Turn, ...]) -> Iterator[list[Any]]:
        """Yield the box, the conversation's record, and its two views, anew at each step."""
        box: Any = ""
        for turn in self.answer(question, turns):
            now = (*turns, turn)
            conversation = rendering.render_conversation(now, self._texts)
            yield [box, now, conversation, rendering.render_sources(now, self._texts)]
            box = gr.skip()  # someone may be typing the next question

    def answer(self, question: str, turns: tuple[Turn, ...]) -> Iterator[Turn]:
        """Yield the new turn as it grows. An error becomes its last form, never a stack trace."""
        number = len(turns) + 1
        try:
            if not self._engine.ready:
                yield Turn(number, question, "waiting")
                self._warm_up.wait()
            for step in self._engine.steps(question, previous=_previous(turns)):
                yield self._turn(number, question, step)
        except TenkyoError as exc:
            yield Turn(number, question, "error", error=str(exc))
        except Exception:  # the edge: the reader of the page gets a sentence, the log the trace
            logger.exception("a question failed")
            yield Turn(number, question, "error", error=self._texts.unexpected)

    def _turn(self, number: int, question: str, step: Step) -> Turn:
        if step.answer is not None:
            sources = sources_of(self._engine, step.answer)
            return Turn(number, question, "answer", answer=step.answer, sources=sources)
        if step.hits:
            return Turn(number, question, "reading", titles=titles_of(self._engine, step.hits))
        return Turn(number, question, "looking")


def _previous(turns: tuple[Turn, ...]) -> str | None:
    answers = [turn.answer for turn in turns if turn.answer]
    return answers[-1].understood if answers else None


def _composer(texts: Texts) -> tuple[gr.Textbox, gr.Button]:
    with gr.Row(elem_id="composer"):
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
    return box, send


def _html(value: str, name: str, js: str | None = None) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=js)


def page_parts(texts: Texts = JA) -> dict[str, Any]:
    """Return what Gradio wants at launch or mounting rather than in the layout."""
    here = Path(__file__).parent
    script = (here / "cite.js").read_text(encoding="utf-8")
    words = json.dumps(texts.built_in)
    style = (here / "style.css").read_text(encoding="utf-8")
    return {
        "theme": gr.themes.Base(font=FONTS, font_mono=["monospace"]),
        # Not as css=: Gradio would put a prefix of its own before each selector.
        "head": f"<style>{style}</style><script>window.tenkyoWords = {words}; {script}</script>",
        "favicon_path": str(here / "favicon.svg"),
        "footer_links": [],
    }
