"""名单 (sheets): lists as workbooks, written, read in a child process, checked cell by cell."""

from .writer import EXCEL, Head, clean_text, workbook, write

__all__ = ["EXCEL", "Head", "clean_text", "workbook", "write"]
