"""What programs call by name through Gradio (``gradio_client``), beside a page whose handlers they cannot."""

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import gradio as gr

from index.errors import TenkyoError
from index.web.chat.visit import address_of

Admit = Callable[[str], None]
"""Takes the address of who asks; raises BusyError for one that asks too often."""

Endpoint = Callable[..., Awaitable[Any]]
"""Takes and gives JSON; its annotations describe it."""


def add_endpoints(endpoints: Iterable[Endpoint], admit: Admit) -> None:
    """Add functions to the page that is being laid out, under their own names."""
    for endpoint in endpoints:
        name = endpoint.__name__
        # No limit of Gradio's own: they wait at the engine's gate, as REST does.
        gr.api(_told(endpoint, admit), api_name=name, concurrency_limit=None)


def _told(endpoint: Endpoint, admit: Admit) -> Endpoint:
    """Return the endpoint as Gradio calls it: with the request first, and errors it shows."""

    @functools.wraps(endpoint)
    async def call(request: gr.Request, *values: Any) -> Any:
        try:
            admit(address_of(request))
            return await endpoint(*values)
        except TenkyoError as exc:
            raise gr.Error(exc.told, title=exc.code, print_exception=False) from exc

    # Gradio reads what to pass from the signature, and leaves the request out of what it describes.
    shown = inspect.signature(endpoint)
    first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    call.__signature__ = shown.replace(  # type: ignore[attr-defined]
        parameters=[first, *shown.parameters.values()], return_annotation=dict
    )
    call.__annotations__ = {**endpoint.__annotations__, "request": gr.Request}
    return call
