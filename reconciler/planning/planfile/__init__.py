"""Plan files: their JSON, encryption, authentication, signatures and requirements."""
