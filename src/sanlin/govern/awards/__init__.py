"""立项 (award): what was funded, step by step, the notice that says so, and objections to it."""
