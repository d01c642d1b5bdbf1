"""Signing and checking of credentials: plain values in, documents and bytes out. Knows no database and no request."""
