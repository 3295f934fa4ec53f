"""Signing in: a quiet page, a signed cookie, and HTTP Basic for programs.

door.py        what stands before everything else: who is in, and what others are told
passwords.py   who makes a request, by cookie or password
page.py        the page to sign in on, and the way out
session.py     the cookie
texts.py       the words of the page
"""

from index.server.signin.door import SignIn
from index.server.signin.page import sign_in_router
from index.server.signin.passwords import Passwords

__all__ = ["Passwords", "SignIn", "sign_in_router"]
