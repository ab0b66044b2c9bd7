"""The pages of proposals: what everybody reads, what a team writes, what staff do."""
