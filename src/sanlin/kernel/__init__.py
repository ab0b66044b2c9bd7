"""算理: the arithmetic and law of the neighbourhood, in plain Python.

Nothing here knows Django, a database, the clock or chance. Values come in, values go out, and every
outcome carries the steps that led to it.
"""
