"""Conformance: published elections, read whole, and their official results recounted.

The files are not ours to publish, so they lie elsewhere (see conftest.py at the root), with an
index.csv that says what each of them holds. Source: Pabulib (pabulib.org), Faliszewski et al.,
IJCAI 2023.
"""

import csv
import os
from pathlib import Path

import pytest

from sanlin.kernel.ballots import read, recount

FOLDER = Path(os.environ.get("SANLIN_PABULIB", "no folder of elections"))

TAKEN_AS_RECORDED = {
    "Poland_Katowice_2025_Kostuchna.pb",
    "Poland_Lodz_2025_Ruda.pb",
    "Poland_Warszawa_2018_Stare_Bielany.pb",
}
SET_APART = {
    "Poland_Katowice_2024_Podlesie.pb": 2,
    "Poland_Katowice_2024_Zarzecze.pb": 2,
    "Poland_Poznan_2023_5_-_Grunwald_Polnoc_Grunwald_Poludnie_Stary_Grunwald.pb": 1,
}
RECOMPUTED = {
    *("greedy", "greedy-no-skip", "greedy-threshold", "greedy-custom"),
    *("equalshares/add1", "equalshares/add1-comparison"),
}


def published():
    if not FOLDER.is_dir():
        return []
    with (FOLDER / "index.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def expected_code(row):
    if row["rule"] not in RECOMPUTED:
        return "not_recomputed"
    if row["winners_recorded"] == "0":
        return "no_outcome"
    if "not explained by its declared rule" in row["why"]:
        return "differs"
    return "agrees_by_tie" if row["file"] in TAKEN_AS_RECORDED else "agrees"


pytestmark = pytest.mark.conformance


@pytest.mark.parametrize("row", published(), ids=lambda row: row["file"])
def test_official_results_follow_from_the_declared_rule(row):
    election = read((FOLDER / row["file"]).read_bytes())
    assert len(election.projects) == int(row["projects"])
    assert len(election.votes) == sum(election.counts) == int(row["votes"])
    assert election.faults == ()
    agreement = recount(election)
    assert (agreement.rule, agreement.code) == (row["rule"], expected_code(row))
    assert len(agreement.set_apart) == SET_APART.get(row["file"], 0)


def test_how_many_of_them_agree():
    codes = [expected_code(row) for row in published()]
    assert {code: codes.count(code) for code in sorted(set(codes))} == {
        "agrees": 83,
        "agrees_by_tie": 3,
        "differs": 3,
        "no_outcome": 4,
        "not_recomputed": 5,
    }
