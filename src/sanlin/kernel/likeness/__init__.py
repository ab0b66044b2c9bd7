"""相似 (likeness): how alike two photos of receipts are, two texts, two budgets, two numbers."""
