"""Opens a home and does everything that is done with it: build, search, ask, show.

The one thing that cli, app and evaluation call. Safe to use from several threads: a question is
answered from one generation, and a new one is picked up between questions.
"""

import contextlib
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from index import answering, checking, derived, ingest, schema, writing
from index.answering import FOUND, Found
from index.crossencoder import CrossEncoder
from index.encoder import Encoder
from index.errors import DamagedError, StoreError
from index.models import Models
from index.opened import Opened
from index.questions import LONGEST, checked, plain
from index.records import Answer, Filter, Hit, Step
from index.reports import BuildReport, OnProgress, Status
from index.settings import Settings
from index.store import DistantStore, Earlier, Home, Milvus, Serving

logger = logging.getLogger(__name__)


class Engine(Opened):
    """A home, its encoder and its reader. Opening one touches nothing until it is used."""

    def __init__(
        self,
        settings: Settings,
        *,
        encoder: Encoder | None = None,
        crossencoder: CrossEncoder | None = None,
    ) -> None:
        """Take a home and, if not those of the settings, models. Raises SettingsError: no client for an LLM."""
        self.settings = settings
        self._writer = writing.Endpoint(settings.llm) if settings.llm else None
        self.home = Home(settings.home)
        self._store = (
            DistantStore(Milvus(settings.store, settings.store_token)) if settings.store else None
        )
        self._models = Models(settings, encoder, crossencoder)
        fits = partial(ingest.check_fits, fingerprint=self._models.fingerprint)
        super().__init__(Serving(self._store or self.home, fits))

    @property
    def ready(self) -> bool:
        """Whether the index is open and the encoder loaded."""
        return bool(self._serving.opened) and self._models.ready

    def warm_up(self, *, on_progress: OnProgress | None = None) -> None:
        """Open the index, load the models and run one question through them. Raises as ``search``."""
        self._models.crossencoder(on_progress)
        self._find("準備")

    def needs_build(self) -> bool:
        """Whether there is no index that this program can use. Building is safe then: nothing is lost.

        What is in a store is built by whoever writes that, when they say so.
        """
        if self._store:
            return False
        try:
            with contextlib.closing(self.home.open()) as generation:
                return not ingest.fits(generation, self._models.fingerprint())
        except StoreError as exc:
            logger.info("a build is needed: %s", exc)
            return True

    def build(
        self,
        paths: ingest.Named | None = None,
        *,
        shard: ingest.Shard = (1, 1),
        take_over: bool = False,
        on_progress: OnProgress | None = None,
    ) -> BuildReport:
        """Index these files, folders and addresses; without any, those of the last build, else the seeds.

        What was uploaded or fetched stays, and what is new in feeds is fetched. Of a ``shard`` only that share
        of the files is indexed, to be joined with the others, and nothing is derived of it. ``take_over``: in
        place of what another home has put into the store.

        Raises:
            CorpusError: No article could be read; the index stays as it was.
            StoreError: The home or the store cannot be written, or another build is running.
        """
        told = partial(ingest.sources_at, self.home, paths)
        return self._ingest(told, on_progress, shard, take_over=take_over)

    def join(self, parts: Sequence[Path], *, on_progress: OnProgress | None = None) -> int:
        """Put in use what shards hold that were built in homes of their own; return the generation's number.

        Raises:
            StoreError: One has no index, is damaged or was made otherwise; or the home cannot be written.
        """
        self.check_writer()
        encoder, derive = self._models.encoder(on_progress), self._derive(on_progress)
        number = ingest.join(self.home, [*map(Home, parts)], encoder, derive, on_progress)
        self.publish(on_progress)
        return number

    def add(
        self, paths: ingest.Named, *, watched: bool = False, on_progress: OnProgress | None = None
    ) -> BuildReport:
        """Index these files, folders and addresses beside those of the last build. Raises as ``build``.

        What was taken out by hand comes back, but for what is in folders that are ``watched``.

        Raises:
            CorpusError: A path does not exist.
        """
        named = ingest.absolute(paths, there=True)
        sources = partial(ingest.sources_of, self.home)
        return self._ingest(lambda: sources().adding(named, watched), on_progress)

    def upload(
        self, uploads: Sequence[ingest.Upload], *, on_progress: OnProgress | None = None
    ) -> BuildReport:
        """Take files into the home and index them beside the others. Raises as ``build``."""
        sources, keep = partial(ingest.sources_of, self.home), partial(ingest.keep, self.home)
        return self._ingest(lambda: sources().adding(keep(uploads)), on_progress)

    def remove(self, *article_ids: str, on_progress: OnProgress | None = None) -> BuildReport:
        """Take articles out of the index, and feeds off the list. Only files that were uploaded are touched.

        Raises:
            StoreError: There is no such article, or none would be left.
        """
        feeds = ingest.sources_of(self.home).feeds
        self.check_removal([one for one in article_ids if one not in feeds])
        return self._ingest(lambda: ingest.sources_of(self.home).without(article_ids), on_progress)

    def check_removal(self, article_ids: Collection[str]) -> None:
        """Refuse to take out what is not there, or everything. Raises as ``remove``."""
        generation = self.generation()
        for article_id in article_ids:
            generation.article(article_id)
        if generation.ids() <= set(article_ids):
            raise StoreError("最後の記事は外せません。先に別の記事を加えてください。")

    def rollback(self) -> int:
        """Go back to the generation before; return its number, or raise a StoreError where there is none."""
        self.check_writer()
        number = self.home.rollback()
        self.publish()
        return number

    def earlier(self) -> Earlier | None:
        """What a roll-back would put in use; None where there is nothing, or another home writes the store."""
        try:
            self.check_writer()
            return self.home.earlier()
        except StoreError:
            return None

    def publish(self, on_progress: OnProgress | None = None) -> None:
        """Put what this home holds in use in the store, where there is one. Raises StoreError."""
        if self._store:
            with self.home.building(), contextlib.closing(self.home.open()) as generation:
                writer = self.home.identity(new=True)
                self._store.put(generation, writer, on_progress or (lambda _: None))

    def in_use(self) -> int | None:
        """Return the number of the generation in use, of a store of the one asked last; None where there is none."""
        if self._store:
            return self._serving.opened[-1].number if self._serving.opened else None
        return self.home.current()

    def check_writer(self) -> None:
        """Raise a StoreError where there is a store that another home writes."""
        if self._store:
            self._store.check_writer(self.home.identity())

    def merge(self, *, on_progress: OnProgress | None = None) -> int:
        """Merge small segments where there are many, beside questions and builds. Raises as ``rollback``."""
        return ingest.merge(self.home, on_progress)

    def stop(self) -> None:
        """Have answers that a language model is wording come in quotes at once: the program ends."""
        if isinstance(self._writer, writing.Endpoint):
            self._writer.stopping = True

    def search(self, question: str, *, top_k: int = 10, filter: Filter | None = None) -> list[Hit]:
        """Rank passages for a question.

        Raises:
            QuestionError: The question is empty or too long.
            StoreError: There is no usable index.
            EncoderError: A model cannot be loaded.
        """
        return [*self._find(checked(question), filter=filter, top_k=top_k).hits[:top_k]]

    def ask(
        self, question: str, *, previous: str | None = None, filter: Filter | None = None
    ) -> Answer:
        """Answer a question. Raises as ``search``."""
        return self.explain(question, previous=previous, filter=filter)[0]

    def explain(
        self, question: str, *, previous: str | None = None, filter: Filter | None = None
    ) -> tuple[Answer, Found]:
        """Answer a question, and show all that the answer was made of. Raises as ``search``."""
        found = self._find(checked(question), previous, filter)
        *_, last = (step.answer for step in self._answer_steps(found))
        assert last  # the last step is the answer
        return last, found

    def steps(
        self, question: str, *, previous: str | None = None, filter: Filter | None = None
    ) -> Iterator[Step]:
        """Answer a question step by step, as ``Step`` tells. Raises as ``search``."""
        question = checked(question)
        yield Step("looking")
        found = self._find(question, previous, filter)
        yield Step("sources", found.hits)
        yield from self._answer_steps(found)

    def _answer_steps(self, found: Found) -> Iterator[Step]:
        with found.generation.naming_damage():
            reader, llm = self._models.crossencoder, self.settings.llm
            yield from writing.answer_steps(found, self._writer, reader, llm)

    def check_steps(self, draft: str) -> Iterator[checking.Check]:
        """Hold a draft against the articles; yield what was found after each sentence. Raises as ``search``."""
        with self.generation().naming_damage():
            yield from checking.check_steps(draft, self._asking())

    def recheck(self, citation: schema.Citation) -> checking.Living:
        """Tell what has become of a citation that was made before. Raises as ``search``."""
        return checking.recheck(citation, self._asking())

    def _asking(self) -> answering.Asking:
        models = self._models
        return answering.Asking(self.generation(), models.encoder(), models.crossencoder())

    def status(self) -> Status:
        """Describe the home and check every file of the generation in use. Raises as ``search``."""
        with contextlib.closing((self._store or self.home).open()) as generation:
            return Status(
                home=self.home.path,
                store=self.settings.store,
                generation=generation.number,
                articles=tuple(generation.articles()),
                passages=generation.counts["passages"],
                sentences=generation.counts["sentences"],
                encoder=generation.encoder,
                usable=ingest.fits(generation, self._models.fingerprint()),
                bytes=self.home.size(),
                damaged=tuple(generation.verify()),
            )

    def _ingest(
        self,
        sources: Callable[[], ingest.Sources],
        report: OnProgress | None,
        shard: ingest.Shard = (1, 1),
        *,
        take_over: bool = False,
    ) -> BuildReport:
        is_whole = shard == (1, 1)
        if is_whole and not take_over:
            self.check_writer()
        encoder, private = self._models.encoder(report), self.settings.fetch_private
        derive = self._derive(report) if is_whole else derived.derive
        told: dict[str, Any] = {"derive": derive, "on_progress": report, "private": private}
        built = ingest.build(self.home, encoder, sources, shard=shard, **told)
        if is_whole:
            self.publish(report)
        return built

    def _derive(self, report: OnProgress | None) -> ingest.Derive:
        return partial(derived.derive, models=self._models, report=report)

    def _find(
        self,
        question: str,
        previous: str | None = None,
        filter: Filter | None = None,
        top_k: int = FOUND,
    ) -> Found:
        """Rank passages, the best of them read closely: always the same, however many are wanted."""
        generation, models = self.generation(), self._models
        encoder, reader = models.encoder(), models.crossencoder()
        most, before = max(top_k, FOUND), plain(previous or "")[:LONGEST]
        try:
            with generation.naming_damage():
                asking = answering.Asking(generation, encoder, reader, filter)
                found = asking.find(question, previous=before, top_k=most)
            if self._serving.is_whole(generation):
                return found
        except DamagedError as exc:
            self._serving.leave(generation, exc)
        return self._find(question, previous, filter, top_k)
