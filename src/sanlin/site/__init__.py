"""总装: settings, root addresses, the operator's command."""
