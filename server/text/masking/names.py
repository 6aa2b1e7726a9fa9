"""Names that a text says: introduced by a word, or beside the phone of a delivery label.

A name alone is a word like others and stays; `store/names.py` shortens the shopper's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from server.text.masking.secrets import Late, Secret

_REST = "**"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁"
    "任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫段雷黎史龙陶贺毛郝顾龚邵万覃武钱戴"
    "严莫孔向常汤康易乔赖文庞樊兰殷施洪翟安倪温芦俞章鲁葛岳牛柴齐伍辛项祝纪舒屈阮柯梅童凌毕尚耿詹关焦"
    "柳甘祁宁符颜华娄柏裘缪解宗郁杭诸钮嵇邢荣羊惠甄曲封储靳巫乌隗仰秋仲宫仇栾景束司韶薄印宿怀蒲卓蔺蒙"
    "闻党劳姬申冉桑桂濮尧瞿阎慕连茹习艾鱼古闵季佘佟占涂晏冼敖苗盛左骆欧戚裴"
)
_DOUBLE = "欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|公孙|令狐|慕容|夏侯|端木|独孤|南宫|长孙|宇文"
_HAN = r"[\u4e00-\u9fff]"
# What begins like a surname and is a word of a chat, or calls somebody without the name.
_WORDS = (
    r"谢谢|周[一二三四五六日末]|万[一分]|马[上甲桶路]|方[便法面式]|高[兴级中低度]|任[何意务]|严[重格]|金[额色]|"
    r"江[苏西南浙]|钱[包都]|安[全排徽心装]|关[于闭注联]|宁[波夏可]|温[州度水]|许[多可久]|常[用见常年在来]|"
    r"康复|文[字件具]|武汉|白[色天的]|黄[色山]|平[台时]|何时|何必|余额|石[家头]|华[为东南北]|毛[病巾衣]|"
    r"易[碎拉]|向[您你我]|于[是今昨明]|应[该当]|解[决释]|申[请通诉]|连[接衣]|封[面口]|包|付[款了过]|程序|"
    r"成[功都]|顾客|田园|段时|费用|龙[岗华头]|海南|河[南北]|山[东西]|湖[南北]|广[东西]|古[代风]|古铜|"
    r"欧美|左[右边]|盛[夏大]|项[目链]|童[装鞋年]|祝[您你福]|纪[念录]|施工|章[子丘]|齐[全了]|牛[仔奶皮]|"
    r"梅雨|凌晨|单[独号]|符合|曲[线奇]|荣[耀誉]|习惯|占[用地]|季[节度]|连[着续]|尚[未且]|怀[孕疑]|印[花章刷]|"
    r".(?:先生|女士|小姐|老师|阿姨|师傅)|.(?:总|姐|哥|叔|工|某|妈|爸|奶|爷|婶|姨)"
)
_NOT_LAST = "吗呢吧的了啊呀么嘛不没在有是就都也要来去给和或跟与"
_NAME = rf"(?!{_WORDS})(?:(?:{_DOUBLE}){_HAN}{{1,2}}|[{_SURNAMES}]{_HAN}{{1,2}})(?<![{_NOT_LAST}])"
_ENDS = (
    r"(?=$|[^\u4e00-\u9fff]|收$|收[^\u4e00-\u9fff]|先生|女士|小姐|电话|手机|身份证|地址|"
    r"就行|即可|就好|谢谢|[呀哦吧哈啊](?:$|[^\u4e00-\u9fff]))"
)
_LATIN = r"[a-z]{2,14}(?: [a-z]{2,14}){1,2}(?![a-z])"
_FILL = r"[\s:：是为写成到叫填改，,=【「\"“（(-]{0,4}"
_SAID: Final = Late(
    r"(?:(?:收件|收货|寄件|发件|联系|持卡|报关|订购|退货|购买|入住|签收)人|户名|名字|姓名|实名|"
    rf"我叫|叫我|(?<![\u4e00-\u9fff])叫|本人|大名)"
    rf"(?:信息|姓名|名字|名)?(?:请写|应该是|就是|换成)?{_FILL}({_NAME}){_ENDS}"
    r"|(?:(?:收件|收货|寄件|联系|持卡)人|姓名|(?<![a-z])name|(?<![a-z])consignee)[ :：]{1,3}"
    rf"({_LATIN})"
    # 我是 begins many sentences: a whole name of three signs at its end, nothing else.
    rf"|我(?:就)?是((?![马高白金江石夏方万常向段史雷毛龙严田叶余于程安温文华关牛古欧])"
    rf"(?!{_WORDS})[{_SURNAMES}]{_HAN}{{2}})(?<![人座皮的脸型子客户员生师粉机卡妈吗呢吧了啊])"
    r"(?=$|[，,。！!；; ])"
    rf"|(?:^|[\s,，;；:：。])({_NAME}) ?[（(【]收[)）】]"
    rf"|^ ?((?!{_WORDS}|高价)[{_SURNAMES}]{_HAN}{{2}})(?<![签回代查验接拒没已未再才能可不])收 ?$"
    rf"|(?:^|[\s,，;；:：。写])({_NAME}) ?(?:先生|女士|小姐) ?[（(]?收"
)
# On a label a name of two signs may be a word; one of three with a surname hardly is.
_LABELLED = (
    rf"(?!{_WORDS})(?:(?:{_DOUBLE}){_HAN}{{1,2}}|[{_SURNAMES}]{_HAN}{{2}}"
    rf"|[王李张刘陈杨赵吴徐孙朱胡郭罗郑梁宋唐韩冯邓曹彭曾肖董潘袁蔡蒋杜魏苏吕丁卢姚沈钟姜崔谭陆范汪廖]"
    rf"{_HAN})(?<![{_NOT_LAST}])"
)
_BETWEEN = r"[\s,，;；:：/|、+。-]"
_BEFORE: Final = Late(
    rf"(?:^|{_BETWEEN}|[\]】)）])({_LABELLED})(?:收|{_BETWEEN}|电话|手机|[（(]){{0,4}}$"
)
_BEHIND: Final = Late(rf"(?:{_BETWEEN}|[)）]){{0,3}}({_LABELLED})(?=$|{_BETWEEN}|[（(]|收)")
_REACH = 14


def find_names(text: str, phones: list[Secret]) -> Iterator[Secret]:
    """Names in a folded text; `phones` are the ones found in it. The first sign stays."""
    for match in _SAID.compiled.finditer(text):
        yield _cut(match)
    for phone in phones:
        # Not text[…]: ^ shall be the text's beginning, not the window's.
        before = _BEFORE.compiled.search(text, max(0, phone.start - _REACH), phone.start)
        behind = _BEHIND.compiled.match(text, phone.end)
        for found in (before, behind):
            if found:
                yield _cut(found)


def _cut(match: re.Match[str]) -> Secret:
    inner = match.lastindex or 0
    start = match.start(inner)
    return Secret(start, match.end(inner), match.string[start] + _REST)
