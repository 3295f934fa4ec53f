"""What an index derives from all its articles together: the names they hold, and the timeline.

Each article is looked at once; what was noted of it serves as long as it stays as it is. The sums over
all articles are kept as well, so that a change costs what has changed.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from heapq import nlargest
from operator import xor

from index.questions import lexicon, spellings
from index.store import Derived, Generation, Home, Part
from index.store.caches import NoteCache
from index.store.manifest import NAMES, TIMELINE
from index.timeline import MOST, render, timeline_lines
from index.timeline import VERSION as LINES

VERSION = f"{lexicon.ANALYSER} {spellings.VERSION} {LINES} 1"
"""Names how notes and sums are made."""
RESERVE = 4
"""Times ``MOST``: lines that are kept in case some go."""

SUMS = b"sums"
"""The key under which the sums are kept."""

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


def derive(home: Home, generation: Generation) -> Derived:
    """Return the files of a generation that is about to be written. Call inside ``home.building()``."""
    with home.notes() as cache:
        try:
            return _derived(cache, generation)
        except LookupError:  # one is damaged
            cache.clear()
            return _derived(cache, generation)


def _derived(cache: NoteCache, generation: Generation) -> Derived:
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
    arrays = spellings.choose(sums.names, sums.places)
    names = {name: values.tolist() for name, values in arrays.items()}
    timeline = render([lines[key][at] for *_, at, key in latest], sums.lines)
    return {NAMES: json.dumps(names, ensure_ascii=False).encode(), TIMELINE: timeline.encode()}


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
