"""What can be printed: our fonts, the letters they have, and Typst."""
