"""The practice log as files: tables and papers built from plain values, recorded, and confirmed to whoever holds one."""
