//! A whole install through the window: what a person does, with real clicks and keys.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use super::{Error, JobLine, Kiosk};

/// What the person chooses. The texts are what arrives in the window: the keys are those of the language's own keyboard.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Choices {
    pub language: String,
    pub disk: usize,
    /// `None`: what the window proposes.
    pub filesystem: Option<String>,
    pub full_name: String,
    pub user_name: String,
    pub password: String,
    pub hostname: String,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            language: "en".into(),
            disk: 0,
            filesystem: None,
            full_name: "Ada Moult".into(),
            user_name: "ada".into(),
            password: "correct horse 42".into(),
            hostname: "serpent".into(),
        }
    }
}

/// How long a screen may take to come.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a button that goes on may lead nowhere before it is pressed again.
const SILENT: Duration = Duration::from_secs(10);

/// Goes from Welcome to the last screen. Calls `picture` with the name of every screen once it is complete.
///
/// # Errors
/// When a screen or widget does not come, or the job ends otherwise than done.
pub fn install(
    kiosk: &mut Kiosk,
    choices: &Choices,
    limit: Duration,
    mut picture: impl FnMut(&Kiosk, &str) -> Result<(), Error>,
) -> Result<JobLine, Error> {
    to_summary(kiosk, choices, &mut picture)?;
    let led = kiosk.hold("confirm")?;
    if led != "progress" {
        let seen = kiosk.trace.summary();
        return Err(Error::Install(format!("it led to the screen {led:?}; {seen}")));
    }
    // A picture of the work in full swing, not of its first moment.
    let begun = Instant::now();
    let early = |job: &JobLine| job.state == "running" && job.progress < 0.3;
    while kiosk.trace.jobs().last().is_none_or(early) && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(30));
    }
    picture(kiosk, "progress")?;

    let job = kiosk
        .trace
        .wait_job(&["done", "failed", "cancelled", "interrupted"], limit)?;
    let last = kiosk.trace.wait_any_screen(&["done", "failed"], PATIENCE)?;
    let _ = kiosk
        .trace
        .wait_enabled(if last == "done" { "quit" } else { "details" }, Duration::from_secs(5));
    picture(kiosk, &last)?;
    if job.state == "done" && last == "done" {
        Ok(job)
    } else {
        Err(Error::Install(format!(
            "it ended as {job:?} on the screen {last:?}; {}",
            kiosk.trace.summary()
        )))
    }
}

/// Goes from Welcome to Summary and stays there: nothing is written yet.
///
/// # Errors
/// When a screen or widget does not come.
pub fn to_summary(
    kiosk: &mut Kiosk,
    choices: &Choices,
    picture: &mut impl FnMut(&Kiosk, &str) -> Result<(), Error>,
) -> Result<(), Error> {
    kiosk.wait_screen("welcome")?;
    kiosk.click(&format!("language-{}", choices.language))?;
    next(kiosk, "welcome", "network", picture)?;

    next(kiosk, "network", "disk", picture)?;

    kiosk.click(&format!("disk-{}", choices.disk))?;
    if let Some(filesystem) = &choices.filesystem {
        kiosk.click(&format!("filesystem-{filesystem}"))?;
    }
    next(kiosk, "disk", "account", picture)?;

    let type_into = |kiosk: &mut Kiosk, id: &str, text: &str| kiosk.type_into(id, &keys(&choices.language, text));
    type_into(kiosk, "account-full-name", &choices.full_name)?;
    replace(kiosk, choices, "account-user-name", &choices.user_name)?;
    type_into(kiosk, "account-password", &choices.password)?;
    type_into(kiosk, "account-password-again", &choices.password)?;
    replace(kiosk, choices, "account-hostname", &choices.hostname)?;
    next(kiosk, "account", "summary", picture)?;

    let _ = kiosk.wait_widget("confirm")?;
    picture(kiosk, "summary")
}

/// A picture of the finished screen, then on to the next one.
fn next(
    kiosk: &mut Kiosk,
    from: &str,
    to: &str,
    picture: &mut impl FnMut(&Kiosk, &str) -> Result<(), Error>,
) -> Result<(), Error> {
    let _ = kiosk.wait_widget("continue")?;
    picture(kiosk, from)?;
    // The button may still be switched off while the window looks into what was entered.
    for _ in 0..9 {
        kiosk.click("continue")?;
        if kiosk.trace.wait_screen(to, SILENT).is_ok() {
            return Ok(());
        }
        // The next screen has such a button in the same place.
        if kiosk.trace.screen().as_deref() != Some(from) {
            break;
        }
    }
    kiosk.trace.wait_screen(to, SILENT)
}

/// Types over what the window proposes.
fn replace(kiosk: &mut Kiosk, choices: &Choices, id: &str, text: &str) -> Result<(), Error> {
    use super::evdev::{A, LEFT_CTRL, Q};
    kiosk.type_into(id, "")?;
    let all = if choices.language == "fr" { Q } else { A };
    kiosk.seat()?.chord(&[LEFT_CTRL, all])?;
    kiosk.seat()?.type_us(&keys(&choices.language, text))
}

/// What the keys are called on a us keyboard that give `text` on the keyboard of a language: letters, digits and spaces.
fn keys(language: &str, text: &str) -> String {
    let key = |c: char| match (language, c) {
        ("fr", 'a') => 'q',
        ("fr", 'q') => 'a',
        ("fr", 'z') => 'w',
        ("fr", 'w') => 'z',
        ("fr", 'A') => 'Q',
        ("fr", 'Q') => 'A',
        ("fr", 'Z') => 'W',
        ("fr", 'W') => 'Z',
        ("fr", 'm') => ';',
        ("fr", 'M') => ':',
        // Digits are on the upper level of a French keyboard.
        ("fr", '0'..='9') => [')', '!', '@', '#', '$', '%', '^', '&', '*', '('][c as usize - '0' as usize],
        ("de", 'y') => 'z',
        ("de", 'z') => 'y',
        ("de", 'Y') => 'Z',
        ("de", 'Z') => 'Y',
        _ => c,
    };
    text.chars().map(key).collect()
}

/// Keeps the pictures as NUMBER-SCREEN.png in a folder.
pub fn album(folder: &Path) -> impl FnMut(&Kiosk, &str) -> Result<(), Error> {
    let mut number = 0_u32;
    move |kiosk, screen| {
        number += 1;
        // What the last click changed is drawn by now.
        std::thread::sleep(Duration::from_millis(150));
        let path = folder.join(format!("{number}-{screen}.png"));
        kiosk.picture(&path)?;
        println!("  {screen}: {}", path.display());
        Ok(())
    }
}
