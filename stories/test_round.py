"""One whole round, played by hand by the cast, from the first draft to the next round's draft.

Residents and leaders hold phones, staff sit at desks. Everybody goes where links and buttons lead;
only the door (`sign_in`) is opened by its address. The clock is put on through the demonstration's
own banner; what the clock does by itself is done by `sanlin tick`, as beside a real server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stories.browser import sign_in, sign_out, switch
from stories.cast import (
    JUDGES,
    KEYS,
    OURS,
    THEIRS,
    Cast,
    agreed,
    asked_and_approved,
    at_the_desk,
    decided_and_signed,
)
from stories.hands import (
    ROUND,
    after,
    at_desk,
    at_home,
    at_project,
    at_round,
    at_row,
    cell,
    fill,
    follow,
    gone,
    mark,
    press,
    says,
    tick_checks,
    write_line,
    write_receipt,
    write_report,
    write_steps,
)
from stories.house import sanlin

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What the street has to set and the pack proposes nothing for; and four judges are enough for a
# proposal, so that one of the five may stand aside.
VALUES = {
    "scoring.min_judges": "4",
    "budget": "82万",
    "project_cap": "2万",
    "award.expert": "70%",
    "award.public": "30%",
    "award.min_score": "60",
    "award.reserve": "2",
    "tiers.shifan.money": "16万",
    "tiers.shifan.cap": "2万",
    "tiers.pinpai.money": "31.5万",
    "tiers.pinpai.cap": "1.5万",
    "tiers.yumiao.money": "26万",
    "tiers.yumiao.cap": "1万",
}


def a_draft_is_made_and_opened(cast: Cast) -> None:
    zhou = cast("zhou")
    follow(zhou, "工作台")
    follow(zhou, "全部轮次")
    follow(zhou, "新建轮次")
    zhou.get_by_role("radio", name="潍坊新村街道", exact=False).first.check()
    zhou.get_by_label("名称").fill(ROUND)
    cast.picture(zhou, "a-pack-is-chosen")
    press(zhou, "建立草稿")
    says(zhou, "公布以前还差")
    follow(zhou, "数值与名称")
    zhou.get_by_text("可以改动的数值", exact=False).click()
    for path, value in VALUES.items():
        zhou.locator(f'[name="{path}"]').fill(value)
    press(zhou, "保存，空着的采用建议值")
    cast.picture(zhou, "values-are-set")
    follow(zhou, "起止日期")
    press(zhou, "保存")
    says(zhou, "已经备齐")
    for one in zhou.locator("input[type=date][name*=_]").all():
        cast.days[one.get_attribute("name") or ""] = one.input_value()
    cast.picture(zhou, "dates-are-set")
    follow(zhou, "公布并开始征集")
    cast.until(cast.days["call_first"])
    press(zhou, "公布办法，开始征集")
    at_desk(zhou)
    says(zhou, "征集")
    cast.picture(zhou, "the-call-is-open")


def a_leader_writes(cast: Cast, who: str, title: str, tier: str) -> None:
    page = cast(who)
    at_round(page)
    follow(page, "写提案")
    page.get_by_role("radio", name={"wang": "益路同行", "zhao": "社区骑士"}[who]).check()
    press(page, "开始写")
    cast.picture(page, f"{who}-begins")
    page.get_by_role("radio", name=tier, exact=False).check()
    write_steps(
        page,
        {"名称": title, "一句话介绍": "邻居结伴走一走，看见难处就搭把手"},
        {"需求": "走访了36户：楼道灯暗、老人下楼难，28户愿意一起做。"},
        {"目标": "每周结伴巡楼一次，半年不断档，每次有记录。", "谁受益": "本居民区约300户"},
        {
            "计划": "第一个月排班，之后每周巡楼一次，每月公开一次账目。",
            "开始日期": cast.days["running_first"],
            "结束日期": cast.days["running_last"],
        },
    )
    write_line(page, {"用途": "巡楼用的工具和物资", "单价": "80", "数量": "100"})
    cast.picture(page, f"{who}-counts")
    press(page, "保存，下一步")
    write_steps(page, {"自筹金额": "1000"})
    if who == "wang":
        page.get_by_label("或从相册里选一张").set_input_files(cast.paper)
        page.get_by_label("照片说明").fill("需要清理的楼道口")
        press(page, "加上这张照片")
        page.get_by_alt_text("需要清理的楼道口").wait_for()
        cast.picture(page, "a-photo-is-added")
    press(page, "下一步：预览")
    says(page, "尚未提交")
    cast.picture(page, f"{who}-looks-once-more")
    press(page, "提交")
    says(page, "编号")
    cast.picture(page, f"{who}-has-handed-in")


def one_is_admitted_and_one_corrected_first(cast: Cast) -> None:
    zhou, zhao = cast("zhou"), cast("zhao")
    cast.until(cast.days["screening_first"])
    at_desk(zhou, "提案与审查")
    cast.picture(zhou, "what-was-handed-in")
    for title, result in ((OURS, "通过"), (THEIRS, "退回补正")):
        at_row(zhou, title, "提案与审查")
        tick_checks(zhou, result, first="符合" if result == "通过" else "不符合")
        zhou.get_by_label("说明", exact=False).last.fill("请写明骑手参加时的保险。")
        cast.picture(zhou, "screening")
        press(zhou, "确认结论")
        says(zhou, f"{title}：")
    at_home(zhao)
    cell(zhao, THEIRS)
    cell(zhao, "计划")
    zhao.get_by_label("计划").fill("每次活动前统一购买意外险；每周巡楼一次，每月公开账目。")
    press(zhao, "只保存")
    follow(zhao.locator("main"), THEIRS, exact=False)
    cast.picture(zhao, "zhao-corrects")
    follow(zhao, "预览和提交")
    press(zhao, "提交")
    says(zhao, "编号")
    follow(zhou, "工作台")
    follow(zhou, "审查1份提案")
    follow(zhou.locator("table"), THEIRS)
    tick_checks(zhou, "通过")
    press(zhou, "确认结论")
    says(zhou, f"{THEIRS}：")


def five_judges_mark(cast: Cast) -> None:
    zhou = cast("zhou")
    at_desk(zhou, "评委")
    for name in JUDGES.values():
        zhou.get_by_label("评委").select_option(label=name)
        press(zhou, "聘入评审组")
        zhou.locator("table").get_by_text(name).wait_for()
    cast.picture(zhou, "five-judges")
    cast.until(cast.days["review_first"])
    press(zhou, "开始评审")
    says(zhou, "还没有纪要")
    judge = cast.visit("phone")
    for who in JUDGES:
        sign_out(judge)
        sign_in(judge, who)
        judge_marks(cast, judge, who)
    at_desk(zhou, "评审表")
    cast.picture(zhou, "sealed-sheets")


def judge_marks(cast: Cast, judge: Page, who: str) -> None:
    follow(judge, "工作台")
    judge.locator("main table a").first.click()
    press(judge, "我已阅读并承诺")
    for number, title in enumerate((OURS, THEIRS)):
        cell(judge, title)
        if who == "luo" and title == THEIRS:
            judge.get_by_text("我与这件提案有利害关系").click()
            judge.get_by_label("回避理由").fill("我给这支队伍上过课")
            press(judge, "回避这件提案")
            says(judge, "已回避")
            cast.picture(judge, "a-judge-stands-aside")
        else:
            mark(judge, str(8 - number), "7.5")
            judge.get_by_label("评分理由").fill("需求说得清，步骤可行。")
            if who == "chen" and not number:
                cast.picture(judge, "a-sheet")
            press(judge, "封存评分表")
            says(judge, "评分表已封存")


def minutes_advice_and_revision(cast: Cast) -> None:
    zhou, wang = cast("zhou"), cast("wang")
    cast.until(cast.days["conferral_first"])
    at_desk(zhou, "评委")
    zhou.get_by_label("纪要").fill("逐件合议，两件均可进入优化；请写明每次活动的记录。")
    press(zhou, "保存纪要")
    says(zhou, "逐件合议")
    cast.until(cast.days["optimisation_first"])
    press(zhou, "结束评审，进入优化")
    at_row(zhou, OURS, "提案与审查")
    cast.picture(zhou, "after-review")
    follow(zhou, "公众看到的页面")
    follow(zhou, "提优化建议")
    zhou.get_by_label("建议").fill("请写明巡楼记录贴在哪里。")
    press(zhou, "发给团队")
    says(zhou, "建议已发给团队")
    at_home(wang)
    cell(wang, OURS)
    cell(wang, "计划")
    wang.get_by_label("计划").fill("每周巡楼一次，记录贴在楼道公告栏，每月公开一次账目。")
    press(wang, "只保存")
    follow(wang.locator("main"), OURS, exact=False)
    follow(wang, "预览和提交")
    press(wang, "提交新稿")
    says(wang, "编号")
    follow(wang, "看修改过什么")
    cast.picture(wang, "what-was-changed")


def two_officers_take_the_keys(cast: Cast) -> None:
    cast.until(cast.days["vote_first"])
    for who, passphrase in KEYS.items():
        page = cast(who)
        at_desk(page, "投票")
        cell(page, "票箱钥匙")
        page.get_by_label("口令", exact=True).fill(passphrase)
        page.get_by_label("再输一遍").fill(passphrase)
        page.get_by_label("我已把口令写在纸上封好", exact=False).check()
        cast.picture(page, f"{who}-takes-a-key")
        press(page, "设好口令")
        says(page, "口令已经设好")


def the_box_is_opened(cast: Cast) -> None:
    """The vote has closed by itself; the box waits for two passphrases on two devices."""
    for who, said in (("zhou", "等另一位保管人"), ("qian", "票箱已经打开")):
        page = cast(who)
        follow(page, "工作台")
        follow(page, "输入口令，打开票箱")
        page.get_by_label("口令", exact=True).fill(KEYS[who])
        cast.picture(page, f"{who}-opens-the-box")
        press(page, "输入口令，开箱")
        says(page, said)


def the_neighbours_vote(cast: Cast) -> None:
    zhou, li, sun = cast("zhou"), cast("li"), cast("sun")
    at_desk(zhou, "投票")
    cast.picture(zhou, "before-the-vote-is-opened")
    press(zhou, "开始投票")
    says(zhou, "选民名册")
    switch(li, "elder")
    at_home(li)
    cast.picture(li, "li-at-home")
    cell(li, "您还没有投票")
    follow(li.locator("main"), ROUND, exact=False)
    cast.picture(li, "li-at-the-round")
    li.locator("main a.button", has_text="投票").click()
    first = vote(cast, li, "li")
    follow(li, "改票")
    press(li, f"选这一项 {OURS}")
    follow(li, "下一步：核对")
    says(li, "您先前投出的一票仍然有效")
    press(li, "确认投出")
    says(li, "回执码")
    assert li.locator("output").inner_text() != first
    at_the_desk(cast, sun)
    at_home(sun)
    cell(sun, "您还没有投票")
    vote(cast, sun, "at-the-desk")
    press(sun, "结束代办")
    at_desk(zhou, "投票")
    cast.picture(zhou, "turnout")
    press(zhou, "现在就提醒")
    says(zhou, "已安排提醒")
    sanlin(cast.house.home, "tick")
    zhou.reload()
    says(zhou, "发完")
    cast.picture(zhou, "reminded")


def vote(cast: Cast, page: Page, name: str) -> str:
    """Choose, look once more, cast; the code of the receipt."""
    press(page, f"选这一项 {OURS}")
    page.get_by_text("已选").first.wait_for()
    cast.picture(page, f"{name}-chooses")
    follow(page, "下一步：核对")
    says(page, "尚未投出")
    cast.picture(page, f"{name}-looks-once-more")
    if name == "li":
        spoiled_and_shown(cast, page)
    press(page, "确认投出")
    says(page, "回执码")
    cast.picture(page, f"{name}-receipt")
    return page.locator("output").inner_text()


def spoiled_and_shown(cast: Cast, page: Page) -> None:
    """One ballot is opened instead of cast, and shows the choice and the code that was promised."""
    page.get_by_text("想先抽检这张票？").click()
    promised = page.locator("main output").first.inner_text()
    press(page, "抽检：拆开给我看")
    says(page, "这张票拆开了")
    assert page.locator("main output").first.inner_text() == promised
    says(page, OURS)
    cast.picture(page, "a-ballot-is-spoiled-and-shown")
    follow(page, "重新核对选票")
    says(page, "尚未投出")


def counted_signed_and_published(cast: Cast) -> None:
    zhou = cast("zhou")
    cast.until(after(cast.days["vote_last"]))
    the_box_is_opened(cast)
    at_desk(zhou, "投票")
    says(zhou, "看得票")
    cast.picture(zhou, "counted")
    at_desk(zhou, "决定与公示")
    cast.picture(decided_and_signed(cast), "two-have-signed")
    press(zhou, "发布公示")
    says(zhou, "看公示")


def an_objection_is_answered(cast: Cast) -> None:
    zhou, qian, li = cast("zhou"), cast("qian"), cast("li")
    at_home(li)
    cell(li, ROUND)
    says(li, "立项公示")
    cast.picture(li, "li-reads-the-notice")
    cell(li, OURS)
    follow(li, "提出异议")
    li.get_by_label("您认为哪里不对").fill("听说去年已经买过工具，请核对有没有重复。")
    press(li, "提交异议")
    says(li, "第1号")
    cast.until(after(cast.days["vote_last"], 12))
    at_desk(zhou, "项目")
    follow(zhou, "确认立项")
    cast.picture(zhou, "confirming-waits-for-an-answer")
    assert not zhou.locator("main").get_by_role("button", name="确认立项").count()
    at_desk(qian, "异议")
    cell(qian, OURS)
    qian.get_by_role("radio", name="不成立", exact=False).check()
    qian.get_by_label("答复", exact=False).last.fill("经核对，去年的钱用于培训，没有重复。")
    cast.picture(qian, "an-answer")
    press(qian, "答复并公布")
    at_desk(zhou, "项目")
    follow(zhou, "确认立项")
    press(zhou, "确认立项")
    cast.picture(zhou, "confirmed")


def an_agreement_has_three_parties(cast: Cast) -> None:
    zhou, wang = cast("zhou"), cast("wang")
    at_home(wang)
    cell(wang, OURS)
    cast.picture(wang, "the-agreement")
    press(wang, "签署协议")
    says(wang, "已签署")
    five_hands_are_named(zhou)
    agreed(cast, OURS)
    cast.picture(cast("cao"), "the-agreement-is-in-force")
    # 社区骑士 has no time left: the street ends its project before any money is paid.
    at_row(zhou, THEIRS)
    zhou.get_by_text("终止项目", exact=True).first.click()
    zhou.get_by_label("理由").last.fill("团队人手不足，主动放弃")
    press(zhou, "终止项目")
    says(zhou, "已终止")


def five_hands_are_named(page: Page) -> None:
    """Who asks, approves, pays, keeps the books and the seal of the new fund: five persons at once."""
    at_desk(page, "拨款")
    follow(page.locator("main"), "安排岗位")
    for duty, name in (
        ("book", "金蓉"),
        ("approve", "钱立"),
        ("handle", "周敏"),
        ("pay", "田玉"),
        ("seal", "曹勇"),
    ):
        page.locator(f"select[name={duty}]").select_option(name)
    press(page, "安排岗位")
    says(page, "已安排")


def paid_by_three(cast: Cast) -> None:
    tian = asked_and_approved(cast, OURS)
    cast.picture(tian, "what-is-to-be-paid")
    press(tian, "付款")
    says(tian, "已办理1项")
    cast.picture(tian, "paid")


def a_receipt_is_shown(cast: Cast) -> None:
    zhou, wang = cast("zhou"), cast("wang")
    cast.until(after(cast.days["running_first"], 14))
    at_project(wang)
    day = after(cast.days["running_first"], 10)
    line = {"买了什么": "巡楼用的工具", "单价": "65", "数量": "100"}
    write_receipt(wang, cast.paper, "演示0001", day, "街角五金百货（演示）", line)
    cast.picture(wang, "a-receipt")
    press(wang, "提交票据")
    says(wang, "票据已提交")
    at_row(zhou, OURS)
    follow(zhou, "全部票据")
    cell(zhou, "巡楼用的工具")
    cast.picture(zhou, "a-receipt-is-looked-at")
    press(zhou, "通过")
    gone(zhou, "通过")


def reported_and_reviewed(cast: Cast, kind: str, day: str, grade: str) -> None:
    zhou, wang = cast("zhou"), cast("wang")
    cast.until(day)
    at_project(wang)
    write_report(wang, kind, "每周巡楼一次，难处当天记下，账目每月公布。", 12, 96)
    cast.picture(wang, "a-report")
    press(wang, "提交报告")
    says(wang, "报告已提交")
    at_row(zhou, OURS)
    cell(zhou, "待评估")
    fill(zhou, {"评分": grade, "评语": "按计划推进，请继续公开账目。"})
    cast.picture(zhou, "a-review")
    press(zhou, "评分")
    says(zhou, "已评估")


def settled_closed_and_begun_anew(cast: Cast) -> None:
    zhou, jin = cast("zhou"), cast("jin")
    at_row(jin, OURS)
    jin.get_by_label("退回金额").fill("500")
    press(jin, "登记退款")
    says(jin, "退款已记账")
    at_row(zhou, OURS)
    cast.picture(zhou, "what-was-left-is-returned")
    press(zhou, "结项")
    says(zhou, "已结项")
    at_desk(zhou, "项目")
    follow(zhou, "结束与延续")
    press(zhou, "结束本轮")
    cast.picture(zhou, "the-round-is-closed")
    follow(zhou, "由本轮开启下一轮")
    zhou.get_by_label("名称").fill("2025年自治金")
    press(zhou, "建立草稿")
    says(zhou, "2025年自治金")
    cast.picture(zhou, "the-next-draft")


CHAPTERS = (
    a_draft_is_made_and_opened,
    lambda cast: a_leader_writes(cast, "wang", OURS, "示范类"),
    lambda cast: a_leader_writes(cast, "zhao", THEIRS, "品牌类"),
    one_is_admitted_and_one_corrected_first,
    five_judges_mark,
    minutes_advice_and_revision,
    two_officers_take_the_keys,
    the_neighbours_vote,
    counted_signed_and_published,
    an_objection_is_answered,
    an_agreement_has_three_parties,
    paid_by_three,
    a_receipt_is_shown,
    lambda cast: reported_and_reviewed(cast, "中期", after(cast.days["running_first"], 90), "86"),
    paid_by_three,
    lambda cast: reported_and_reviewed(cast, "结项", after(cast.days["running_last"]), "92"),
    paid_by_three,
    settled_closed_and_begun_anew,
)


@pytest.mark.stage("draft")
def test_a_whole_round(visit, house, tmp_path):
    Cast(visit, house, tmp_path, "round").play(*CHAPTERS)
