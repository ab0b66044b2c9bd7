"""门户 (portal): the front door of residents."""
