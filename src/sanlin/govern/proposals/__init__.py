"""提案 (proposal): what a team asks for and why, and whether it passed the formal checks."""
