"""Number types: each is a namespace `F` with a callable for every row of the op table."""
