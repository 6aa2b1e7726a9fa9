"""Signs of chat pages that are no words: stickers by their names, codes of faces, media marks.

Only names that platforms really give a sticker stand here. Whatever else somebody puts into
brackets is a word: 有没有[黑色]的.
"""

from __future__ import annotations

import re
from typing import Final


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# WeChat and QQ, Taobao, Douyin, Kuaishou, Pinduoduo, JD, Xiaohongshu; written in lower case.
_NAMES: Final = frozenset(
    _listed("""
    微笑 撇嘴 色 发呆 得意 流泪 害羞 闭嘴 睡 大哭 尴尬 发怒 调皮 呲牙 惊讶 难过 酷 囧 冷汗 抓狂 吐
    偷笑 可爱 愉快 白眼 傲慢 饥饿 困 惊恐 流汗 憨笑 大兵 悠闲 奋斗 咒骂 疑问 嘘 晕 折磨 疯了 衰
    骷髅 敲打 再见 擦汗 抠鼻 鼓掌 糗大了 坏笑 左哼哼 右哼哼 哈欠 鄙视 委屈 快哭了 阴险 亲亲 吓
    可怜 菜刀 西瓜 啤酒 篮球 乒乓 咖啡 饭 猪头 玫瑰 凋谢 嘴唇 示爱 爱心 心碎 蛋糕 闪电 炸弹 刀
    足球 瓢虫 便便 月亮 太阳 礼物 拥抱 强 弱 握手 胜利 抱拳 勾引 拳头 差劲 爱你 no ok 爱情 飞吻
    跳跳 发抖 怄火 转圈 磕头 回头 跳绳 投降 激动 乱舞 献吻 左太极 右太极 嘿哈 捂脸 奸笑 机智 皱眉
    耶 吃瓜 加油 汗 天啊 emm 社会社会 旺柴 好的 打脸 哇 翻白眼 666 让我看看 叹气 苦涩 裂开 發 福
    笑脸 生病 破涕为笑 恐惧 脸红 失望 无语 合十 强壮 庆祝 鬼脸 笑哭 doge 泣不成声 泪奔 无奈
    托腮 卖萌 斜眼笑 喷血 惊喜 骚扰 小纠结 我最美 菊花 红包 大笑 不开心 冷漠 呃 好棒 拜托 点赞
    无聊 我看看 敬礼 舔屏 扯一扯 吐舌 呆无辜 惊呆 酷拽 思考 泪目 送心 比心 赞 玫瑰花 吃饭 么么哒
    黑脸 绿帽子 抠鼻屎 皱眉头 灵机一动 可怜巴巴 加油鸭 看 炸裂 亲 鼻血 发 震惊 憨 嗨 嘿 嘻嘻 嗷嗷
    666666 老铁 双鸡 稳 奥特曼 网红猫 仰慕 冒汗 撒花 干杯 戴口罩 互粉 打call 打脸了 尬笑 龇牙 呲牙笑
    飞机 酸了 柠檬 心 红心 爱 气球 鲜花 送花 花 花痴 叹息 害怕 生气 愤怒 哭 哭泣 大哭了 笑 偷看 眨眼
    吐血 挖鼻 挖鼻孔 抱抱 委屈巴巴 感谢 谢谢 多谢 辛苦了 拍手 拜拜 摊手 哼 白眼儿 瞌睡 睡觉 晚安
    早上好 你好 ok啦 好哒 收到 了解 赞r 害羞r 哭惹r 萌萌哒r 飞吻r 色色r 捂脸r 暗中观察r 买爆r 石化r
    偷笑r 吧唧r 汗颜r 派对r 种草r 笑哭r 生气r 黄金薯r 抓狂r 再见r 叹气r 失望r 微笑r 皱眉r 扯脸h
    惊恐r 斜眼r 可怜r 得意r 鄙视r 加油r h
    """)
)
# What a page writes for something that is no text.
_MEDIA: Final = frozenset(
    _listed("""
    图片 照片 截图 视频 小视频 短视频 语音 语音消息 音频 表情 表情包 动画表情 动态表情 图片表情
    自定义表情 大表情 文件 位置 地理位置 定位 名片 聊天记录 合并消息 未知消息
    不支持的消息 暂不支持的消息
    image img video voice audio emoji sticker file location
    """)
)
# Cards: a mark in 「[订单] 电饭煲 x1」, a word in [订单]怎么取消, alone nothing that is asked.
_CARD: Final = re.compile(r"[\u4e00-\u9fff]{0,4}(?:订单|商品|宝贝|售后单|卡片|链接)|店铺|优惠券")
# [订单x], [金额x]: what masked chat records write for a value.
_MASK: Final = re.compile(r"[\u4e00-\u9fff]{2,6}x")
_BRACKETED: Final = re.compile(r"\[([^\[\]\s]{1,12})\]")
_MARK: Final = re.compile(r"\[([^\[\]\s]{1,12})\](?=\s)")
_FACES: Final = _listed("""
    /:^_^ /:^$^ /:^o^ /:^x^ /:^w^ /:q /:h /:b /:? /:! /:'"" /:(zz...) /:*& /:>_< /:>o<
    /:" /:>m< /:>@< /:o /:p /:>w< /:o=o /:girl /:man /:(ok) /:8*8 /:)-( /:lip /:-f /:-w /:y /:qp
    /:$ /:% /:(&) /:@ /:~b /:u*u /:clock /:r /:c /:plane
    /::) /::~ /::b /::| /:8-) /::< /::$ /::x /::z /::'( /::-| /::@ /::p /::d /::o /::( /::+ /:--b
    /::q /::t /:,@p /:,@-d /::d /:,@o /::g /:|-) /::! /::l /::> /::,@ /:,@f /::-s /:,@x /:,@@
    /::8 /:,@! /:!!! /:xx /:bye /:wipe /:dig /:handclap /:&-( /:b-) /:<@ /:@> /::-o /:>-| /:p-(
    /::'| /:x-) /::* /:@x /:8* /:pd /:<w> /:beer /:basketb /:oo /:coffee /:eat /:pig /:rose /:fade
    /:showlove /:heart /:break /:cake /:li /:bome /:kn /:footb /:ladybug /:shit /:moon /:sun /:gift
    /:hug /:strong /:weak /:share /:v /:@) /:jj /:@@ /:bad /:lvu /:no /:ok /:love /:<l> /:jump
    /:shake /:<o> /:circle /:kotow /:turn /:skip /:oy
""")
_CODE: Final = re.compile(
    "|".join(
        # A face that ends in a letter is none where a word goes on: /:o, not /:only.
        re.escape(face) + ("(?![a-z])" if face[-1].isalpha() else "")
        for face in sorted(_FACES, key=len, reverse=True)
    )
    + r"|/:\d{3}(?!\d)|#e-[a-z]?\d+|#e-(?![a-z0-9])"
)
_TOPIC: Final = re.compile(r"#([^#\s]{1,8})#")


def without_stickers(text: str) -> str:
    """`text` (lower case) with stickers and media marks as spaces; other brackets' words stay."""
    text = _TOPIC.sub(lambda m: " " if _silent(m[1]) else m[0], _CODE.sub(" ", text))
    return _BRACKETED.sub(_word, _without_lone_cards(text))


def _word(match: re.Match[str]) -> str:
    return " " if _silent(match[1]) else match[1]


def _silent(name: str) -> bool:
    return name in _NAMES or name in _MEDIA or bool(_MASK.fullmatch(name))


def _without_lone_cards(text: str) -> str:
    text = _MARK.sub(lambda m: " " if _CARD.fullmatch(m[1]) else m[0], text)
    bare = _BRACKETED.sub(lambda m: " " if _CARD.fullmatch(m[1]) else _word(m), text)
    return text if any(sign.isalnum() for sign in bare) else bare
