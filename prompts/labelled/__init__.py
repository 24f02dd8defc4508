"""Requests read by labelled words: which of them fill which slot of an operation."""
