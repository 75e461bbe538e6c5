"""Many points in files: readers, writers, row errors, and the stream from one to the other."""
