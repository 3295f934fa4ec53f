"""The pages of the library: its articles, adding, removing and undoing; and the timeline.

page.py       the layout, and which handler answers what
changes.py    the handlers: what is shown, and what is asked to be changed
arriving.py   files and pasted text, checked
builds.py     one build at a time, apart from the pages
listing.py    the articles as rows: searched, sorted, chosen
rendering.py  all of it as HTML; pure functions
"""

from index.web.library.arriving import REQUEST_BYTES, TEXT_BYTES, is_uploaded, upload_folder
from index.web.library.page import add_library, add_timeline

__all__ = [
    "REQUEST_BYTES",
    "TEXT_BYTES",
    "add_library",
    "add_timeline",
    "is_uploaded",
    "upload_folder",
]
