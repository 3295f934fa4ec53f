"""What a line of a page is, by its wording and shape alone: chrome, prose, heading or headline.

A line is chrome when it *is* such a phrase, or starts or ends as such notices do; a sentence that merely
contains the word is not. Matching is on NFKC, lower case, without bullets, brackets and arrows around.
What this does not know: chrome that is worded like the article's own sentences.
"""

import re
from enum import Enum, auto

from index.text.characters import nfkc
from index.text.lines import (
    LONG,
    Unit,
    ends_mark,
    ends_sentence,
    is_truncated,
)


class Kind(Enum):
    """What a line is by its wording alone."""

    TEXT = auto()  # nothing against it
    WEAK = auto()  # a section or link name: chrome outside the body, a heading inside
    DROP = auto()  # chrome wherever it stands
    LIST = auto()  # heads a list of other articles' headlines
    END = auto()  # stands below an article
    CREDIT = auto()  # who made it: metadata, no prose


_MAX = 160  # characters: no notice is longer
_EDGES = " 　★☆▲・･•●○■□◆◇▼▽▲△▶►▷▸>»›←→⇒↑↓☞👉*※|/-–—―=~「」『』【】[]()<>〈〉《》“”\"'#✕×…"


def _either(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LIST = _either(
    r"(?:(?:この|その|本)(?:記事|ニュース)(?:に|の|と))?.{0,10}(?:合|あ)わせて(?:読|よ)みたい(?:記事|本)?",
    r".{0,8}関連(?:する)?(?:記事|ニュース|リンク|サイト|トピックス?|動画|特集|書籍|コンテンツ|情報)(?:一覧)?(?:は|を|も)?(?:こちら)?",
    r"(?:編集部|あなた|本日|今日|今週|.{0,6})?[のにへ]?(?:お(?:すす|勧|薦)め|オススメ|イチオシ|ピックアップ|pick ?up|注目)(?:の)?(?:記事|情報|ニュース|コンテンツ|トピックス?|特集|動画|ワード|キーワード)?(?:一覧)?",
    r"(?:.{0,12}(?:人気|アクセス|閲覧|記事|週間|月間|日間|時間|デイリー|総合|コメント|ニュース|シェア|検索|動画|写真)(?:の)?|.{0,4})ランキング(?:\(.{1,12}\)|top ?\d+)?",
    r".{0,12}(?:よく|いま|今)(?:読まれて|見られて|読まれた)(?:いる|います)?(?:記事|ニュース)?",
    r".{0,14}(?:の|最近の|過去の)?(?:最新|新着|人気|注目|主要|話題の|トップ)の?(?:記事|ニュース|トピックス?|コラム|動画|連載)(?:一覧)?",
    r"(?:この(?:記事|ニュース)を読んだ(?:人|方)|こちらの記事|こんな記事|次に読|他の記事|ほかの記事|そのほかの記事).{0,20}",
    r".{1,10}の(?:他|ほか)の?(?:記事|ニュース)|explore more.{0,30}|人[气氣](?:排行榜?|文章|新[闻聞])?",
    r"(?:この|同じ)?(?:著者|筆者|連載|シリーズ|カテゴリー?|テーマ|ジャンル|特集)の(?:他|ほか)?の?(?:記事|ニュース)(?:一覧)?",
    r"(?:記事|ニュース)の(?:関連|キーワード).{0,6}|(?:関連|注目)?(?:キーワード|タグ)(?:一覧)?|tags?|topics?|keywords?",
    r"(?:書籍|新刊|本|雑誌|セミナー|イベント|キャンペーン)(?:の|・)?(?:ご?案内|紹介|情報|お知らせ)|(?:.{0,12}からの)?お知らせ|.{0,12}の?(?:最新|新)刊",
    r"(?:この記事の|本記事の)?(?:目次|もくじ)|magazine|最新号|バックナンバー|(?:新着|過去)(?:記事)?(?:一覧)?",
    r"(?:related|recommended|popular|trending|latest|top|more|most)(?: (?:read|viewed|popular|articles?|stories|news|topics?|links?|content|reading|coverage|videos?|now|for you))+",
    r"related|read (?:more|next|also)|more (?:from|on|in) .{1,30}|you (?:may|might) also (?:like|be interested in)|what to read next|editors?['’]? picks?|don['’]t miss|recommended(?: for you)?",
    r"(?:相[关關]|延伸|推[荐薦]|更多|[热熱][门門]|最新|猜你喜[欢歡]|精[选選])(?:[阅閱][读讀]|新[闻聞]|文章|[报報][导導道]|[链連][接結]|[内內]容|[话話][题題]|排行榜?|推[荐薦])?",
)
_END = _either(
    r"(?:copyright|©|ⓒ)\s*(?:\(c\)|©|ⓒ|c |\d{4}|:|by |the |[-–]).*|©.*|\(c\)\s*(?:\d{4}|copyright|[^\x00-\x7f]|.{2,60}\b(?:ltd|inc)\b).*",
    r"[^「」]{0,80}(?:禁?無断|本(?:記事|サイト)[^。「」]{0,20}無断)[^。「」]{1,40}(?:禁(?:じ(?:ます|る|られています)|ず|止(?:します|です|しています|いたします)?)|お断り(?:いた)?し(?:ます|ています)|(?:ご)?遠慮ください|できません|固くお断り)[。.]?",
    r"[^「」]{0,30}(?:禁無断(?:転載|複製)|無断(?:転載|複製|転用)(?:・?(?:転載|複製|転用|使用|引用))*(?:を)?禁(?:止|ず))[。.]?",
    r".{0,60}all rights reserved.{0,60}|.{0,40}著作権は.{1,40}(?:帰属します|属します|あります)[。.]?",
    r".{0,40}(?:版[权權]所有|未[经經].{0,16}(?:不得|禁止|[请請]勿).{0,20}|[转轉][载載][请請].{0,20})",
    r".{0,20}残り:?\s?[\d,]+\s?(?:文字|字).{0,30}",
    r"(?:この|本|こちらの)(?:記事|コンテンツ|ページ)の?(?:続き)?(?:は|を).{0,30}(?:会員|有料|購読者|ログイン|登録).{0,40}",
    r"(?:ここから先|続き|この先|以降|全文)(?:は|を|の).{0,30}(?:会員|有料|購読|ログイン|登録|お読み|ご覧).{0,40}",
    r".{0,20}(?:ログイン|会員登録|購読)\s?(?:して|すると|いただくと|が必要)、?.{0,20}(?:続き|全文|読|コメント|投稿|閲覧|ご覧|利用).{0,30}",
    r".{0,30}(?:会員|登録|購読|ログイン).{0,40}(?:記事|続き|全文|コンテンツ|情報).{0,12}(?:お読み|ご覧)(?:いただけ|になれ|頂け)ます[。]?",
    r".{0,30}(?:ご意見|ご感想).{0,30}(?:お聞かせ|お寄せ|お送り)ください.{0,60}|.{0,60}責任を負い(?:ません|かねます)[。]?",
    r".{0,20}\d{1,2}月\s?\d{1,2}日号\s?\(.{1,12}発売\)(?:は「[^」]{1,40}」特集。.*)?",
    r"abjマーク.*|※?.{0,20}(?:個人の見解|個人の感想)です.{0,60}",
    r"(?:みんなの|読者の)?コメント(?:一覧|欄|\s?\(?\d+\s?件?\)?)|\d+\s?件のコメント.{0,10}|\d+ comments?|comments? ?\(?\d+\)?",
    r"(?:ページ|この(?:ページ|記事)の)?(?:トップ|先頭|上|top)(?:へ|に)(?:戻る|もどる)?|back to top|記事(?:一覧|トップ)(?:へ|に)?(?:戻る)?",
)
_PLATFORM = r"(?:x|twitter|ツイッター|facebook|フェイスブック|line|ライン|instagram|インスタグラム?|youtube|sns|threads|bluesky|tiktok|公式|アカウント|チャンネル|@\w+)"
_CALL = r"(?:する|しよう|して(?:ください|ね)|を?お願いします|(?:は)?こちら(?:から)?|で最新.{0,20})?"
_DROP = _either(
    r"(?:\(pr\)|\[pr\]|【pr】|\[ad\]|【ad】|【広告】|\[広告\]|pr:|sponsored:?).{0,80}",
    r".{0,6}広告(?:の(?:後|あと|下)(?:に|へ)|.{0,4}スクロール).{0,16}|(?:ここから|記事の)続き(?:へ|は.{0,20})?|スポンサー(?:ド)?リンク|advertisements?|sponsored(?: content)?|広告(?:を閉じる)?|記事広告",
    rf".{{0,60}}{_PLATFORM}.{{0,30}}(?:フォロー|友(?:だち|達)(?:に)?追加|チャンネル登録|いいね!?|シェア){_CALL}[!。]?[\s👉→▶:>@\w./]*",
    rf"(?:この記事を|記事を)?(?:{_PLATFORM}(?:で|に|へ))?(?:シェア|ツイート|ポスト|共有|投稿|送る|保存|拡散|フォロー|印刷|ブックマーク)(?:する|しよう)?!?",
    r"follow (?:us|@\w+).{0,60}|share (?:this|on|via|with).{0,40}|tweet this",
    r".{0,50}(?:メールマガジン|メルマガ|ニュースレター|無料メール|プッシュ通知).{0,40}(?:こちら(?:から)?|登録|購読|受付中|配信中|無料|登録する|できます|(?:して)?ください|お申し?込み|しませんか|受け取る|お届け(?:します)?)[。!]?",
    r".{0,100}(?:ご登録|ご購読|お申し込み)ください[。!]?|.{0,12}(?:を|の)フォロー(?:する|中|(?:すると|して)、.{1,40}(?:お知らせ|お届け|チェック|受け取).{0,24})?。?|.{0,30}メールで(?:受け取る|お届け)[^。]{0,8}",
    r"(?:sign up|subscribe) (?:to|for) [^.]{1,60}|our (?:daily|weekly|free|morning) (?:email|newsletter|briefing).{0,100}|[^.]{0,20}newsletter[^.]{0,20}|privacy (?:notice|policy).{0,150}|reuse this content",
    r"(?:私たちの行動規範|our standards)\s*:.{0,80}|.{0,80}opens new tab|.{0,10}licensing rights|.{0,6}ライセンス権購入",
    r"(?:看更多|【?往下看|加入.{0,12}(?:好友|粉[丝絲]|[频頻]道)|[上下]一[篇页頁]).{0,40}",
    r"(?:sign up|subscribe|register|get|join).{0,80}(?:newsletter|inbox|email|alerts?|updates|subscriber)s?.{0,40}",
    r"(?:当|本|この|弊)(?:web|ウェブ)?(?:サイト|ページ|ウェブサイト)(?:で|は|に|の|を)[^。]{0,120}(?:cookie|クッキー|javascript|ブラウザ|ご?利用|掲載|同意|閲覧)[^。]{0,60}[。.]?.{0,60}",
    r".{0,60}(?:(?:uses?|accept|using).{0,20}cookies|cookie (?:policy|settings|preferences)|javascript.{0,20}(?:disabled|enable|有効|無効)).{0,60}",
    r"(?:cookie|クッキー)(?:の(?:設定|使用|利用).{0,30}|(?:を|に)(?:許可|同意|拒否).{0,20})|同意する|すべて(?:許可|同意).{0,10}",
    r".{0,6}会員記事(?:\(.{1,20}\))?|(?:[^。]{1,8}での|[^。]{1,8}への)お?問い?合わせ|[\[(]?(?:画像|写真|図)\s?\d*\s*:?\s*[\])]",
    r"この記事[にのをは][^。]{0,30}(?:(?:画像|写真|動画)[^。]{0,40}|(?:公開|執筆|配信|取材|掲載)(?:日|時|当時)[^。]{0,40})[。]?.{0,12}",
    r".{0,14}(?:会員|有料|購読者|読者)限定(?:の)?(?:記事|コンテンツ|公開)?(?:です)?(?: .{1,6})?",
    r"(?:有料|会員|無料会員|有料会員|購読者|プレミアム)(?:限定|会員限定|専用)?(?:の)?(?:記事|コンテンツ|登録|限定)(?:です|する|はこちら|\(無料\))?[。]?",
    r".{0,20}(?:続き|全文|記事|もっと|詳し(?:く|い記事))(?:を)?(?:読む|見る|お読みに(?:なる|なれます)|表示(?:する)?)",
    r".{0,14}(?:一覧|トップ|バックナンバー|すべて|もっと|詳細)(?:を|へ|は)?(?:見る|読む|表示|こちら|戻る)|もっと(?:見る|読む|知る)",
    r".{0,50}(?:は|を|へ|の)?こちら(?:から(?:どうぞ)?|へ|をクリック|をご覧ください|です)?(?:\(.{1,6}\))?[。!]?|.{0,40}(?:クリック|タップ)(?:で|すると|して)(?:拡大|表示|再生|詳細).{0,10}",
    r"(?:前|次)の?(?:記事|ページ|ニュース|話|回|写真|画像)(?:へ|に)?(?:\s*[::>≫→|].{0,60}|(?:へ|は|に)?続く|\s.{1,50}|は.{1,50})?(?<!。)|(?:<|←)?\s*(?:前へ|次へ|prev(?:ious)?|next)(?: (?:page|article|post|story))?.{0,60}",
    r"\d+\s?/\s?\d+\s?(?:ページ|頁|枚|page)?|page \d+(?: of \d+)?|(?:全)?\d+ページ(?:中|目).{0,12}",
    r"(?:写真|画像|動画|フォト|図|拡大|映像|この写真)(?:を|の|は)?(?:すべて|全て|もっと)?(?:見る|拡大(?:する|表示)?|再生(?:する)?|枚目|一覧).{0,12}|(?:全|残り|写真|画像)\s?\d+枚.{0,6}|[×✕]|.{0,20}編集部.{0,6}では.{1,30}募集し.{0,20}|\(?英語記事[ :].{1,100}",
    r"[(\[]?(?:写真|画像|動画|撮影|photo|image|credit|picture)(?:提供|説明|撮影|クレジット| by| credit| source)?(?:\s*[:=/・,]\s*|(?<=by) )[^。]{1,40}|(?:写真|画像)はイメージ(?:です)?[。]?|イメージ写真|資料写真",
    r"(?:タグ|(?:関連)?キーワード|カテゴリー?|ハッシュタグ|tags?|keywords?|categor(?:y|ies)|filed under|关键词|標籤|标签)\s*:.{0,120}",
    r"#[^\s#]+(?:[\s、,]+#[^\s#]+)+",
    r"(?:関連(?:記事|ニュース|リンク|動画)?|(?:合|あ)わせて読みたい|参考記事|こちらもおすすめ|おすすめ記事|related|read more|see also|also read|(?:延伸|相[关關]|推[荐薦]|更多)[阅閱][读讀]|相[关關][报報新].{1,2})\s*[:|>≫→】\]].{1,120}",
    r"(?:【|\[)[^】\]。]{0,12}(?:読む|見る|あわせて読みたい)(?:】|\]).{0,80}(?<!。)",
    r"(?:さらに)?(?:関連|次の|前の|こちらの|前編|後編)記事[『「].{1,80}[』」](?:では|で|も|を|へ).{1,60}",
    r"(?:【|\[)(?:写真|画像|動画|映像|図解|フォト|関連|特集|関連記事|写真特集|写真ギャラリー|一覧|ランキング)(?:】|\]|特集).{1,80}(?<!。)",
    r"特集\s*[::].{1,40}(?<!。)|.{0,40}(?:好評)?発売中[!。]?|[^。]{0,40}\d+日号[^。]{0,20}|.{0,20}(?:定期購読|試し読み|購入する|amazonで(?:見る|購入)).{0,20}",
    r"(?:skip|jump) (?:to )?.{1,40}|end of (?:ad|related|recommended|read).{0,30}|.{0,10}(?:本文|メイン|コンテンツ|検索|メニュー).{0,8}(?:へ|に|まで)(?:スキップ|移動|ジャンプ|移ります).{0,8}",
    r"(?:お?問い?合わせ|連絡)先?\s*:.{0,80}|(?:tel|電話|fax|ファクス|e-?mail|メール)\s*[:/)]?\s*[\d(0].{0,60}|〒\d{3}.{0,80}",
    r"この記事(?:は|が)(?:役に立ちましたか|参考になりましたか|気に入ったら).{0,40}|この記事[にを]「?いいね!?」?(?:する|しよう)?|[^。]{0,30}©[^。]{1,30}|[^。]{1,10}ページへ|次ページ[^。]{1,50}|(?:読了|所要)時間\s*:?.{0,12}|この記事は.{0,4}\d+\s?分で読め(?:ます|る)|\d+ min(?:ute)?s? read|この記事の(?:写真|画像|動画).{0,20}",
    r".{0,4}(?:閲覧数|views?|pv|いいね!?|拍手|スキ|返信|リツイート|ブックマーク|シェア)\s*[:数]?\s*[\d,]+.{0,4}|\d[\d,]*\s?(?:views?|いいね!?|スキ|返信|シェア|users?)",
)
_CREDIT = _either(
    r"(?:編集|取材|執筆|構成|翻訳|訳|聞き手|校閲|校正|文責|担当(?:記者|編集)?|記者|著者|文|取材・文|文・写真|取材・撮影|取材協力|監修|デスク)\s*[::=/・]\s*.{1,40}(?<!。)",
    r"(?:reporting|writing|editing|edited|written|translated|additional reporting|text) by .{1,120}|(?:编辑|編輯|责任编辑|責任編輯|记者|記者|作者|来源|來源)\s*:.{1,40}",
    r"\([一-龥ぁ-んァ-ヶー・、 ]{2,20}\)",
    r"(?:ロイター|共同(?:通信)?|時事(?:通信)?|afp(?:通信)?(?:=時事)?|ap(?:通信)?|reuters|bloomberg|ブルームバーグ|新華社|聯合ニュース|cnn|bbc)(?:発)?",
)
_WEAK = _either(
    r".{1,20}のニュース|(?:最終)?更新(?:日時|日)?\s*:.{1,30}|photo ?galler(?:y|ies)|(?:リンク|著作権|免責).{0,8}について|[\W_]+"
)
_ACTIONS = _words(
    "反応 シェア シェアする ツイート ツイートする ポスト ポストする いいね いいね! ブックマーク クリップ クリップする "
    "印刷 印刷する lineで送る リンクをコピー urlをコピー メールで送る コメントする ログイン 会員登録 新規登録 "
    "無料会員登録 無料登録 新規会員登録 マイページ 検索 メニュー menu login log in sign register subscribe share tweet "
    "print email search 文字サイズ 広告 pr ad もっと見る すべて見る 続きを読む 閉じる 次へ 前へ 次ページ 前ページ 次のページ 前のページ または 戻る 返信 通報 "
    "報告 facebook twitter x line はてなブックマーク はてブ hatena pocket instagram youtube note threads b! rss "
    "拡大 保存 保存する 写真を拡大 コピー フォロー フォローする 大 中 小 標準 copy link whatsapp linkedin telegram "
    "weibo 微博 微信 分享 收藏 登录 登錄 注册 評論 评论 点赞 讚"
)
_SECTIONS = _words(
    "トップ トップページ top home ホーム ニュース 速報 ニュース速報 社会 政治 経済 国際 世界 ワールド ビジネス スポーツ "
    "エンタメ 芸能 文化 科学 サイエンス 地域 地方 天気 気象 災害 気象・災害 暮らし くらし ライフ ライフスタイル オピニオン "
    "社説 コラム 写真 動画 特集 連載 マネー テクノロジー テック it 教育 医療 健康 国内 海外 主要 総合 紙面 電子版 "
    "イベント 会社概要 利用規約 プライバシーポリシー お問い合わせ お問合せ お問い合わせ先 問い合わせ先 お問合せ先 連絡先 english 日本語 中文 한국어 特定商取引法に基づく表記 サイトマップ "
    "広告掲載 広告掲載について 個人情報保護方針 個人情報の取り扱い 採用情報 ヘルプ よくある質問 faq 著作権 著作権について "
    "このサイトについて サイトポリシー リンク集 運営会社 ご利用ガイド 利用案内 会社案内 購読案内 購読申し込み 電子公告 "
    "編集方針 推奨環境 免責事項 コメント メールマガジン メルマガ about contact terms privacy policy news world business "
    "sports politics opinion culture technology us of use service help careers cookie and 首页 新闻 国际 國際 社会 體育 "
    "财经 財經 关于我们 關於我們 联系我们 聯絡我們 隐私政策 隱私權政策 使用条款 "
    "首頁 即時 登入 字級 "
    "usa asia europe tech travel showbiz entertainment lifestyle style video videos live tv weather more health science"
)
CHROME_WORDS = _ACTIONS | _SECTIONS
"""Names of links, buttons and sections, in lower case."""

_SPLIT = re.compile(r"[\s　|/>≫›»＞・,、•→]+")
# Notices speak politely or in nouns: a plain-form sentence is the article's. A clause goes on below.
_STATES = re.compile(
    r"、$|(?:(?<!禁ず)る|(?<!まし)(?<!でし)た|だ|(?<!くださ)い|う|(?<!へ続)く|つ|(?<![でま])す)。$"
)
_BULLET = re.compile(r"[・･•●○◆◇*\-–]\s*\S")

_INNER_STOP = re.compile(r"[。｡]|[a-z)”\"’'][.!?] +[A-Z“\"‘]")
_QUOTE = re.compile(r"[「『“\"].*[」』”\"]$")
_SPEAKER = re.compile(r"[―—─–-]{1,3}\s?\S|[QAＱＡ問答][\d０-９]*\s?[.．:：、　]")
_CAPTION = re.compile(
    r"[^。]+＝[^＝]*(?:\d|撮影|提供)|.*[（(][^（(]{1,20}(?:撮影|提供|日)[）)]$"
    r"|.*[（(](?:撮影|写真|提供|出典|圖|图)[・：:=＝／/][^（(]{1,20}[）)]$"
)
_HEADING = re.compile(
    r"[■□◆◇●○▼▽★☆◎#§]|[一二三四五六七八九十]+[、．.]|第[一二三四五六七八九十百\d]+[章節条回部話]"
    r"|[（(]?[\d０-９]{1,2}[）).．、]\s?\D|[<＜〈《【［\[][^>＞〉》】］\]]+[>＞〉》】］\]]$|[一-鿿ァ-ヶー]{1,6}[一二三四五六七八九十\d][:：]"
    r"|(?:はじめに|概要|要旨|要約|要点|背景|ポイント|summary|introduction|abstract)$",
    re.IGNORECASE,
)
_LABELLED = re.compile(r".{1,10}[：:]")
FIGURE = (
    r"[-+△▲−]?[\d０-９][\d０-９,，]*(?:[.．][\d０-９]+)?(?:パーセント|[^\s\d０-９ぁ-ん、。]{0,3})"
)
# A row as our readers write it (国: 谷口国／億円: 88), as Markdown does, and a label with its figures.
_WRITTEN_ROW = re.compile(r"[^／]{1,80}: [^／]+／|\|.*\|$")
_ROW = re.compile(
    rf"{_WRITTEN_ROW.pattern}|(?:\d{{1,2}}位[ \u3000]+)?[^\s、。]{{1,20}}(?:[ \u3000]+(?:{FIGURE}|[-―－—]))+$"
    rf"|(?![\d０-９])[^\s：:=＝]{{1,20}}\s?[：:=＝]\s?{FIGURE}$"
)
_HEADLINE = 15  # characters: headlines are longer than the last lines of a list or a poem


def kind(line: str) -> Kind:
    """Tell what a line is by its wording and shape alone.

    Args:
        line: One line without blanks at its edges.
    """
    if len(line) > _MAX or _STATES.search(line):
        return Kind.TEXT
    plain = nfkc(line).casefold()
    if _WRITTEN_ROW.match(line) and not _CREDIT.fullmatch(plain):
        return Kind.TEXT
    bare = plain.strip(_EDGES)
    forms = {plain, bare}
    # NFKC turns ⓒ into c, so the raw line is asked as well.
    if line.startswith("ⓒ") or any(_END.fullmatch(form) for form in forms):
        return Kind.END
    if any(_DROP.fullmatch(form) for form in forms):
        return Kind.DROP
    if len(bare) <= 40 and _LIST.fullmatch(bare.rstrip(":")):
        return Kind.LIST
    if _CREDIT.fullmatch(bare) or _CREDIT.fullmatch(plain):
        return Kind.CREDIT
    return _by_words(plain, bare)


def _by_words(plain: str, bare: str) -> Kind:
    """Judge a line made of nothing but names of links and buttons, numbers and marks."""
    words = [word for word in _SPLIT.split(bare) if word]
    numbers = [word for word in words if word.isdecimal() and len(word) <= 3]
    if len(numbers) == len(words) or _WEAK.fullmatch(bare):
        return Kind.WEAK
    if not CHROME_WORDS.issuperset(word for word in words if word not in numbers):
        return Kind.TEXT
    if plain.startswith(("■", "□", "◆", "◇")):
        return Kind.TEXT
    lone = len(words) == 1 and (words[0] in _SECTIONS or bool(_BULLET.match(plain)))
    return Kind.WEAK if lone else Kind.DROP


def is_prose(unit: Unit) -> bool:
    """Tell a unit that only an article's text has: it ends a sentence, holds one, or is long."""
    text = unit.text
    if len(unit.lines) > 1 or ends_sentence(text):
        return True
    if len(text) >= LONG and not is_truncated(text):
        return True
    return len(text) >= LONG // 2 and bool(_INNER_STOP.search(text))


def opens_body(text: str) -> bool:
    """Tell a line that belongs to the prose below it: a quote, a question, a caption, a marked heading."""
    return ends_mark(text) or any(p.match(text) for p in (_QUOTE, _SPEAKER, _CAPTION, _HEADING))


def is_marked_heading(text: str) -> bool:
    """Tell a heading by its mark: ■, 一、, 第2章, <…>, 【…】."""
    return bool(_HEADING.match(text))


def is_row(text: str) -> bool:
    """Tell a row of a table, or a label with its figures, from a line of words."""
    return bool(_ROW.match(text))


def like_headline(text: str) -> bool:
    """Tell what may be another article's headline: long, and neither marked nor labelled (日時：…)."""
    other = is_marked_heading(text) or _LABELLED.match(text) or is_row(text)
    return len(text) >= _HEADLINE and not other
