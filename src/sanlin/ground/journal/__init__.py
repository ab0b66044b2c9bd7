"""台账 (journal): who did what to which thing, and when."""
