"""Counting: Sanlin's allocation against pabutools and abcvoting, on published elections."""
