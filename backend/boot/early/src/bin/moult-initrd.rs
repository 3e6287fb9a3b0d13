//! `moult-initrd`: makes an initrd out of `moult-early` and the modules that lists name.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use moult_early::initrd::{Compression, Recipe};

/// Makes an initrd. The same input gives the same bytes; SOURCE_DATE_EPOCH is the date of its files.
#[derive(Debug, Parser)]
#[command(name = "moult-initrd", version)]
struct Arguments {
    /// Release of the kernel, as `uname -r` says it.
    #[arg(long)]
    kernel_version: String,
    /// Its modules: /usr/lib/modules/VERSION.
    #[arg(long)]
    modules_dir: PathBuf,
    /// A list of modules; may be given more than once.
    #[arg(long, required = true)]
    list: Vec<PathBuf>,
    /// The program that becomes /init: moult-early.
    #[arg(long)]
    init: PathBuf,
    /// Where the initrd is written to.
    #[arg(long)]
    out: PathBuf,
    /// A further file or folder, and its place in the initrd.
    #[arg(long, value_name = "SOURCE:PLACE", value_parser = pair)]
    add: Vec<(PathBuf, String)>,
    /// How it is packed.
    #[arg(long, value_enum, default_value_t = Packing::Zstd)]
    compress: Packing,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Packing {
    Zstd,
    None,
}

fn pair(text: &str) -> Result<(PathBuf, String), String> {
    match text.rsplit_once(':') {
        Some((source, place)) if !source.is_empty() && !place.is_empty() => Ok((source.into(), place.to_owned())),
        _ => Err("expected SOURCE:PLACE".to_owned()),
    }
}

fn date() -> Result<u32, String> {
    match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text
            .parse()
            .map_err(|_| format!("SOURCE_DATE_EPOCH is {text:?}, which is no date")),
        Err(_) => Ok(0),
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let compression = match arguments.compress {
        Packing::Zstd => Compression::Zstd,
        Packing::None => Compression::None,
    };
    let made = date().and_then(|date| {
        let recipe = Recipe {
            kernel: arguments.kernel_version,
            modules: arguments.modules_dir,
            lists: arguments.list,
            init: arguments.init,
            add: arguments.add,
            date,
        };
        recipe
            .make(&arguments.out, compression)
            .map_err(|error| error.to_string())
    });
    match made {
        Ok(made) => {
            println!(
                "{}: {} modules, {} KiB, {} KiB unpacked",
                arguments.out.display(),
                made.modules.len(),
                made.packed >> 10,
                made.plain >> 10
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("moult-initrd: {error}");
            ExitCode::FAILURE
        }
    }
}
