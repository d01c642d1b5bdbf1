"""Files of strangers are opened in a child process, never in the site's own.

A PDF or a picture can hold bombs at every layer, and its reader is a large C or C++ program. The child has hard limits of
memory, time and files and knows nothing of our environment; whatever happens to it, the site goes on. `asking.ask` is the
way in, `child.py` the program.
"""
