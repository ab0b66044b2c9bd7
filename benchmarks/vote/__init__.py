"""The load of a vote: concurrent distinct voters, durable commits, against a bare insert."""
