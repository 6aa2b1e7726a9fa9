"""Tables of folding: what stands for what when a text hides its words.

Only signs that have one reading in a shop's chat stand here; what depends on its neighbours is
undone by `sound.py`, where a known word must come out. Pairs are written `sign=reading`.
"""

from __future__ import annotations

from typing import Final

import opencc


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split())


EMOJI_WORDS: Final = _pairs("""
    🧧=红包 🍠=红薯 ⭐=星 🌟=星 ★=星 ☆=星 ✨= 💯=百分百 🅰=a 🅱=b 🆅=v 📱=手机 📞=电话
    ☎=电话 💰=钱 💵=钱 💴=钱 🪙=币 ➕=加 ＋=加 🐔=鸡 🐧=企鹅 🐎=马 🐴=马 🐷=猪 🐖=猪
    🐶=狗 🐮=牛 🐟=鱼 🍐=梨 🎵=音 🔥= 🈵=满 🈳=空 🈚=无 🈶=有 🉐=得 🈺=营 💊=药 🩺=医
    🏥=医院 🚓=警 🚔=警 👮=警察 💳=银行卡 ✉=信 📧=邮箱 📮=邮 🔗=链接 👗=裙 🌱=苗 🥬=菜
    🐑=羊 🐏=样 🍬=糖 💩=屎 👎=差 👍=赞 ⬆=上 ⬇=下 ↓=下 ↑=上 ❌=不 ✖=x ✔=对 ✅=对 ❗=!
    ❓=? 🆗=ok 🔔= 🟢=绿 💚=绿心 🐕=狗 🏠=家 🚪=门 ㊣=正 🔞=成人 🎲=赌 🔫=枪 💣=炸弹
    🎫=票 🧾=票 🥚=蛋 🐂=牛 🙅=不 🈲=禁 🉑=可 🈸=申 🈷=月 🔪=刀 🗡=刀 🚬=烟 🎰=赌 🆔=身份证
    🪪=身份证 🐍=蛇 🐢=龟 💉=针
""")
"""A pictograph and the word that people read in it; an empty one is dropped."""

_LETTER_BLOCKS = (0x1F150, 0x1F170, 0x1F1E6)
BADGE_LETTERS: Final = {
    chr(first + place): chr(ord("a") + place) for first in _LETTER_BLOCKS for place in range(26)
}
"""Letters in dark circles, in dark squares and of flags: the ones that have no decomposition."""

HEARTS: Final = frozenset("•■□▲△▼▽◆◇○●☀☁☪☯♡♥♨♪♫❣❤🌸🌹🍀🎀💓💕💖💗💘💙💛💜💞🖤🤍🧡")
"""Ornaments: dropped inside a word, kept as a separator otherwise."""

LOOKALIKES: Final = str.maketrans(
    _pairs("""
    ν=v ѵ=v υ=u χ=x х=x ×=x ╳=x ㄨ=x 乂=x а=a α=a е=e о=o ο=o р=p ρ=p с=c ѕ=s і=i ι=i
    ԛ=q ԁ=d ⅴ=v ⅹ=x ω=w ѡ=w ɑ=a ɡ=g ı=i ƨ=s 〇=零 ○=零 ◯=零 ㄋ=了 ㄌ=了 ㄉ=的 ㄅ=不
    ㄟ=哎 ㄊ=他 の=的 囗=口 彡=三 —=- –=- －=- ―=- ‑=- ﹣=- ー=- ～=~ ﹏=_ ｡=。 ‧=· ・=·
    •=· ∙=· ⋅=· ᛫=·
""")
)
"""Signs that look like a plain one (Greek, Cyrillic, bopomofo, dashes, dots)."""

SPLIT_CHARACTERS: Final = _pairs("""
    亻言=信 彳攵=微 亻微=微 亻方=仿 钅艮=银 纟工=红 弓长=张 女马=妈 木又=权 言平=评
    讠平=评 氵衮=滚 犭苟=狗 目害=瞎 目艮=眼 火页=烦 亻要=要 月中=肿 彳亍=行 收十合=收拾
    扌丁=打 扌立=拉 亻弗=佛 亻作=作 疒丙=病 衤皮=被 氵去=法 亻专=传 贝兼=赚 木几=机
    亻尔=你 讠正=证 讠登=证 石马=码 王马=玛 扌召=招 扌戈=找 氵肖=消 忄生=性 亻介=价
    亻个=个 亻更=便 口乞=吃 口合=哈 矫忄青=矫情 忄青=情 讠甫=谱 角刀牛=解 亻叚=假
    亻段=假 亻寸=付 辶艮=退 艮辶=退 车专=转 车云=转 糸工=红 扌安=按 讠斥=诉 讠东=冻
    亻象=像 公厶司=公司 禾刂=利 禾火=秋 日月=明 女口=如 立占=站 犭者=猪 亻二=仁 贝才=财
    月土=肚 口交=咬 扌白=拍 木示=标 讠卖=读
""")
"""A character written as its parts; only such as occur in words that rules look for."""

SOFT_SEPARATORS: Final = frozenset(" \u00a0\u3000\t.·-_~*/\\|`^'…+=")
"""Separators that no sentence needs between two Chinese characters."""

SPOKEN_DIGITS: Final = _pairs("""
    零=0 一=1 二=2 三=3 四=4 五=5 六=6 七=7 八=8 九=9 幺=1 两=2 o=0 l=1
    壹=1 贰=2 叁=3 肆=4 伍=5 陆=6 柒=7 捌=8 玖=9
""")
"""A digit as it is spoken; read as a digit only in a row of seven or more."""


def _simplified() -> dict[int, str]:
    """Traditional character → simplified one; one pass over the block when the module is loaded."""
    block = [chr(code) for code in range(0x4E00, 0xA000)]
    plain = opencc.OpenCC("t2s").convert("\n".join(block)).split("\n")
    changed = zip(block, plain, strict=True)
    table = {ord(old): new for old, new in changed if old != new and len(new) == 1}
    # 乾 has two simplified forms; a chat means 干.
    return table | {ord("乾"): "干"}


SIMPLIFIED: Final = _simplified()
