//! One journaled install out of storage, packages and system
