"""轮次 (round): one call for proposals with its budget, its dates, its rules and its stage."""
