"""Writes the Word and PowerPoint templates of the house, out of which its papers are filled.

    python -m scripts.office_templates

They lie in src/sanlin/front/papers/data as real .docx and .pptx files, which anybody may open, copy and
change in an office; what the fields in them mean stands in docs/papers.md. The same program always
writes the same bytes, and a test says when the files are not what it writes.

word    a paper in the manner of Chinese offices: its page, its type, its tables
papers  the papers, one function each
slides  the deck
"""
