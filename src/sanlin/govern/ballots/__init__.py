"""选票 (ballot): one voter, one round, one ballot; the roll never tells the choice."""
