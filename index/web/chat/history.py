"""The handlers of kept conversations: list, search, open, rename, delete; and of verdicts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import gradio as gr

from index.conversations import Conversation, Conversations, Verdict
from index.errors import StoreError
from index.web.chat import frame
from index.web.chat.answers import messages
from index.web.chat.asking import placed, shown, turn_at
from index.web.chat.turns import Catalogues, Talk, Turn, turn_of
from index.web.chat.visit import Visit, visit_of

FEEDBACK = {True: "Like", False: "Dislike"}
"""What Gradio's thumbs are called."""


@dataclass(eq=False)
class History:
    """Handlers over the file of conversations. Where it cannot be used the list says why."""

    kept: Conversations
    catalogues: Catalogues

    def refresh(self, search: str, talk: Talk, request: gr.Request) -> str:
        """Show the conversations that hold the words searched for."""
        return self._listed(visit_of(request), search, talk)

    def open(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Show a conversation."""
        return self.opened(str(event.id), visit_of(request))

    def new(self, request: gr.Request) -> list[Any]:
        """Begin another conversation; it is kept from its first answer on."""
        return [Talk(), shown(Talk(), visit_of(request).words)]

    def rename(self, search: str, talk: Talk, event: gr.EventData, request: gr.Request) -> str:
        """Give a conversation another title."""
        change = partial(self.kept.rename, str(event.id), str(event.title))
        return self._changed(change, visit_of(request), search, talk)

    def delete(
        self, search: str, talk: Talk, event: gr.EventData, request: gr.Request
    ) -> list[Any]:
        """Delete a conversation, with a way back; the one that is open is closed."""
        visit, gone = visit_of(request), str(event.id)
        deleted = Conversation(gone, str(event.title), datetime.now())
        try:
            self.kept.delete(gone, owner=visit.own)
        except StoreError as exc:
            return [_off(exc, visit), gr.skip(), gr.skip()]
        listed = self._listed(visit, search, talk, deleted=deleted)
        is_open = gone == talk.id
        return [listed, *(self.new(request) if is_open else [gr.skip()] * 2)]

    def restore(self, search: str, talk: Talk, event: gr.EventData, request: gr.Request) -> str:
        """Bring back what was deleted last."""
        change = partial(self.kept.restore, str(event.id))
        return self._changed(change, visit_of(request), search, talk)

    def judge_answer(self, talk: Talk, event: gr.LikeData, request: gr.Request) -> None:
        """Keep what a reader thinks of an answer, or that nothing is thought of it any more."""
        turn = talk.turns[turn_at(event.index)]
        verdict = Verdict(event.liked) if isinstance(event.liked, bool) else None
        self._judge(talk, turn.kept, verdict, visit_of(request))

    def judge_source(self, talk: Talk, event: gr.EventData, request: gr.Request) -> None:
        """Keep what a reader thinks of a citation. The page has shown it already."""
        verdict = Verdict(event.verdict == "right", int(event.citation), str(event.word))
        self._judge(talk, int(event.turn), verdict, visit_of(request))

    def opened(self, conversation_id: str, visit: Visit) -> list[Any]:
        """Return a conversation for the page, or why there is none: record, turn, Gradio's thumbs."""
        catalogue, standing = self.catalogues.current(), self.catalogues.standing
        try:
            exchanges = self.kept.read(conversation_id, owner=visit.own)
        except StoreError as exc:
            turn = Turn(1, "…", "error", error=visit.words.told(exc))
            return [Talk(), shown(Talk(turns=(turn,)), visit.words), gr.skip()]
        unreadable = visit.words.unreadable
        turns = tuple(
            turn_of(e, catalogue, unreadable=unreadable, standing=standing) for e in exchanges
        )
        told = [message for turn in turns for message in messages(turn, visit.words)]
        whole, talk = placed(1, told, conversation_id), Talk(conversation_id, turns)
        return [talk, whole, gr.Chatbot(feedback_value=_thumbs(turns))]

    def _judge(self, talk: Talk, number: int | None, verdict: Verdict | None, visit: Visit) -> None:
        try:
            if verdict:
                self.kept.judge(talk.id or "", number or 0, verdict, owner=visit.own)
            else:
                self.kept.unjudge(talk.id or "", number or 0, owner=visit.own)
        except StoreError as exc:
            gr.Warning(visit.words.told(exc))

    def _changed(self, change: Callable[..., None], visit: Visit, search: str, talk: Talk) -> str:
        try:
            change(owner=visit.own)
        except StoreError as exc:
            return _off(exc, visit)
        return self._listed(visit, search, talk)

    def _listed(
        self, visit: Visit, search: str, talk: Talk, *, deleted: Conversation | None = None
    ) -> str:
        try:
            found = self.kept.listed(owner=visit.own, words=search)
        except StoreError as exc:
            return _off(exc, visit)
        return frame.render_history(
            found,
            visit.words,
            today=datetime.now().astimezone().date(),
            current=talk.id,
            searched=bool(search.strip()),
            visitor=visit.is_visitor,
            deleted=deleted,
        )


def _thumbs(turns: tuple[Turn, ...]) -> list[str | None]:
    """Return what Gradio's thumbs show: a value an answer, None where none was given."""
    given = ({v.citation: v.is_right for v in turn.verdicts}.get(None) for turn in turns)
    return [None if right is None else FEEDBACK[right] for right in given]


def _off(error: StoreError, visit: Visit) -> str:
    return frame.render_history_off(visit.words.told(error), visit.words)
