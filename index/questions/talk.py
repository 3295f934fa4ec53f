"""What is said to the chat itself and asks nothing of the articles: greetings, thanks, what it can do.

Courtesies are told by their words. What else is talk holds no word but those with which people speak of a
chat and its articles (in Japanese hiragana is free), among them one that tells the kind. Slips of the
finger are forgiven. What it does not know: small talk in other words, which is taken for a question.
"""

import re
from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

_COURTESIES = {
    "bye": r"さ(?:よう|よ)なら|また(?:ね|明日|今度|あとで|後で|来ます|使います|お願いします)|(?:では|じゃあ?|それでは|それじゃあ?)(?:また(?:ね|明日|今度)?|これで|失礼します)?|バイバイ|おやすみ(?:なさい)?|もういいです|(?:今日は|今回は)?(?:ここまで|これで|以上|終わり)(?:に(?:します|しておきます)|です|で(?:いい|大丈夫|十分)(?:です)?|終わり(?:ます|です|にします))?|失礼(?:し|いたし)ま(?:す|した)"
    r"|(?:good ?|bye[ -]?)?bye|see (?:you|ya)(?: (?:later|soon|around|tomorrow))?|later|good ?night|take care|have a (?:good|nice|great) \w+|farewell|nothing else|gotta go|that(?:[’']?s| is) (?:all|it|enough|everything)(?: (?:for (?:now|today)|i need(?:ed)?))?|i[’']?m (?:done|off|leaving)"
    r"|[再回][头頭]?[见見]|拜+|下次(?:再)?[见見聊]|改天再聊|晚安|(?:今天)?就?先?到(?:此(?:为止)?|[这這](?:[儿兒里裡])?)|我?先?走了|没事了|明天[见見]|不聊了",
    "thanks": r"(?:どうも|本当に|ほんとに?|とても|いろいろ|色々|すごく|大変|教えてくれて|ご?回答)*(?:あり(?:が|か)?と[うー]?(?:さん|ござ?い?(?:ます|ました))?|サンキュー|感謝(?:します|です)?|助か(?:る|った|ります|りました)|恐れ入ります)|(?:とても|よく|すごく|だいたい|もう)?(?:わか|分か|解)(?:りました|った|りやす(?:い|かった)(?:です)?)|なるほど(?:です)?|了解(?:です|しました)?|理解(?:しました|できました)|(?:勉強|参考)にな(?:りました|ります|る|った)|ok(?:です)?|お(?:っ?けー|ーけー)|(?:もう)?(?:十分|大丈夫)(?:です)?|すご[いー](?:です)?|さすが(?:です)?|いいね|面白(?:い|かった)(?:です)?|そうなんだ|そうですか|そっか|ふー?ん|へ[えぇ]?ー?|オッ?ケー|素晴らしい(?:です)?|完璧(?:です)?|はい|うん|lol|lmao|www*"
    r"|(?:many |ok(?:ay)? )?(?:thanks?(?: (?:you|u))?|thx|ty|tysm|cheers)(?: (?:a (?:lot|bunch|million|ton)|so much|very much|again|for (?!the (?:list|art)|telling me)[a-z ]{1,30}))*|(?:much |i )?appreciated?(?: it| that)?|(?:that|this|it)(?:[’']?s| is| was)? (?:really |very |so |quite )?(?:great|helpful|useful|perfect|clear|interesting|good|nice|help(?:s|ed))(?: a lot)?|got it|i see|okay|great|nice|cool|awesome|perfect|understood|alright|wow|interesting|excellent|(?:good|great) (?:job|answer|work|bot)|well done|yes|yeah|yep|sure|no"
    r"|(?:非常|太|十分|真的?|很)?(?:[谢謝]{2}|感[谢謝激]|多[谢謝]|[谢謝]啦)(?:[你您][们們]?|大家)?(?:的?(?:[帮幫]助|回答|解答))?|辛苦[你您]?了|好[的吧]?|行|嗯+|明白|知道了|懂了|了解|收到|原[来來]如此|不错|太[好棒]了|很(?:好|棒|有用|清楚)|[厉厲]害|没(?:别的|其他)?(?:问题|事)了|可以了?|完美",
    "greeting": r"こん(?:にち|ばん|ち)[はわ]+|ちわっ?す?|おはよ[うー]?(?:ございます)?|(?:はじめ|初め)まして|(?:はじめて|初めて)(?:なので|使い|利用し|来|触り)[^、。はがを]{0,6}|今日は|今晩は|やあ|おっす|ハロー|ども|どうも|もしもし|お?久しぶり(?:です)?|お疲れ(?:様|さま)(?:です|でした)?|ごきげんよう|(?:今日も|これから)?よろしく(?:お(?:願|ねが)い(?:し|いたし|致し)ます)?|お世話になります|お?元気(?:ですか|かな|です)?|調子は?どう(?:ですか)?|すみません|ねえ|あの[うー]?|えっと|皆さん|みなさん"
    r"|hello|hi+|hey+|hiya|yo|greetings|howdy|good (?:morning|afternoon|evening|day)|(?:nice|pleased|good|glad) to meet (?:you|u)|how are (?:you|u)(?: (?:doing|today))*|how[’']?s it going|what[’']?s up|sup|there|everyone|everybody|again|all|friend|please|i[’']?m new(?: here)?|first time here"
    r"|[你您][们們]?好|大家好|嗨|哈[喽囉罗啰]|早(?:上好|安)?|[晚下中]午?好|晚上好|初次[见見]面|很高[兴興][认認][识識][你您]|[请請]多+[关關]照|最近好[吗嗎]|在[吗嗎]|有人[吗嗎]|我?第一次(?:用|来|使用)",
}  # fmt: skip
_COURTESY = {
    kind: re.compile(rf"(?:{words})(?![a-z])(?:[よねわ]+|[吧啦了哦呀啊])?(?P<pause>[\W_ー〜]*)")
    for kind, words in _COURTESIES.items()
}
_GREETINGS = ("こんにちは", "こんばんは", "はじめまして", "おはようございます", "ありがとうございます", "ありがとうございました", "ありがとう", "さようなら", "hello", "thanks", "thank you", "goodbye")  # fmt: skip

_FREE = {
    "ja": r"[ぁ-んー、。,.!・\s]|何|[今本全]|現在|一覧|全部|すべて|全て|記事|資料|文書|新聞(?:社)?|出典|情報源?|題名|見出し|タイトル|テーマ|トピック|ニュース|話題|分野|種類|収録|登録|掲載|入|読|見|載|扱|件|数|名前?|日付|最新|新|古|使|利用|方法?|どんな機能|機能[を一]|仕組|動|出来|聞|質問|尋|訊|教|知|答|回|返事|説明|例|候補|提案|勧|思|浮|付|迷|初心者|始|最初|初|人(?:間|工知能)?|中の人|機械|誰|者|本当|実際|自己紹介|自分|英語|日本語|中国語|信用|信頼|正確|間違|嘘|作|開発|相手|この|サイト|アプリ|ツール|チャット|ボット|システム|サービス|ページ|画面|ソフト|プログラム|ロボット|あなた|君|お前|典拠|テンキョ|ヘルプ|オススメ|サンプル|アイデア|リスト|データベース|出|分|ai|chat ?gpt|gpt|llm|tenkyo|ok|[0-9]本",
    "zh": r"[你您我他][们們]?|[这這那](?:[里裡儿兒个個些是边邊])?|里面|网站|網站|[应應]用|工具|系[统統]|机器人|機器人|程序|[软軟]件|平台|[页頁]面|[服务務]|什[么麼]|啥|哪[些个個里裡]?|怎[么麼样樣]+|如何|多少|[几幾]|一?共|篇|[个個]|[些点點]|一|下|都|也|[还還]|就|可以|能[够夠]?|[会會]|是|不|有|[没沒]|的|了|[吗嗎呢吧啊呀嘛么麼]|和|跟|[与與]|在|到|[从從]|[给給]|[帮幫]助?|[为為]|做|[干幹]|用|使用|方法|[说說]明|介[绍紹]|自己|功能|能力|本事|作用|[问問][题題]?|提|[请請]|[该該]|想|知道|推[荐薦]|建[议議]|例子?|[举舉]|示例|文章|[报報]道|新[闻聞]|文[档檔]|[资資]料|[来來]源|主[题題]|[话話][题題]|[标標][题題]|目[录錄]|列表|列出|清[单單]|看|[读讀]|查|搜索|告[诉訴]|[聊谈談][天话話]?|[谁誰]|名字|叫|真|人|人工智能|ai|chatgpt|gpt|llm|机器|大?模型|回答|答案|工作|原理|[开開][发發]|[语語]言|[中英日]文|[英日][语語]|可信|可靠|准[确確]|靠[谱譜]|[开開]始|第一次|[现現]在|目前|所有|全部|收[录錄]|[数數][据據][库庫]|涵[盖蓋]|包括|[关關]于|媒[体體]|[报報][纸紙]|最新|随便|tenkyo|[，。、,.!\s]|[对對]|[让讓]|好|[这這]",
}  # fmt: skip
_ENGLISH = dict.fromkeys(re.findall(r"\w+", (
    "what which who whose how where when whats s m re ll ve d t don doesn isn aren can could do does did are is am be will would should may might you u your yours yourself i me my we us this that it its here there the a an of for to in on at with from by about and or any some all many much kind sort kinds sorts type types site website app tool bot chatbot chat system program service page tenkyo ai artificial intelligence "
    "human person robot machine real actual someone chatgpt gpt llm claude gemini talking speaking chatting talk speak ask asking asked question questions example examples suggest suggestion suggestions recommend recommendation recommendations idea ideas sample good interesting try show give list see get got have has use using used work works help start started getting begin know answer answers answering respond function "
    "functions feature features capable capability capabilities purpose article articles news story stories documents document source sources topic topics theme themes subject subjects publisher publishers newspaper newspapers headline headlines title titles corpus database collection index library loaded available cover covers covered contain contains include included read search find look offer please just really "
    "actually exactly language languages english japanese chinese trust reliable accurate made built created behind name new first time like want need not sure tell currently right now latest newest come things stuff everything else able possible date dates inside holds hold sum trying "
)))  # fmt: skip
_KINDS = {
    "suggest": r"(?:聞|きけ|きい|質問|尋|訊)[^、]*(?:例|お?勧め|おすすめ|オススメ|提案|候補|サンプル|アイデア)|(?:例|お?勧め|おすすめ|オススメ|提案|候補|サンプル|アイデア)[^、]*(?:聞|質問|尋)|^おすすめ|(?:何|なに|どんな|どういう|どう)[ぁ-ん]*(?:質問|聞|尋|訊|きけ|きい)"
    r"|\b(?:suggest\w*|recommend\w*|examples?|sample|ideas?|what questions?|(?:good|interesting|some|any) questions?|what to ask)\b|\bwhat (?:\w+ ){0,2}i (?:\w+ )?(?:ask|try)"
    r"|推[荐薦]|建[议議]|例子|示例|[问問](?:[些点點])?什[么麼]|(?:什[么麼]|哪些|[几幾][个個])[^，]*[问問]|[该該]?怎[么麼][提]?[问問]",
    "articles": r"記事|資料|文書|新聞|出典|情報源|題名|見出し|タイトル|テーマ|トピック|ニュース|話題|分野|データベース|(?:ここ|中|今|現在).*(?:入って|収録|登録|載って)"
    r"|\b(?:articles?|news|stor(?:y|ies)|documents?|sources?|topics?|themes?|subjects?|publishers?|newspapers?|headlines?|titles?|corpus|database|collection|library|covered)\b|文章|[报報]道|新[闻聞]|文[档檔]|[资資]料|[来來]源|主[题題]|[话話][题題]|[标標][题題]|目[录錄]|收[录錄]|[数數][据據][库庫]|媒[体體]|[报報][纸紙]",
    "who": r"(?:人工知能|人間|機械|ロボット|ボット|gpt|llm|(?<![a-z])ai)(?:が|で|を|なの|か)|中の人|(?:あなた|君|お前|tenkyo).*(?:誰|何者|だれ|名前)|^お名前|自己紹介"
    r"|\b(?:you|your|this|it|talking|speaking|chatting)\b.*\b(?:ai|human|person|robot|machine|bot|chatbot|chatgpt|gpt|claude|gemini|real|name)\b|\bwho (?:\w+ )*you\b|^(?:あなた|君).*ai|introduce yourself"
    r"|[你您].*(?:[谁誰]|名字|叫什|机器|機器|真人|是人|ai|人工智能|模型|自己)|(?:跟|和).*(?:机器|機器|真?人|ai)",
    "help": r"(?:何|なに|どんな|どう)[^、]*(?:でき|出来)(?:る|ます)|使い(?:方|道)|どう[^、]*使[うえいっ]|何に使え|(?:初め|はじめ)て[^、]*使|(?:ここ|この|サイト|アプリ|ツール|チャット|ボット|システム|サービス|あなた|君|典拠|テンキョ|tenkyo|プログラム)|どんな機能|機能[を一]|仕組|ヘルプ|^これ.?(?:何|なに)|(?:英語|日本語|中国語)|信[用頼]でき|正確|間違[うえ]|嘘|質問(?:が|して|し|ある|は)|初心者|始め方"
    r"|\b(?:you|u|your|yourself|tenkyo|help|site|website|app|tool|bot|chatbot|chat|system|program|service|getting started)\b|how .*\b(?:use|begin|start)\b|how (?:does|do) (?:it|this) work|^what (?:is|s|does) this(?: for| do)?$|what can i |(?:can|may) i (?:ask|use)|\b(?:english|chinese|japanese)\b|first time|new here|[你您]|[网網]站|[应應]用|工具|系[统統]|程序|平台|功能|怎[么麼]用|如何使用|使用(?:方法|[说說]明)|[这這](?:[个個里裡儿兒])?是(?:什[么麼]|做|干|用)|[帮幫]助|我[^，]*(?:做|用|[问問])|[中英日][文语語]",
}  # fmt: skip
_NOT_TALK = re.compile(
    r"それ|その(?!答え|回答)|そこ|なぜ|なんで|(?<!思)いつ(?!の|から)|どこ(?!の)|彼|\b(?:why|when|examples? of|about$)\b|\bwho (?:is|was)\b(?! (?:this|behind|talking))|为什么|什么时候"
    r"|[英中][語文]で.{0,6}(?:答|回答|説明|言|教え|お願)|日本語で.{0,6}(?:答|回答|説明|言|教え|お願)|用[中英日][文语語]|\bin (?:english|chinese|japanese)\b"
)

_NUMBER = r"(?:[\d.,]+|[零一二两三四五六七八九十百千]+|(?:いち|に|さん|よん|し|ご|ろく|なな|しち|はち|きゅう|じゅう|ひゃく)+|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_SUM = re.compile(
    rf"(?:計算して|what(?:[’']?s| is)|calculate|compute|how much is|请?(?:问|算一?下?))?\s*{_NUMBER}(?:\s*(?:[-+*/×÷xX^]|たす|足す|プラス|ひく|引く|マイナス|かける|掛ける|わる|割る|plus|minus|times|multiplied by|divided by|[加减減乘除]以?)\s*{_NUMBER})+"
    r"\s*(?:は|イコール|って|[=＝]|[等是][于於]?|equals?)*\s*(?:いくつ|いくら|何|なに|[几幾]|多少|を?計算して)*(?:です|になる|になります)?か?", re.IGNORECASE,
)  # fmt: skip
_DATE = re.compile(r"\d{4}[-/]\d|\d{1,2}/\d{1,2}$")
_NONSENSE = re.compile(
    r"\W*|(.{1,3}?)\1{2,}|.*(?:asdf|qwert|zxcv|hjkl).*|(?:test(?:ing)?|テスト|てすと|测试|測試|あいうえお|ほげ|hoge|foo|abc|123)+(?:です|中)?|(?:何か|なんか)?(?:面白い)?(?:冗談|ジョーク|なぞなぞ|しりとり|おもしろい話|面白い話)(?:を?(?:言って|教えて|して|しよう|話して).*)?"
    r"|(?:tell me|do you know) (?:a|any) (?:joke|riddle)s?|(?:[给給]我)?[讲講](?:一?[个個])?笑[话話]|sing (?:me )?a song|(?:とても|めっちゃ)?(?:暇|つまらない|疲れた|眠い|お腹すいた|愛してる|大?好き)(?:だ|です)?[よなあ]*|i(?:[’']m| am) (?:so )?(?:bored|tired|hungry|sleepy)|i (?:love|hate) you|我?(?:好|很)(?:无聊|無聊|累|困|饿)啊?|我[爱愛喜欢歡]+你"
)


def courtesy(said: str) -> tuple[str, str]:
    """Return of which kind the courtesies are that a question opens with, and what is left of it."""
    text = said.lower()
    text = _meant(text, _GREETINGS, 1 + len(text) // 8) or text
    at = cut = 0
    kinds: set[str] = set()
    while at < len(text):
        found = [(m.end(), k, m) for k, words in _COURTESY.items() if (m := words.match(text, at))]
        if not found:
            break
        at, kind, match = max(found, key=lambda one: one[0])
        kinds.add(kind)
        cut = at if match["pause"] or at == len(text) else cut
    return next((kind for kind in _COURTESY if kind in kinds), ""), said[cut:]


def kind_of_talk(asked: str) -> str | None:
    """Tell what is asked of the chat itself: help, who, articles, suggest, or other for what asks nothing."""
    text = asked.lower()
    if (_SUM.fullmatch(text) and not _DATE.match(text)) or _NONSENSE.fullmatch(text):
        return "other"
    free = _in_english(text)
    if free is None and any(re.fullmatch(f"(?:{words})+", text) for words in _FREE.values()):
        free = text
    if not free or _NOT_TALK.search(free):
        return None
    return next((kind for kind, words in _KINDS.items() if re.search(words, free)), None)


def _in_english(text: str) -> str | None:
    """The words of a text, without their slips, where all of them are those of talk; else None."""
    if re.search(r"[^\x00-\x7f’]|\d", text):
        return None
    told = [_meant(word, list(_ENGLISH)) for word in re.findall(r"[a-z]+", text)]
    return " ".join(told) if told and all(told) else None


def _meant(said: str, words: Sequence[str], slips: int = 1) -> str:
    """The one of some words that is said, a letter too many or few or two swapped forgiven; else empty."""
    if said in words or len(said) < 4:
        return said if said in words else ""
    slip = process.extractOne(said, words, scorer=OSA.distance, score_cutoff=slips)
    meant = str(slip[0]) if slip else ""
    return meant if len(meant) != len(said) or sorted(meant) == sorted(said) else ""
