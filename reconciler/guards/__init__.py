"""Guards: pure analyzers of a whole plan, one file each. They return findings and never raise."""
