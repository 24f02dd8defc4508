"""Texts in other languages."""
