"""门面: the doors people come in by. They look at everything and decide nothing."""
