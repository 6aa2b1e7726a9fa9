"""Lines that a chat page writes into a talk by itself: they ask nothing and get no answer.

Each form is matched whole and a line that asks is none, so that a shopper who speaks of such a line
(撤回了一条消息怎么看, 我已加入购物车能便宜吗) is still heard.
"""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 160
_ASKS: Final = re.compile(
    r"[吗呢嘛么?]|怎|为啥|为何|咋|哪|几时|多少|多久|能不能|是不是|可不可以|有没有"
)
_FRAME: Final = re.compile(r"^[\s\[\]【】()<>《》\-—~*|·]+|[\s\[\]【】()<>《》\-—~*|·.。!…]+$")

# A nickname, quoted or not, stands before many of them.
_NAME: Final = r"[^,，。!;；]{0,16}"
_YOU: Final = r"(?:您|你)"
_BUYER: Final = r"(?:对方|买家|顾客|客户|用户|访客|ta|他|她)"
_SHOP: Final = r"(?:卖家|商家|客服|系统|机器人|管理员)"
_DONE: Final = r"(?:已|已经|刚刚|刚|已成功|成功)"
_ITEM: Final = (
    r"(?:(?:该|此|本|这个|以下)?(?:商品|宝贝|店铺|订单|页面|链接)(?:详情页?|卡片|链接|信息)?)"
)
_ONE: Final = (
    r"(?:一条|1条|\d+条|该|此|这条|上一条|新的?|一条新的?|一条未读|未读)?(?:消息|信息|留言)"
)
_REST: Final = r"(?:[,，。 ].{0,20})?"
_LOOK: Final = r"(?:[,，。 ]*请?(?:在|到|使用|前往|用|点击)?.{0,10}(?:查看|打开|处理|回复))?"

_MESSAGES: Final = (
    rf"{_NAME}{_DONE}?撤回了?{_ONE}(?:[,，. ]*(?:点击)?重新编辑)?",
    rf"(?:该|此|这|一)?条?消息(?:已|已经|已被|被)(?:{_BUYER}|{_SHOP})?"
    r"(?:撤回|删除|读|送达|拒收|屏蔽|过期)",
    rf"{_NAME}发来了?{_ONE}",
    rf"{_NAME}(?:发送|分享|推荐)了(?:一个|1个|一条|一张|{_YOU}的)?"
    r"(?:商品|宝贝|订单|红包|优惠券|名片|位置|窗口抖动|振屏|抖屏)(?:卡片|链接|信息)?",
    rf"{_YOU}(?:有|收到)了?{_ONE}{_LOOK}",
    rf"(?:暂不支持|不支持|无法显示|无法查看)(?:查看|显示)?(?:该|此|这种|这条)?(?:类型的?)?"
    rf"(?:消息|内容)(?:类型)?{_LOOK}",
    rf"(?:该|此|这条)消息(?:类型)?暂?不支持(?:显示|查看)?{_LOOK}",
    r"(?:对方)?(?:已读|未读)|(?:消息)?(?:已送达|发送失败)",
    r"(?:以上|以下)(?:是|为)(?:历史|新|最新|未读|更早的?|打招呼的?|机器人|智能客服)的?"
    r"(?:消息|聊天记录|记录|内容|会话|对话)",
    r"(?:点击)?(?:查看|加载)更多(?:历史|聊天)?(?:消息|记录)",
)
_LOOKING: Final = (
    rf"(?:{_BUYER}|{_YOU})?(?:{_DONE})?(?:将|把)?{_ITEM}?{_DONE}(?:加入|添加到?|放入)了?"
    r"(?:购物车|收藏夹)",
    rf"{_BUYER}{_DONE}?(?:将|把)?{_ITEM}?{_DONE}?(?:加入|添加到?|放入)了?(?:购物车|收藏夹)",
    rf"{_BUYER}{_DONE}?(?:收藏|关注)了?(?:{_ITEM})?|{_DONE}(?:收藏|关注)(?:了)?{_ITEM}",
    rf"(?:{_NAME}{_BUYER}|当前){_DONE}?(?:正在|正)?(?:浏览|查看|访问|咨询)了?{_ITEM}.{{0,20}}",
    rf"(?:当前)?{_BUYER}(?:来自|从|通过).{{1,20}}(?:进入|咨询|进店|页面|页)(?:会话|聊天|店铺)?",
)
_TALK: Final = (
    rf"(?:{_BUYER}|{_SHOP}){_NAME}(?:加入|进入|接入|退出|离开|结束|关闭|创建|发起)了?(?:本次)?"
    r"(?:会话|对话|聊天|群聊|服务)",
    rf"{_NAME}(?:加入|进入|接入|退出|离开|结束)了(?:本次)?(?:会话|对话|聊天|群聊)",
    r"(?:本次)?(?:会话|对话|聊天|人工服务|服务)(?:已|因.{0,10}已?)(?:自动|超时)*"
    rf"(?:结束|关闭|超时|转接|创建|开始|转出){_REST}",
    rf"(?:会话)?(?:已|已经|正在)为?{_YOU}?(?:转接|转交|分配|接入)(?:至|给|到|了){_NAME}",
    rf"{_SHOP}{_NAME}为{_YOU}服务",
    rf"{_BUYER}正在(?:输入|讲话|说话|录音)中?",
    rf"{_NAME}拍了拍{_NAME}",
    rf"{_NAME}(?:发起了|邀请{_YOU}进行)(?:语音|视频)(?:通话|聊天)",
    r"(?:(?:语音|视频)?通话(?:时长|结束|已结束|已取消|中断)|未接(?:来电|通话)|"
    r"对方(?:已取消|无应答|忙线中?|已拒绝))[ :]*(?:\d{1,2}:\d{2}(?::\d{2})?)?",
    rf"(?:已邀请|请|邀请)(?:{_YOU}|{_BUYER})(?:对|为)?.{{0,10}}(?:评价|打分)(?:已发送)?",
    rf"{_BUYER}{_DONE}?(?:同意|拒绝|完成|提交)了?.{{0,8}}(?:评价|邀请|打分)",
)
_ORDER: Final = (
    r"(?:买家|顾客|客户|用户)(?:已|已经)?(?:付款|下单|拍下|签收|确认收货|评价|取消了?订单|"
    rf"申请了?退款|发起了?退款|提交了?订单|领取了?优惠券){_REST}",
    rf"等待(?:买家|卖家|商家)(?:付款|发货|收货|评价|确认收货|处理){_REST}",
    rf"(?:卖家|商家)已(?:发货|同意退款|同意退货|退款){_REST}",
    r"交易(?:成功|关闭|完成|已关闭|已完成)",
    r"(?:系统|平台|官方)(?:消息|通知|提示|提醒|公告)[: ].{1,120}",
)
_NOTICE: Final = re.compile("|".join((*_MESSAGES, *_LOOKING, *_TALK, *_ORDER)))


def is_notice(folded: str) -> bool:
    """Whether a folded text as a whole is a line of the page, said by nobody."""
    if len(folded) > _LONGEST or _ASKS.search(folded):
        return False
    return bool(_NOTICE.fullmatch(_FRAME.sub("", folded)))
