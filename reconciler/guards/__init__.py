"""Guards: pure analyzers over a whole plan, one file a guard; findings, never exceptions."""
