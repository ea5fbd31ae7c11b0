"""A contact centre's configuration as code: manifests in, a reviewed plan, the platform made so."""

__version__ = "0.1.0"
