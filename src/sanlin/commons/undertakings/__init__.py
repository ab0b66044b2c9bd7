"""事项 (undertaking): a thing somebody does somewhere for a while, which others refer to."""
