from .keeping import add_estate, edit_estate, found, import_homes, merge, rename
from .loading import load_territory

__all__ = [
    "add_estate",
    "edit_estate",
    "found",
    "import_homes",
    "load_territory",
    "merge",
    "rename",
]
