//! How the machine starts: `boot …`.

use moult_api::{
    BootEntry, BootMenu, BootSignature, BootSpan, BootStatus, BootVerdict, BootedBy, Firmware, NextBy, SecureBoot,
    SecureStep,
};
use moult_i18n::{Language, bytes, fl};

use crate::backend::{Backend, Role};
use crate::error::Error;
use crate::print::{json, table, titled, visible};
use crate::progress::Follower;
use crate::session::Session;

pub(crate) async fn status(session: &Session) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Reader).await?;
    let status = backend.boot().await?.status().await?;

    Ok(if session.json {
        json(&status)
    } else {
        describe(session.language, &status)
    })
}

pub(crate) async fn sync(session: &Session) -> Result<String, Error> {
    let language = session.language;
    let backend = Backend::start(session, Role::Admin).await?;
    let follower = Follower::listen(session, &backend).await?;
    let job = backend.boot().await?.sync().await?;
    let outcome = follower.finish(&job).await?;
    if session.json {
        return Ok(json(&outcome));
    }
    let mut text = fl!(language, "ctl-boot-synced") + "\n";
    text += &warned(language, &outcome.warnings);

    Ok(text)
}

pub(crate) async fn set_next(session: &Session, state: u64, span: BootSpan) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Admin).await?;
    let boot = backend.boot().await?;
    boot.set_next(state, span).await?;
    if session.json {
        return Ok(json(&boot.status().await?));
    }
    let state = state.to_string();

    Ok(match span {
        BootSpan::Once => fl!(session.language, "ctl-boot-next-once", state = state),
        BootSpan::Always => fl!(session.language, "ctl-boot-next-always", state = state),
    } + "\n")
}

fn warned(language: Language, warnings: &[String]) -> String {
    warnings
        .iter()
        .map(|warning| fl!(language, "ctl-warning", text = visible(warning)) + "\n")
        .collect()
}

/// For a person: what starts the machine, the menu, how this start went, what to know.
fn describe(language: Language, status: &BootStatus) -> String {
    let unknown = || fl!(language, "not-known");
    let known = |text: &str| match text {
        "" => unknown(),
        text => visible(text),
    };
    let firmware = match status.firmware {
        Firmware::Uefi => "UEFI".to_owned(),
        Firmware::Other => fl!(language, "ctl-boot-not-uefi"),
    };
    let secure = match status.secure_boot {
        SecureBoot::On => fl!(language, "ctl-boot-secure-on"),
        SecureBoot::Off => fl!(language, "ctl-boot-secure-off"),
        SecureBoot::Setup => fl!(language, "ctl-boot-secure-setup"),
        SecureBoot::Unknown => unknown(),
    };
    let loader = match status.loader_version.as_str() {
        "" => known(&status.loader),
        version => visible(&format!("{} {version}", status.loader)),
    };
    let esp = match (status.menu, status.esp.path.as_str()) {
        (BootMenu::Missing, _) => fl!(language, "ctl-boot-esp-missing"),
        (_, "") => unknown(),
        (_, path) if status.esp.size == 0 => fl!(
            language,
            "ctl-boot-esp-free",
            path = visible(path),
            free = bytes(language, status.esp.free)
        ),
        (_, path) => fl!(
            language,
            "ctl-boot-esp",
            path = visible(path),
            free = bytes(language, status.esp.free),
            size = bytes(language, status.esp.size)
        ),
    };
    let next = match (status.next, status.next_by) {
        (0, _) => unknown(),
        (state, NextBy::Once) => fl!(language, "ctl-boot-state-once", state = state.to_string()),
        (state, NextBy::Order | NextBy::Chosen) => fl!(language, "ctl-boot-state", state = state.to_string()),
    };
    let signed = match status
        .entries
        .iter()
        .find(|entry| entry.next)
        .map(|entry| entry.signature)
    {
        None => unknown(),
        Some(BootSignature::None) => fl!(language, "ctl-boot-signed-none"),
        Some(BootSignature::Kernel) => fl!(language, "ctl-boot-signed-kernel"),
        Some(BootSignature::Whole) => fl!(language, "ctl-boot-signed-whole"),
    };
    let rows = [
        (fl!(language, "ctl-boot-firmware"), firmware),
        (fl!(language, "ctl-boot-secure"), secure),
        (fl!(language, "ctl-boot-signed"), signed),
        (fl!(language, "ctl-boot-loader"), loader),
        (fl!(language, "ctl-boot-partition"), esp),
        (fl!(language, "ctl-boot-this"), booted(language, status)),
        (fl!(language, "ctl-boot-next"), next),
    ];
    let rows: Vec<_> = rows.into_iter().map(|(name, value)| vec![name, value]).collect();

    let mut sections = vec![table(&rows)];
    if let Some(step) = secure_step(language, status.secure_step) {
        sections.push(step + "\n");
    }
    match status.menu {
        BootMenu::Hidden => sections.push(fl!(language, "ctl-boot-hidden") + "\n"),
        BootMenu::Missing => {}
        BootMenu::Read | BootMenu::Noted if status.entries.is_empty() => {
            sections.push(fl!(language, "ctl-boot-no-entry") + "\n");
        }
        BootMenu::Read | BootMenu::Noted => {
            let entries: Vec<_> = status.entries.iter().map(|row| entry(language, row)).collect();
            sections.push(titled(&fl!(language, "ctl-boot-entries"), &entries));
        }
    }
    if status.menu == BootMenu::Noted {
        sections.push(fl!(language, "ctl-boot-noted") + "\n");
    }
    if !status.warnings.is_empty() {
        sections.push(warned(language, &status.warnings));
    }

    sections.join("\n")
}

/// What can be done for Secure Boot; None = nothing has to be.
fn secure_step(language: Language, step: SecureStep) -> Option<String> {
    match step {
        SecureStep::Nothing => None,
        SecureStep::AddKey => Some(fl!(language, "ctl-boot-step-key")),
        SecureStep::Sync => Some(fl!(language, "ctl-boot-step-sync")),
        SecureStep::AddStub => Some(fl!(language, "ctl-boot-step-stub")),
        SecureStep::Enrol => Some(fl!(language, "ctl-boot-step-enrol")),
    }
}

/// How this start went, in one sentence.
fn booted(language: Language, status: &BootStatus) -> String {
    let booted = &status.booted;
    let (state, asked, failed) = (
        booted.state.to_string(),
        booted.asked.to_string(),
        booted.failed.to_string(),
    );
    let text = match booted.by {
        BootedBy::Unknown if booted.state == 0 => fl!(language, "not-known"),
        BootedBy::Unknown | BootedBy::Usual => fl!(language, "ctl-boot-state", state = state),
        BootedBy::Choice => fl!(language, "ctl-boot-chosen", state = state),
        BootedBy::Fallback => fl!(language, "ctl-boot-came-back", state = state, failed = failed),
        BootedBy::Kept => fl!(language, "ctl-boot-kept", state = state, asked = asked),
    };

    match booted.reason.as_str() {
        "" => text,
        reason => fl!(language, "ctl-boot-reason", text = text, reason = visible(reason)),
    }
}

fn entry(language: Language, entry: &BootEntry) -> Vec<String> {
    let verdict = match entry.verdict {
        BootVerdict::Good => fl!(language, "ctl-boot-good"),
        BootVerdict::Bad => fl!(language, "ctl-boot-bad"),
        BootVerdict::Untried if entry.tries_left >= 0 => {
            fl!(language, "ctl-boot-tries", left = entry.tries_left)
        }
        BootVerdict::Untried => fl!(language, "ctl-boot-untried"),
    };
    let state = match entry.state {
        0 => String::new(),
        state => state.to_string(),
    };
    let next = match entry.next {
        true => fl!(language, "ctl-boot-is-next"),
        false => String::new(),
    };

    vec![state, visible(&entry.kernel), verdict, next, visible(&entry.title)]
}

#[cfg(test)]
mod tests {
    use moult_api::{BootedReport, EspReport};

    use super::*;

    fn status() -> BootStatus {
        let entry = |state, verdict, tries_left, next| BootEntry {
            id: format!("moult-{state}"),
            state,
            kernel: "6.12.9".into(),
            title: format!("Sample (state {state})"),
            tries_left,
            tries_done: 0,
            verdict,
            next,
            signature: BootSignature::Whole,
        };
        BootStatus {
            firmware: Firmware::Uefi,
            secure_boot: SecureBoot::Off,
            secure_step: SecureStep::Enrol,
            menu: BootMenu::Read,
            loader: "systemd-boot".into(),
            loader_version: "257.9".into(),
            entries: vec![
                entry(11, BootVerdict::Good, -1, true),
                entry(12, BootVerdict::Bad, 0, false),
                entry(13, BootVerdict::Untried, 3, false),
            ],
            esp: EspReport {
                path: "/efi".into(),
                size: 1 << 30,
                free: 1 << 29,
            },
            next: 11,
            next_by: NextBy::Order,
            booted: BootedReport {
                by: BootedBy::Fallback,
                state: 11,
                asked: 11,
                before: 12,
                failed: 12,
                reason: String::new(),
            },
            warnings: vec!["state 12 failed\u{1b}[2J".into()],
        }
    }

    #[test]
    fn the_whole_of_it_is_said_and_nothing_steers_the_terminal() {
        let text = describe(Language::English, &status());
        for part in [
            "UEFI",
            "systemd-boot 257.9",
            "/efi",
            "state 12 did not start",
            "started, and was found good",
            "did not start",
            "tries left: 3",
            "kernel, initrd and command line",
            "/etc/moult/secure-boot/db.crt",
            "\\u{1b}[2J",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let next: Vec<_> = text.lines().filter(|line| line.contains("Sample (state 11)")).collect();
        assert!(next.len() == 1 && next[0].contains("next"), "{text}");
    }

    #[test]
    fn each_step_to_secure_boot_is_said_in_words_of_its_own() {
        for language in Language::ALL {
            let steps = [
                SecureStep::AddKey,
                SecureStep::Sync,
                SecureStep::AddStub,
                SecureStep::Enrol,
            ];
            let mut said: Vec<_> = steps.iter().filter_map(|step| secure_step(language, *step)).collect();
            said.sort();
            said.dedup();
            assert_eq!(said.len(), steps.len(), "{said:?}");
            let with = |secure_step| BootStatus {
                secure_step,
                ..status()
            };
            assert!(describe(language, &with(SecureStep::AddStub)).contains("systemd-boot-efi"));
            assert!(describe(language, &with(SecureStep::Sync)).contains("moultctl boot sync"));
            assert!(!describe(language, &with(SecureStep::Nothing)).contains("/etc/moult"));
        }
    }

    #[test]
    fn what_is_not_known_is_called_so() {
        let hidden = BootStatus {
            menu: BootMenu::Hidden,
            entries: Vec::new(),
            esp: EspReport::default(),
            next: 0,
            booted: BootedReport::default(),
            loader: String::new(),
            loader_version: String::new(),
            secure_boot: SecureBoot::Unknown,
            secure_step: SecureStep::Nothing,
            warnings: Vec::new(),
            ..status()
        };
        let text = describe(Language::English, &hidden);
        assert_eq!(text.matches("not known").count(), 6, "{text}");
        assert!(text.contains("root"), "{text}");
        for word in ["Sample", "6.12.9", "/efi"] {
            assert!(!text.contains(word), "{text}");
        }
    }
}
