"""Bytes to text with places, one small module a family of formats."""
