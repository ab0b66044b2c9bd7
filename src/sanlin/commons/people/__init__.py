"""居民 (resident): who lives where, and which post somebody holds from when to when."""
