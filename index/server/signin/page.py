"""The page to sign in on, and the way out."""

from html import escape
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from index.api import paper
from index.server.signin.passwords import Passwords
from index.server.signin.session import COOKIE, LIFETIME, open_session
from index.server.signin.texts import SIGN_IN_TEXTS
from index.web.languages import language_of, scheme_of

FORM = """<h1>{texts.name}</h1>
<p>{texts.please}</p>
<form method="post" action="/login?next={next}">
{wrong}<label for="name">{texts.user}</label>
<input id="name" name="name" autocomplete="username" required autofocus value="{name}">
<label for="password">{texts.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>{texts.sign_in}</button>
</form>"""


def sign_in_router(passwords: Passwords) -> APIRouter:
    """Return the page to sign in on, and the way out."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    async def form(request: Request, next: str = "/") -> Response:
        return _form(request, next)

    @router.post("/login")
    async def sign_in(request: Request, next: str = "/") -> Response:
        fields = parse_qs((await request.body()).decode("utf-8", "replace"))
        name, password = (fields.get(field, [""])[0] for field in ("name", "password"))
        if not await passwords.check(name, password):
            return _form(request, next, name=name, wrong=True)
        answer = RedirectResponse(_local(next), 303)
        token = open_session(passwords.users(), name)
        answer.set_cookie(
            COOKIE,
            token,
            max_age=LIFETIME,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer

    @router.get("/logout")
    async def sign_out() -> Response:
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return answer

    return router


def _form(request: Request, next: str, *, name: str = "", wrong: bool = False) -> Response:
    texts = SIGN_IN_TEXTS[language_of(request)]
    told = f'<p class="wrong" role="alert">{texts.wrong}</p>\n' if wrong else ""
    next = quote(_local(next), safe="")
    return paper(
        f"{texts.sign_in} – {texts.name}",
        FORM.format(texts=texts, next=next, name=escape(name), wrong=told),
        status=401 if wrong else 200,
        language=texts.language,
        scheme=scheme_of(request),
    )


def _local(address: str) -> str:
    """Lead back to this server only: browsers read ``//`` as the start of another's name."""
    fine = address.startswith("/") and address[1:2] not in {"/", "\\"} and address.isprintable()
    return address if fine else "/"
