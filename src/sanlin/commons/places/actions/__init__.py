from .loading import load_territory

__all__ = ["load_territory"]
