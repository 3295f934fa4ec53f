"""The pictures of the corpus on the page of the library: where they stand, and how they are fetched."""

import contextlib
from html import escape

from fastapi import APIRouter, HTTPException, Response

from index.engine import Engine
from index.errors import StoreError
from index.pictures import PICTURES
from index.web.library.texts import LibraryTexts

FRESH = {"Cache-Control": "no-cache"}

NONE = "この図はまだありません。"


def pictures_router(engine: Engine) -> APIRouter:
    """Return the route of the pictures.

    Args:
        engine: Need not be warm.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/pictures/{name}.svg")
    def picture(name: str) -> Response:
        drawn = ""
        with contextlib.suppress(StoreError):
            drawn = engine.generation().picture(name)
        if not drawn:
            raise HTTPException(404, NONE)
        return Response(drawn, media_type="image/svg+xml", headers=FRESH)

    return router


def render_pictures(words: LibraryTexts) -> str:
    """Render the place of the pictures, hidden until the script has fetched one."""
    places = "".join(_place(words, name) for name in PICTURES)
    return (
        f'<section id="pictures" aria-labelledby="pictures-title" hidden>'
        f'<h2 id="pictures-title">{escape(words.pictures)}</h2>{places}</section>'
    )


def _place(words: LibraryTexts, name: str) -> str:
    """Render one place. What stands under the pointer is told below too, for touch and keyboard."""
    return (
        f'<details class="picture" data-name="{name}" open hidden>'
        f"<summary>{escape(words.picture_names[name])}</summary>"
        f'<p class="note" id="{name}-how">{escape(words.picture_how[name])} '
        f'{escape(words.picture_keys)} <span class="shown"></span></p>'
        f'<div class="drawn" role="group" aria-label="{escape(words.picture_names[name])}" '
        f'aria-describedby="{name}-how"></div>'
        '<p class="reading" aria-hidden="true"></p></details>'
    )
