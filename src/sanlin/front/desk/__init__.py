"""工作台 (desk): what waits for a member of staff today."""
