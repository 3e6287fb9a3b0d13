//! The graphical installer and store of Moult

fn main() {}
