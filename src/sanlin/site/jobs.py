"""Everything the clock's hand does, in order. A job is `job(*, now) -> int`, how many it did."""

from collections.abc import Callable

JOBS: tuple[Callable[..., int], ...] = ()
