"""The page of the library: its articles, and adding, removing and undoing.

routes.py      what the page asks of the server
guard.py       who may change the library
arriving.py    files and pasted text, checked
builds.py      one build at a time, apart from the requests
state.py       what there is and what is being done, as JSON
"""

from index.web.library.routes import LARGE, library_router

__all__ = ["LARGE", "library_router"]
