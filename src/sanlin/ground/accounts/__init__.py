"""账号 (account): who is signed in, by password or by a code sent to a phone."""
