"""文书 (office): papers as an office opens them: Word out of templates, slides, PDF; same in, same bytes."""
