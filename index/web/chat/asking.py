"""How a question runs through the engine, step by step, and how an answer is kept.

Gradio sends a conversation whole and twice, so that it is neither an input nor an output here: each step
is the new turn alone, ``{"turn": number, "messages": [...], "conversation": id}``, which page.js puts in
its place.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from index.answers import answer_of
from index.conversations import Conversations
from index.engine import Engine
from index.errors import StoreError, TenkyoError
from index.records import Step
from index.schema import Answer
from index.web.chat.answers import messages
from index.web.chat.endpoints import Admit
from index.web.chat.turns import EVERYTHING, Catalogues, Talk, Turn, narrowed, titles_of
from index.web.chat.visit import Visit, filter_of, visit_of
from index.web.chat.warmup import WarmUp
from index.web.words import Words

logger = logging.getLogger(__name__)

Update = list[Any]
"""New content of the box, of the conversation as the server holds it, and of the page's turn."""


def shown(talk: Talk, words: Words, offered: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the last turn of a conversation for the page; nothing of one that has none."""
    told = messages(talk.turns[-1], words, offered) if talk.turns else []
    return placed(max(len(talk.turns), 1), told, talk.id)


def placed(turn: int, told: list[dict[str, Any]], conversation_id: str | None) -> dict[str, Any]:
    """Return messages for the page to put from a turn on; what stood there, and after it, goes."""
    return {"turn": turn, "messages": told, "conversation": conversation_id or ""}


@dataclass(eq=False)
class Asking:
    """The handlers of questions. What a conversation holds travels with the call, not in here."""

    engine: Engine
    warm_up: WarmUp
    kept: Conversations
    catalogues: Catalogues
    admit: Admit

    def ask(
        self, question: str, talk: Talk, request: gr.Request, *narrowing: Any
    ) -> Iterator[Update]:
        """Answer what stands in the box, and empty it; nothing where nothing stands there."""
        if not question.strip():
            yield [gr.skip()] * 3
            return
        box: Any = ""
        for update in self._updates(question, talk, visit_of(request), narrowing):
            yield [box, *update]
            box = gr.skip()  # someone may be typing the next question

    def ask_offered(
        self, talk: Talk, event: gr.SelectData, request: gr.Request, *narrowing: Any
    ) -> Iterator[Update]:
        """Answer a question that was offered: an example of the empty page, or one to go on with."""
        question = event.value["text"] if isinstance(event.value, dict) else event.value
        yield from self._clicked(str(question), talk, request, narrowing)

    def ask_everything(
        self, talk: Talk, event: gr.EventData, request: gr.Request
    ) -> Iterator[Update]:
        """Answer a question anew, of all articles."""
        yield from self._clicked(str(event.question), talk, request, ())

    def retry(self, talk: Talk, request: gr.Request, *narrowing: Any) -> Iterator[Update]:
        """Answer the last question anew, in the place of its answer."""
        if not talk.turns:
            return
        before = self._cut(talk, len(talk.turns) - 1, visit_of(request))
        yield from self._clicked(talk.turns[-1].question, before, request, narrowing)

    def edit(
        self, talk: Talk, event: gr.EditData, request: gr.Request, *narrowing: Any
    ) -> Iterator[Update]:
        """Answer a question as it was changed; what came after it is taken back."""
        before = self._cut(talk, turn_at(event.index), visit_of(request))
        yield from self._clicked(str(event.value), before, request, narrowing)

    def undo(self, talk: Talk, request: gr.Request) -> Update:
        """Take back the last question and its answer; the question goes to the box."""
        if not talk.turns:
            return [gr.skip()] * 3
        visit, number = visit_of(request), len(talk.turns)
        before = self._cut(talk, number - 1, visit)
        return [talk.turns[-1].question, before, placed(number, [], before.id)]

    def stop(self, talk: Talk, request: gr.Request) -> Update:
        """Leave an answer that is still coming where it is."""
        if not talk.turns or not talk.turns[-1].pending:
            return [gr.skip()] * 2
        last = replace(talk.turns[-1], stage="stopped")
        stopped = replace(talk, turns=(*talk.turns[:-1], last))
        return [stopped, shown(stopped, visit_of(request).words)]

    def answer(
        self,
        question: str,
        turns: tuple[Turn, ...],
        visit: Visit | None = None,
        narrowing: tuple[Any, ...] = (),
    ) -> Iterator[Turn]:
        """Yield the new turn as it grows. An error becomes its last form, never a stack trace."""
        visit, started = visit or Visit(), time.perf_counter()
        turn = Turn(len(turns) + 1, question, "looking")
        try:
            self.admit(visit.address)
            turn = narrowed(turn, filter_of(narrowing), self.catalogues.current())
            if not self.engine.ready:
                yield replace(turn, stage="waiting")
                self.warm_up.wait()
            for step in self.engine.steps(question, previous=_previous(turns), filter=turn.filter):
                turn = self._stepped(turn, step, time.perf_counter() - started)
                if turn.pending:
                    yield turn
            yield turn  # not inside the steps: a question holds its place until they are done
        except TenkyoError as exc:
            yield replace(turn, stage="error", error=visit.words.told(exc))
        except Exception:  # the edge: the reader of the page gets a sentence, the log the trace
            logger.exception("a question failed")
            yield replace(turn, stage="error", error=visit.words.error_unexpected)

    def _clicked(
        self, question: str, talk: Talk, request: gr.Request, narrowing: tuple[Any, ...]
    ) -> Iterator[Update]:
        for update in self._updates(question, talk, visit_of(request), narrowing):
            yield [gr.skip(), *update]

    def _updates(
        self, question: str, talk: Talk, visit: Visit, narrowing: tuple[Any, ...]
    ) -> Iterator[Update]:
        for turn in self.answer(question, talk.turns, visit, narrowing):
            now = replace(talk, turns=(*talk.turns, turn))
            if turn.answer is not None and not turn.pending:
                now = self._kept(now, turn.answer, visit)
            yield [now, shown(now, visit.words, self._offered(now, visit))]
        yield [gr.skip(), gr.skip()]  # Gradio sends the last update of an event twice

    def _offered(self, talk: Talk, visit: Visit) -> tuple[str, ...]:
        """Return questions to go on with, within the filter of the last; the build has tried them."""
        last = talk.turns[-1]
        if last.answer is None or last.pending or last.filter != EVERYTHING:
            return ()
        near = tuple(dict.fromkeys(source.article_id for source in last.sources))
        asked = tuple(turn.question for turn in talk.turns)
        return self.engine.suggestions(visit.words.language, near=near, asked=asked)

    def _stepped(self, turn: Turn, step: Step, seconds: float) -> Turn:
        if step.answer is not None:
            answer = answer_of(step.answer, self.engine, seconds=seconds)
            return replace(turn, stage=step.name, answer=answer)
        if step.hits:
            return replace(turn, stage="reading", titles=titles_of(self.engine, step.hits))
        return replace(turn, stage="looking")

    def _kept(self, talk: Talk, answer: Answer, visit: Visit) -> Talk:
        """Keep the last turn; where that fails, the conversation goes on without."""
        *before, turn = talk.turns
        if visit.owner is None:
            return talk
        try:
            conversation_id, number = self.kept.append(
                talk.id, turn.question, answer, filter=turn.filter, owner=visit.own
            )
        except StoreError as exc:
            logger.warning("a conversation is not kept: %s", exc)
            return talk
        return Talk(conversation_id, (*before, replace(turn, kept=number)))

    def _cut(self, talk: Talk, number: int, visit: Visit) -> Talk:
        """Return a conversation with its first turns only, also as it is kept."""
        kept = [turn.kept for turn in talk.turns[number:] if turn.kept]
        if talk.id and kept:
            try:
                self.kept.cut(talk.id, kept[0], owner=visit.own)
            except StoreError as exc:
                logger.warning("a conversation is kept as it was: %s", exc)
        return talk.up_to(number)


def turn_at(index: Any) -> int:
    """Return which turn a message belongs to, from 0: each is a question and an answer."""
    return int(index[0] if isinstance(index, list | tuple) else index) // 2


def _previous(turns: tuple[Turn, ...]) -> str | None:
    answers = [turn.answer for turn in turns if turn.answer]
    return answers[-1].understood if answers else None
