//! `moult-lab`: the lab by hand, and the engine of the demo.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::{Parser, Subcommand};
use moult_tests::lab::{
    Bind, Bus, Drive, Error, Format, Hardware, Installed, Kiosk, Lab, Machine, Network, Options, Root, Screen, User,
    desktop::Desktop,
    drive::{self, Choices},
    inner, measure,
    shop::{
        self, Shop,
        cost::{self, Effort},
    },
    target_folder,
};

/// A small Debian 13 in namespaces of its own, for trying Moult out. Needs root; changes nothing outside target/.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Makes the cached root file system if it is not there.
    Root,
    /// Opens the kiosk in a window of this desktop.
    Kiosk(World),
    /// Installs through a headless kiosk, with real clicks and keys, and keeps a picture of every screen.
    Drive {
        #[command(flatten)]
        world: World,
        /// Where the pictures go.
        #[arg(long)]
        pictures: PathBuf,
        /// Width and height of the screen.
        #[arg(long, default_value = "1280x720", value_parser = size)]
        size: (u32, u32),
        /// Language to choose: en, de or fr.
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Opens the store in the system on a disk that was installed: in a window of this desktop, or headless, and keeps a picture of every
    /// screen. Call it below `unshare --mount`, so that a mount never outlives it.
    Store {
        #[command(flatten)]
        world: World,
        /// Where the pictures go; without it, a window opens.
        #[arg(long)]
        pictures: Option<PathBuf>,
        /// Width and height of the screen.
        #[arg(long, default_value = "1280x800", value_parser = size)]
        size: (u32, u32),
    },
    /// Switches a whole computer on, with this medium or disk: in a window, or where there is no display with its serial line here.
    Boot {
        /// A disk image (raw, or qcow2 by its name), or a disc (.iso), which is plugged in as a stick.
        image: PathBuf,
        /// A further disk to install on, made sparse if it is not there.
        #[arg(long)]
        disk: Option<PathBuf>,
        /// Its size in GiB if it is made.
        #[arg(long, default_value_t = 8)]
        disk_size: u32,
        /// Memory in MiB.
        #[arg(long, default_value_t = 2048)]
        memory: u32,
        /// Without a network.
        #[arg(long)]
        offline: bool,
    },
    /// Measures the first frame, memory and one install through the window.
    Measure {
        #[command(flatten)]
        world: World,
        /// How often the window is started for the first frame.
        #[arg(long, default_value_t = 10)]
        starts: usize,
    },
    /// Measures the store before a long list of packages: start, keys, scrolling, memory, idle. Asserts nothing.
    StoreCost {
        #[command(flatten)]
        world: World,
        /// The folder with the stone.index of many packages.
        #[arg(long)]
        list: PathBuf,
        /// How often the store is started for the time until there is something to see.
        #[arg(long, default_value_t = 10)]
        starts: usize,
        /// How many searches are made while memory is watched.
        #[arg(long, default_value_t = 1000)]
        searches: usize,
        /// Where pictures of what was measured go.
        #[arg(long)]
        pictures: Option<PathBuf>,
        /// GNOME Software and Discover beside it, in a root of their own (made once, some hundred megabytes).
        #[arg(long)]
        others: bool,
    },
    /// Runs one program in the lab.
    Run {
        #[command(flatten)]
        world: World,
        /// As the unprivileged user.
        #[arg(long)]
        live: bool,
        /// The program and its arguments.
        #[arg(required = true, trailing_var_arg = true)]
        command: Vec<String>,
    },
    /// What the lab's first process does.
    #[command(hide = true)]
    Inner,
}

#[derive(Debug, clap::Args)]
struct World {
    /// The disk: an image file, made sparse if it is not there.
    #[arg(long)]
    disk: Option<PathBuf>,
    /// Size of the disk in GiB if it is made.
    #[arg(long, default_value_t = 8)]
    disk_size: u32,
    /// The folder with stone.index.
    #[arg(long)]
    repository: Option<PathBuf>,
    /// The folder with the built programs; without it, the one that moult-lab is in.
    #[arg(long)]
    programs: Option<PathBuf>,
}

impl World {
    fn options(&self) -> Result<Options, Error> {
        let beside = std::env::current_exe()
            .ok()
            .and_then(|me| Some(me.parent()?.to_owned()));
        let usual = target_folder().join("sample/repo");
        Ok(Options {
            programs: self.programs.clone().or(beside),
            repository: self.repository.clone().or_else(|| usual.is_dir().then_some(usual)),
            disks: self
                .disk
                .iter()
                .map(|image| (image.clone(), u64::from(self.disk_size) << 30))
                .collect(),
            network: Network::Real,
            ..Options::default()
        })
    }
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let parts = text
        .split_once('x')
        .and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    parts
        .filter(|(w, h)| (64..=16_384).contains(w) && (64..=16_384).contains(h))
        .ok_or("wanted: 1280x720".to_owned())
}

fn main() -> ExitCode {
    let done = match Arguments::parse().verb {
        Verb::Root => Root::cached().map(|root| println!("{}", root.path().display())),
        Verb::Kiosk(world) => kiosk(&world),
        Verb::Drive {
            world,
            pictures,
            size,
            language,
        } => drive(&world, &pictures, size, language),
        Verb::Store { world, pictures, size } => store(&world, pictures.as_deref(), size),
        Verb::Boot {
            image,
            disk,
            disk_size,
            memory,
            offline,
        } => boot(&image, disk.as_deref(), disk_size, memory, !offline),
        Verb::Measure { world, starts } => measure(&world, starts),
        Verb::StoreCost {
            world,
            list,
            starts,
            searches,
            pictures,
            others,
        } => store_cost(&world, list, Effort { starts, searches }, pictures, others),
        Verb::Run { world, live, command } => return run(&world, live, &command),
        Verb::Inner => inner::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => fail(&e),
    }
}

fn fail(error: &Error) -> ExitCode {
    eprintln!("moult-lab: {error}");
    ExitCode::FAILURE
}

fn kiosk(world: &World) -> Result<(), Error> {
    let screen =
        Screen::of_desktop().ok_or_else(|| Error::Start("there is no display; try `moult-lab drive`".into()))?;
    let begun = Instant::now();
    let mut kiosk = Kiosk::start(&world.options()?, &screen, &[])?;
    println!(
        "The kiosk runs since {} ms. Close its window or press Ctrl-C to end it.",
        begun.elapsed().as_millis()
    );
    let ended = kiosk.wait_end(Duration::MAX)?;
    if ended.success() {
        Ok(())
    } else {
        Err(Error::Install(format!("the session ended with {ended}")))
    }
}

fn drive(world: &World, pictures: &Path, size: (u32, u32), language: String) -> Result<(), Error> {
    fs::create_dir_all(pictures).map_err(|source| Error::File {
        what: "making",
        path: pictures.to_owned(),
        source,
    })?;
    let begun = Instant::now();
    let mut kiosk = Kiosk::start(&world.options()?, &Screen::Headless(size.0, size.1), &[])?;
    println!("The kiosk runs after {} ms.", begun.elapsed().as_millis());
    let choices = Choices {
        language,
        ..Choices::default()
    };
    let done = drive::install(
        &mut kiosk,
        &choices,
        Duration::from_secs(30 * 60),
        drive::album(pictures),
    );
    if done.is_err() {
        let _ = kiosk.picture(&pictures.join("last-seen.png"));
    }
    let _ = done?;
    println!(
        "Installed after {} s: user {:?}, password {:?}.",
        begun.elapsed().as_secs(),
        choices.user_name,
        choices.password
    );
    Ok(())
}

/// Where the lab has the installed system.
const SYSTEM: &str = "/srv/system";

fn store(world: &World, pictures: Option<&Path>, (width, height): (u32, u32)) -> Result<(), Error> {
    let begun = Instant::now();
    let image = world
        .disk
        .as_deref()
        .ok_or_else(|| Error::Start("which disk? --disk IMAGE".into()))?;
    let on = match pictures {
        Some(_) => Screen::Headless(width, height),
        None => Screen::of_desktop().ok_or_else(|| Error::Start("there is no display; try --pictures DIR".into()))?,
    };
    if let Some(pictures) = pictures {
        fs::create_dir_all(pictures).map_err(|source| Error::File {
            what: "making",
            path: pictures.to_owned(),
            source,
        })?;
    }
    // The lab sees the host from its root.
    let whole = fs::canonicalize(image).map_err(|source| Error::File {
        what: "looking for",
        path: image.to_owned(),
        source,
    })?;
    let installed = Installed::mount(image, &whole.with_file_name("system"))?;
    let mut options = world.options()?;
    options.disks.clear();
    options.binds.push(Bind {
        host: installed.path().to_owned(),
        inside: SYSTEM.into(),
        read_only: false,
    });
    let lab = Lab::start(&on.lend(options)?)?;
    // The system knows the place that it was installed from.
    let repository = format!("{SYSTEM}/repo");
    lab.run(User::Root, "mkdir", &["-p", &repository])?;
    lab.run(User::Root, "mount", &["--bind", "/repo", &repository])?;
    let desktop = Desktop::prepare(&lab, SYSTEM)?;
    let mut screen = desktop.screen_on("store", &on)?;
    let Some(pictures) = pictures else {
        println!("The store opens. Close its window or press Ctrl-C to end it.");
        return shop::show(&desktop, &mut screen);
    };
    let mut shop = Shop::open(&desktop, &screen, (width, height), &[])?;
    println!("The store is open after {} ms.", begun.elapsed().as_millis());
    let mut number = 0;
    shop::tour(&mut shop, "gpicviw", "gpicview.desktop", |shop, name| {
        number += 1;
        let path = pictures.join(format!("store-{number}-{name}.png"));
        shop.picture(&path)?;
        println!("  {name}: {}", path.display());
        Ok(())
    })?;
    println!(
        "Installed an app and took it back after {} s.",
        begun.elapsed().as_secs()
    );
    Ok(())
}

fn boot(image: &Path, disk: Option<&Path>, disk_size: u32, memory: u32, network: bool) -> Result<(), Error> {
    let extension = image.extension().unwrap_or_default();
    let mut drives = vec![Drive {
        format: if extension == "qcow2" {
            Format::Qcow2
        } else {
            Format::Raw
        },
        bus: if extension == "iso" { Bus::Usb } else { Bus::Virtio },
        ..Drive::disk(image)
    }];
    if let Some(disk) = disk {
        if !disk.exists() {
            fs::File::create(disk)
                .and_then(|file| file.set_len(u64::from(disk_size) << 30))
                .map_err(|source| Error::File {
                    what: "making the disk",
                    path: disk.to_owned(),
                    source,
                })?;
        }
        drives.push(Drive::disk(disk));
    }
    let window = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    let hardware = Hardware {
        memory,
        drives,
        network,
        window,
        ..Hardware::default()
    };
    let folder = target_folder().join("machine");
    let machine = Machine::start(&hardware, &folder)?;
    println!(
        "Its serial line is written to {}. Ctrl-C takes the plug out.",
        folder.join("serial.log").display()
    );
    if window {
        return machine.wait_off(Duration::MAX);
    }
    machine.serial_here()
}

fn measure(world: &World, starts: usize) -> Result<(), Error> {
    let mut figures = measure::measure(&world.options()?, starts)?;
    figures.first_frames.sort_unstable();
    let middle = figures
        .first_frames
        .get(figures.first_frames.len() / 2)
        .copied()
        .unwrap_or_default();
    println!(
        "first frame after exec: {middle} ms in the middle of {:?}",
        figures.first_frames
    );
    println!(
        "window: {} KiB before the install, {} KiB at its peak",
        figures.window, figures.window_peak
    );
    println!(
        "backend: {} KiB before the install, {} KiB at its peak",
        figures.backend, figures.backend_peak
    );
    println!("{}", figures.split);
    Ok(())
}

fn store_cost(world: &World, list: PathBuf, effort: Effort, album: Option<PathBuf>, others: bool) -> Result<(), Error> {
    let options = world.options()?;
    let missing = |what: &str| Error::Start(format!("which {what}?"));
    if let Some(album) = &album {
        fs::create_dir_all(album).map_err(|source| Error::File {
            what: "making",
            path: album.clone(),
            source,
        })?;
    }
    let world = cost::World {
        programs: options.programs.ok_or_else(|| missing("programs"))?,
        repository: options.repository.ok_or_else(|| missing("repository"))?,
        list,
        album,
    };
    println!("{}", world.measure(effort)?);
    if others {
        for other in world.others()? {
            match other {
                Ok(other) => println!("{other}"),
                Err(why) => println!("one that did not start: {why}"),
            }
        }
    }
    Ok(())
}

fn run(world: &World, live: bool, command: &[String]) -> ExitCode {
    let started = world.options().and_then(|options| Lab::start(&options));
    let (Some((program, arguments)), Ok(lab)) = (command.split_first(), &started) else {
        return started.err().map_or(ExitCode::FAILURE, |e| fail(&e));
    };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let user = if live { User::Live } else { User::Root };
    let status = lab
        .command(user, program, &arguments)
        .map(|mut command| command.stdin(std::process::Stdio::inherit()).status());
    match status {
        Ok(Ok(status)) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Ok(Err(source)) => fail(&Error::System {
            what: "starting the program",
            source,
        }),
        Err(e) => fail(&e),
    }
}
