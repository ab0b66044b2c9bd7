"""报表 (reports): figures of a round with the table behind each picture."""
