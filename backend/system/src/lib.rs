//! Network, keyboard, locale and accounts of the running system and of a target
