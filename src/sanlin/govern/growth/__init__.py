"""养成 (growth): circles meet and visit, old teams mentor new ones, midterm and closing are held, and a year teaches the next."""
