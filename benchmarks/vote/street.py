"""Makes what the load needs: an open vote with many voters, who are signed in and have chosen.

    python -m benchmarks.vote.street VOTERS FILE ROUND…

Run in the environment of the measurement (SANLIN_HOME, DATABASE_URL). Writes FILE as JSON:
{ROUND: {"round": …, "roll": …, "log": …, "voters": [{"line": …, "cookie": …, "ready": …}]}}.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date, timedelta
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "sanlin.site.settings"
django.setup()

# ruff: noqa: E402  # what follows reads the settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command

from sanlin.commons.people.models import Resident
from sanlin.commons.people.tests.scene import neighbourhood, officer, street
from sanlin.govern.ballots import actions, queries
from sanlin.govern.ballots.models import Voter
from sanlin.govern.ballots.tests.vote import keyed
from sanlin.govern.proposals.tests.scene import proposal
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.tests.scene import open_round
from sanlin.ground import clock, lots
from sanlin.ground.accounts.models import Account

LONG_AGO = date(2020, 1, 1)


def main(voters: int, file: Path, names: list[str]) -> None:
    call_command("migrate", verbosity=0)
    file.write_text(json.dumps({name: _round(name, voters) for name in names}))


def _round(name: str, voters: int) -> dict[str, object]:
    """A street of its own with an open vote; what each voter's browser would send."""
    now = clock.now()
    on = street(f"压测街道{name}")
    place = neighbourhood(on)
    round = open_round("vote", on=on, now=now, vote__k=3, vote__own_community_only=False)
    Round.objects.filter(pk=round.pk).update(stage="optimisation")
    round.stage = "optimisation"
    proposals = [proposal(round, neighbourhood=place) for _ in range(20)]
    people = Account.objects.bulk_create(
        [Account(username=f"{name}{n}", name=f"居民{n}", password="!") for n in range(voters)],
        batch_size=1000,
    )
    born = date(1980, 1, 1)
    Resident.objects.bulk_create(
        [
            Resident(account=who, neighbourhood=place, born=born, verified_on=LONG_AGO)
            for who in people
        ],
        batch_size=1000,
    )
    keeper = officer(on)
    keyed(round, keeper)
    actions.open_vote(round, by=keeper, now=now)
    roll = round.roll.pk
    lines = dict(Voter.objects.filter(roll=roll).values_list("account", "pk"))
    return {
        "round": round.pk,
        "roll": roll,
        "log": round.log,
        "voters": [
            {"line": lines[who.pk], "cookie": cookie, "ready": ready}
            for who, (cookie, ready) in zip(people, _cookies(round, people, proposals), strict=True)
        ],
    }


def _cookies(round, people, proposals):
    """(Cookie header, sealed ballot) of every voter: session, form token, and three proposals as the
    page of the last look has them."""
    store, until = SessionStore(), clock.now() + timedelta(days=1)
    sessions, cookies = [], []
    for n, who in enumerate(people):
        kept = {
            SESSION_KEY: str(who.pk),
            BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
            HASH_SESSION_KEY: who.get_session_auth_hash(),
        }
        key = f"{round.pk}k{n:030}"[:32]
        sessions.append(
            Session(session_key=key, session_data=store.encode(kept), expire_date=until)
        )
        picks = {proposals[(n + step) % len(proposals)].pk: 1 for step in (0, 3, 7)}
        ready = queries.Ready(picks, lots.new_secret())
        cookies.append(
            (
                f"sessionid={key}; csrftoken={'a' * 32}; device-{round.pk}={key}",
                queries.pack_ready(who, round, ready),
            )
        )
    Session.objects.bulk_create(sessions, batch_size=1000)
    return cookies


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
