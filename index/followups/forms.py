"""The words that follow-ups are told by, in Japanese, English and Chinese. No names among them."""

import re

HAN = "[一-龥々]"

_QUESTION_WORD = (
    r"(?:(?:\b(?:since|by|from|to|for|with) )?\b(?:when|where|why|who(?:m|se)?"
    r"|how(?: (?:many|much|old|long|far|large|big|often))?"
    r"|(?:what|which)(?: (?:year|date|day|month|country|city|place|reason))?)\b"
    r"|什么时候|什么地方|为什么|什么|为何|何时|哪一?[年天里儿位国]|哪个国家|谁|多少[年人个次倍]?|几[个人次岁年月倍位]"
    r"|怎么样?|如何"
    r"|(?:いつ|なぜ|何故|どうして|なんで|誰|だれ|何処|どこ|いくら|いくつ|幾つ|どれ(?:くらい|ぐらい|ほど)"
    rf"|どの(?:くらい|ぐらい|程度|よう|{HAN}+)|どんな{HAN}*|どう"
    rf"|何[十百千万億兆]*(?:曜日|世紀|[時年]代|[ァ-ヴー]+|{HAN})?)"
    r"(?:から|まで|[をがにとへ]|で(?![すし])|の(?!こと))?)"
)
_COPULA = r"(?:の?こと)?(?:でしょう|でした|です|だった|だろう|である|だ|なの)?(?:の?か|の)?"
_STOP = r"[?？!！。.\s]*$"

STOP = re.compile(_STOP)
LEAD = re.compile(
    r"^(?:それでは|それじゃあ?|では|じゃあ?|で、|ちなみに|(?:and|but|so|then)\b|那么|那)[、,，\s]*",
    re.IGNORECASE,
)
ASKED = re.compile(_QUESTION_WORD + _COPULA, re.IGNORECASE)
"""A question word with what belongs to it, anywhere in a question."""

REASON = re.compile(r"の?(?:理由|原因)(?=[はをがとも]|$)")
"""A noun that asks for a reason without a question word: 発表した理由は？"""

ENDINGS = {
    "ja": re.compile(
        r"(?<=[たるうくすつぬむぐぶんい])(?:のか|の|か)$|の?(?:でしょう|です)$"
        r"|(?:とは|って|のは|は|が|を|について)$"
        r"|(?:について|に関して|を)?(?:教えて|説明して|知りたい)(?:ください|下さい|ほしい|です)?$"
    ),
    "en": re.compile(r"(?:^|(?<=：))\s*(?:was|were|is|are|did|does|do|has|have|will|can)\s", re.I),
    "zh": re.compile(r"[吗呢的是在]$"),
}
"""What a question holds beside its topic once the question word is gone."""

BARE = re.compile(
    rf"^(?:(?:それ|これ|そのこと)(?:は|って|が)?|[这它]?是?在?)(?P<asked>{_QUESTION_WORD})(?:{_COPULA}"
    rf"|[的呢啊呀]*| (?:was|is|were|are|did|does) (?:that|it|this|they|s?he)){_STOP}",
    re.IGNORECASE,
)
"""A question word and nothing else: なぜ？, それはいつですか, When was that?"""

WITHOUT_SUBJECT = re.compile(rf"^(?:是{_QUESTION_WORD}|在?{_QUESTION_WORD}[^是]{{1,4}}的[?？]?$)")
"""是谁设计的？, 在哪里签的？"""

STANDS = re.compile("とは|って何|^[そこ]の|^[そこ]れ|^同[氏国]|^彼")
"""Tells a short Japanese question that names its subject, or points back to it."""

MORE = re.compile(
    r"^(?:もっと|もう少し|さらに|より)*(?:詳しく|具体的に|詳細|例えば|たとえば|ほかに|他に)[はを]?"
    r"(?:教えて|説明して)?(?:ください|下さい)?"
    rf"{_STOP}|^(?:(?:tell me )?more(?: details)?(?: about (?:it|that))?|for example|what else)"
    rf"{_STOP}|^(?:还有(?:什么|呢)?|(?:再?详细|具体)一?[些点]?|比如呢?){_STOP}",
    re.IGNORECASE,
)

ANOTHER = re.compile(
    r"^(?P<about>(?:what|how) about )?(?:in )?(?P<other>[^、，,?？]{1,30}?)"
    r"(?:(?P<object>に(?:ついて|関して|対して)は)|(?P<case>の場合は?|呢|怎么样)"
    r"|(?P<topic>なら|だと|(?<!と)では|には|(?<!と)は))?"
    rf"(?:どう|いかが)?(?:ですか|でしょうか|だった)?{_STOP}",
    re.IGNORECASE,
)
"""Something else to be asked the same of. After ``about``, ``object`` and ``case`` it is sure."""

BACK = {
    "ja": re.compile(
        r"^(?P<before>[^、。]{0,12}?[はがも])??(?:(?P<who>(?:彼女?|その人物?|この人|同氏)(?=[はがのをにもと]))"
        r"|(?P<where>(?:同国|そこ)(?=[はがのをにもで]))|(?P<whose>^その(?!他|ほか|まま|うち))"
        r"|(?P<what>(?:それ|これ)(?=[はがを]|の|に(?:対|つい|関|よ|は|ど)|への)))"
    ),
    "en": re.compile(
        r"\b(?:(?P<who>s?he|him|her(?! \w))|(?P<whose>his|her|their)|(?P<where>its)"
        r"|(?P<what>they|them|it(?! (?:take|rain|snow|\w+ (?:that|to|for))\b)"
        r"|(?:that|this)(?=[?.! ]*$)))\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"^(?:(?P<who>[他她])(?![国们])|(?P<what>[它这此](?=[是在对有会为怎和与])))"),
}
"""Words that point back, by what they point to. ``it is … that`` and rain point to nothing."""

YEAR = re.compile(r"[0-9０-９]{4}年?(?:[0-9０-９]{1,2}月)?")
CAPITALS = re.compile(
    r"(?<=\s)(?:the )?[A-Z][A-Za-z0-9-]*(?:\s[A-Z][A-Za-z0-9-]*)*",
)
"""A name in English; the first word of a question is none."""

_ENDS_HEAD = "的是在为怎对有几多谁何如哪什会曾"
HEAD = re.compile(rf"(?:^|(?<=[0-9]年))[^0-9了：{_ENDS_HEAD}]{{2,6}}(?=[{_ENDS_HEAD}])")
"""What a Chinese question begins with, up to a word that cannot be part of a name."""
