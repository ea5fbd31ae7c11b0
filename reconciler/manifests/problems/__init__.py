"""The words of problems: validation messages, suggestions, allowed values."""
