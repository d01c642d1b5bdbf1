"""The certificate on paper: pure functions from what a certificate says to the bytes of a PDF, a picture, a badge."""

# Rises when a layout changes what was drawn before; `manage.py make_certificates --again` then draws anew.
RENDERER_VERSION = 2
