"""Mask personal data: handles for customers, and the removal of customers from text."""
