"""What a request costs: `make bench`. Started, seeded and measured as docs/performance.md says; no part of the site."""
