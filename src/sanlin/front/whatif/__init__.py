"""推演 (trial): what another method, weight, cap or budget would have funded. It decides nothing."""
