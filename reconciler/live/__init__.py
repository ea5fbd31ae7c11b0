"""The platform side: the port the rest of the program sees, and its HTTP implementation."""
