# a verifier
