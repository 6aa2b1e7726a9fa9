"""What is read out of a message: sizes, brackets, the page's own lines, thanks, long stories."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.base.conversation import Turn
from server.text.acknowledgement import asks_back, only_takes_note
from server.text.asks import LONGEST, MOST_ASKS
from server.text.codes import SIZES, codes_in, twins_of
from server.text.normal import normalize
from server.text.notices import is_notice
from server.text.stickers import without_stickers
from server.text.understanding import bare_text, understand

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)
CODE = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)


def has_digit(text: str) -> bool:
    return any(sign.isdecimal() for sign in text)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("有XXXL吗", "有3xl吗"),
        ("xxl码", "2xl码"),
        ("XXS", "2xs"),
        ("3xl", "3xl"),
        ("XL", "xl"),
        ("AAA电池", "aaa电池"),
        ("三代 III", "三代 iii"),
        ("门牌一一一", "门牌一一一"),
        ("哈哈哈哈哈", "哈"),
        ("emmm好吧", "em好吧"),
        ("okkkk", "ok"),
        ("笑死hhhh", "笑死h"),
        ("a111", "a111"),
    ],
)
def test_letters_and_numbers_count_each_time(typed: str, read: str) -> None:
    assert normalize(typed) == read


@given(CODE.filter(has_digit), CODE.filter(has_digit))
def test_two_codes_that_differ_still_differ_when_read(one: str, other: str) -> None:
    read = {normalize(one), normalize(other)}
    # xxl and 2xl are one size, written in two ways; nothing else comes together.
    assert len(read) == len({one, other}) or read <= SIZES


SIGNS = st.sampled_from(list("xlsXL3aA啊[]微笑 #/:^_。!吗好的一二订单撤回消息h1-😂Ａ黑色,，"))


@given(st.text(SIGNS, max_size=24))
def test_what_is_read_once_reads_the_same_again(typed: str) -> None:
    read = normalize(typed)
    assert normalize(read) == read


@given(st.text(max_size=300), st.text(max_size=40))
def test_anything_typed_after_anything_said_is_read(typed: str, said: str) -> None:
    understood = understand(typed, (Turn("shopper", said), Turn("agent", said)))
    assert len(understood.texts) <= 1 + MOST_ASKS + 3


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("有没有[黑色]的", "有没有黑色的"),
        ("[L码][加急]发", "l码加急发"),
        ("#退货#怎么弄", "#退货#怎么弄"),
        ("尺寸/:38", "尺寸/:38"),
        ("[订单]怎么取消", "订单怎么取消"),
        ("[订单]", ""),
        ("[订单] 电饭煲 黑 x1", "电饭煲 黑 x1"),
        ("[微笑]", ""),
        ("好的[捂脸][捂脸]", "好的"),
        ("#微笑#收到", "收到"),
        ("谢谢/:rose", "谢谢"),
        ("好/:^_^的", "好 的"),
        ("/:809", ""),
        ("[动画表情]", ""),
        ("金额[金额x]", "金额"),
    ],
)
def test_only_real_stickers_are_no_words(typed: str, read: str) -> None:
    assert normalize(typed) == read


@given(HAN, HAN)
def test_words_in_brackets_stay(before: str, word: str) -> None:
    held = without_stickers(f"{before}[{word}]")
    assert held in (f"{before}{word}", f"{before} ")
    assert held != f"{before} " or without_stickers(f"[{word}]") == " "


@pytest.mark.parametrize(
    "line",
    [
        "对方撤回了一条消息",
        "“小雨” 撤回了一条消息",
        "你撤回了一条消息 重新编辑",
        "消息已撤回",
        "tb8273 发来一条消息",
        "发来一条消息",
        "您有一条新消息，请及时查看",
        "已加入购物车",
        "买家已将商品加入购物车",
        "该商品已加入购物车",
        "已收藏该商品",
        "买家正在浏览该商品",
        "当前用户来自 商品详情页",
        "本次会话因超时已自动关闭",
        "客服小美为您服务",
        "已为您转接至客服 小李",
        "用户进入会话",
        "对方正在输入...",
        "以上是历史消息",
        "该消息类型暂不支持，请在手机端查看",
        "“小雨” 拍了拍你",
        "通话时长 00:32",
        "买家已付款，等待卖家发货",
        "交易成功",
        "【系统通知】用户已进入会话",
        "系统消息：您的会话已超时",
        "买家发送了商品卡片",
        "已读",
    ],
)
def test_the_pages_own_lines_say_nothing(line: str) -> None:
    assert understand(line).text == ""
    assert understand(f"[{line}]").text == ""


@pytest.mark.parametrize(
    "said",
    [
        "怎么撤回了一条消息",
        "我已加入购物车怎么付款",
        "已加入购物车，能便宜点吗",
        "加入购物车有优惠吗",
        "你们发来的消息我没看到",
        "没收到消息",
        "交易关闭了怎么办",
        "卖家已发货吗",
        "已付款",
        "已收到",
        "收藏店铺有礼吗",
        "更多颜色",
        "加入群聊",
        "发送商品链接",
        "收到了信息",
        "请评价",
        "看商品",
    ],
)
def test_who_speaks_of_such_a_line_is_heard(said: str) -> None:
    assert understand(said).text == bare_text(said) != ""


@given(HAN, st.sampled_from(["吗", "怎么办", "什么意思", "多少钱", "?"]))
def test_what_asks_is_never_taken_for_a_line_of_the_page(word: str, ask: str) -> None:
    assert not is_notice(normalize(f"对方撤回了一条消息{word}{ask}"))


ANSWER = Turn("agent", "退款已经同意了，一到三个工作日原路退回，请问还有什么可以帮您的吗？")
QUESTION = Turn("agent", "需要给您安排退款吗？")
ASKED = Turn("shopper", "我的退款什么时候到")


@pytest.mark.parametrize(
    "note", ["好的", "嗯嗯", "知道了谢谢", "好的👌", "ok", "那行", "收到 谢谢老板", "没有了 谢谢"]
)
def test_who_takes_note_of_an_answer_asks_nothing_again(note: str) -> None:
    understood = understand(note, (ASKED, ANSWER))
    assert (understood.said, understood.answered, understood.leans) == ((), "", 0.0)
    assert understood.text == bare_text(note)


def test_a_yes_to_a_question_leans_on_it() -> None:
    understood = understand("好的", (ASKED, QUESTION))
    assert understood.answered == "需要给您安排退款吗?"
    assert understood.leans == 1.0


@pytest.mark.parametrize("said", ["那个呢", "没有收到", "可以退吗", "好慢", "中号", "是的我要退"])
def test_short_asks_are_no_notes(said: str) -> None:
    assert not only_takes_note(bare_text(said))
    assert understand(said, (ASKED, ANSWER)).answered


@pytest.mark.parametrize(
    ("told", "waits"),
    [
        ("要给您退款吗", True),
        ("您要哪个颜色呢？", True),
        ("好的，您看这样可以吗?", True),
        ("已经退了哦", False),
        ("您的退款一到三天到账哦，请问还有其他问题吗？", False),
        ("", False),
    ],
)
def test_what_waits_for_an_answer(told: str, waits: bool) -> None:
    assert asks_back(bare_text(told)) == waits


STORY = (
    "上个月我在你们家给老人买的，当时说第二天送到，等了整整一个礼拜，包装也压坏了一角，"
    "我当时没有计较，后来师傅上门装的时候又少了一颗螺丝，打了两次电话才补来，"
    "这些都过去了，老人用着也还算满意，就是上周开始有点响声，邻居也听得见，晚上睡不好觉，"
    "我儿子回来看过一次说可能是里面松了，他也不敢拆开，怕弄坏，就先放在那里没有动它，家里人都在等，"
    "左右邻居碰见我也会提起这件事情，听得我很不好意思"
)


@pytest.mark.parametrize("ask", ["保修期是多久", "能不能换一台新的给我", "我要退货"])
@pytest.mark.parametrize("marks", [True, False], ids=["written", "spoken"])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_the_ask_of_a_long_story_stays(ask: str, marks: bool, place: str) -> None:
    half = STORY.index("，", len(STORY) // 2)
    told = {
        "first": f"{ask}，{STORY}",
        "middle": f"{STORY[:half]}，{ask}{STORY[half:]}",
        "last": f"{STORY}，{ask}",
    }[place]
    understood = understand(told if marks else told.replace("，", ""))
    assert ask in understood.text
    assert any(ask in part for part in understood.asks)
    assert len(understood.text) <= LONGEST


@given(st.lists(HAN, min_size=1, max_size=120), st.sampled_from("，。 \n"))
def test_a_text_is_read_in_bounds_and_in_order(parts: list[str], mark: str) -> None:
    understood = understand(mark.join(parts))
    assert len(understood.text) <= max(LONGEST, len(bare_text(mark.join(parts)[:LONGEST])))
    assert len(understood.asks) <= MOST_ASKS
    said = normalize(mark.join(parts))
    places = [said.find(ask.split(" ")[0]) for ask in understood.asks]
    assert -1 not in places


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2064有货吗", {"2064"}),
        ("KX-200 还是 kx200", {"kx200"}),
        ("有XXXL吗", {"3xl"}),
        ("2025款", {"2025"}),
        ("满1000减100", set()),
        ("5000元", set()),
        ("500ml的", set()),
        ("2026-11-30 16:00到", set()),
        ("1.8m床", set()),
    ],
)
def test_codes(text: str, found: set[str]) -> None:
    assert codes_in(normalize(text)) == found


@given(st.text("ab01", min_size=3, max_size=6), st.text("ab01", min_size=3, max_size=6))
def test_twins_are_mutual(one: str, other: str) -> None:
    assert (one in twins_of(other)) == (other in twins_of(one))


@pytest.mark.parametrize(
    ("one", "other"), [("2064", "2046"), ("xl", "3xl"), ("kx200", "kx20"), ("a123", "b123")]
)
def test_twins(one: str, other: str) -> None:
    assert other in twins_of(one)
    assert one not in twins_of(one)
