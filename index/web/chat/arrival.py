"""What happens when the page is opened, as one event.

Two events of a page that has just been opened can get in each other's way: Gradio's browser side
closes the stream of messages with the first that ends, and what the other still says is lost.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from index.web.chat import rendering
from index.web.chat.catalogue import Catalogues
from index.web.chat.history import History
from index.web.chat.texts import Texts
from index.web.chat.visit import Visit, visit_of
from index.web.chat.warmup import WarmUp

Update = dict[str, Any]
"""New content of parts of the page, by their names."""


class Arrival:
    """Speaks the reader's language, shows what the address names, and says how far the engine is."""

    def __init__(self, warm_up: WarmUp, history: History, catalogues: Catalogues) -> None:
        self._warm_up = warm_up
        self._history = history
        self._catalogues = catalogues

    async def greet(self, said: str, request: gr.Request) -> AsyncIterator[Update]:
        """Yield the parts of the page as they become known."""
        visit = visit_of(said, request)
        self._warm_up.start()
        yield _words(visit.texts, "" if visit.is_visitor else visit.owner or "")
        yield await asyncio.to_thread(self._contents, visit)  # may wait for the engine to open
        while not self._warm_up.settled:
            await asyncio.sleep(0.1)
        yield self._state(visit.texts)
        while not self._warm_up.finished:
            await asyncio.sleep(0.1)
        await asyncio.to_thread(self._warm_up.choose)  # the index may be another by now
        yield {"welcome": rendering.render_welcome(self._warm_up.examples, visit.texts)}

    def _contents(self, visit: Visit) -> Update:
        form = {"filter": rendering.render_filter(self._catalogues.current(), visit.texts)}
        if visit.conversation is None:
            return form
        opened = self._history.opened(visit.conversation, visit)
        return form | dict(zip(("talk", "conversation", "sources"), opened, strict=True))

    def _state(self, texts: Texts) -> Update:
        error = self._warm_up.error
        catalogue = None if error else self._catalogues.current()
        if catalogue is None:
            why = texts.told(error) if error else ""
            return {"status": rendering.render_failure(why, texts)}
        ready = rendering.render_ready(len(catalogue.titles), catalogue.passages, texts)
        damage = self._warm_up.damage
        warning = rendering.render_warning(texts.told(damage)) if damage else ""
        return {"status": ready + warning}


def _words(texts: Texts, owner: str) -> Update:
    return {
        "name": rendering.render_header(texts, owner=owner),
        "status": rendering.render_loading(texts),
        "welcome": rendering.render_welcome((), texts),
        "box": gr.Textbox(label=texts.box, placeholder=texts.placeholder),
        "send": gr.Button(texts.send),
        "stop": gr.Button(texts.stop),
        "sources": rendering.render_sources((), texts),
        "history_head": rendering.render_history_head(texts),
    }
