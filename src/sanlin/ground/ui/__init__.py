"""界面 (ui): the kit of parts that every page is made of."""
