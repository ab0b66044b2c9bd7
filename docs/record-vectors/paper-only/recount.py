# the counts of a verifier
