"""What pages read of a round: where it stands, what comes next, what its rules say."""

from .course import NextStep, next_step, timeline

__all__ = ["NextStep", "next_step", "timeline"]
