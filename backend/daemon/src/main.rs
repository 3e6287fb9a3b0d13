//! moult-backend: the privileged process

fn main() {}
