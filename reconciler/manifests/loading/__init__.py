"""From YAML documents to the desired state: documents, entries, members, cross-checks."""
