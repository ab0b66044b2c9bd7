"""任务 (task): work that takes longer than a page may, done once by a worker beside the server."""
