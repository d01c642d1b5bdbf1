"""Taking the credentials out of an uploaded file: bytes in, texts out or a named reason. Knows no database, no request,
no key, and keeps nothing. Every reader is bounded in size, count and depth, because strangers send what they like.
"""
