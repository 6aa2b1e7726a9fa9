"""Masking: contact data goes, numbers of things stay."""

import pytest

from server.text.masking import is_resident_id, mask


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
    ],
)
def test_numbers_of_things_stay(text):
    assert mask(text) == text


def test_two_phones_in_one_text():
    assert mask("13800000000或者13900000000") == "‹手机号›或者‹手机号›"


def test_luhn_and_resident_id():
    assert is_resident_id("11010519491231002X")
    assert not is_resident_id("110105194912310021")
