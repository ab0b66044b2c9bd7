"""意见 (voice): a complaint or a suggestion from any page, and the answer to it."""
