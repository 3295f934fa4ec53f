"""Benchmarks: the encoder against torch, an index as it grows, and retrieval beside other libraries.

corpus.py   articles and vectors of any number, mixed of real ones
asking.py   questions to an index in a process of its own
growth.py   what an index of some sizes costs, and how that grows, in figures and as an SVG
speed.py    the encoder against torch and against the processor's limit in int8
peers.py    the same retrieval by LangChain, Haystack, txtai and LlamaIndex
"""

from index.bench.growth import draw, measure_growth
from index.bench.peers import compare
from index.bench.speed import machine, measure_encoder

__all__ = ["compare", "draw", "machine", "measure_encoder", "measure_growth"]
