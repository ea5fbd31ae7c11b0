"""`reconciler export` and `init`: writes manifests for resources on the platform, and new
projects."""
