//! The .stone v1 container, read and write
