"""Pictures of the corpus, drawn once a build: a map of its passages and a timeline of its dates.

drawing.py      both, or those of the build before where nothing has changed
map.py          a point a passage, near to those that speak of the same
timeline.py     a row an article: when it was published, and the dates its sentences speak of
projection.py   vectors to places in the plane
axis.py         an axis of time that gives room to the times spoken of
mentions.py     the dates that a sentence speaks of
svg.py          elements whose text is always text
"""

from index.pictures.drawing import PICTURES, draw
from index.pictures.map import draw_map
from index.pictures.timeline import draw_timeline

__all__ = ["PICTURES", "draw", "draw_map", "draw_timeline"]
