"""The archive of a project (归档): every paper that the house has of it, in the order of the papers'
list of an office, with a contents page, digests, and the names of what is missing.

One paper after the other is written and forgotten: memory does not grow with the archive.
"""

from .box import collect, write

__all__ = ["collect", "write"]
