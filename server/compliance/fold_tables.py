"""Tables of folding: what stands for what when a text hides its words.

Only signs that have one reading in a shop's chat stand here; what depends on its neighbours is
undone by `sound.py`, where a known word must come out.
"""

from __future__ import annotations

from typing import Final

import opencc

EMOJI_WORDS: Final[dict[str, str]] = {
    "🧧": "红包", "🍠": "红薯", "⭐": "星", "🌟": "星", "★": "星", "☆": "星", "✨": "", "💯": "百分百",
    "🅰": "a", "🅱": "b", "🆅": "v", "📱": "手机", "📞": "电话", "☎": "电话", "💰": "钱", "💵": "钱",
    "💴": "钱", "🪙": "币", "➕": "加", "＋": "加", "🐔": "鸡", "🐧": "企鹅", "🐎": "马", "🐴": "马",
    "🐷": "猪", "🐖": "猪", "🐶": "狗", "🐮": "牛", "🐟": "鱼", "🍐": "梨", "🎵": "音", "🔥": "",
    "🈵": "满", "🈳": "空", "🈚": "无", "🈶": "有", "🉐": "得", "🈺": "营", "💊": "药", "🩺": "医",
    "🏥": "医院", "🚓": "警", "🚔": "警", "👮": "警察", "💳": "银行卡", "✉": "信", "📧": "邮箱",
    "📮": "邮", "🔗": "链接", "👗": "裙", "🌱": "苗", "🥬": "菜", "🐑": "羊", "🐏": "样", "🍬": "糖",
    "💩": "屎", "👎": "差", "👍": "赞", "⬆": "上", "⬇": "下", "↓": "下", "↑": "上", "❌": "不", "✖": "x",
    "✔": "对", "✅": "对", "❗": "!", "❓": "?", "🆗": "ok", "🔔": "", "🟢": "绿", "💚": "绿心",
    "🐕": "狗", "🏠": "家", "🚪": "门", "㊣": "正", "🔞": "成人", "🎲": "赌", "🔫": "枪", "💣": "炸弹",
}
"""A pictograph and the word that people read in it; '' drops it."""

HEARTS: Final[frozenset[str]] = frozenset("❤♥♡💗💖💕💓💛💙💜🧡🖤🤍💞💘❣☪☯♪♫•●○◆◇■□▲△▼▽☀☁♨🌹🌸🍀🎀")
"""Ornaments: dropped inside a word, kept as a separator otherwise."""

LOOKALIKES: Final[dict[int, str]] = str.maketrans(
    {
        "ν": "v", "ѵ": "v", "υ": "u", "χ": "x", "х": "x", "×": "x", "╳": "x", "ㄨ": "x", "乂": "x",
        "а": "a", "α": "a", "е": "e", "о": "o", "ο": "o", "р": "p", "ρ": "p", "с": "c", "ѕ": "s",
        "і": "i", "ι": "i", "ԛ": "q", "ԁ": "d", "ⅴ": "v", "ⅹ": "x", "ω": "w", "ѡ": "w", "ɑ": "a",
        "ɡ": "g", "ı": "i", "ƨ": "s", "〇": "零", "○": "零", "◯": "零", "ㄋ": "了", "ㄌ": "了",
        "ㄉ": "的", "ㄅ": "不", "ㄟ": "哎", "ㄊ": "他", "の": "的", "囗": "口", "彡": "三",
        "—": "-", "–": "-", "－": "-", "―": "-", "‑": "-", "﹣": "-", "ー": "-", "～": "~", "﹏": "_",
        "。": "。", "｡": "。", "‧": "·", "・": "·", "•": "·", "∙": "·", "⋅": "·", "᛫": "·",
    }
)
"""Signs that look like a plain one (Greek, Cyrillic, bopomofo, dashes, dots)."""

SPLIT_CHARACTERS: Final[dict[str, str]] = {
    "亻言": "信", "彳攵": "微", "亻微": "微", "亻方": "仿", "钅艮": "银", "纟工": "红", "弓长": "张",
    "女马": "妈", "木又": "权", "言平": "评", "讠平": "评", "女子": "女子", "氵衮": "滚", "犭苟": "狗",
    "目害": "瞎", "目艮": "眼", "火页": "烦", "亻要": "要", "月中": "肿", "彳亍": "行", "收十合": "收拾",
    "扌丁": "打", "扌立": "拉", "亻弗": "佛", "亻作": "作", "疒丙": "病", "疒": "疒", "衤皮": "被",
    "氵去": "法", "亻专": "传", "贝兼": "赚", "木几": "机", "口口": "口口", "亻尔": "你", "讠正": "证",
    "讠登": "证", "石马": "码", "王马": "玛", "扌召": "招", "扌戈": "找", "氵肖": "消", "忄生": "性",
    "亻介": "价", "亻个": "个", "亻更": "便", "口乞": "吃", "口合": "哈", "矫忄青": "矫情", "忄青": "情",
    "讠甫": "谱", "角刀牛": "解", "亻叚": "假", "亻段": "假", "亻寸": "付", "辶艮": "退", "艮辶": "退",
    "车专": "转", "车云": "转", "糸工": "红", "扌安": "按", "讠斥": "诉", "讠东": "冻", "亻象": "像",
    "公厶司": "公司", "禾刂": "利", "禾火": "秋", "日月": "明", "女口": "如", "立占": "站", "犭者": "猪",
    "亻二": "仁", "贝才": "财", "月土": "肚", "口交": "咬", "扌白": "拍", "木示": "标", "讠卖": "读",
}
"""A character written as its parts; only such as occur in words that rules look for."""

_HAN = "".join(chr(code) + "\n" for code in range(0x4E00, 0xA000))


def _simplified() -> dict[int, str]:
    """Traditional character → simplified one; one pass over the block when the module is loaded."""
    plain = opencc.OpenCC("t2s").convert(_HAN).split("\n")
    table = {
        code: plain[code - 0x4E00]
        for code in range(0x4E00, 0xA000)
        if plain[code - 0x4E00] != chr(code) and len(plain[code - 0x4E00]) == 1
    }
    # 著 and 乾 are also simplified characters in their own right; a chat means 着 and 干.
    return table | {ord("乾"): "干", ord("叁"): "叁"}


SIMPLIFIED: Final[dict[int, str]] = _simplified()

SEPARATORS: Final[frozenset[str]] = frozenset(" \u00a0\u3000\t.·-_~*/\\|、`^+=:'\"#$@&<>[]()—…,，。!！?？;；{}【】")
"""What may stand inside a word to break it."""

SOFT_SEPARATORS: Final[frozenset[str]] = frozenset(" \u00a0\u3000\t.·-_~*/\\|`^'…+=")
"""Separators that no sentence needs between two Chinese characters."""

SPOKEN_DIGITS: Final[dict[str, str]] = {
    "零": "0", "一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8",
    "九": "9", "幺": "1", "两": "2", "壹": "1", "贰": "2", "叁": "3", "肆": "4", "伍": "5", "陆": "6",
    "柒": "7", "捌": "8", "玖": "9", "拾": "十", "佰": "百", "仟": "千", "o": "0", "洞": "0", "拐": "7",
    "勾": "9", "妖": "1", "衣": "1", "医": "1", "伞": "3", "似": "4", "舞": "5", "柳": "6", "吧": "8",
    "酒": "9", "l": "1", "是": "4", "琪": "7", "爸": "8", "久": "9", "领": "0", "灵": "0", "另": "0",
}
"""A digit as it is spoken or punned; read as digits only in a row of seven or more."""

FORMAL_NUMERALS: Final[dict[str, str]] = {
    "壹": "一", "贰": "二", "叁": "三", "肆": "四", "伍": "五", "陆": "六", "柒": "七", "捌": "八",
    "玖": "九", "拾": "十", "佰": "百", "仟": "千", "圆": "元",
}
