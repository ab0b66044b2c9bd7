"""公开账本 (records): a round in one file that a stranger can check at home."""
