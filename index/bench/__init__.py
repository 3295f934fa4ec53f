"""Benchmarks: the encoder against torch, an index as it grows, and retrieval beside other libraries."""
