"""Normal forms and checks of the values that fields hold."""
