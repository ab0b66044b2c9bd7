"""What the reports read: a round in figures, and everything as it stood on a past day."""

from .figures import Figures, Report, report
from .past import Past, Thing, past

__all__ = ["Figures", "Past", "Report", "Thing", "past", "report"]
