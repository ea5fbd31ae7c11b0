"""Plan files: encoding, digests, authentication, signatures, encryption, requirements."""
