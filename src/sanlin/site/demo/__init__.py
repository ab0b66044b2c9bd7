"""A living street to look at: 潍坊新村街道 and its round of 2024, played by the cast of docs/cast.md.

Everything here is done by the product's own verbs, at the moments when it would have been done; so
every figure on a demonstration's pages comes out of its records. What is published of the round
(its committees, its tiers of 8, 21 and 26, eleven project names) is true; who does what is not.
"""

from .story import MOMENTS, PASSPHRASES, STAGES, build

__all__ = ["MOMENTS", "PASSPHRASES", "STAGES", "build"]
