"""Parts that several documents contain: changed fields, findings, usage, clocks."""
