"""Planning: desired state, live state and ledger become a plan. Nothing here can write."""
