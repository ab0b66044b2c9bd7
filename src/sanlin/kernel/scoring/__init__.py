"""Expert marks: a weighted rubric, a mean of several judges, and what a blank means."""
