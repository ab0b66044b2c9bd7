"""Money of the demonstration: what is due is paid by two officers, what is left comes back."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from PIL import Image

from sanlin.govern.projects import actions as projects
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Instalment, Project
from sanlin.govern.projects.rules import owed_back
from sanlin.ground import files

from .cast import World


def fresh(one: Project) -> Project:
    rows = Project.objects.select_related("round__street", "award__proposal__author")
    found: Project = rows.get(pk=one.pk)
    return found


def pay(world: World, one: Project, now: datetime) -> None:
    """Pay whatever is due: one officer asks, the other approves."""
    due = Instalment.objects.filter(project=one, stage=stages.DUE)
    for instalment in due.select_related("project__round__street", "project__award"):
        asked = projects.propose(instalment, by=world.who["zhou"], now=now)
        projects.approve(asked, by=world.who["qian"], now=now + timedelta(hours=2))


def paper(n: int) -> files.Picture:
    """A blank slip of paper, another one each time: the demonstration shows no real receipt."""
    sheet = Image.new("RGB", (480, 640), "#fffdf6")
    sheet.paste((n % 256, n // 256 % 256, 90), (0, 0, 480, 6))
    written = io.BytesIO()
    sheet.save(written, "PNG")
    written.seek(0)
    return files.picture(written, len(written.getvalue()))


def settle(world: World, one: Project, now: datetime) -> None:
    zhou, qian = world.who["zhou"], world.who["qian"]
    owed = owed_back(fresh(one))
    if owed:
        projects.give_back(fresh(one), owed, by=qian, now=now)
    projects.close(fresh(one), by=zhou, now=now + timedelta(hours=1))
