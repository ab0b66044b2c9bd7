"""What a line of the journal costs, at the first and at the millionth."""
