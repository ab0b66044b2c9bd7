"""评审 (review): judges score by a rubric, step aside where they have an interest, and confer."""
