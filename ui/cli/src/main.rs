//! moultctl: Moult without a window

fn main() {}
