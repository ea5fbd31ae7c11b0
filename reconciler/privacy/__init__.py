"""Mask personal data: handles for customers, and customers in free text."""
