"""What a stranger can check of an outcome, in whole numbers and rationals, without counting again.

`certify` is the way in. `keeping` asks about limits, `paying` about voters' own money, `sharing`
about groups of voters, `proving` about the greatest welfare. See docs/algorithms/certificates.md.
"""

from sanlin.kernel.allocation.certificates.certificate import Certificate
from sanlin.kernel.allocation.certificates.certify import certify

__all__ = ["Certificate", "certify"]
