"""居民区 (neighbourhood): where. From the district down to one home."""
