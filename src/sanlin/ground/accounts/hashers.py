"""Argon2 with parameters that a shared two-core machine can afford at the hour of a vote."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """m = 19 MiB, t = 2, p = 1: OWASP's minimum for Argon2id, some 20 ms instead of 170."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
