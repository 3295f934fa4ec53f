"""Opens a home and does everything that is done with it: build, search, ask, show.

The one thing that cli, app and evaluation call. Safe to use from several threads: a question is
answered from one generation, and a new one is picked up between questions.
"""

import contextlib
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import TypeVar

from index import answering, checking, derived, ingest, schema, writing
from index.answering import FOUND, Found
from index.carriers import MOST
from index.crossencoder import CrossEncoder
from index.encoder import Encoder
from index.errors import DamagedError, StoreError
from index.models import Models
from index.questions import LONGEST, checked, plain
from index.records import Answer, Article, Citation, Filter, Glance, Hit, Passage, Point, Step
from index.reports import BuildReport, OnProgress, Status
from index.settings import Settings
from index.store import Generation, Home, Part, Serving

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Engine:
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
        self._models = Models(settings, encoder, crossencoder)
        self._serving = Serving(
            self.home, partial(ingest.check_fits, fingerprint=self._models.fingerprint)
        )

    @property
    def ready(self) -> bool:
        """Whether the index is open and the encoder loaded."""
        return bool(self._serving.opened) and self._models.ready

    @property
    def damage(self) -> StoreError | None:
        """What everybody should know of the index: it is damaged, and the one before serves."""
        return self._serving.damage

    def warm_up(self, *, on_progress: OnProgress | None = None) -> None:
        """Open the index, load the models and run one question through them. Raises as ``search``."""
        self._models.crossencoder(on_progress)
        self._find("準備")

    def needs_build(self) -> bool:
        """Whether there is no index that this program can use. Building is safe then: nothing is lost."""
        try:
            with contextlib.closing(self.home.open()) as generation:
                return not ingest.fits(generation, self._models.fingerprint())
        except StoreError as exc:
            logger.info("a build is needed: %s", exc)
            return True

    def build(
        self, paths: ingest.Named | None = None, *, on_progress: OnProgress | None = None
    ) -> BuildReport:
        """Index these files, folders and addresses; without any, those of the last build, else the seeds.

        What was uploaded or fetched stays, and what is new in feeds is fetched.

        Raises:
            CorpusError: No article could be read; the index stays as it was.
            StoreError: The home cannot be written, or another build is running.
        """
        return self._ingest(lambda: ingest.sources_at(self.home, paths), on_progress)

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
        return self.home.rollback()

    def merge(self, *, on_progress: OnProgress | None = None) -> int:
        """Merge small segments where there are many, beside questions and builds. Raises as ``rollback``."""
        return ingest.merge(self.home, on_progress)

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

    def article(self, article_id: str) -> Article:
        """Return an article as indexed; one that a build has just taken out is still there.

        Raises:
            StoreError: There is no such article.
        """
        return self._from_open(lambda generation: generation.article(article_id))

    def part(self, article_id: str) -> Part:
        """Return an article with its passages as they were cut in the build. Raises as ``article``."""
        return self._from_open(lambda generation: generation.part(article_id))

    def outline(self, article_id: str) -> tuple[Point, ...]:
        """Return the sentences that carry an article, in the order of the text. Raises as ``article``."""
        return self._from_open(
            lambda g: answering.outline(g.part(article_id), g.codes(article_id)[1])
        )

    def glance(self) -> Glance:
        """Return what the articles are: how many, from when, whose, about what. Raises as ``search``."""
        return derived.glance(self.generation())

    def suggestions(
        self, language: str, *, near: Sequence[str] = (), asked: Sequence[str] = (), most: int = 3
    ) -> tuple[str, ...]:
        """Return questions to ask, as ``derived.suggest`` does. Raises as ``search``."""
        return derived.suggest(self.generation(), language, near=near, asked=asked, most=most)

    def _from_open(self, read: Callable[[Generation], T]) -> T:
        """Read from the generation in use, or else from an older one that is still open."""
        current = self.generation()
        for generation in (current, *self._serving.opened):
            with contextlib.suppress(StoreError):
                return read(generation)
        return read(current)

    def articles(self) -> list[Article]:
        """Return every article of the index. Raises as ``search``."""
        return self.generation().articles()

    def cited(self, citation: Citation) -> tuple[Article, Passage]:
        """Return the article and passage that a citation was made from.

        Raises:
            StoreError: The article has changed or gone since; the generation before still serves.
        """
        for generation in reversed(self._serving.opened or [self.generation()]):
            try:
                article = generation.article(citation.article_id)
            except StoreError:
                continue
            if article.sha256 == citation.sha256:
                return article, generation.passage_at(article.id, citation.start)
        raise StoreError(
            f"{citation.article_id}: 引用した後に、記事が変わったか、索引から外されました。"
        )

    def carriers(self, one: str) -> list[Article]:
        """Return the others that carry the copy of an article, not all of very many. Raises as ``article``."""
        return self._from_open(
            lambda g: [g.article(i) for i in g.stories.get(one, ())[:MOST] if i != one]
        )

    def status(self) -> Status:
        """Describe the home and check every file of the generation in use. Raises as ``search``."""
        with contextlib.closing(self.home.open()) as generation:
            return Status(
                home=self.home.path,
                generation=generation.number,
                articles=tuple(generation.articles()),
                passages=generation.manifest["passages"],
                sentences=generation.manifest["sentences"],
                encoder=generation.encoder,
                usable=ingest.fits(generation, self._models.fingerprint()),
                bytes=self.home.size(),
                damaged=tuple(generation.verify()),
            )

    def _ingest(
        self, sources: Callable[[], ingest.Sources], report: OnProgress | None
    ) -> BuildReport:
        encoder = self._models.encoder(report)
        derive = partial(derived.derive, models=self._models, report=report)
        private = self.settings.fetch_private
        return ingest.build(
            self.home, encoder, sources, derive=derive, on_progress=report, private=private
        )

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

    def generation(self) -> Generation:
        """Return the generation that serves, opening it when it is another than the last. Raises as ``search``."""
        return self._serving.current()
