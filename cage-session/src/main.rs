//! moult-session: starts cage and the GUI, and restarts it

fn main() {}
