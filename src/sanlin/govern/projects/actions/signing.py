from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.actions import Cause
from sanlin.govern.projects import rules
from sanlin.govern.projects.models import Agreement, Party, Project, Signing
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require

from .hold import become_due, hold, step


@deed("projects.sign")
def sign(project: Project, *, by: Account, now: datetime) -> Signing:
    """Sign for the party that `by` stands for. With the last signature the grant is promised in the
    books, and what hangs on signing becomes due."""
    project = hold(project)
    require(rules.can_sign(by, project, now=now))
    party = str(rules.party_of(by, project, now=now))
    agreement = Agreement.objects.filter(project=project).order_by("-version")[0]
    if Signing.objects.filter(agreement=agreement, account=by).exists():
        raise Refused(_("同一个人不能代表两方签约"))
    with refusing(_("这一方刚刚已经签过")):
        signing = Signing.objects.create(agreement=agreement, party=party, account=by, at=now)
    if agreement.signings.count() == len(Party):
        Agreement.objects.filter(pk=agreement.pk).update(signed_at=now)
        memo = _("%(number)s协议生效") % {"number": project.number}
        cause = Cause(agreement, memo)
        funds.promise(project.fund, project.undertaking, project.grant, cause=cause, by=by, now=now)
        step(project, "sign")
        become_due(project, "signed", now=now)
    record(signing, by=by, now=now, project=project.pk, party=party, digest=agreement.digest)
    return signing
