"""The papers of a round and of a project, one function each, in the order in which they are needed."""

from __future__ import annotations

from docx.shared import Mm, Pt

from .word import FANG, KAI, MIDDLE, RIGHT, SONG, Paper, keep_whole, set_columns, write

NUMBER = "项目编号：{{ project.number }}"
PERIOD = ("起止时间", "{{ project.starts }}{% if project.ends %}至{{ project.ends }}{% endif %}")
DAY = "日期：     年   月   日"


def agreement() -> bytes:
    paper = Paper(seam=True)
    paper.small(
        "协议编号：{{ project.number }}{% if agreement.version > 1 %}（第{{ agreement.version }}版）{% endif %}",
        align=RIGHT,
    )
    paper.title("{{ round }}项目协议书")
    with paper.each("one in parties"):
        paper.para("{{ one.role }}：{{ one.name }}", indent=False)
    paper.para("　", indent=False)
    paper.para(
        "根据《{{ round }}》办法和立项公示结果，各方经平等协商，就“{{ project.title }}”项目"
        "（项目编号{{ project.number }}{% if project.tier %}，{{ project.tier }}{% endif %}）的实施达成如下协议，共同遵守。"
    )
    paper.head("一、资助金额")
    paper.para(
        "甲方资助乙方人民币{{ project.grant }}（大写：{{ project.grant_words }}），用于本项目。"
        "{% if own_funds %}乙方自筹{{ own_funds }}，与资助资金一并用于本项目。{% endif %}"
    )
    paper.head("二、拨付方式")
    paper.para("资助资金分{{ instalments|length }}期拨付，每期在条件满足后按下表期限拨付：")
    paper.table(
        [
            ["期次", "拨付条件和期限", "金额（元）", "大写"],
            ["{{ one.name }}", "{{ one.condition }}", "{{ one.amount }}", "{{ one.words }}"],
        ],
        [24, 62, 28, 42],
        loop="{%tr for one in instalments %}",
        right=(2,),
        middle=(0,),
    )
    paper.head("三、资金用途")
    paper.para(
        "乙方按下列科目使用资金，专款专用，凭合规票据报账，不得列支办法禁止的科目。科目之间调整须先提出变更申请，经甲方同意。"
    )
    paper.table(
        [["支出科目", "预算（元）"], ["{{ one.name }}", "{{ one.amount }}"]],
        [90, 50],
        loop="{%tr for one in heads %}",
        total=["合计", "{{ heads_total }}"],
        right=(1,),
    )
    paper.head("四、目标与期限")
    with paper.each("line in goals"):
        paper.para("{{ line }}")
    paper.para(
        "项目期限自{{ project.starts }}起{% if project.ends %}至{{ project.ends }}止{% endif %}。"
    )
    paper.head("五、各方责任")
    paper.para("（一）甲方按期拨付资金，指导、检查项目实施，公开资金使用情况。")
    paper.para(
        "（二）乙方按计划实施项目，{% if midterm %}按时提交中期和结项报告，{% else %}按时提交结项报告，{% endif %}"
        "保存全部票据和过程资料，接受居民监督，保证活动安全。"
    )
    with paper.when("committee"):
        paper.para("（三）丙方协助乙方动员居民、落实场地，核对票据，见证验收。")
    paper.head("六、变更、退回与违约")
    paper.para(
        "未用完的资金在结项前退回甲方。评估不合格的，按本轮办法暂停、停拨或者收回资金；弄虚作假、挪用资金的，收回资金并按办法限制以后申报。"
    )
    with paper.when("changes"):
        paper.para("本版与上一版相比：{{ changes|join('') }}")
    paper.head("七、其他")
    paper.para(
        "本协议一式{{ copies }}份，各方各执一份，自各方签字盖章之日起生效。未尽事宜由各方协商解决。"
    )
    paper.para("　", indent=False)
    paper.hands(
        [
            ["甲方（盖章）：", "{{ street }}", "代表（签字）：", "", DAY],
            [
                "乙方（盖章）：",
                "{{ project.team }}",
                "代表（签字）：",
                "",
                DAY,
            ],
            [
                "{% if committee %}丙方（盖章）：{% endif %}",
                "{{ committee }}",
                "{% if committee %}代表（签字）：{% endif %}",
                "",
                "{% if committee %}日期：     年   月   日{% endif %}",
            ],
        ]
    )
    paper.foot("办法指纹 {{ fingerprints.rules }}")
    paper.foot("决定指纹 {{ fingerprints.decision }}")
    paper.foot("本协议正文指纹 {{ agreement.digest }}")
    return paper.bytes("项目协议书")


def notice() -> bytes:
    paper = Paper(size=15, line=27)
    paper.small("公示编号：{{ notice.number }}", align=RIGHT)
    paper.title("{{ round }}{% if notice.supplement %}补充{% endif %}立项公示")
    paper.para(
        "经居民提案、审查{% if judges %}、评审{% endif %}{% if voted %}、投票{% endif %}，按照公布的办法计算，"
        "{{ round }}共收到{{ notice.proposals }}项有效提案，拟立项{{ notice.funded }}项，立项金额{{ notice.granted }}。现予公示，接受居民监督。"
    )
    paper.para("公示时间：{{ notice.opens }}至{{ notice.closes }}（{{ notice.days }}）。")
    paper.head("一、拟立项名单")
    with paper.each("group in groups"):
        paper.para("{{ group.name }}（{{ group.count }}项）", face=KAI)
        paper.table(
            [
                ["序号", "项目名称", "实施团队", "居民区", "金额（元）"],
                [
                    "{{ one.n }}",
                    "{{ one.title }}",
                    "{{ one.team }}",
                    "{{ one.place }}",
                    "{{ one.grant }}",
                ],
            ],
            [11, 47, 39, 38, 23],
            loop="{%tr for one in group.rows %}",
            right=(4,),
            middle=(0,),
            size=10.5,
        )
    with paper.each("line in notes"):
        paper.para("{{ line }}")
    with paper.when("judges"):
        paper.head("二、评审委员")
        paper.para("{{ judges }}")
    paper.head("{% if judges %}三{% else %}二{% endif %}、异议与核对")
    paper.para(
        "对公示内容有异议的，请在公示期内扫描下方二维码，或到居委会、街道当面提出；异议答复以前，不与该团队签约。"
    )
    paper.para("结果由公布的办法算出，任何人都可以用公开账本重新计算、逐项核对。")
    table = paper.doc.add_table(rows=1, cols=2)
    table.autofit = False
    set_columns(table, [36, 120])
    left, right = table.rows[0].cells
    left.width, right.width = Mm(36), Mm(120)
    keep_whole(table.rows[0])
    write(left.paragraphs[0], "{{ qr }}", FANG, 12)
    left.paragraphs[0].paragraph_format.line_spacing = 1.0
    lines = (
        "公示网址：{{ link }}",
        "{% if fingerprints.record %}账本指纹：{{ fingerprints.record }}{% endif %}",
        "决定指纹：{{ fingerprints.decision }}",
        "办法指纹：{{ fingerprints.rules }}",
    )
    for at, words in enumerate(lines):
        line = right.paragraphs[0] if at == 0 else right.add_paragraph()
        line.paragraph_format.line_spacing = Pt(17)
        write(line, words, SONG, 9)
    paper.para("　", indent=False)
    for words in ("{{ street }}", "（盖章）", "{{ notice.opens }}"):
        line = paper.para(words, indent=False, align=RIGHT)
        line.paragraph_format.right_indent = Pt(30)
        line.paragraph_format.keep_with_next = words != "{{ notice.opens }}"
    return paper.bytes("立项公示")


def report() -> bytes:
    paper = Paper()
    paper.small(NUMBER, align=RIGHT)
    paper.title("{{ project.title }}", "{{ round }} · {{ report.kind }}")
    paper.facts(
        [
            ("实施团队", "{{ project.team }}", "居民区", "{{ project.committee }}"),
            ("类别", "{{ project.tier }}", "提交时间", "{{ report.at }}"),
            ("立项金额", "{{ project.grant }}（大写：{{ project.grant_words }}）"),
            PERIOD,
            ("活动次数", "{{ report.activities }}次", "参与人次", "{{ report.people }}人次"),
        ]
    )
    paper.head("一、做了什么、有什么变化")
    with paper.each("line in report.text"):
        paper.para("{{ line }}")
    paper.head("二、资金使用")
    paper.para(
        "已拨付{{ money.paid }}，已通过票据{{ money.receipts }}张、{{ money.spent }}{% if money.returned %}，已退回{{ money.returned }}{% endif %}，尚未使用{{ money.left }}。"
    )
    _by_heads(paper, "预算（元）", "已支出（元）", "余额（元）")
    with paper.when("report.mark"):
        paper.head("三、评估结果")
        paper.para(
            "评分{{ report.mark }}分{% if report.grade %}，等次：{{ report.grade }}{% endif %}。{% if report.consequence %}结果运用：{{ report.consequence }}。{% endif %}"
        )
        with paper.each("line in report.note"):
            paper.para("评语：{{ line }}")
    with paper.when("photos"):
        paper.head("附：活动照片")
        with paper.each("one in photos"):
            line = paper.para("{{ one.image }}", indent=False, align=MIDDLE)
            line.paragraph_format.line_spacing = 1.0
            line.paragraph_format.keep_with_next = True
            line.paragraph_format.space_before = Pt(8)
            paper.small("{{ one.caption }}", align=MIDDLE)
    paper.hands(
        [
            ["填报团队：{{ project.team }}", "负责人（签字）：", DAY],
            ["居民委员会（盖章）：", "经办人（签字）：", DAY],
        ]
    )
    return paper.bytes("项目报告")


def acceptance() -> bytes:
    paper = Paper(line=24)
    paper.small(NUMBER, align=RIGHT)
    paper.title("项目验收表", "{{ round }}")
    paper.facts(
        [
            ("项目名称", "{{ project.title }}"),
            ("实施团队", "{{ project.team }}"),
            ("居民区", "{{ project.committee }}"),
            PERIOD,
            ("立项金额", "{{ project.grant }}", "已拨付", "{{ money.paid }}"),
            (
                "已通过票据",
                "{{ money.spent }}（{{ money.receipts }}张）",
                "应退回",
                "{{ money.owed }}",
            ),
            ("活动和参与", "活动{{ report.activities }}次，参与{{ report.people }}人次"),
            ("书面确认", "受益居民{% if confirmed %}{{ confirmed }}{% else %}______人{% endif %}"),
        ]
    )
    _by_heads(paper, "预算（元）", "决算（元）", "差额（元）")
    paper.table(
        [
            ["验收事项", "是", "否", "说明"],
            ["{{ one }}", "□", "□", ""],
        ],
        [84, 14, 14, 44],
        loop="{%tr for one in checks %}",
        middle=(1, 2),
    )
    paper.para(
        "{% if report.mark %}评分：{{ report.mark }}分　　等次：{{ report.grade }}{% else %}评分：______分　　等次：__________{% endif %}",
        indent=False,
    )
    paper.opinion(
        [
            ("受益居民代表意见", ""),
            ("居民委员会意见", ""),
            ("居务监督委员会意见", ""),
            (
                "街道意见",
                "{% if report.consequence %}结果运用：{{ report.consequence }}{% endif %}",
            ),
        ]
    )
    return paper.bytes("项目验收表")


def confirmation() -> bytes:
    paper = Paper(line=22)
    paper.small(NUMBER, align=RIGHT)
    paper.title("受益居民确认书", "{{ round }}")
    paper.facts(
        [
            ("项目名称", "{{ project.title }}"),
            ("实施团队", "{{ project.team }}"),
            ("居民区", "{{ project.committee }}"),
            PERIOD,
            ("受益人群", "{{ beneficiaries }}"),
        ]
    )
    paper.para("本人或家人参加了上述项目的活动，或者从中受益，情况属实。")
    lines = paper.table(
        [
            ["序号", "姓名", "楼号", "参加或受益的内容", "签字", "日期"],
            ["{{ one.n }}", "", "", "", "", ""],
        ],
        [14, 26, 22, 46, 28, 22],
        loop="{%tr for one in rows %}",
        middle=(0,),
    )
    lines.rows[2].height = Mm(10)  # room for a hand
    paper.small(
        "签字只用于本项目的验收和归档，不公开；不愿写楼号的可以不写。本页共______人签字。签完拍照或扫描，在项目的“纸质材料”里归档。"
    )
    paper.hands(
        [
            ["项目团队经办人（签字）：", "", DAY],
            ["居民委员会见证人（签字）：", "", DAY],
        ]
    )
    return paper.bytes("受益居民确认书")


def change() -> bytes:
    paper = Paper(line=24)
    paper.small(NUMBER, align=RIGHT)
    paper.title("项目变更申请表", "{{ round }}")
    paper.facts(
        [
            ("项目名称", "{{ project.title }}"),
            ("申请团队", "{{ project.team }}"),
            ("居民区", "{{ project.committee }}"),
            ("立项金额", "{{ project.grant }}"),
            PERIOD,
            ("变更内容", "□ 预算科目　□ 起止时间　□ 负责人　□ 活动内容　□ 其他"),
        ]
    )
    _by_heads(paper, "原预算（元）", "已支出（元）", "变更后（元）", last="becomes")
    with paper.each("line in asked"):
        paper.para("{{ line }}", indent=False)
    with paper.when("reason"):
        paper.para("变更理由：{{ reason }}", indent=False)
    paper.opinion(
        [("变更理由和申请团队", "　"), ("居民委员会意见", ""), ("街道意见", "□ 同意　□ 不同意")]
    )
    paper.small("科目之间调整须在支出以前提出；经街道同意后，以变更后的预算报账。")
    return paper.bytes("项目变更申请表")


def application() -> bytes:
    paper = Paper()
    paper.small("提案编号：{{ proposal.number }}", align=RIGHT)
    paper.title("项目申报书", "{{ round }}")
    paper.facts(
        [
            ("项目名称", "{{ proposal.title }}"),
            ("申报团队", "{{ proposal.team }}", "居民区", "{{ proposal.committee }}"),
            ("类别", "{{ proposal.tier }}", "主题", "{{ proposal.theme }}"),
            ("申请金额", "{{ proposal.asked }}", "自筹金额", "{{ proposal.own_funds }}"),
            (
                "起止时间",
                "{{ proposal.starts }}{% if proposal.ends %}至{{ proposal.ends }}{% endif %}",
            ),
            ("受益人群", "{{ proposal.beneficiaries }}"),
            ("合作伙伴", "{{ proposal.partners }}"),
        ]
    )
    parts = (("一、需求", "need"), ("二、目标", "goals"), ("三、实施计划", "plan"))
    for words, name in parts:
        paper.head(words)
        with paper.each(f"line in proposal.{name}"):
            paper.para("{{ line }}")
    paper.head("四、预算")
    paper.table(
        [
            ["支出科目", "用途", "单价（元）", "数量", "金额（元）"],
            [
                "{{ one.head }}",
                "{{ one.what }}",
                "{{ one.price }}",
                "{{ one.quantity }}",
                "{{ one.amount }}",
            ],
        ],
        [34, 52, 26, 16, 30],
        loop="{%tr for one in lines %}",
        total=["合计", "", "", "", "{{ lines_total }}"],
        right=(2, 4),
        middle=(3,),
        size=11,
    )
    with paper.when("photos"):
        paper.head("五、照片")
        with paper.each("one in photos"):
            line = paper.para("{{ one.image }}", indent=False, align=MIDDLE)
            line.paragraph_format.line_spacing = 1.0
            line.paragraph_format.keep_with_next = True
            paper.small("{{ one.caption }}", align=MIDDLE)
    paper.hands(
        [
            ["申报团队：{{ proposal.team }}", "负责人（签字）：", DAY],
            ["居民委员会（盖章）：", "经办人（签字）：", DAY],
        ]
    )
    return paper.bytes("项目申报书")


def contents() -> bytes:
    paper = Paper(size=12, line=22)
    paper.small(NUMBER, align=RIGHT)
    paper.title("项目档案目录", "{{ project.title }}")
    paper.facts(
        [
            ("实施团队", "{{ project.team }}", "居民区", "{{ project.committee }}"),
            ("轮次", "{{ round }}", "立项金额", "{{ project.grant }}"),
            ("归档日期", "{{ today }}", "文件数", "{{ count }}份"),
        ],
        size=11,
    )
    paper.table(
        [
            ["序号", "名称", "状态", "文件", "SHA-256（前16位）"],
            [
                "{{ one.n }}",
                "{{ one.name }}",
                "{{ one.state }}",
                "{{ one.file }}",
                "{{ one.digest }}",
            ],
        ],
        [11, 42, 24, 50, 33],
        loop="{%tr for one in rows %}",
        middle=(0, 2),
        size=9,
    )
    with paper.when("missing"):
        paper.head("缺少的材料")
        paper.para("下列材料不在系统内，如有纸质原件，请附在本档案之后，并在目录上注明：")
        with paper.each("line in missing"):
            paper.para("□ {{ line }}")
    paper.small(
        "每份文件的完整指纹见“目录.xlsx”和“SHA256SUMS.txt”；用 sha256sum -c SHA256SUMS.txt 可逐份核对。"
    )
    paper.hands(
        [
            ["整理人（签字）：", DAY],
            ["接收人（签字）：", DAY],
        ]
    )
    return paper.bytes("项目档案目录")


def _by_heads(paper: Paper, planned: str, spent: str, rest: str, *, last: str = "left") -> None:
    """What was planned and spent, head by head, with its sum."""
    total = "{{ total.left }}" if last == "left" else ""
    paper.table(
        [
            ["支出科目", planned, spent, rest],
            ["{{ one.name }}", "{{ one.planned }}", "{{ one.spent }}", "{{ one." + last + " }}"],
        ],
        [60, 32, 32, 32],
        loop="{%tr for one in heads %}",
        total=["合计", "{{ total.planned }}", "{{ total.spent }}", total],
        right=(1, 2, 3),
    )
