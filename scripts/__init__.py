"""The tools of the house itself: setting up, checking, the catalogues."""
