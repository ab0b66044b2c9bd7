"""What the teams of the demonstration propose: eleven published names, the others numbered.

Only eleven of the 55 names of 2024 are published, two of them without their tier; the demonstration
numbers the rest and says so in their titles. Texts, amounts and places are invented, except the two
places that stand in published names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sanlin.kernel.budget import Line

TIERS = {"shifan": (8, 20_000), "pinpai": (21, 15_000), "yumiao": (26, 10_000)}
MORE_THAN_FIT = 1  # proposals in each tier beyond its places, so that somebody misses the line

# (tier, title, neighbourhood or "" for the next in turn, circle)
PUBLISHED = (
    ("shifan", "活力二村益路同行", "潍坊二村居委会", "公益服务"),
    ("shifan", "开心坊自治家园理事会", "", "团队培育"),
    ("shifan", "618客堂间", "", "邻里会客厅"),
    ("pinpai", "空中蔬菜乐园", "", "社区小花园"),
    ("pinpai", "欢乐帮帮团", "", "公益服务"),
    ("pinpai", "相悦邻聚里", "", "邻里会客厅"),
    ("pinpai", "社区骑士计划", "泉东第二居委会", "群体融入"),
    ("pinpai", "共融庭院共享清风", "杨家渡居委会", "社区小花园"),
    ("yumiao", "文明养宠和谐社区", "", "团队培育"),
    ("yumiao", "凯往家的列车", "滨江凯旋门居委会", "楼道美化"),
    ("yumiao", "福源连心桥", "", "公益服务"),
)
NUMBERED = {"shifan": "示范", "pinpai": "品牌", "yumiao": "育苗"}


@dataclass(frozen=True)
class Topic:
    """A line of work: its circle, and the words that a team of it would use."""

    circle: str
    summary: str
    need: str
    goals: str
    plan: str
    partners: str
    wares: str


TOPICS = (
    Topic(
        "群体融入",
        "让骑手、租户和老住户互相认得、互相帮忙",
        "走访了36户和14位骑手：进不了门、找不到楼、互不认识是最常见的三件事。",
        "画一张谁都看得懂的楼号图，组一支20人的互助队，半年里办6次见面会。",
        "五月走访画图；六月起每月一次见面会；七月骑手参与隐患随手报；十月小结。",
        "外卖站点提供雨衣和场地",
        "楼号图牌与互助物资",
    ),
    Topic(
        "邻里会客厅",
        "把闲置的底楼小间变成邻里坐得住的客堂",
        "底楼小间空了三年，问卷回收82份，61份希望有个坐坐说话的地方。",
        "每周开放4个半天，由12位邻居轮值，半年接待600人次。",
        "五月清理布置；六月起轮值开放；每月一次邻里茶话；十一月公布账目。",
        "物业免租并承担水电",
        "桌椅借用与茶水物资",
    ),
    Topic(
        "社区小花园",
        "邻居一起把边角地种成看得见的小花园",
        "三处边角地常年堆物，楼组会议上28户中有25户同意改种花草。",
        "三块地种满，认领牌挂齐，养护有排班，居民自己浇水。",
        "五月清地翻土；六月种植认领；七月起轮流养护；十月收种分享。",
        "园艺公司赠送部分苗木",
        "苗木、种子与工具",
    ),
    Topic(
        "团队培育",
        "帮刚成立的小队伍学会开会、记账、做计划",
        "居民区有7支自发小队，负责人都说不会写计划、不会记账。",
        "培训骨干20人，每支队伍有章程、有账本、有一次公开活动。",
        "五月摸底；六月到八月三次培训；九月各队亮相；十一月互评。",
        "社工机构派一名社工陪伴",
        "培训资料与活动物资",
    ),
    Topic(
        "楼道美化",
        "清掉楼道堆物，换上邻居自己的画和照片",
        "18个楼道里11个有堆物，老人上下楼不便，走访48户都希望清理。",
        "11个楼道清爽无堆物，每层有公约，轮值检查半年不反弹。",
        "五月开楼组会定公约；六月清理粉刷；七月布置；之后每月轮值检查。",
        "小学提供学生画作",
        "粉刷与布置材料",
    ),
    Topic(
        "公益服务",
        "给独居和行动不便的邻居送上门的小帮手",
        "居民区有独居老人43位，最需要的是量血压、小修理和有人说话。",
        "结对43位老人，每周上门一次，半年不断档，每次有记录。",
        "五月结对；六月起每周上门；每月碰头一次；十一月回访满意度。",
        "社区医院义务指导",
        "工具、血压计耗材与慰问活动物资",
    ),
)


@dataclass(frozen=True)
class Plan:
    """One proposal to be: `short` is how many tenths of full marks the judges will find in it."""

    tier: str
    title: str
    place: str
    topic: Topic
    asked: int
    own: int
    lines: tuple[Line, ...]


def plans(places: list[str]) -> Iterator[Plan]:
    """One more than fits in each tier, places taken in turn where a name does not bind them."""
    turn = 0
    for tier, (seats, cap) in TIERS.items():
        named = [row[1:] for row in PUBLISHED if row[0] == tier]
        for n in range(1, seats + MORE_THAN_FIT + 1):
            title, place, circle = named[n - 1] if n <= len(named) else ("", "", "")
            topic = next((t for t in TOPICS if t.circle == circle), TOPICS[turn % len(TOPICS)])
            asked = cap - (turn * 7 % 5) * 500
            yield _plan(
                tier,
                title or f"{NUMBERED[tier]}{n}号（名称未公布）",
                place or places[turn % len(places)],
                topic,
                asked,
            )
            turn += 1


def _plan(tier: str, title: str, place: str, topic: Topic, asked: int) -> Plan:
    own = asked // 10
    labour = asked // 5
    printing = asked // 10
    rest = asked + own - labour - printing
    lines = (
        Line("materials", topic.wares, rest * 100, 1),
        Line("labour", "志愿者误餐和交通补贴", labour * 10, 10),
        Line("publicity", "海报、公约和记录册", printing * 100, 1),
    )
    return Plan(tier, title, place, topic, asked * 100, own * 100, lines)
