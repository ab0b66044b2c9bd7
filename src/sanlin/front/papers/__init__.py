"""文书 (paper): agreements, notices, reports, ledgers, decks and archives, as an office opens them."""
