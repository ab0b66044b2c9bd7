"""docs/algorithms/ledger.md is run."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[5] / "docs" / "algorithms" / "ledger.md"


def test_the_worked_example_comes_out_as_written():
    found = doctest.testfile(str(PAGE), module_relative=False)
    assert found.attempted > 12
    assert found.failed == 0
