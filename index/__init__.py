"""Tenkyo (典拠): answers with passage-level citations over a set of articles."""
