"""Masking: contact data goes, numbers of things stay, whatever stands around and between."""

import sys
from itertools import product

import pytest

from server.text import masking
from server.text.masking import is_resident_id, mask, numbers

# How a phone number is written …
PHONES = [
    "13800000000",
    "138 0000 0000",
    "138-0000-0000",
    "138.0000.0000",
    "138\n0000\n0000",
    "138\u20080000\u20080000",
    "(138)0000-0000",
    "138（0000）0000",
    "【138】00000000",
    "1 3 8 0 0 0 0 0 0 0 0",
    "1-3-8-0-0-0-0-0-0-0-0",
    "１３８００００００００",
    "①③⑧⓪⓪⓪⓪⓪⓪⓪⓪",
    "一三八零零零零零零零零",
    "幺叁捌零零零零零零零零",
    "138零零零零0000",
    "٠٠٨٦١٣٨٠٠٠٠٠٠٠٠",
    "138oooooooo",
    "8613800000000",
    "+86 13800000000",
    "+86-138-0000-0000",
    "008613800000000",
    "0086 138 0000 0000",
    "17951 13800000000",
    "02000006666",
    "020-00006666",
    "(020)00006666",
    "0571 0000 6666",
    "0912-345-678",
    "+886 912 345 678",
    "+852 9123 4567",
    "85261234567",
]
# … and what stands around it.
AROUND = [
    "{}", "打我{}", "电话：{}", "tel{}", "VX{}同号", "{}vx同号", "我号{}，姓王", "打{}或者留言",
    "手机号{}急", "<{}>",
]  # fmt: skip


@pytest.mark.parametrize(("phone", "around"), list(product(PHONES, AROUND)))
def test_no_form_of_a_phone_stays(phone, around):
    masked = mask(around.format(phone))
    assert masking.PHONE in masked
    digits = [sign for sign in masked if sign.isdigit() or sign in "零一三八幺叁捌o"]
    assert len(digits) <= 2, masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我电话13800000000", "我电话‹手机号›"),
        ("138 0000 0000 打我", "‹手机号› 打我"),
        ("１３８００００００００", "‹手机号›"),
        ("一三八零零零零零零零零", "‹手机号›"),
        ("幺三八，零零零零，零零零零", "‹手机号›"),
        ("1️⃣3️⃣8️⃣零零零零零零零零", "‹手机号›"),
        ("+86 13800000000", "+‹手机号›"),
        ("020-00006666 找我", "‹手机号› 找我"),
        ("kefu@example.com", "‹邮箱›"),
        ("kefu艾特example点com", "‹邮箱›"),
        ("微信号 shop_abc123", "微信号 ‹账号›"),
        ("我QQ是10000001", "我QQ是‹账号›"),
        ("身份证 11010519491231002X", "身份证 ‹证件号›"),
        ("卡号6222 0212 3456 7890 128", "卡号‹银行卡号›"),
        ("住幸福路123号5幢2单元301室，放门口", "‹地址›，放门口"),
        ("身份证号110105491231002", "身份证号‹证件号›"),
        ("证件 A123456789", "证件 ‹证件号›"),
        ("护照E12345678", "护照‹证件号›"),
        ("护照号码 EA1234567 谢谢", "护照号码 ‹证件号› 谢谢"),
        ("回乡证H01234567", "回乡证‹证件号›"),
        ("微信：shop-abc.d_1", "微信：‹账号›"),
        ("wx: a.b-c_d123", "wx: ‹账号›"),
        ("加v abc12345", "加v ‹账号›"),
        ("加我vx:abc_123", "加我vx:‹账号›"),
        ("Line id shop.demo_1", "Line id ‹账号›"),
        ("telegram @shop_demo", "telegram @‹账号›"),
        ("QQ 1000 0001", "QQ ‹账号›"),
        ("a.b@mail.example.com.cn", "‹邮箱›"),
        ("kefu#example.com.cn", "‹邮箱›"),
        ("浙江省杭州市余杭区五常街道文一西路", "‹地址›"),
        ("河北省保定市清苑县某某镇东村，谢谢", "‹地址›，谢谢"),
        ("香港电话 9123 4567", "香港电话 ‹手机号›"),
    ],
)
def test_personal_data_is_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "单号SF1380000000000",
        "快递单号 13800000000",
        "订单号 240911000123456789 查一下",
        "尺码68-72，拍3件",
        "13800毫安的充电宝",
        "一三八一箱，两箱两百七十六",
        "货号：13800000000",
        "YT0000138000012 到哪了",
        "微信支付可以吗",
        "",
        "4312345678901234567",
        "1234567890123456789",
        "240911-123456789012345",
        "运单 78123456789012",
        "韵达 431234567890123",
        "价格 199 299 399，满300减50",
        "165 110斤穿多大",
        "2026-11-30 14:30",
        "2026.11.30-2026.12.03",
        "XL XXL 180/96A",
        "尺寸 120*60*75",
        "一二三四五六七",
        "13 14 15 16 17 18 码都有",
        "小红书上看到的，抖音极速版可以吗",
        "支付宝花呗分期12期",
        "发往上海市浦东新区可以吗",
        "三期二号楼梯间",
        "订单:13800000000",
        "编号 11010519491231002",
        "36码 37码 38码",
        "line 线",
        "3x4x5",
        "1 2 3 4 5 6 7 8 9 10 11 12",
    ],
)
def test_numbers_of_things_stay(text):
    assert mask(text) == text


def test_two_phones_in_one_text():
    assert mask("13800000000或者13900000000") == "‹手机号›或者‹手机号›"


def test_luhn_and_resident_id():
    assert is_resident_id("11010519491231002X")
    assert not is_resident_id("110105194912310021")


@pytest.mark.parametrize("text", ["1 ", "1-", "13 ", "175 65 XL ", "零 ", "a@", "微信a-", "幸福路"])
def test_the_work_grows_with_the_length_and_no_faster(text, monkeypatch):
    """A row of `1 ` once cost the only writer nine seconds for 800 characters."""
    steps = []
    kind = numbers._kind
    monkeypatch.setattr(numbers, "_kind", lambda *seen: steps.append(1) or kind(*seen))
    mask(text * 200)
    short = len(steps)
    mask(text * 1000)
    assert len(steps) - short <= 6 * short + 100
    assert len(steps) <= 30 * len(text * 1000)


def opcodes_of(call):
    """How many steps of Python a call takes."""
    count = 0

    def traced(frame, event, _):
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("text", ["❤", "❤a", "1 ", "(1", "l3", "微信：", "138中间", "路"])
def test_a_text_three_times_as_long_costs_three_times_as_much(text):
    """A row of hearts once cost seconds: each looked for the next sign behind all others."""
    short, long = (opcodes_of(lambda n=n: mask(text * n)) for n in (200, 600))
    assert long <= 3.6 * short


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("验证码482913，你看下对不对", "验证码‹验证码›，你看下对不对"),
        ("您的校验码为309 184", "您的校验码为‹验证码›"),
        ("取件码 3-2-4021", "取件码 3-2-4021"),
        ("扫不了就点 u.wechat.com/kq82mz_s9", "扫不了就点 ‹账号›"),
        ("我定位 30.2871,120.0935", "我定位 ‹地址›"),
        ("学号2023041277，学生价", "学号‹证件号›，学生价"),
        ("尺寸 30.5,120.5 厘米", "尺寸 30.5,120.5 厘米"),
    ],
)
def test_codes_links_and_places_in_degrees(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize("place", [0, 1_000, 2_000])
@pytest.mark.parametrize(
    "secret", ["浙江省杭州市余杭区文一西路969号3幢1204室", "13900001234", "someone@example.com"]
)
def test_in_a_long_text_a_secret_is_found_wherever_it_stands(place: int, secret: str) -> None:
    shown = mask("好" * place + "，" + secret + "，" + "好" * (2_100 - place))
    assert shown.count("‹") == 1
    assert not any(part in shown for part in (secret[:6], secret[-6:]))
