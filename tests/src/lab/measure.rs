//! What a person waits for and what it costs: first frame, memory, and where an install's time goes.

use std::{fs, path::PathBuf, time::Duration};

use super::{
    Error, Kiosk, Options, Screen,
    drive::{self, Choices},
};

/// Figures of one install through the window.
#[derive(Debug, Default)]
pub struct Figures {
    /// From exec of the window to its first frame, milliseconds, one a start.
    pub first_frames: Vec<u64>,
    /// Resident memory of the window on its first screen, KiB.
    pub window: u64,
    /// Peak of the window over the whole install, KiB.
    pub window_peak: u64,
    /// Resident memory of the backend before the install, KiB.
    pub backend: u64,
    /// Peak of the backend over the whole install, KiB.
    pub backend_peak: u64,
    /// The backend's own split of the package transaction.
    pub split: String,
    /// Everything else that the job's log says.
    pub log: Vec<String>,
}

/// Starts the window `starts` times for the first frame, then installs once and looks at memory and time.
///
/// # Errors
/// When a kiosk does not start or the install does not end as it should.
pub fn measure(options: &Options, starts: usize) -> Result<Figures, Error> {
    let mut figures = Figures::default();
    for _ in 0..starts {
        let kiosk = Kiosk::start(options, &Screen::Headless(1280, 720), &[])?;
        kiosk.wait_screen("welcome")?;
        figures.first_frames.push(first_frame(&kiosk)?);
    }

    let mut kiosk = Kiosk::start(options, &Screen::Headless(1280, 720), &[])?;
    drive::to_summary(&mut kiosk, &Choices::default(), &mut |_, _| Ok(()))?;
    figures.window = memory(&kiosk, "moult", "VmRSS")?;
    figures.backend = memory(&kiosk, "moult-backend", "VmRSS")?;
    let _ = kiosk.hold("confirm")?;
    let job = kiosk.trace.wait_job(
        &["done", "failed", "cancelled", "interrupted"],
        Duration::from_secs(1800),
    )?;
    if job.state != "done" {
        return Err(Error::Install(format!("it ended as {job:?}")));
    }
    figures.window_peak = memory(&kiosk, "moult", "VmHWM")?;
    figures.backend_peak = memory(&kiosk, "moult-backend", "VmHWM")?;
    let path = kiosk.lab.path("/run/moult/backend/job.log");
    let log = fs::read_to_string(&path).map_err(Error::file("reading", path))?;
    figures.log = log.lines().map(str::to_owned).collect();
    figures.split = figures
        .log
        .iter()
        .rfind(|line| line.contains("Timings"))
        .cloned()
        .unwrap_or_default();
    Ok(figures)
}

fn first_frame(kiosk: &Kiosk) -> Result<u64, Error> {
    let path = kiosk.lab.path(&format!("/run/user/{}/moult/gui.log", kiosk.lab.live()));
    for _ in 0..200 {
        let log = fs::read_to_string(&path).unwrap_or_default();
        let said = log
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        if let Some(frame) = said.filter_map(|line| line["first_frame_ms"].as_u64()).next() {
            return Ok(frame);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(Error::Start("the window drew no frame".into()))
}

/// A line of `/proc/PID/status` in KiB, of the one program with this name in the lab.
fn memory(kiosk: &Kiosk, program: &str, line: &str) -> Result<u64, Error> {
    let proc: PathBuf = kiosk.lab.path("/proc");
    let entries = fs::read_dir(&proc).map_err(Error::file("reading", &proc))?;
    for entry in entries.flatten() {
        let status = fs::read_to_string(entry.path().join("status")).unwrap_or_default();
        let field = |name: &str| {
            status
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"))
        };
        if field("Name") == Some(program) {
            let number = field(line).and_then(|value| value.split_whitespace().next()?.parse().ok());
            return number.ok_or(Error::Picture("a process has no such figure"));
        }
    }
    Err(Error::Start(format!("{program} does not run")))
}
