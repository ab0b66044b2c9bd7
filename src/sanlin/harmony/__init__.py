"""邻和: neighbours at peace."""
