"""A reviewed plan made so: verified against fresh facts, journaled, sent, read back."""
