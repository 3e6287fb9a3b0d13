//! Prints what is in a stone, and verifies its contents: `cargo run -p moult-stone --example inspect -- FILE...`

use std::error::Error;
use std::fs::File;
use std::io::BufReader;

use moult_stone::{Limits, Stone};

fn main() -> Result<(), Box<dyn Error>> {
    let limits = Limits::default();
    for path in std::env::args_os().skip(1) {
        let mut file = BufReader::new(File::open(&path)?);
        let stone = Stone::read(&mut file, &limits)?;
        println!(
            "{}: {}, {} payloads",
            path.display(),
            stone.file_type,
            stone.payloads.len()
        );
        for payload in &stone.payloads {
            println!(
                "  {}: {} records, {} bytes plain",
                payload.kind, payload.records, payload.plain_size
            );
        }
        let bad = stone.layout.iter().filter(|entry| entry.check().is_err()).count();
        println!(
            "  {} entries below /usr, {bad} of them not acceptable",
            stone.layout.len()
        );
        stone.verify_content(file, &limits)?;
        println!("  contents verified");
        if let Ok(package) = stone.package() {
            println!("  {package:#?}");
        }
    }
    Ok(())
}
