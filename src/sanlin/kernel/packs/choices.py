"""The answers from which a rule chooses, each with its names."""

from __future__ import annotations

from .fields import Choice

APPLICANTS = (
    Choice("team", "居民团队", "resident team"),
    Choice("filed", "备案社区社会组织", "filed organisation"),
    Choice("registered", "登记社会组织", "registered organisation"),
    Choice("owners", "业主委员会", "owners' committee"),
    Choice("company", "企业", "company"),
    Choice("school", "学校", "school"),
    Choice("public", "公共机构", "public body"),
)
MEANS = (
    Choice("mean", "平均分", "plain mean"),
    Choice("trimmed", "去掉最高最低后的平均分", "mean without the highest and lowest"),
    Choice("median", "中位数", "median"),
    Choice(
        "normalised", "按各评委宽严和幅度校正后的平均分", "mean evened by judge, mean deviation"
    ),
    Choice("zscore", "标准分（z分数）换算后的平均分", "mean of z-scores"),
    Choice("severity", "扣除各评委宽严后的平均分", "mean less each judge's mildness"),
    Choice("borda", "按各评委所排名次计分", "by each judge's order (Borda)"),
)
BLANKS = (
    Choice("leave_out", "有空缺的评分表不计入", "a sheet with a blank does not count"),
    Choice("scale", "空缺的分项不计，其余折合满分", "what is marked counts for the whole"),
    Choice("refuse", "有空缺不能交表", "a sheet with a blank is not taken"),
)
UNIT = (
    Choice("person", "一人一票", "one ballot a person"),
    Choice("household", "一户一票", "one ballot a household"),
)
BALLOTS = (
    Choice("approve_k", "至多选若干项", "choose up to k"),
    Choice("knapsack", "在预算内选", "choose within the budget"),
    Choice("rank", "排序", "rank up to k"),
    Choice("points", "分配点数", "share out points"),
    Choice("stance", "逐项表态", "an opinion on each"),
)
OPTIONS = (
    Choice("support", "同意", "agree"),
    Choice("against", "反对", "against"),
    Choice("abstain", "弃权", "abstain"),
    Choice("follow", "随多数", "follow the majority"),
)
SILENCE = (
    Choice("abstain", "视为弃权", "counts as abstaining"),
    Choice("follow", "视为随多数", "counts as following the majority"),
    Choice("refuse", "每项都须表态", "every proposal wants an opinion"),
)
CARRIED = (
    Choice("any", "不设门槛", "no threshold"),
    Choice("more_for", "同意多于反对", "more agree than are against"),
    Choice("half_of_cast", "同意超过投票数的一半", "more than half of the ballots cast agree"),
)
KEYS = (
    Choice("two_officers", "两名街道工作人员", "two officers of the street, both needed"),
    Choice(
        "two_of_three",
        "街道、居委、居民监督各一，任两人",
        "street, committee and residents' supervisor, any two",
    ),
)
ANONYMITY = (
    Choice("secret", "无记名", "secret"),
    Choice("named", "记名", "by name"),
)
METHODS = (
    Choice("score", "按评审分", "by score"),
    Choice("votes", "按得票", "by votes"),
    Choice("blend", "评审与投票加权", "score and votes blended by weights"),
    Choice(
        "equal_shares", "等额分配（每张选票一份钱）", "equal shares: every ballot the same part"
    ),
    Choice("phragmen", "均衡负担（Phragmén）", "Phragmén: the burden is spread evenly"),
    Choice("welfare", "总满意度最大", "maximal welfare"),
)
UTILITIES = (
    Choice("cost", "按金额", "by cost"),
    Choice("cardinality", "按项目数", "by number"),
    Choice("points", "按点数", "by points"),
    Choice("borda", "按名次分", "by rank (Borda)"),
    Choice("score", "按评审分", "by score"),
)
COMPLETIONS = (
    Choice("none", "不补", "none"),
    Choice("add1", "逐元加额（放不下为止）", "add1, up to overshoot"),
    Choice("add1-exhaustive", "逐元加额（用尽为止）", "add1, until exhausted"),
    Choice("add1u", "逐元加额，余款再按每元得票", "add1, then by votes per money"),
    Choice("utilitarian", "余款按每元得票", "by votes per money"),
    Choice("comparison", "同按得票优先比较，取更多选民满意的", "compared with greedy"),
)
NORMALISERS = (
    Choice("share_of_ballots", "得票占有效选票之比", "share of all ballots"),
    Choice("share_of_leader", "得票与最高票之比", "share of the leader's votes"),
    Choice("rank", "按名次", "by rank"),
    Choice("min_max", "从最低票到最高票按比例", "from the fewest to the most votes"),
)

OVERFLOWS = (
    Choice("skip", "放不下的跳过，继续往下", "skip what does not fit and go on"),
    Choice("stop", "遇到放不下的即停止", "stop at the first that does not fit"),
)
PARTIALS = (
    Choice("none", "不作部分资助", "never"),
    Choice("remainder", "可按余额部分资助", "what is left may be offered"),
)
TIES = (
    Choice("score", "评审分高者先", "higher score first"),
    Choice("votes", "得票多者先", "more votes first"),
    Choice("cheaper", "申请金额少者先", "smaller request first"),
    Choice("dearer", "申请金额多者先", "larger request first"),
    Choice("lot", "公开种子抽签", "lot from a published seed"),
)
DAYS = (
    Choice("working", "工作日", "working days"),
    Choice("calendar", "自然日", "calendar days"),
)
UPHELD = (
    Choice("cancel", "取消立项", "the award is cancelled"),
    Choice("change", "变更后重新公示", "the award is changed and published again"),
)
UNCOOPERATIVE = (
    Choice("cancel", "取消立项", "the award is cancelled"),
    Choice("proceed", "继续", "the award stands"),
)
PARTIES = (
    Choice("three", "三方（街道、团队、居委会）", "three: street, team and committee"),
    Choice("two", "两方（街道、团队）", "two: street and team"),
)
CONDITIONS = (
    Choice("signed", "协议签订", "agreement signed"),
    Choice("midterm", "中期评估通过", "midterm review passed"),
    Choice("accepted", "验收通过", "final acceptance"),
)
REVIEWS = (
    Choice("midterm", "中期评估", "midterm review"),
    Choice("closing", "结项验收", "closing review"),
)
PROJECT_KINDS = (
    Choice("hardware", "硬件建设维护", "works and upkeep"),
    Choice("professional", "专业委托", "commissioned professionals"),
    Choice("resident", "居民实施", "run by residents"),
)
CONSEQUENCES = (
    Choice("showcase", "展示推广", "shown as an example"),
    Choice("next_tier", "下一年可申报更高类别", "may apply for the next tier next year"),
    Choice("pass", "通过", "passed"),
    Choice("coach", "限期整改并派人辅导", "must improve, with a mentor"),
    Choice("hold_next", "暂停后续拨款", "the next instalment is held"),
    Choice("withhold_last", "不拨付尾款", "the last instalment is withheld"),
    Choice("claw_back", "收回已拨资金", "money is returned"),
    Choice("drop", "退出下一年资助", "left out of next year's grants"),
    Choice("ban", "若干年内不得申报", "barred for some years"),
)
