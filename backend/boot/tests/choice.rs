//! Firmware variables, and what a person chooses.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs;
use std::path::PathBuf;

use moult_boot::{EfiVariables, Error, EspPartition, Health, SecureBoot, SecureStep, Warning, When, Why};

use support::Lab;

const GLOBAL: &str = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
const LOADER: &str = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

struct Variables {
    directory: PathBuf,
}

impl Variables {
    fn of(lab: &mut Lab) -> Self {
        let directory = lab.folder.path().join("efivars");
        fs::create_dir(&directory).unwrap();
        lab.machine.variables = Some(EfiVariables::new(&directory));
        lab.machine.esp_partition = Some(EspPartition {
            number: 1,
            start: 2048,
            blocks: 1 << 20,
            uuid: "12345678-9abc-def0-1122-334455667788".to_owned(),
        });
        Self { directory }
    }

    fn read(&self, name: &str, vendor: &str) -> Option<Vec<u8>> {
        let bytes = fs::read(self.directory.join(format!("{name}-{vendor}"))).ok()?;
        assert_eq!(bytes[..4], [7, 0, 0, 0], "kept without power");
        Some(bytes[4..].to_vec())
    }

    fn write(&self, name: &str, vendor: &str, value: &[u8]) {
        let bytes = [&[7, 0, 0, 0], value].concat();
        fs::write(self.directory.join(format!("{name}-{vendor}")), bytes).unwrap();
    }

    fn text(&self, name: &str) -> Option<String> {
        let bytes = self.read(name, LOADER)?;
        let units: Vec<u16> = bytes
            .chunks(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        let (nul, text) = units.split_last().unwrap();
        assert_eq!(*nul, 0);
        Some(String::from_utf16(text).unwrap())
    }

    fn write_text(&self, name: &str, text: &str) {
        let bytes: Vec<u8> = text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        self.write(name, LOADER, &bytes);
    }

    fn order(&self) -> Vec<u8> {
        self.read("BootOrder", GLOBAL).unwrap()
    }
}

fn three_states() -> Lab {
    let mut lab = Lab::new();
    for state in 1..=3 {
        lab.state(state);
        lab.sync();
        lab.count(state, "");
    }
    lab
}

#[test]
fn the_firmware_gets_one_entry_and_the_person_keeps_the_order() {
    let mut lab = three_states();
    let variables = Variables::of(&mut lab);
    let mut windows = vec![1, 0, 0, 0, 4, 0];
    windows.extend("Windows".encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
    windows.extend([0x7f, 0xff, 4, 0]);
    variables.write("Boot0000", GLOBAL, &windows);
    variables.write("BootOrder", GLOBAL, &[0, 0]);

    let report = lab.sync();
    assert_eq!(report.next.loader, "EFI/systemd/systemd-bootx64.efi");
    assert_eq!(variables.order(), [1, 0, 0, 0], "the new one is first");
    let option = variables.read("Boot0001", GLOBAL).unwrap();
    let path: Vec<u8> = "\\EFI\\systemd\\systemd-bootx64.efi"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(option.windows(path.len()).any(|window| window == path));
    assert_eq!(variables.read("Boot0000", GLOBAL).unwrap(), windows);

    variables.write("BootOrder", GLOBAL, &[0, 0, 1, 0]);
    lab.sync();
    assert_eq!(variables.order(), [0, 0, 1, 0], "the person's order stays");
    variables.write("BootOrder", GLOBAL, &[0, 0]);
    lab.sync();
    assert_eq!(
        variables.order(),
        [1, 0, 0, 0],
        "one that fell out of the order comes back"
    );
    assert_eq!(fs::read_dir(&variables.directory).unwrap().count(), 3);
}

#[test]
fn another_system_that_the_firmware_prefers_is_said() {
    let mut lab = three_states();
    let variables = Variables::of(&mut lab);
    lab.sync();
    let mut other = variables.read("Boot0000", GLOBAL).unwrap();
    // Another partition, another program.
    let at = other
        .windows(4)
        .position(|window| window == [0x78, 0x56, 0x34, 0x12])
        .unwrap();
    other[at] = 0x79;
    variables.write("Boot0005", GLOBAL, &other);
    variables.write("BootOrder", GLOBAL, &[5, 0, 0, 0]);
    let report = lab.sync();
    assert!(
        matches!(report.warnings.as_slice(), [Warning::AnotherStarts { state: 3, by, .. }] if by.contains("firmware")),
        "{:?}",
        report.warnings
    );
}

#[test]
fn once_is_once_and_finds_the_entry_whatever_its_counter() {
    let mut lab = three_states();
    assert!(matches!(lab.machine.set_next(1, When::Once), Err(Error::NoVariables)));
    let variables = Variables::of(&mut lab);
    lab.sync();

    assert!(matches!(
        lab.machine.set_next(9, When::Once),
        Err(Error::NoEntry { state: 9 })
    ));
    lab.machine.set_next(1, When::Once).unwrap();
    let next = lab.machine.status().unwrap().next.unwrap();
    assert_eq!((next.state, next.why), (Some(1), Why::Once));
    lab.count(1, "+2-1");
    assert_eq!(lab.next(), Some(1));
    let pattern = variables.text("LoaderEntryOneShot").unwrap();
    assert!(pattern.ends_with("-6.1.0-1[+.]*"), "{pattern}");

    // The loader removes it when it has used it.
    fs::remove_file(variables.directory.join(format!("LoaderEntryOneShot-{LOADER}"))).unwrap();
    assert_eq!(lab.next(), Some(3));
}

#[test]
fn what_was_chosen_for_one_start_is_chosen_again_unless_somebody_chose_since() {
    let mut lab = three_states();
    assert!(matches!(lab.machine.set_once(None, None), Err(Error::NoVariables)));
    let variables = Variables::of(&mut lab);
    lab.sync();
    let once = |lab: &Lab| {
        let next = lab.machine.status().unwrap().next.unwrap();
        (next.why == Why::Once).then_some(next.state).flatten()
    };

    // Nothing was chosen before.
    lab.machine.set_next(1, When::Once).unwrap();
    lab.machine.set_once(None, Some(1)).unwrap();
    assert_eq!((once(&lab), variables.text("LoaderEntryOneShot")), (None, None));
    // Something was.
    lab.machine.set_once(Some(2), None).unwrap();
    lab.machine.set_next(1, When::Once).unwrap();
    lab.machine.set_once(Some(2), Some(1)).unwrap();
    assert_eq!(once(&lab), Some(2));

    // Somebody chose another one since, or took it back.
    for (state, from) in [(None, Some(1)), (Some(1), Some(3)), (Some(1), None), (None, None)] {
        assert!(matches!(lab.machine.set_once(state, from), Err(Error::Overtaken)));
        assert_eq!(once(&lab), Some(2), "{state:?} from {from:?}");
    }
    // The machine was started meanwhile.
    fs::remove_file(variables.directory.join(format!("LoaderEntryOneShot-{LOADER}"))).unwrap();
    assert!(matches!(lab.machine.set_once(Some(1), Some(2)), Err(Error::Overtaken)));
    assert!(matches!(
        lab.machine.set_once(Some(9), None),
        Err(Error::NoEntry { state: 9 })
    ));
    assert_eq!(once(&lab), None);
    // Another system's entry is no state of ours.
    lab.machine
        .esp
        .write_new(
            "loader/entries/other.conf",
            &mut &b"title Other\nefi /EFI/other.efi\n"[..],
        )
        .unwrap();
    lab.machine.esp.write_new("EFI/other.efi", &mut &b"MZ"[..]).unwrap();
    variables.write_text("LoaderEntryOneShot", "other.conf");
    for from in [None, Some(1)] {
        assert!(
            matches!(lab.machine.set_once(None, from), Err(Error::Overtaken)),
            "{from:?}"
        );
    }
    assert_eq!(variables.text("LoaderEntryOneShot").as_deref(), Some("other.conf"));
}

#[test]
fn always_holds_until_the_active_state_changes() {
    let mut lab = three_states();
    let variables = Variables::of(&mut lab);
    lab.sync();
    variables.write_text("LoaderEntryOneShot", "moult-*-3*");
    variables.write_text("LoaderEntryDefault", "moult-*-3*");

    lab.machine.set_next(1, When::Always).unwrap();
    assert_eq!(lab.next(), Some(1));
    assert_eq!(
        (
            variables.text("LoaderEntryOneShot"),
            variables.text("LoaderEntryDefault")
        ),
        (None, None)
    );
    let report = lab.sync();
    assert_eq!(report.states, [1, 3, 2], "a sync keeps the choice");
    assert!(report.written.is_empty(), "{:?}", report.written);

    lab.machine.set_next(2, When::Always).unwrap();
    assert_eq!(lab.sync().states, [2, 3, 1], "another choice takes its place");
    lab.machine.set_next(3, When::Always).unwrap();
    assert_eq!(lab.sync().states, [3, 2, 1], "the active one is no choice");

    lab.machine.set_next(1, When::Always).unwrap();
    lab.state(4);
    assert_eq!(lab.sync().states, [4, 3, 2, 1], "a new state is a newer wish");
}

#[test]
fn a_failed_state_that_is_chosen_all_the_same_gets_its_tries_back() {
    let lab = three_states();
    lab.count(3, "+0-3");
    assert_eq!(lab.next(), Some(2));
    lab.machine.set_next(3, When::Always).unwrap();
    assert_eq!(lab.next(), Some(3));
    assert!(lab.entry(3).ends_with("-3+3.conf"), "{}", lab.entry(3));
    assert_eq!(lab.sync().next.state, Some(3));
}

#[test]
fn a_setting_that_is_stronger_is_named() {
    let lab = three_states();
    lab.machine
        .esp
        .write_new("loader/loader.conf", &mut &b"default *-3.conf\n"[..])
        .unwrap();
    let error = lab.machine.set_next(1, When::Always).unwrap_err();
    assert!(
        matches!(&error, Error::Overridden { by, .. } if by.contains("loader.conf")),
        "{error}"
    );
}

#[test]
fn a_state_that_works_is_blessed_by_its_name() {
    let mut lab = three_states();
    lab.state(4);
    lab.sync();
    assert_eq!(lab.machine.bless().unwrap(), None, "started by no entry of ours");
    lab.count(4, "+2-1");
    lab.machine.booted.state = Some(4);
    let status = lab.machine.status().unwrap();
    let entry = status.entries.iter().find(|entry| entry.state == 4).unwrap();
    assert!(entry.booted && entry.next);
    assert_eq!(
        (entry.health, entry.tries_left, entry.tries_done),
        (Health::Trying, Some(2), 1)
    );

    let id = lab.machine.bless().unwrap().unwrap();
    assert_eq!(lab.entry(4), id);
    assert!(!id.contains('+'));
    assert_eq!(lab.machine.bless().unwrap(), None);
    assert_eq!(lab.machine.outcome().unwrap().health, Some(Health::Good));
}

#[test]
fn of_two_kernels_the_one_that_runs_is_blessed() {
    let mut lab = Lab::new();
    let usr = lab.state(1);
    support::add_kernel(&usr, "6.0.9", b"old", b"initrd");
    lab.sync();
    lab.machine.booted.state = Some(1);
    lab.machine.booted.release = Some("6.0.9".to_owned());
    let id = lab.machine.bless().unwrap().unwrap();
    assert!(id.contains("6.0.9"), "{id}");

    let variables = Variables::of(&mut lab);
    let other = lab.entries().into_iter().find(|file| file.contains("6.1.0")).unwrap();
    variables.write_text("LoaderEntrySelected", &other);
    let id = lab.machine.bless().unwrap().unwrap();
    assert!(id.contains("6.1.0"), "{id}");
}

#[test]
fn secure_boot_without_a_key_is_said() {
    let mut lab = three_states();
    let variables = Variables::of(&mut lab);
    let states = [
        (1, 0, SecureBoot::On),
        (0, 0, SecureBoot::Off),
        (0, 1, SecureBoot::Setup),
    ];
    for (on, setup, expected) in states {
        variables.write("SecureBoot", GLOBAL, &[on]);
        variables.write("SetupMode", GLOBAL, &[setup]);
        let status = lab.machine.status().unwrap();
        assert_eq!(status.secure_boot, expected);
        assert_eq!(status.secure_step == SecureStep::AddKey, expected == SecureBoot::On);
        let warned = lab.sync().warnings.contains(&Warning::NotSigned);
        assert_eq!(warned, expected == SecureBoot::On);
    }
}
