"""Ballots as frozen values: what a voter may choose, and how choices are read and merged."""
