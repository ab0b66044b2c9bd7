"""资金池 (fund): double-entry books in whole fen that always balance."""
