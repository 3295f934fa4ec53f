"""The pages in the browser; ``index.server`` serves them.

chat/      the conversation and its sources: a Gradio page
article/   one article as indexed, at which every quote has an address
library/   the articles: read, add, remove, undo
check.py   a draft held against the articles; check_view.py is its HTML
"""
