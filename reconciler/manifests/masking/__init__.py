"""Problems made ready to show: source lines added, customers and passwords masked."""
