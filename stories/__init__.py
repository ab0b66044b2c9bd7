"""Whole journeys in a real browser against the real server, as residents and officers make them.

house    a street built by `sanlin demo`, copied for each story and served by `sanlin serve`
browser  windows of two sizes, and the watch that lets no outside request, script error or 5xx pass
hands    what one does in a window: press, follow, fill in, go where links lead
cast     who plays: everybody's window, and what several do together in every round
eyes     what is looked at: pictures, axe, sizes, weight
pictures the README's pictures: `python -m stories.pictures` takes them anew
"""
