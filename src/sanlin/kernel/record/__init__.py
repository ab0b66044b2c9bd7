"""记录 (record): what a stranger checks at home: the tree over a log, and its checkpoints."""
