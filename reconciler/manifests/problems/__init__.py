"""Problems of manifests as people read them: wording, suggestions, source lines, masks."""
