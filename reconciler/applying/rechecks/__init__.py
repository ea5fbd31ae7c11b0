"""Compare a plan again with the ledger, the platform and the guards, before and after writes."""
