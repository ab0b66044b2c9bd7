"""What stands in the papers of a project. Amounts are written out, days too: a template only places them."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import cn2an

from sanlin.govern.projects import rules, stages
from sanlin.govern.projects.models import Agreement, Change, Project, Receipt, Report, ReportPhoto
from sanlin.govern.projects.queries import by_head, compared, confirmed, consequence_words
from sanlin.ground import files
from sanlin.ground.clock import local_day
from sanlin.ground.office.word import Image

from .fields import figure, lines, money, written

# What an acceptance looks at; the boxes are ticked by hand.
CHECKS = (  # data
    "按计划完成活动，达到预期目标",
    "受益居民知晓并确认",
    "资金按预算科目使用，票据齐全合规",
    "过程资料齐全（签到、照片、会议记录）",
    "资金使用已向居民公开",
    "未用完的资金已退回或已有退回安排",
)
WHEN = {  # data
    "signed": "协议签订后{n}个工作日内",
    "midterm": "中期评估通过后{n}个工作日内",
    "closing": "结项验收通过后{n}个工作日内",
}
LATER = "验收通过后{n}个工作日内"  # data
PICTURE = 120  # millimetres
SIGNATURES = 10  # blank lines of a sheet that beneficiaries sign


def in_words(fen: int) -> str:
    """An amount in the characters that cannot be altered: 壹万贰仟元整."""
    return str(cn2an.an2cn(f"{fen // 100}.{fen % 100:02d}", "rmb")) if fen else "零元整"  # data


def about(project: Project, *, now: datetime) -> dict[str, Any]:
    """What every paper of a project has."""
    undertaking = project.undertaking
    return {
        "street": project.round.street.name,
        "round": project.round.name,
        "year": str(project.round.year),
        "today": written(local_day(now)),
        "project": {
            "number": project.number,
            "title": undertaking.title,
            "team": project.team.name,
            "committee": project.place.name if project.place else "",
            "tier": project.tier_name,
            "summary": project.award.proposal.summary,
            "grant": money(project.grant),
            "grant_words": in_words(project.grant),
            "starts": written(undertaking.starts),
            "ends": written(undertaking.ends),
        },
    }


def agreement(made: Agreement, *, now: datetime) -> dict[str, Any]:
    """Out of the agreement's own bytes, so that the paper says what was signed."""
    facts = facts_of(made)
    own = about(made.project, now=now)
    committee = facts["committee"] if "committee" in facts["parties"] else ""
    roles = (("甲方（街道）", "street"), ("乙方（项目团队）", "team"))  # data
    parties = [{"role": role, "name": facts[key]} for role, key in roles]
    if committee:
        parties.append({"role": "丙方（居民委员会）", "name": committee})  # data
    project = own["project"] | {
        "number": facts["number"],
        "title": facts["title"],
        "team": facts["team"],
        "committee": committee,
        "tier": facts["tier"],
        "grant": money(facts["grant"]),
        "grant_words": facts["words"],
        "starts": written(_day(facts["starts"])),
        "ends": written(_day(facts["ends"])),
    }
    heads = [{"name": one["name"], "amount": figure(one["amount"])} for one in facts["heads"]]
    return {
        **own,
        "street": facts["street"],
        "round": facts["round"],
        "project": project,
        "committee": committee,
        "own_funds": money(facts["own_funds"]) if facts["own_funds"] else "",
        "goals": lines(facts["goals"]),
        "midterm": facts["midterm"],
        "copies": "叁" if committee else "贰",  # data
        "parties": parties,
        "instalments": [
            {
                "name": part["name"],
                "condition": WHEN.get(part["condition"], LATER).format(n=part["within"]),
                "share": f"{part['share'] / 10:g}%",
                "amount": figure(part["amount"]),
                "words": part["words"],
            }
            for part in facts["instalments"]
        ],
        "heads": heads,
        "heads_total": figure(sum(one["amount"] for one in facts["heads"])),
        "changes": _changes(made, facts),
        "agreement": {
            "version": made.version,
            "digest": made.digest,
            "drawn": written(_day(facts["drawn"])),
        },
        "fingerprints": {"rules": facts["rules"], "decision": facts["decision"]},
    }


def _changes(made: Agreement, facts: dict[str, Any]) -> list[str]:
    """What this version changes of the one before, a line each; nothing in the first."""
    before = made.project.agreements.filter(version__lt=made.version).order_by("-version").first()
    if before is None:
        return []
    told = [
        f"{what}由{old}改为{new}。" for what, old, new in compared(facts_of(before), facts)
    ]  # data
    return [*told, f"变更理由：{facts['reason']}"] if facts["reason"] else told  # data


def facts_of(made: Agreement) -> dict[str, Any]:
    """What an agreement says, as it was drawn."""
    told: dict[str, Any] = json.loads(bytes(made.body))
    return told


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _spending(project: Project) -> dict[str, Any]:
    """Money and heads of a project as they stand."""
    flows = rules.flows(project)
    heads = by_head(project, flows)
    planned, spent = sum(h.planned for h in heads), sum(h.spent for h in heads)
    receipts = Receipt.objects.filter(project=project).accepted().count()
    return {
        "money": {
            "paid": money(flows.paid),
            "spent": money(spent),
            "left": money(flows.paid - spent - flows.returned),
            "owed": money(max(flows.owed, 0)),
            "returned": money(flows.returned) if flows.returned else "",
            "receipts": receipts,
        },
        "total": {
            "planned": figure(planned),
            "spent": figure(spent),
            "left": figure(planned - spent),
        },
        "heads": [
            {
                "name": head.name,
                "planned": figure(head.planned),
                "spent": figure(head.spent),
                "left": figure(head.planned - head.spent),
                "becomes": "",
            }
            for head in heads
        ],
    }


def _told(made: Report | None) -> dict[str, Any]:
    if made is None:
        return {"text": [], "note": [], "mark": "", "grade": "", "consequence": ""} | {
            "kind": "",
            "number": "",
            "activities": "　",
            "people": "　",
            "at": "",
        }
    return {
        "kind": made.get_kind_display(),
        "number": made.number,
        "text": lines(made.text),
        "activities": made.activities,
        "people": made.people,
        "at": written(made.at),
        "mark": "" if made.mark is None else str(made.mark),
        "grade": made.grade_name,
        "consequence": consequence_words(made.consequence),
        "note": lines(made.note),
    }


def report(made: Report, *, now: datetime) -> dict[str, Any]:
    """A midterm or closing report with the money as it stands now, and its photos."""
    return {
        **about(made.project, now=now),
        **_spending(made.project),
        "report": _told(made),
        "photos": photos(made),
    }


def photos(made: Report) -> list[dict[str, Any]]:
    """The photos of a report whose files are there."""
    found = []
    rows: list[ReportPhoto] = list(made.photos.all())
    for n, row in enumerate(rows, 1):
        path = files.lies_at(row.file)
        if path.exists():
            words = row.caption or f"活动照片{n}"  # data
            found.append({"image": Image(path.read_bytes(), PICTURE), "caption": words})
    return found


def acceptance(project: Project, *, now: datetime) -> dict[str, Any]:
    """The sheet that is signed at the acceptance: money by head, what is looked at, who says what."""
    last = project.reports.filter(kind="closing").order_by("-number").first()
    signed, papers = confirmed(project)
    return {
        **about(project, now=now),
        **_spending(project),
        "report": _told(last),
        "checks": [tick.text for tick in project.round.rules.acceptance] or list(CHECKS),
        "confirmed": f"{signed}人（确认书{papers}份）" if papers else "",  # data
    }


def confirmation(project: Project, *, now: datetime) -> dict[str, Any]:
    """The sheet on which beneficiaries sign what the project did for them: lines to be filled in by
    hand. Who benefits, and the goals, are as the team wrote them."""
    last = project.reports.order_by("at", "pk").last()
    proposal = project.award.proposal
    return {
        **about(project, now=now),
        "report": _told(last),
        "goals": lines(proposal.goals),
        "beneficiaries": proposal.beneficiaries,
        "rows": [{"n": n} for n in range(1, SIGNATURES + 1)],
    }


def change(project: Project, *, now: datetime, asked: Change | None = None) -> dict[str, Any]:
    """A request to change a project, its heads filled in as they stand; with `asked` what the team
    wants, without it a form to fill in by hand."""
    values = {**about(project, now=now), **_spending(project), "reason": "", "asked": []}
    if asked is None:
        return values
    names = {head.key: head.name for head in project.round.rules.heads}
    after = dict(project.plan)
    for move in asked.moves:
        after[move["from"]] = after.get(move["from"], 0) - move["amount"]
        after[move["to"]] = after.get(move["to"], 0) + move["amount"]
    flows = rules.flows(project)
    heads = [
        {
            "name": names.get(key, key),
            "planned": figure(project.plan.get(key, 0)),
            "spent": figure(flows.spent.get(key, 0)),
            "left": figure(project.plan.get(key, 0) - flows.spent.get(key, 0)),
            "becomes": figure(amount) if asked.moves else "",
        }
        for key, amount in after.items()
    ]
    return {**values, "heads": heads, "reason": asked.reason, "asked": _asked(asked, names)}


def _asked(asked: Change, names: dict[str, str]) -> list[str]:
    """What a team asks to change, a line each."""
    told = [
        f"从“{names.get(move['from'], move['from'])}”调剂{money(move['amount'])}"  # data
        f"到“{names.get(move['to'], move['to'])}”"  # data
        for move in asked.moves
    ]
    if asked.starts:
        told.append(f"开始日期改为{written(asked.starts)}")  # data
    if asked.ends:
        told.append(f"结束日期改为{written(asked.ends)}")  # data
    if asked.grant is not None:
        told.append(f"资助金额改为{money(asked.grant)}")  # data
    if asked.third:
        told.append(f"丙方改为{asked.third}")  # data
    if asked.note:
        told.append(f"审批意见：{asked.note}")  # data
    return [*told, f"状态：{stages.CHANGE_LABELS[asked.stage]}"]  # data
