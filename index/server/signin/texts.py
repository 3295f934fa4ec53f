"""The words of the page to sign in on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignInTexts:
    """What the page says."""

    language: str
    name: str
    please: str
    user: str
    password: str
    sign_in: str
    wrong: str


JA = SignInTexts(
    language="ja",
    name="典拠",
    please="サインインしてください。",
    user="名前",
    password="パスワード",
    sign_in="サインイン",
    wrong="名前かパスワードが違います。もう一度お試しください。",
)
EN = SignInTexts(
    language="en",
    name="Tenkyo",
    please="Please sign in.",
    user="Name",
    password="Password",
    sign_in="Sign in",
    wrong="The name or the password is not right. Please try again.",
)
ZH = SignInTexts(
    language="zh",
    name="典据",
    please="请登录。",
    user="用户名",
    password="密码",
    sign_in="登录",
    wrong="用户名或密码不正确，请重试。",
)

SIGN_IN_TEXTS = {texts.language: texts for texts in (JA, EN, ZH)}
