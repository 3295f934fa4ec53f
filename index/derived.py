"""What an index derives from all its articles together: the names they hold, and the timeline.

Each article is looked at once; what was noted of it serves as long as it stays as it is.
"""

import json
from collections import Counter
from heapq import nlargest
from typing import Any

from index.questions import lexicon, spellings
from index.store import Derived, Generation, Home, Part
from index.store.manifest import NAMES, TIMELINE
from index.timeline import MOST, render, timeline_lines
from index.timeline import VERSION as LINES

VERSION = f"{lexicon.ANALYSER} {spellings.VERSION} {LINES}"
Notes = dict[bytes, dict[str, Any]]


def derive(home: Home, generation: Generation) -> Derived:
    """Return the files of a generation that is about to be written. Call inside ``home.building()``."""
    keys = generation.keys()
    with home.notes() as cache:
        known = cache.keys(VERSION)
        cache.drop(known - keys.keys())
        new = [key for key in keys if key not in known]
        cache.put(VERSION, ((key, *_note(generation.part(keys[key]))) for key in new))
        notes: Notes = {key: json.loads(told) for key, told in cache.notes(VERSION)}
        latest = _latest(notes, keys)
        lines = {key: json.loads(cache.lines(VERSION, key)) for key in {key for key, _ in latest}}
    found: Counter[spellings.Name] = Counter()
    places: Counter[str] = Counter()
    for note in notes.values():
        places.update(note["places"])
        for *name, count in note["names"]:
            found[tuple(name)] += count
    arrays = spellings.choose(found, places)
    total = sum(len(note["days"]) for note in notes.values())
    timeline = render([lines[key][at] for key, at in latest], total)
    names = {name: values.tolist() for name, values in arrays.items()}
    return {NAMES: json.dumps(names, ensure_ascii=False).encode(), TIMELINE: timeline.encode()}


def _note(part: Part) -> tuple[str, str]:
    """What is noted of an article: names, places and days; and its lines, read only where they are shown."""
    found: Counter[spellings.Name] = Counter()
    places: Counter[str] = Counter()
    for text in (part.article.title or "", *(passage.text for passage, _ in part.passages)):
        of_names, of_places = spellings.count(text)
        found.update(of_names)
        places.update(of_places)
    lines = timeline_lines(part)
    note = {
        "names": [(*name, count) for name, count in found.items()],
        "places": places,
        "days": [(first.isoformat(), last.isoformat()) for first, last, _ in lines],
    }
    return json.dumps(note, ensure_ascii=False), json.dumps([line for *_, line in lines])


def _latest(notes: Notes, keys: dict[bytes, str]) -> list[tuple[bytes, int]]:
    """The latest lines of the timeline in order: the key of the article, and which of its lines."""
    every = (
        ((first, last, keys[key], at), key)
        for key, note in notes.items()
        for at, (first, last) in enumerate(note["days"])
    )
    return [(key, at) for (*_, at), key in sorted(nlargest(MOST, every))]
