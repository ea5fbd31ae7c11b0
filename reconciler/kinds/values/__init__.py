"""The values that fields are made of: names, customers, phone numbers, opening hours, texts."""
