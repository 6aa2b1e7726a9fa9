"""Cantonese and Wu words of a chat in their Mandarin form: 唔好喺度俾钱 reads 不要在这里给钱.

Rules and judge were made with Mandarin. Only a text with a word that Mandarin does not write is
read so, and none of it counts as a disguise.
"""

from __future__ import annotations

import re
from typing import Final

from server.text.undisguise import Folded, Piece, folded_from, pieces_of
from server.text.undisguise_tables import SIMPLIFIED

# Folded texts are simplified, and 嗰 and others have a simplified form that nobody types.
_TELLING: Final = re.compile(
    "[唔嘅佢冇咗喺嗰啲嘢揾搵哋咁畀嚟攞睇噉㗎啱瞓嘥侬覅]|阿拉|勿要|铺头|点解".translate(SIMPLIFIED)
)


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.translate(SIMPLIFIED).split())


_WORDS: Final = _pairs("""
    唔使=不用 唔好=不要 唔得=不行 唔该=麻烦 唔啱=不合适 唔系=不是 唔到=不到 唔通=难道 唔理=不管
    唔知=不知道 唔=不 冇得=没得 冇人=没人 冇=没有 嘅=的 佢哋=他们 我哋=我们 你哋=你们 哋=们
    佢=他 咗=了 喺度=在这里 喺=在 呢度=这里 嗰度=那里 边度=哪里 边个=谁 嗰啲=那些 呢啲=这些
    有啲=有点 好啲=好点 啲=的 嗰=那 呢个=这个 呢单=这单 呢只=这只 呢件=这件 呢款=这款 呢间=这间
    咁多=这么多 咁=这么 噉=这样 嘢=东西 揾=找 搵=找 俾人=被人 俾钱=付钱 俾=给 畀钱=付钱 畀=给
    嚟=来 攞=拿 睇=看 慢慢倾=慢慢聊 倾偈=聊天 谂住=打算 谂=想 㗎=的 啱啱=刚刚 啱=合适 瞓=睡
    嘥=浪费 乜嘢=什么 乜=什么 点解=为什么 点样=怎么样 几时=什么时候 几多=多少 几钱=多少钱
    系咪=是不是 系度=在这里 我系=我是 你系=你是 就系=就是 都系=都是 但系=但是 定系=还是
    过数=转账 个户口=个账户 铺头=店铺 间铺=店铺 平啲=便宜点 平过=便宜过 收工=下班 得闲=有空
    执笠=倒闭 差佬=警察 呃人=骗人 嘈=吵 揿=按 返嚟=回来 俾返=还给 畀返=还给 返转头=回头
    靓女=美女 靓仔=帅哥 靓=好 即刻=马上 听日=明天 琴日=昨天 寻日=昨天 今日=今天
    第二度=别的地方 污糟=脏 阿嫲=奶奶 老细=老板 老世=老板 马仔=手下 收皮=闭嘴
    侬=你 阿拉=我们 伊拉=他们 勿要=不要 覅=不要 啥人=谁 啥物事=什么东西 物事=东西 哪能=怎么
    老灵=很好 交关=很 铜钿=钱 钞票=钱 今朝=今天 明朝=明天 辰光=时候 晓得=知道
""")
# What Mandarin writes too (系统, 返现, 讲究) is replaced only in words that Mandarin has not.
_WORD: Final = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)))


def mandarin(folded: Folded) -> Folded:
    """`folded` with the words of a dialect replaced; itself where there are none."""
    if not _TELLING.search(folded.text):
        return folded
    pieces = pieces_of(folded)
    read: list[Piece] = []
    place = 0
    for match in _WORD.finditer(folded.text):
        first, end = match.span()
        stretch = folded.span(first, end)
        read += [*pieces[place:first], *((sign, *stretch) for sign in _WORDS[match.group()])]
        place = end
    return folded_from([*read, *pieces[place:]])
