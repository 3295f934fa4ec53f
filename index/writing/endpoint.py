"""A language model behind an endpoint that speaks OpenAI's protocol; through the client ``openai``."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Protocol

from index.errors import SettingsError, WritingError
from index.settings import Llm

logger = logging.getLogger(__name__)

TRIES = 3
"""How often a request is sent that is refused for want of time or room, or does not arrive."""
WAIT = 0.5
"""Seconds before the second try; twice that before the third."""
LONGEST = 1500
"""Tokens that one answer may have."""
CONNECTING = 10.0
"""Seconds in which a connection must stand."""

Messages = Sequence[Mapping[str, str]]

_MANNERS: tuple[dict[str, Any], ...] = (
    {"max_tokens": LONGEST, "temperature": 0.0, "strict": True},
    {"max_completion_tokens": LONGEST, "strict": True},  # models that reason take no temperature
    {"max_tokens": LONGEST, "temperature": 0.0},  # endpoints that cannot hold to a schema
)
"""Ways to ask, the next where an endpoint does not take one."""


class Model(Protocol):
    """Answers messages in JSON."""

    name: str

    def stream(
        self, messages: Messages, schema: Mapping[str, Any], *, until: float
    ) -> Iterator[str]:
        """Yield the pieces of an answer that should keep to a JSON schema.

        Args:
            messages: The conversation, each with a role and its content.
            schema: What the answer should be; the model may not be able to hold to it.
            until: When it must be done, by ``time.monotonic``.

        Raises:
            WritingError: There is no whole answer.
        """
        ...


class Endpoint:
    """A model by its address. Safe to use from several threads."""

    def __init__(self, llm: Llm) -> None:
        """Take an address. Raises SettingsError: the client is not installed."""
        if find_spec("openai") is None:
            raise SettingsError(
                "言語モデルを使うには、`pip install 'tenkyo[llm]'` で openai を入れてください。"
            )
        self.name, self._llm, self._manner = llm.model, llm, 0
        self.stopping = False  # nothing more is waited for
        self._made: Any = None

    def stream(
        self, messages: Messages, schema: Mapping[str, Any], *, until: float
    ) -> Iterator[str]:
        """Do as ``Model.stream``."""
        response = self._sent(messages, schema, until)
        import openai

        try:
            with response:
                for event in response:
                    if self.stopping or time.monotonic() > until:
                        raise WritingError("late")
                    for choice in event.choices[:1]:
                        if choice.delta.content:
                            yield choice.delta.content
                        if choice.finish_reason not in (None, "stop"):
                            raise WritingError("cut")
        except (openai.APIError, OSError) as exc:
            raise WritingError("late" if _is_late(exc) else "unreachable") from exc
        except (ValueError, AttributeError, TypeError) as exc:  # no events of the protocol
            raise WritingError("nonsense") from exc

    def _sent(self, messages: Messages, schema: Mapping[str, Any], until: float) -> Any:
        import openai

        tried, manner = 0, self._manner
        while True:
            try:
                response = self._request(messages, schema, manner, until)
                self._manner = manner  # which others need not find out again
                return response
            except (openai.BadRequestError, openai.UnprocessableEntityError) as exc:
                if manner + 1 == len(_MANNERS):
                    raise self._refused(exc) from exc
                manner += 1
            except (openai.RateLimitError, openai.InternalServerError, openai.APIConnectionError) as exc:  # fmt: skip
                tried, wait = tried + 1, WAIT * 2**tried
                if _is_late(exc) or time.monotonic() + wait > until:
                    raise WritingError("late") from exc
                if tried == TRIES:
                    raise self._refused(exc) from exc
                time.sleep(wait)
            except openai.APIError as exc:
                raise self._refused(exc) from exc

    def _request(self, messages: Messages, schema: Mapping[str, Any], at: int, until: float) -> Any:
        manner = dict(_MANNERS[at])
        if manner.pop("strict", False):
            told = {"name": "answer", "strict": True, "schema": schema}
            manner["response_format"] = {"type": "json_schema", "json_schema": told}
        left = max(until - time.monotonic(), 1.0)
        create = self._client.with_options(timeout=left).chat.completions.create
        return create(model=self.name, messages=list(messages), stream=True, **manner)

    @property
    def _client(self) -> Any:
        if self._made is None:
            import openai

            timeout = openai.Timeout(self._llm.seconds, connect=CONNECTING)
            self._made = openai.OpenAI(
                base_url=self._llm.url,
                api_key=self._llm.key or "none",
                timeout=timeout,
                max_retries=0,
                http_client=_http(timeout),
            )
        return self._made

    def _refused(self, exc: Exception) -> WritingError:
        """Tell the log what is wrong, without a word of the question."""
        status = getattr(exc, "status_code", None)
        logger.warning("%s: %s %s", self._llm.host, type(exc).__name__, status or "")
        return WritingError("refused" if status else "unreachable")


def _http(timeout: Any) -> Any:
    """A client whose answers end in time, also where comments keep a stream alive; it follows no redirects."""
    import httpx

    class InTime(httpx.SyncByteStream):
        def __init__(self, received: Any, until: float) -> None:
            self._received, self._until = received, until

        def __iter__(self) -> Iterator[bytes]:
            for chunk in self._received:
                if time.monotonic() > self._until:
                    raise WritingError("late")
                yield chunk

        def close(self) -> None:
            self._received.close()

    class Transport(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            until = time.monotonic() + request.extensions["timeout"]["read"]
            response = super().handle_request(request)
            response.stream = InTime(response.stream, until)
            return response

    return httpx.Client(transport=Transport(), timeout=timeout, follow_redirects=False)


def _is_late(exc: Exception) -> bool:
    import openai

    return isinstance(exc, openai.APITimeoutError) or "timed out" in str(exc)
