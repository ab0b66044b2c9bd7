"""三邻 Sanlin: neighbours help, are at peace with, and govern themselves."""
