"""Compare a plan again with the platform, the ledger and the guards before anything is written."""
