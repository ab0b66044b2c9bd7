"""What the reports read: a round in figures, and everything as it stood on a past day."""

from .checks import Checks, checks
from .figures import Figures, Report, report
from .past import Past, Thing, past

__all__ = ["Checks", "Figures", "Past", "Report", "Thing", "checks", "past", "report"]
