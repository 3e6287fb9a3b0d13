//! `moult`: the window. It never runs as root; what needs root is asked of the backend.

use std::cell::Cell;
use std::ffi::OsString;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Arg, ArgAction, ArgMatches, Command};
use iced::{Size, window};
use moult_i18n::{Language, fl};
use moult_ui::app::App;
use moult_ui::memory;
use moult_ui::store::{self, Claim, Instance, Opening};
use moult_ui::theme;
use moult_ui::trace::Trace;
use tracing_subscriber::EnvFilter;

/// The smallest window in which everything has its place.
const SMALLEST: Size = Size::new(800.0, 600.0);
/// A window's size unless another one is asked for.
const USUAL: Size = Size::new(1280.0, 800.0);
/// The windows' names among the applications of a desktop: their desktop entries are called so.
const INSTALLER: &str = "org.moult.Installer";
const STORE: &str = "org.moult.Store";
/// It was used wrongly, or cannot be used like this.
const WRONG_USE: u8 = 2;

fn main() -> ExitCode {
    let started = started();
    let language = Language::of_environment();
    let arguments = match command(language).try_get_matches() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::from(WRONG_USE)
            } else {
                ExitCode::SUCCESS
            };
        }
    };

    let (name, arguments) = match arguments.subcommand() {
        Some((name @ ("install" | "store"), arguments)) => (name, arguments),
        _ => return ExitCode::from(WRONG_USE),
    };
    if rustix::process::geteuid().is_root() || rustix::process::getuid().is_root() {
        return refuse(&fl!(language, "moult-is-root"));
    }

    let size = match arguments.get_one::<String>("size").map(|text| parse_size(text)) {
        Some(None) => return refuse(&fl!(language, "moult-size-wrong")),
        size => size.flatten(),
    };
    let trace = if arguments.get_flag("trace") {
        Trace::on(started)
    } else {
        Trace::off()
    };

    if name == "store" && arguments.get_flag("check") {
        return store::check::run(language);
    }
    if name == "store" && arguments.get_flag("may-refresh") {
        return store::check::may_refresh(language);
    }
    let opening = match opening(name, arguments) {
        Ok(opening) => opening,
        Err(wrong) => return refuse(&fl!(language, "store-opening-wrong", text = wrong)),
    };

    memory::be_small();
    if let Err(error) = keep_memory_private() {
        return no_window(language, &error.to_string());
    }

    // Without a compositor the window's library would end with a panic instead of words.
    if ["WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
        .iter()
        .all(|name| std::env::var_os(name).is_none_or(|value| value.is_empty()))
    {
        return no_window(language, "WAYLAND_DISPLAY");
    }

    // Whoever read stderr may be gone by now: that must not stop what is at work.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .with_ansi(false)
        .with_env_filter(EnvFilter::new("warn,moult=info,moult_ui=info"))
        .init();

    let ended = if name == "install" {
        install(language, size, arguments.get_flag("kiosk"), trace)
    } else {
        // The name on the bus lives as long as the window.
        let runtime = match tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
        {
            Ok(runtime) => runtime,
            Err(error) => return no_window(language, &error.to_string()),
        };
        let opening = opening.or_else(|| store::check::is_waited_for().then_some(Opening::Updates));
        let instance = match runtime.block_on(Instance::claim(opening.as_ref())) {
            Claim::HandedOver => return ExitCode::SUCCESS,
            Claim::First(instance) => Some(instance),
            Claim::Alone => None,
        };
        let options = store::Options {
            kiosk: arguments.get_flag("kiosk"),
            opening,
            size: size.unwrap_or(USUAL),
            state: store::saved::folder(),
            instance,
        };
        store(language, size, options, trace)
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => no_window(language, &error.to_string()),
    }
}

/// What the store was asked to open, in words if it is not understood.
fn opening(name: &str, arguments: &ArgMatches) -> Result<Option<Opening>, String> {
    if name != "store" {
        return Ok(None);
    }
    if arguments.get_flag("updates") {
        return Ok(Some(Opening::Updates));
    }
    let Some(argument) = arguments.get_one::<OsString>("opening") else {
        return Ok(None);
    };
    let folder = std::env::current_dir().unwrap_or_else(|_| "/".into());

    Opening::parse(argument, &folder)
        .map(Some)
        .map_err(|_| argument.to_string_lossy().into_owned())
}

fn no_window(language: Language, reason: &str) -> ExitCode {
    eprintln!("{}", fl!(language, "moult-no-window", reason = reason));
    ExitCode::FAILURE
}

/// When this process was executed, as the kernel noted it; now, if it does not say.
fn started() -> Instant {
    let now = Instant::now();
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let age = || {
        let uptime = read("/proc/uptime")?.split_whitespace().next()?.parse().ok()?;
        let stat = read("/proc/self/stat")?;
        // proc(5): the 22nd field, in hundredths of a second; the 2nd may hold spaces but ends with the last parenthesis.
        let (_, fields) = stat.rsplit_once(')')?;
        let ticks = fields.split_whitespace().nth(19)?.parse().ok()?;
        let executed = Duration::from_millis(10).checked_mul(ticks)?;
        Duration::try_from_secs_f64(uptime).ok()?.checked_sub(executed)
    };
    age().and_then(|age| now.checked_sub(age)).unwrap_or(now)
}

/// A password is typed into this process: no core file and no debugger of the same user gets to see it.
fn keep_memory_private() -> std::io::Result<()> {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

    setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    )?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}

fn install(language: Language, size: Option<Size>, is_kiosk: bool, trace: Trace) -> iced::Result {
    // Booted once; the trace moves in.
    let trace = Cell::new(Some(trace));

    iced::application(
        move || App::new(language, is_kiosk, trace.take().unwrap_or_default()),
        App::update,
        App::view,
    )
    .title(App::title)
    .theme(App::theme)
    .subscription(App::subscription)
    .settings(theme::settings())
    .window(window(size, INSTALLER))
    .run()
}

fn store(language: Language, size: Option<Size>, options: store::Options, trace: Trace) -> iced::Result {
    let is_kiosk = options.kiosk;
    let booted = Cell::new(Some((options, trace)));

    iced::application(
        move || {
            let (options, trace) = booted.take().unwrap_or_default();
            store::Program::new(language, options, trace)
        },
        store::Program::update,
        store::Program::view,
    )
    .title(store::Program::title)
    .theme(store::Program::theme)
    .subscription(store::Program::subscription)
    .settings(theme::settings())
    .window(window::Settings {
        // On a desktop it is a window among others.
        fullscreen: is_kiosk && size.is_none(),
        decorations: !is_kiosk,
        ..window(size, STORE)
    })
    .run()
}

fn window(size: Option<Size>, application: &str) -> window::Settings {
    window::Settings {
        size: size.unwrap_or(USUAL),
        min_size: Some(SMALLEST),
        fullscreen: size.is_none(),
        decorations: size.is_some(),
        // The application's own name for itself, in iced's settings, is overwritten by this one.
        platform_specific: window::settings::PlatformSpecific {
            application_id: application.to_owned(),
            ..window::settings::PlatformSpecific::default()
        },
        ..window::Settings::default()
    }
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::from(WRONG_USE)
}

fn parse_size(text: &str) -> Option<Size> {
    let (width, height) = text.split_once('x')?;
    let size = Size::new(
        f32::from(width.parse::<u16>().ok()?),
        f32::from(height.parse::<u16>().ok()?),
    );

    (size.width >= SMALLEST.width && size.height >= SMALLEST.height).then_some(size)
}

fn command(language: Language) -> Command {
    let trace = Arg::new("trace")
        .long("trace")
        .action(ArgAction::SetTrue)
        .help(fl!(language, "moult-trace-help"));
    let size = Arg::new("size")
        .long("size")
        .value_name("WxH")
        .help(fl!(language, "moult-size-help"));
    let kiosk = Arg::new("kiosk")
        .long("kiosk")
        .action(ArgAction::SetTrue)
        .help(fl!(language, "store-kiosk-help"));

    Command::new("moult")
        .about(fl!(language, "moult-about"))
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(
            Command::new("install")
                .about(fl!(language, "moult-install-about"))
                .arg(trace.clone())
                .arg(size.clone())
                .arg(kiosk.clone().help(fl!(language, "moult-kiosk-help"))),
        )
        .subcommand(
            Command::new("store")
                .about(fl!(language, "store-about"))
                .arg(trace)
                .arg(size)
                .arg(kiosk)
                .arg(
                    Arg::new("check")
                        .long("check")
                        .action(ArgAction::SetTrue)
                        .help(fl!(language, "store-check-help")),
                )
                .arg(
                    Arg::new("updates")
                        .long("updates")
                        .action(ArgAction::SetTrue)
                        .conflicts_with("opening")
                        .help(fl!(language, "store-updates-help")),
                )
                // For the timer that reads lists anew.
                .arg(
                    Arg::new("may-refresh")
                        .long("may-refresh")
                        .action(ArgAction::SetTrue)
                        .hide(true),
                )
                .arg(
                    Arg::new("opening")
                        .value_name("URI|FILE")
                        .value_parser(clap::value_parser!(OsString))
                        .help(fl!(language, "store-opening-help")),
                ),
        )
}
