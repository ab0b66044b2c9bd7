"""Whole journeys in a real browser against the real server, as residents and officers make them.

house    a street built by `sanlin demo`, copied for each story and served by `sanlin serve`
browser  windows of two sizes, and the watch that lets no outside request, script error or 5xx pass
eyes     what is looked at: pictures, axe, sizes, weight
pictures the README's pictures: `python -m stories.pictures` takes them anew
"""
