"""Measures in the hundred ways in which shoppers write them, and numbers that are none."""

from __future__ import annotations

import pytest

from server.base.conversation import Turn
from server.goods import said_measures

H, W = "身高", "体重"
HEIGHTS = {
    165: "165cm|165CM|165厘米|165公分|１６５ｃｍ|1.65m|1.65米|1米65|1m65|1M65|一米六五|1米六五|"
    "身高165|身高：165|身高是165|身高大概165|身高165左右|我身高165|个子165|165的个子|165身高|165高|"
    "身高1.65|身高 1.65m|身高一米六五|身高一六五|一百六十五公分|身高一百六十五|身高有165cm",
    160: "1米6|1m6|一米六|1.6米|1.60m|身高160|身高一米六|160cm|一百六十厘米|身高160多一点",
    163: "我163穿多大|我163 选什么码|我163",
    170: "1米7|一米七|1.7m|1米70|一米七零|身高一米七|170公分",
    105: "孩子105cm|宝宝身高105|1米05的娃|娃一米零五",
    182: "182cm|1米82|一米八二|1.82米|男友182cm|老公身高182",
}
WEIGHTS = {
    55: "110斤|110 斤|一百一十斤|一百一斤|55kg|55KG|55 kg|55公斤|55千克|五十五公斤|体重110斤|"
    "体重110|体重：110|体重是110斤|体重55kg|体重一百一|我体重110|110来斤|110斤左右|110多斤|市斤110斤",
    52.5: "105斤|一百零五斤|52.5kg|52.5公斤|体重105|体重一百零五",
    60: "120斤|一百二十斤|60kg|六十公斤|体重120斤|体重一百二",
    75: "150斤|75kg|七十五公斤|老公150斤|一百五十斤",
}
BOTH = {
    (165, 55): "165 110斤|165 110|165，110|165、110|165/110|165 110穿多大|165,110斤穿什么码|"
    "165cm 110斤|165cm/55kg|165cm，55kg|身高165体重110|身高165，体重110斤|身高165 体重55kg|"
    "一米六五，一百一十斤|一米六五 110|1米65 110斤|1.65m 55kg|1.65 110斤|165的身高110斤|"
    "身高一米六五体重一百一|110斤165|110斤，165cm|体重110身高165|高165重110|165高110斤|"
    "165 55kg|165 55公斤穿哪个|我165 110斤 穿M还是L|本人165，110斤|165 110 选什么码|"
    "身高165cm 体重110斤 偏瘦|姐姐165 110斤能穿吗|165㎝110斤",
    (180, 75): "180 150|180 75|180/150|老公180 150|老公180，150斤|男朋友180 75kg穿多大|"
    "我老公一米八 150斤|我爸180 150斤|180 150穿什么码|对象身高180体重150|一米八，一百五十斤|"
    "1.8米 150斤|1米8 75公斤",
    (158, 60): "158 120斤|158 一百二|一百二十斤 158|158cm 60kg|我妈158 120斤|158，120斤偏胖",
    (100, 16): "孩子100cm 32斤|宝宝100 32斤|闺女100cm，16kg|儿子身高100体重32斤|三岁 100cm 32斤",
}
OTHERS = [
    ("胸围88", "胸围", 88),
    ("胸围88cm", "胸围", 88),
    ("胸围是 88", "胸围", 88),
    ("88的胸围", "胸围", 88),
    ("胸围八十八", "胸围", 88),
    ("胸88", "胸围", 88),
    ("胸围大概88厘米", "胸围", 88),
    ("腰围68", "腰围", 68),
    ("腰68cm", "腰围", 68),
    ("腰围2尺1", "腰围", 70),
    ("腰围二尺一", "腰围", 70),
    ("腰2尺1寸", "腰围", 70),
    ("腰围六十八", "腰围", 68),
    ("臀围92", "臀围", 92),
    ("臀92cm", "臀围", 92),
    ("三围 88 68 92", "臀围", 92),
    ("三围88/68/92", "胸围", 88),
    ("三围是88-68-92", "腰围", 68),
    ("脚长24.5", "脚长", 24.5),
    ("脚长24.5cm", "脚长", 24.5),
    ("脚长245", "脚长", 24.5),
    ("脚长245mm", "脚长", 24.5),
    ("脚长24.5厘米穿几码", "脚长", 24.5),
    ("24.5cm的脚", "脚长", 24.5),
    ("我脚24.5", "脚长", 24.5),
    ("脚长二十四点五", "脚长", 24.5),
    ("足长 24.5", "脚长", 24.5),
    ("三岁", "年龄", 3),
    ("3岁", "年龄", 3),
    ("3周岁", "年龄", 3),
    ("宝宝三岁穿多大", "年龄", 3),
    ("3岁半", "年龄", 3.5),
    ("三岁半的娃", "年龄", 3.5),
    ("两岁", "年龄", 2),
    ("半岁", "年龄", 0.5),
    ("宝宝18个月", "年龄", 1.5),
    ("6个月大", "年龄", 0.5),
    ("十二岁", "年龄", 12),
    ("快3岁了", "年龄", 3),
]
NONE = (
    "165元|¥165|165块钱|￥110|110块能便宜吗|订单165110|订单号1651102233|单号 165 110|尾号1650|"
    "11月10日发货吗|11月10号|2026-11-30|2026年11月30日|11.11活动|双11|618有活动吗|16:50前付款|"
    "16点前能发吗|三天到吗|180天|7天无理由|30分钟|买2件|要165件|110个|两条裤子|满199减20|199-20|"
    "199 99 哪个便宜|165 110 哪个价格低|2.5折|100%棉吗|38码|42码有吗|S码|XL还有吗|165/88A|75B|"
    "1.8米床|1米8的床|180cm宽|床180cm|衣长65cm|裤长100cm|袖长58|鞋跟5cm|10斤装|我要5斤苹果|承重200斤吗|"
    "净重110斤|500ml|220v能用吗|18个月保修|会员12个月|保质期36个月|手机13812345678|13812345678|"
    "sf165110223|款号165|型号k165|快递 75 110|这个多少钱|身高没限制吧|一件多重|几岁能穿|170 85|165|"
    "110|3楼|24号发的|第2次买|9.9包邮|1块5|一百一十块|第165单|拍了110单|65度水洗"
)


def values(text: str) -> dict[str, float]:
    return dict(said_measures(text)[-1].values)


def told(table: dict[int, str]) -> list[tuple[str, float]]:
    return [(text, value) for value, texts in table.items() for text in texts.split("|")]


@pytest.mark.parametrize(("text", "height"), told(HEIGHTS))
def test_heights(text: str, height: float) -> None:
    assert values(text).get(H) == height


@pytest.mark.parametrize(("text", "weight"), told(WEIGHTS))
def test_weights(text: str, weight: float) -> None:
    assert values(text).get(W) == weight


@pytest.mark.parametrize(
    ("text", "both"), [(text, both) for both, texts in BOTH.items() for text in texts.split("|")]
)
def test_height_and_weight_together(text: str, both: tuple[float, float]) -> None:
    assert (values(text).get(H), values(text).get(W)) == both


@pytest.mark.parametrize(("text", "measure", "value"), OTHERS)
def test_girths_feet_and_ages(text: str, measure: str, value: float) -> None:
    assert values(text).get(measure) == value


@pytest.mark.parametrize("text", NONE.split("|"))
def test_other_numbers_measure_nobody(text: str) -> None:
    assert [said.values for said in said_measures(text) if said.values] == []


def test_two_persons_in_a_message_are_kept_apart() -> None:
    own, husband = said_measures("我165 110 老公180 150")
    assert (own.person, own.values) == ("", {H: 165, W: 55})
    assert (husband.person, husband.values) == ("老公", {H: 180, W: 75})


def test_measures_are_gathered_over_the_turns_of_one_person() -> None:
    turns = (Turn("shopper", "我165"), Turn("agent", "亲体重多少呢"))
    assert dict(said_measures("110", turns)[0].values) == {H: 165, W: 55}
    turns = (Turn("shopper", "我妈160"), Turn("agent", "体重呢"), Turn("shopper", "130斤"))
    assert said_measures("偏胖，穿多大", turns)[0].values == {H: 160, W: 65}
    assert said_measures("偏胖，穿多大", turns)[0].build == 1


def test_another_person_starts_anew() -> None:
    turns = (Turn("shopper", "我165 110斤"), Turn("agent", "建议M"))
    assert dict(said_measures("我妈呢 160", turns)[0].values) in ({}, {H: 160})
    assert W not in said_measures("我妈呢 160cm", turns)[0].values


@pytest.mark.parametrize(
    ("text", "build"),
    [
        ("偏瘦", -1),
        ("比较瘦", -1),
        ("微胖", 1),
        ("肚子大", 1),
        ("喜欢宽松的", 1),
        ("版型宽松吗", 0),
    ],
)
def test_build(text: str, build: int) -> None:
    assert said_measures(text)[0].build == build
