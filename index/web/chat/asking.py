"""How a question runs through the engine, step by step, and how an answer is kept."""

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from index.answers import answer_of
from index.conversations import Conversations
from index.engine import Engine
from index.errors import StoreError, TenkyoError
from index.records import Step
from index.schema import Answer
from index.web.chat import rendering
from index.web.chat.catalogue import Catalogues
from index.web.chat.endpoints import Admit, open_to_all
from index.web.chat.texts import Texts
from index.web.chat.turns import Talk, Turn, narrowed, renewed, titles_of
from index.web.chat.visit import Visit, visit_of
from index.web.chat.warmup import WarmUp

logger = logging.getLogger(__name__)


def shown(talk: Talk, texts: Texts) -> list[Any]:
    """Return a conversation for the page: the record, and its two views."""
    conversation = rendering.render_conversation(talk.turns, texts, conversation_id=talk.id)
    return [talk, conversation, rendering.render_sources(talk.turns, texts)]


class Asking:
    """The handlers of questions. What a conversation holds travels with the call, not in here."""

    def __init__(
        self,
        engine: Engine,
        warm_up: WarmUp,
        kept: Conversations,
        catalogues: Catalogues,
        *,
        admit: Admit = open_to_all,
    ) -> None:
        self._engine = engine
        self._warm_up = warm_up
        self._conversations = kept
        self._catalogues = catalogues
        self._admit = admit

    def ask(self, said: str, question: str, talk: Talk, request: gr.Request) -> Iterator[list[Any]]:
        """Answer what stands in the box, and empty it."""
        box: Any = ""
        for update in self._updates(question, talk, visit_of(said, request)):
            yield [box, *update]
            box = gr.skip()  # someone may be typing the next question

    def ask_clicked(
        self, said: str, talk: Talk, event: gr.EventData, request: gr.Request
    ) -> Iterator[list[Any]]:
        """Answer the question that was clicked."""
        visit = visit_of(said, request)
        for update in self._updates(str(event.question), talk, visit):
            yield [gr.skip(), *update]

    def stop(self, said: str, talk: Talk, request: gr.Request) -> list[Any]:
        """Leave an answer that is still coming where it is."""
        *before, last = talk.turns or (None,)
        if last is None or last.stage in {"answer", "error", "stopped"}:
            return [gr.skip()] * 3
        stopped = replace(talk, turns=(*before, replace(last, stage="stopped")))
        return shown(stopped, visit_of(said, request).texts)

    def answer(
        self, question: str, turns: tuple[Turn, ...], visit: Visit | None = None
    ) -> Iterator[Turn]:
        """Yield the new turn as it grows. An error becomes its last form, never a stack trace."""
        visit, started = visit or Visit(), time.perf_counter()
        turn = Turn(len(turns) + 1, question, "looking")
        try:
            self._admit(visit.address)
            turn = narrowed(turn, visit.filter(), self._catalogues.current())
            if not self._engine.ready:
                yield replace(turn, stage="waiting")
                self._warm_up.wait()
            for step in self._engine.steps(question, previous=_previous(turns), filter=turn.filter):
                turn = self._stepped(turn, step, time.perf_counter() - started)
                if turn.answer is None:
                    yield turn
            yield turn  # not inside the steps: a question holds its place until they are done
        except TenkyoError as exc:
            yield replace(turn, stage="error", error=visit.texts.told(exc))
        except Exception:  # the edge: the reader of the page gets a sentence, the log the trace
            logger.exception("a question failed")
            yield replace(turn, stage="error", error=visit.texts.errors["unexpected"])

    def _updates(self, question: str, talk: Talk, visit: Visit) -> Iterator[list[Any]]:
        catalogue = self._catalogues.current()
        talk = replace(talk, turns=tuple(renewed(turn, catalogue) for turn in talk.turns))
        for turn in self.answer(question, talk.turns, visit):
            now = replace(talk, turns=(*talk.turns, turn))
            if turn.answer is not None:
                now = self._kept(now, turn.answer, visit)
            yield shown(self._judged(now, visit), visit.texts)

    def _stepped(self, turn: Turn, step: Step, seconds: float) -> Turn:
        if step.answer is not None:
            answer = answer_of(step.answer, self._engine, seconds=seconds)
            return replace(turn, stage="answer", answer=answer)
        if step.hits:
            return replace(turn, stage="reading", titles=titles_of(self._engine, step.hits))
        return replace(turn, stage="looking")

    def _judged(self, talk: Talk, visit: Visit) -> Talk:
        """Return the conversation with the verdicts as kept: some are given while an answer comes."""
        try:
            given = self._conversations.verdicts(talk.id or "", owner=visit.own)
        except StoreError:
            return talk
        turns = (replace(turn, verdicts=given.get(turn.kept or 0, ())) for turn in talk.turns)
        return replace(talk, turns=tuple(turns))

    def _kept(self, talk: Talk, answer: Answer, visit: Visit) -> Talk:
        """Keep the last turn; where that fails, the conversation goes on without."""
        *before, turn = talk.turns
        if visit.owner is None:
            return talk
        try:
            conversation_id, number = self._conversations.append(
                talk.id, turn.question, answer, filter=turn.filter, owner=visit.own
            )
        except StoreError as exc:
            logger.warning("a conversation is not kept: %s", exc)
            return talk
        return Talk(conversation_id, (*before, replace(turn, kept=number)))


def _previous(turns: tuple[Turn, ...]) -> str | None:
    answers = [turn.answer for turn in turns if turn.answer]
    return answers[-1].understood if answers else None
