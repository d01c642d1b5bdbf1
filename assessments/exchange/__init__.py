"""Questions as files of other programs: GIFT, Moodle XML, Aiken, QTI 2.1 and 2.2 packages, and a table of our own.

`portable` says what a question is apart from the bank and from any format, `markup` turns HTML into our plain text and back,
and each format is a module of its own. Nothing here asks the database, except `bank` and what stands above it.
"""
