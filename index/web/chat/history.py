"""The handlers of kept conversations: list, search, open, rename, delete; and of verdicts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import gradio as gr

from index.conversations import Conversation, Conversations, Verdict
from index.errors import StoreError
from index.web.chat import rendering
from index.web.chat.asking import shown
from index.web.chat.catalogue import Catalogues
from index.web.chat.turns import Talk, turn_of
from index.web.chat.visit import Visit, visit_of


class History:
    """Handlers over the file of conversations. Where it cannot be used the drawer says why."""

    def __init__(self, kept: Conversations, catalogues: Catalogues) -> None:
        self._conversations = kept
        self._catalogues = catalogues

    def refresh(self, said: str, request: gr.Request) -> str:
        """Show the conversations that hold the words searched for."""
        return self._listed(visit_of(said, request))

    def open(self, said: str, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Show a conversation."""
        return self.opened(str(event.id), visit_of(said, request))

    def new(self, said: str, request: gr.Request) -> list[Any]:
        """Begin another conversation; it is kept from its first answer on."""
        return shown(Talk(), visit_of(said, request).texts)

    def rename(self, said: str, event: gr.EventData, request: gr.Request) -> str:
        """Give a conversation another title."""
        visit, (name, title) = visit_of(said, request), (str(event.id), str(event.title))
        return self._changed(
            visit, lambda: self._conversations.rename(name, title, owner=visit.own)
        )

    def delete(self, said: str, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Delete a conversation, with a way back; the one that is open is closed."""
        visit, gone = visit_of(said, request), str(event.id)
        deleted = Conversation(gone, str(event.title), datetime.now())
        try:
            self._conversations.delete(gone, owner=visit.own)
        except StoreError as exc:
            return [_off(exc, visit), *[gr.skip()] * 3]
        listed = self._listed(visit, deleted=deleted)
        is_open = gone == visit.conversation
        return [listed, *(shown(Talk(), visit.texts) if is_open else [gr.skip()] * 3)]

    def restore(self, said: str, event: gr.EventData, request: gr.Request) -> str:
        """Bring back what was deleted last."""
        visit, name = visit_of(said, request), str(event.id)
        return self._changed(visit, lambda: self._conversations.restore(name, owner=visit.own))

    def judge(self, said: str, talk: Talk, event: gr.EventData, request: gr.Request) -> None:
        """Keep a verdict. The page has shown it already."""
        visit, number = visit_of(said, request), int(event.turn)
        citation = int(event.citation) if event.citation else None
        verdict = Verdict(event.verdict == "right", citation, str(event.word))
        try:
            self._conversations.judge(talk.id or "", number, verdict, owner=visit.own)
        except StoreError as exc:
            gr.Warning(visit.texts.told(exc))

    def opened(self, conversation_id: str, visit: Visit) -> list[Any]:
        """Return a conversation for the page, or why there is none."""
        catalogue = self._catalogues.current()
        unreadable = visit.texts.unreadable
        try:
            exchanges = self._conversations.read(conversation_id, owner=visit.own)
        except StoreError as exc:
            problem = rendering.render_problem(visit.texts.told(exc))
            return [Talk(), problem, rendering.render_sources((), visit.texts)]
        turns = (turn_of(exchange, catalogue, unreadable=unreadable) for exchange in exchanges)
        return shown(Talk(conversation_id, tuple(turns)), visit.texts)

    def _changed(self, visit: Visit, change: Callable[[], None]) -> str:
        try:
            change()
        except StoreError as exc:
            return _off(exc, visit)
        return self._listed(visit)

    def _listed(self, visit: Visit, *, deleted: Conversation | None = None) -> str:
        try:
            found = self._conversations.listed(owner=visit.own, words=visit.words)
        except StoreError as exc:
            return _off(exc, visit)
        return rendering.render_history(
            found,
            visit.texts,
            today=datetime.now().astimezone().date(),
            current=visit.conversation,
            searched=bool(visit.words.strip()),
            visitor=visit.is_visitor,
            deleted=deleted,
        )


def _off(error: StoreError, visit: Visit) -> str:
    return rendering.render_history_off(visit.texts.told(error), visit.texts)
