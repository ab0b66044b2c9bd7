"""Conformance: the greatest welfare of published elections, against pabutools and with a proof.

`pabutools_welfare.json` holds the sums of votes that pabutools found (benchmarks/counting/
peers_welfare.py), null where a minute did not suffice. It asks a solver in floats and does not say
how it parts equal sets, so sums are compared; that none is greater is proven by our own certificate.
"""

import json
import os
from pathlib import Path

import pytest

from sanlin.kernel.allocation import Limits, TieOrder, by_votes, certify, maximise
from sanlin.kernel.ballots import read

FOLDER = Path(os.environ.get("SANLIN_PABULIB", "no folder of elections"))
TOLD = json.loads(Path(__file__).with_name("pabutools_welfare.json").read_text("utf-8"))["answers"]

pytestmark = pytest.mark.conformance


@pytest.mark.parametrize("name", sorted(TOLD))
def test_the_greatest_sum_of_votes_is_that_of_pabutools_and_proven(name):
    election = read((FOLDER / name).read_bytes())
    bids, limits = election.bids(), Limits(election.budget)
    ties = TieOrder(("lot",), {bid.key: bid.key for bid in bids})
    outcome = maximise(bids, limits, by_votes(bids), ties)
    votes = sum(bid.votes for bid in bids if bid.key in outcome.funded)
    if TOLD[name] is not None:
        assert votes == TOLD[name]
    kept, nothing_fits, proven = certify(outcome, None, bids, limits)
    assert (kept.holds, nothing_fits.holds, proven.holds) == (True, True, True)
    assert proven.get("value") == votes
