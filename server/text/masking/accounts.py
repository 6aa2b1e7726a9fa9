"""Accounts of messengers and other places to meet outside the shop, and e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from server.text.masking.secrets import ACCOUNT, EMAIL, Secret, matches

_DOT = r" ?(?:\.|点|。|,(?=(?:com|cn|net)\b)|\[dot\]|\(dot\)| dot ) ?"
_END = r"(?:[a-z]{2,10}(?![a-z0-9])|中国|公司|网络)"
_DOMAIN = rf"[a-z0-9\u4e00-\u9fff-]{{1,30}}(?:{_DOT}[a-z0-9-]{{2,30}}){{0,3}}{_DOT}{_END}"
_ASCII_DOMAIN = rf"[a-z0-9-]{{1,30}}(?:{_DOT}[a-z0-9-]{{2,30}}){{0,3}}{_DOT}[a-z]{{2,10}}"
_BOX = r"[a-z0-9][a-z0-9._%+-]{1,40}"
_HOUSES = r"(?:qq|163|126|139|189|gmail|foxmail|sina|sohu|outlook|hotmail|yeah|icloud)"
_EMAIL: Final = re.compile(
    rf"{_BOX} ?(?:艾特|圈a|\(at\)|\[at\]|（at）|【at】|#at#|#) ?{_ASCII_DOMAIN}(?![a-z0-9])"
    rf"|{_BOX} ?@ ?{_DOMAIN}"
    rf"|[\u4e00-\u9fff]{{1,4}}@{_ASCII_DOMAIN}(?![a-z0-9])"
    rf"|{_BOX} at [a-z0-9-]{{1,30}}(?: (?:dot|点) |\.)[a-z]{{2,10}}(?![a-z0-9])"
    rf"|{_BOX} ?(?:@|艾特|在|\(at\)) ?{_HOUSES}(?:{_DOT}com)?(?![a-z0-9])"
    rf"|(?:邮箱|邮件|(?<![a-z])e-?mail|(?<![a-z])mail)(?:地址|账号|号|是|[\s:：为发到]){{0,4}}"
    r"([a-z0-9][a-z0-9._-]{4,30})(?![a-z0-9@])"
)

_IN = r"[ ~·._*-]{0,2}"  # what people put between the signs of a word
_MESSENGER = (
    rf"[微薇威维徽]{_IN}(?:信|芯|心|x)|微|薇|威|徽|卫星|v{_IN}信|v❤|♥信|wx|w{_IN}x|v{_IN}x|"
    rf"we{_IN}chat|wei{_IN}xin|vvx|绿泡泡|绿色软件|"
    rf"q{_IN}q|扣扣|口口|扣(?=\d{{6}})|球球|企鹅|支付宝|zfb|alipay|"
    r"抖音|快手|闲鱼|小红书|旺旺|钉钉|飞书|微博|贴吧|b站|telegram|tg|whatsapp|"
    r"line(?= ?(?:id|号|[:：@]))|skype|kakao(?:talk)?|陌陌|"
    r"(?:飞机|电报|纸飞机)(?= ?(?:id|号|[:：@]))|"
    r"(?:加[个下]?我?|我|我的|➕|\+) ?[vq]|[vq] ?(?:加|号|群|[:：])|vq"
)
# Between the messenger and the account: a word for it, small words, signs.
_SIGNS = r"[\s:：是为就吧，,@➡→=＝（(“”\"'‘`「『【\[~·_-]{0,4}"
_LEADS = (
    r"(?:群号?|号码|账号|帐号|账户|号|id|名)?(?: ?[（(][^()（）]{1,6}[)）])?"
    rf"{_SIGNS}(?:搜索|搜|加|就是|我的是|是我的|也是|[吧呗呀哦哈])?{_SIGNS}"
)
# 微信，我加一下，号是…: the account comes later in the sentence.
_LATER = r"[\u4e00-\u9fff，, ]{0,8}?(?:号码?|账号|id|我的)(?:就?是|为|[:：])[\s:：]{0,2}"
_GOODS = (
    r"(?!(?:iphone|ipad|android|apple|huawei|xiaomi|redmi|honor|oppo|vivo|pay|app)[ \d]{0,4}"
    r"(?![a-z\d_])|http|www)"
)
_SPOKEN = "一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_VALUE = (
    rf"({_GOODS}(?:live:\.?)?[a-z](?:[a-z0-9]|[_.-](?=[a-z0-9_.-])){{4,24}}"
    r"|[1-9](?:[ -]?\d){4,10}"
    rf"|[{_SPOKEN}](?:[ -]?[零{_SPOKEN}]){{5,10}}"
    r"|[a-z0-9](?:[ -][a-z0-9]){5,14})(?![a-z0-9])"
)
_ACCOUNT: Final = re.compile(
    rf"(?:(?<![a-z._-])(?=[a-z])|(?![a-z]))(?:{_MESSENGER}) ?(?:{_LEADS}|{_LATER}){_VALUE}"
)
_ALONE: Final = re.compile(
    r"(?<![a-z0-9])(wxid_[a-z0-9]{6,24})"
    r"|(?<![a-z0-9])[vq] ?([a-z][a-z0-9_-]{5,20}|[1-9]\d{4,10})(?= ?(?:加我|找我|联系我))"
    r"|(?<![a-z0-9])q ?([1-9]\d{7,10})(?![a-z0-9])"
    # Words of fashion too (ins 风): only with a sign that words do not have.
    r"|(?<![a-z_])(?:ins|instagram|facebook|fb|snapchat)[\s:：@是号]{1,3}"
    r"((?=[a-z.]{0,24}[\d_.])[a-z_.][a-z0-9_.]{4,24})(?![a-z0-9])"
)


def find_accounts(text: str) -> Iterator[Secret]:
    """E-mail addresses and accounts in a folded text."""
    yield from matches(_EMAIL, text, EMAIL)
    yield from matches(_ACCOUNT, text, ACCOUNT)
    yield from matches(_ALONE, text, ACCOUNT)
