"""What an index derives from all its articles together: names, timeline, copies, themes, questions to suggest.

Each article is looked at once; what was noted of it serves as long as it stays as it is. The sums over
all articles are kept as well, so that a change costs what has changed. Questions are made and asked of new
articles only, a bounded number in a build; those that were suggested before stay with their articles.
"""

import contextlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import astuple, dataclass, field
from datetime import date
from functools import cache, reduce
from heapq import nlargest
from operator import xor
from typing import Any

from index import carriers
from index.answering import Asking, Suggestion, suggestions, themes
from index.checking import disagreements
from index.citations import cite
from index.errors import StoreError
from index.models import Models
from index.questions import lexicon, spellings
from index.records import Glance, Theme
from index.reports import OnProgress, Progress
from index.store import Archive, Derived, Generation, Home, Part
from index.store.caches import NoteCache
from index.store.manifest import NAMES, OVERVIEW, TIMELINE
from index.timeline import MOST, render, timeline_lines
from index.timeline import VERSION as LINES

logger = logging.getLogger(__name__)

VERSION = f"{lexicon.ANALYSER} {spellings.VERSION} {LINES} 1"
"""Names how notes and sums are made."""
RESERVE, KEY = 4, 16
"""Times ``MOST``, lines that are kept in case some go; hexadecimal digits by which an article is known."""

SUMS, SAMPLES = b"sums", f"samples {carriers.VERSION}".encode()
"""The keys under which the sums, and samples of all texts, are kept."""

Line = tuple[str, str, str, int, str]
"""First and last day, id of the article, which of its lines, and its key in hexadecimal."""


@dataclass(slots=True)
class Note:
    """Of an article how often each name and place stands there, and the days of its lines."""

    names: Counter[spellings.Name]
    places: Counter[str]
    lines: list[Line]


@dataclass(slots=True)
class Sums:
    """Of all articles how often each name and place stands there, the latest lines, and how many there are."""

    names: Counter[spellings.Name] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    latest: list[Line] = field(default_factory=list)
    lines: int = 0
    keys: int = 0  # of the articles, exclusive or: a crash may leave notes that are not counted

    def drop(self, notes: Iterable[Note]) -> None:
        """Count articles out."""
        gone: set[Line] = set()
        for note in notes:
            self.names.subtract(note.names)
            self.places.subtract(note.places)
            gone.update(note.lines)
        self.names, self.places = +self.names, +self.places  # without those that are no more
        self.lines -= len(gone)
        self.latest = [line for line in self.latest if line not in gone]

    def add(self, notes: Iterable[Note]) -> None:
        """Count articles in."""
        is_all = len(self.latest) == self.lines
        latest, before = self.latest, self.latest[:1]
        for note in notes:
            self.names.update(note.names)
            self.places.update(note.places)
            self.lines += len(note.lines)
            latest = latest + [line for line in note.lines if is_all or [line] > before]
            if len(latest) > 2 * RESERVE * MOST:
                latest = nlargest(RESERVE * MOST, latest)
        self.latest = sorted(latest)[-RESERVE * MOST :]


def derive(
    home: Home,
    generation: Generation,
    *,
    models: Models | None = None,
    report: OnProgress | None = None,
) -> Derived:
    """Return the files of a generation that is about to be written. Call inside ``home.building()``.

    Args:
        home: Where the notes are, and the generation in use.
        generation: As it will be.
        models: Answer the questions to suggest; without them none are made.
        report: Told of each question asked.
    """
    with home.notes() as cache:
        try:
            summed = _summed(cache, generation)
        except LookupError:  # one is damaged
            cache.clear()
            summed = _summed(cache, generation)
        generation.overview = {"stories": _stories(cache, generation)}
    overview = _overview(home, generation, models, report or (lambda _: None))
    overview |= generation.overview
    return {**summed, OVERVIEW: json.dumps(overview, ensure_ascii=False).encode()}


def _overview(
    home: Home, generation: Generation, models: Models | None, report: OnProgress
) -> dict[str, Any]:
    """Themes and suggestions; what fails is left out, and tried again by the next build."""
    told: dict[str, Any] = {"version": "", "themes": [], "suggestions": []}
    try:
        told["themes"] = [(name, p.article_id, p.start, p.end) for name, p in themes(generation)]
        if models is not None:
            first = [article_id for _, article_id, *_ in told["themes"]]
            version = f"{suggestions.VERSION} {disagreements.VERSION} {models.version}"
            before, ids = _before(home, version), _short_keys(generation)
            asking = cache(lambda: Asking(generation, models.encoder(), models.crossencoder()))
            asked = _suggested(before, generation, ids, asking, first, report)
            told["suggestions"] = [astuple(s) for s in asked]
            told |= disagreements.compared(before, generation, ids, asking, report)
            told["version"] = version
    except Exception:
        logger.exception("the index is built without themes or suggestions")
    return told


def _suggested(
    before: Mapping[str, Any],
    generation: Generation,
    ids: Mapping[str, str],
    asking: Callable[[], Asking],
    first: Collection[str],
    report: OnProgress,
) -> list[Suggestion]:
    """The suggestions of before whose articles are still there, and those of new articles, of some ``first``."""
    told = (Suggestion(*s) for s in before.get("suggestions", ()))
    kept = [s for s in told if s.key in ids]
    new = sorted(ids.keys() - before.get("keys", ()))
    most = suggestions.ARTICLES
    central = [key for key in new if ids[key] in first]
    others = [key for key in new if ids[key] not in first]
    chosen = [*central, *others[:: -(-len(others) // most) or 1]][:most]
    if not chosen:
        return kept
    parts = {key: generation.part(ids[key]) for key in chosen}
    asked = suggestions.tried(
        parts,
        suggestions.asking(generation, asking().encoder, asking().crossencoder),
        lambda done, total: report(Progress("suggest", done, total)),
    )
    again = {s.question for s in asked}
    return [*asked, *(s for s in kept if s.question not in again)][: suggestions.KEPT]


def _before(home: Home, version: str) -> dict[str, Any]:
    """What the generation in use tells, and the keys of its articles; nothing of another version."""
    with contextlib.suppress(StoreError), contextlib.closing(home.open()) as before:
        if before.overview.get("version") == version:
            return {**before.overview, "keys": {*_short_keys(before)}}
    return {}


def _short_keys(generation: Generation) -> dict[str, str]:
    """The ids of all articles by the beginnings of their keys."""
    return {key.hex()[:KEY]: article_id for key, article_id in generation.keys().items()}


def suggest(
    generation: Archive,
    language: str,
    *,
    near: Collection[str] = (),
    asked: Collection[str] = (),
    most: int = 3,
) -> tuple[str, ...]:
    """Return questions that are answered well. See ``Engine.suggestions``."""
    kept = [Suggestion(*told) for told in generation.overview.get("suggestions", ())]
    return suggestions.offer(kept, language, near=near, asked=asked, most=most)


def glance(generation: Archive) -> Glance:
    """Return what the articles of a generation are, at a glance."""
    publishers: Counter[str] = Counter()
    days: Counter[str | None] = Counter()
    for (publisher, day), count in generation.published.items():
        days[day] += count
        if publisher:
            publishers[publisher] += count
    dated = [date.fromisoformat(day) for day in days if day]
    return Glance(
        articles=days.total(),
        undated=days[None],
        first=min(dated, default=None),
        last=max(dated, default=None),
        publishers=tuple(sorted(publishers.items(), key=lambda one: (-one[1], one[0]))),
        themes=tuple(
            Theme(name, cite(generation.article(one), start, end, number=number, score=0.0))
            for number, (name, one, start, end) in enumerate(
                generation.overview.get("themes", ()), 1
            )
        ),
    )


def _summed(cache: NoteCache, generation: Generation) -> Derived:
    keys = generation.keys()
    known = cache.keys(VERSION)
    gone, new = known - keys.keys(), [key for key in keys if key not in known]
    told = cache.note(SUMS) if known else ""
    sums = _read_sums(told) if told else Sums()
    counted = sums.keys == _sum_of(known)
    sums.drop(_read_note(cache.note(key), key) for key in gone)
    cache.put(VERSION, ((key, *_noted(generation.part(keys[key]))) for key in new))
    if not counted or len(sums.latest) < min(MOST, sums.lines):
        sums, new = Sums(), list(keys)  # all are counted again
    sums.add(_read_note(cache.note(key), key) for key in new)
    sums.keys = _sum_of(keys)
    cache.put(VERSION, [(SUMS, _written(sums), "")], drop=gone)
    latest = sums.latest[-MOST:]
    lines = {
        key: json.loads(_there(cache.lines(bytes.fromhex(key))))
        for key in {line[-1] for line in latest}
    }
    generation.names = spellings.choose(sums.names, sums.places)
    names = {name: values.tolist() for name, values in generation.names.items()}
    timeline = render([lines[key][at] for *_, at, key in latest], sums.lines)
    return {NAMES: json.dumps(names, ensure_ascii=False).encode(), TIMELINE: timeline.encode()}


def _stories(cache: NoteCache, generation: Generation) -> list[list[str]]:
    """Which articles are one copy, by samples of their texts, which are kept."""
    ids, known = _short_keys(generation), json.loads(cache.note(SAMPLES) or "{}")
    samples = {
        key: known.get(key) or carriers.sample(generation.article(article_id).text)
        for key, article_id in ids.items()
    }
    if samples != known:
        cache.put(VERSION, [(SAMPLES, json.dumps(samples), "")])
    return carriers.stories({ids[key]: own for key, own in samples.items()})


def _noted(part: Part) -> tuple[str, str]:
    """What is noted of an article, and its lines, which are read only where they are shown."""
    texts = (part.article.title or "", *(passage.text for passage, _ in part.passages))
    names, places = spellings.count(texts)
    lines = timeline_lines(part)
    days = [
        (first.isoformat(), last.isoformat(), part.article.id, at)
        for at, (first, last, _) in enumerate(lines)
    ]
    note = json.dumps([_listed(names), places, days], ensure_ascii=False)
    return note, json.dumps([line for *_, line in lines], ensure_ascii=False)


def _read_note(told: str, key: bytes) -> Note:
    names, places, days = json.loads(_there(told))
    return Note(_counted(names), Counter(places), [(*day, key.hex()) for day in days])


def _there(told: str) -> str:
    """Return what was noted, or raise a LookupError where it is lost."""
    if not told:
        raise LookupError("a note is lost")
    return told


def _sum_of(keys: Iterable[bytes]) -> int:
    return reduce(xor, map(int.from_bytes, keys), 0)


def _written(sums: Sums) -> str:
    told = [_listed(sums.names), sums.places, sums.latest, sums.lines, sums.keys]
    return json.dumps(told, ensure_ascii=False)


def _read_sums(told: str) -> Sums:
    names, places, latest, *counts = json.loads(told)
    return Sums(_counted(names), Counter(places), [tuple(line) for line in latest], *counts)


def _listed(names: Counter[spellings.Name]) -> list[tuple[str, str, str, int]]:
    return [(*name, count) for name, count in names.items()]


def _counted(listed: Iterable[tuple[str, str, str, int]]) -> Counter[spellings.Name]:
    return Counter({(name, sound, chinese): count for name, sound, chinese, count in listed})
