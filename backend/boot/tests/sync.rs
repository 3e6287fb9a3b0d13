//! What a sync leaves on the ESP, and what it never touches.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use moult_boot::{Error, Fat, Health, Mounted, Policy, Warning, Why};

use support::{Lab, add_kernel, fat_image, loader, program};

/// Nothing would take its counter off, and after three good starts the loader would pass it over.
#[test]
fn a_state_that_can_never_say_that_it_works_gets_no_tries() {
    let mut lab = Lab::new();
    let usr = lab.state(1);
    fs::remove_file(usr.join("lib/systemd/systemd-bless-boot")).unwrap();
    let report = lab.sync();
    assert!(lab.entry(1).ends_with("-6.1.0-1.conf"), "{}", lab.entry(1));
    assert_eq!(report.warnings, [Warning::NeverBlessed { state: 1 }]);
    assert_eq!(lab.sync().warnings, [], "it is said once");

    lab.state(2);
    let report = lab.sync();
    assert!(lab.entry(2).ends_with("-6.2.0-2+3.conf"), "{}", lab.entry(2));
    assert_eq!(report.warnings, []);
}

#[test]
fn an_empty_esp_becomes_one_that_starts_the_active_state() {
    let mut lab = Lab::new();
    fs::create_dir_all(lab.folder.path().join("etc/kernel/cmdline.d")).unwrap();
    fs::write(
        lab.folder.path().join("etc/kernel/cmdline.d/10-quiet.cmdline"),
        "quiet\n",
    )
    .unwrap();
    lab.state(1);
    let report = lab.sync();

    assert_eq!((report.next.state, &report.next.why), (Some(1), &Why::First));
    assert_eq!(report.next.loader, "EFI/BOOT/BOOTX64.EFI");
    assert_eq!(report.warnings, []);
    assert_eq!(lab.read("EFI/BOOT/BOOTX64.EFI"), loader("257.7"));
    assert_eq!(lab.read("EFI/systemd/systemd-bootx64.efi"), loader("257.7"));
    assert_eq!(lab.read("loader/loader.conf"), b"timeout 3\n");

    let token = lab.entry(1).split("-6.1.0").next().unwrap().to_owned();
    let hash = blake3::hash(&program(b"kernel of 1")).to_hex();
    let text = lab.text(1);
    let kernel = format!("{token}/6.1.0/vmlinuz-{}", &hash[..16]);
    assert!(lab.entry(1).ends_with("-6.1.0-1+3.conf"), "{}", lab.entry(1));
    for line in [
        "title AerynOS",
        "version 6.1.0",
        "sort-key aerynos-00",
        "architecture x64",
        &format!("linux /{kernel}"),
        "options root=UUID=0b9a5c5e-1111-2222-3333-444455556666 rootfstype=ext4 rw quiet moult.state=1",
    ] {
        assert!(text.lines().any(|found| found == line), "no “{line}” in\n{text}");
    }
    assert_eq!(lab.read(&kernel), program(b"kernel of 1"));
    let initrds: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("initrd /")).collect();
    assert_eq!(initrds.len(), 2);
    assert!(
        initrds[0].contains("10-early") && initrds[1].contains("50-main"),
        "{initrds:?}"
    );
    assert_eq!(lab.read(initrds[1]), b"initrd");

    let again = lab.sync();
    assert_eq!((again.written, again.pruned), (vec![], vec![]), "nothing is done twice");
}

#[test]
fn the_active_state_comes_first_and_then_what_was_seen_to_work() {
    let mut lab = Lab::new();
    for state in 1..=4 {
        lab.state(state);
        lab.sync();
    }
    lab.count(2, "");
    lab.count(1, "");
    let report = lab.sync();

    assert_eq!(report.states, [4, 2, 1, 3]);
    assert_eq!(lab.next(), Some(4));
    assert!(
        lab.text(2).contains("title AerynOS (state 2, 2026-09-21)"),
        "{}",
        lab.text(2)
    );

    lab.activate(1);
    let report = lab.sync();
    assert_eq!(report.states, [1, 2, 4, 3]);
    assert!(
        !lab.entry(1).contains('+'),
        "a state that was good begins to count no more: {}",
        lab.entry(1)
    );
}

#[test]
fn five_states_are_kept_and_never_without_one_that_works() {
    let mut lab = Lab::new();
    lab.state(1);
    lab.sync();
    lab.count(1, "");
    for state in 2..=9 {
        lab.state(state);
        lab.sync();
    }

    let states: BTreeSet<u64> = lab.sync().states.into_iter().collect();
    assert_eq!(
        states,
        BTreeSet::from([1, 6, 7, 8, 9]),
        "the only one that was seen to work stays"
    );

    lab.machine.booted.state = Some(3);
    fs::remove_dir_all(lab.usr(7)).unwrap();
    let states: BTreeSet<u64> = lab.sync().states.into_iter().collect();
    assert_eq!(
        states,
        BTreeSet::from([1, 3, 6, 8, 9]),
        "the one that runs stays, the one without tree goes"
    );
}

#[test]
fn equal_kernels_are_on_the_volume_once() {
    let mut lab = Lab::new();
    for state in 1..=3 {
        lab.state_with(state, "6.12.1", b"the same");
    }
    let report = lab.sync();
    let kernels = report
        .written
        .iter()
        .filter(|written| written.path.contains("vmlinuz"))
        .count();
    assert_eq!((kernels, report.states.len()), (1, 3));

    lab.trees.retain(|tree| tree.state == 3);
    let report = lab.sync();
    assert_eq!(report.pruned.iter().filter(|path| path.contains("vmlinuz")).count(), 0);
    assert_eq!(report.pruned.len(), 2);
}

#[test]
fn an_entry_for_each_kernel_the_newest_first() {
    let mut lab = Lab::new();
    let usr = lab.state_with(1, "6.9.1", b"old");
    add_kernel(&usr, "6.12.38+deb13-amd64", b"new", b"initrd");
    fs::write(
        usr.join("lib/kernel/6.9.1/boot.json"),
        r#"{"name": "linux", "version": "6.9.1-7", "variant": "desktop"}"#,
    )
    .unwrap();
    fs::write(usr.join("lib/kernel/6.9.1/local.cmdline"), "of.kernel=1").unwrap();
    let report = lab.sync();
    assert_eq!(report.next.kernel.as_deref(), Some("6.12.38+deb13-amd64"));

    let status = lab.machine.status().unwrap();
    let kernels: Vec<&str> = status.entries.iter().map(|entry| entry.kernel.as_str()).collect();
    assert_eq!(kernels, ["6.12.38+deb13-amd64", "6.9.1-7"]);
    assert!(
        status.entries.iter().all(|entry| entry.tries_left == Some(3)),
        "a version's + is no counter"
    );
    assert_eq!(status.entries[1].title, "AerynOS desktop");
    let old = String::from_utf8(lab.read(&format!("loader/entries/{}", status.entries[1].file))).unwrap();
    assert!(old.contains("rw of.kernel=1 moult.state=1"), "{old}");
}

#[test]
fn what_a_person_and_other_systems_wrote_is_not_touched() {
    let mut lab = Lab::new();
    let esp = Arc::clone(&lab.machine.esp);
    let conf = b"# mine\r\ntimeout 20\nconsole-mode max\neditor no";
    let foreign: [(&str, &[u8]); 6] = [
        ("loader/loader.conf", conf),
        (
            "loader/entries/mine.conf",
            b"title Mine\nlinux /mine/vmlinuz\noptions x\n",
        ),
        (
            "loader/entries/arch.conf",
            b"# moult\ntitle Arch\nversion 1\nsort-key zz\nlinux /arch/vmlinuz\n",
        ),
        ("mine/vmlinuz", b"mine"),
        ("arch/vmlinuz", b"arch"),
        ("EFI/Microsoft/Boot/bootmgfw.efi", b"windows"),
    ];
    for (path, bytes) in foreign {
        esp.write_new(path, &mut &bytes[..]).unwrap();
    }
    lab.state(1);
    lab.sync();

    // A person's copy of one of ours, under a name of their own, and another installation's.
    let copy = lab.text(1);
    let file = lab.entry(1);
    let own_name = format!("loader/entries/{}-test.conf", file.trim_end_matches("+3.conf"));
    esp.write_new(&own_name, &mut copy.as_bytes()).unwrap();
    let other = copy.replace(file.split("-6.").next().unwrap(), "moult-00000000");
    esp.write_new("loader/entries/moult-00000000-6.1.0-1.conf", &mut other.as_bytes())
        .unwrap();
    let kernel = copy
        .lines()
        .find_map(|line| line.strip_prefix("linux /"))
        .unwrap()
        .to_owned();

    lab.state(2);
    lab.trees.retain(|tree| tree.state == 2);
    let report = lab.sync();
    for (path, bytes) in foreign {
        assert_eq!(lab.read(path), bytes, "{path}");
    }
    assert_eq!(lab.read(&own_name), copy.as_bytes());
    assert_eq!(lab.read("loader/entries/moult-00000000-6.1.0-1.conf"), other.as_bytes());
    assert!(
        report.pruned.iter().any(|path| path.ends_with(&file)),
        "{:?}",
        report.pruned
    );
    assert_eq!(lab.read(&kernel), program(b"kernel of 1"), "a person's entry names it");
    assert_eq!(lab.machine.status().unwrap().others.len(), 4);
}

#[test]
fn a_strange_fallback_loader_stays_and_a_newer_systemd_boot_too() {
    let mut lab = Lab::new();
    let esp = Arc::clone(&lab.machine.esp);
    let strange = program(b"shim");
    esp.write_new("EFI/BOOT/BOOTX64.EFI", &mut strange.as_slice()).unwrap();
    lab.state(1);
    // Without variables nothing but the fallback path is started, and that is not ours: no success.
    let error = lab.machine.sync(&lab.trees, &Policy::default()).unwrap_err();
    assert!(matches!(error, Error::NotBootable { .. }), "{error}");
    assert_eq!(lab.read("EFI/BOOT/BOOTX64.EFI"), strange);

    for (there, stays) in [("258.1", true), ("257.6", false), ("257.7", true)] {
        esp.write_new("EFI/BOOT/BOOTX64.EFI", &mut loader(there).as_slice())
            .unwrap();
        lab.sync();
        let expected = if stays { there } else { "257.7" };
        assert_eq!(lab.read("EFI/BOOT/BOOTX64.EFI"), loader(expected), "{there}");
    }
}

#[test]
fn a_broken_kernel_on_the_volume_is_written_again() {
    let mut lab = Lab::new();
    lab.state(1);
    lab.sync();
    let kernel = lab
        .text(1)
        .lines()
        .find_map(|line| line.strip_prefix("linux /"))
        .unwrap()
        .to_owned();
    let initrd = lab
        .text(1)
        .lines()
        .find_map(|line| line.strip_prefix("initrd /"))
        .unwrap()
        .to_owned();
    lab.machine.esp.write_new(&kernel, &mut &b"rubbish"[..]).unwrap();
    assert!(lab.machine.status().unwrap().next.is_err());
    lab.machine.esp.remove(&initrd).unwrap();

    let report = lab.sync();
    let paths: Vec<&str> = report.written.iter().map(|written| written.path.as_str()).collect();
    assert_eq!(paths, [kernel.as_str(), initrd.as_str()]);
}

#[test]
fn what_cannot_start_is_refused_before_the_first_byte() {
    type Break = fn(&std::path::Path);
    let breaks: [(Break, &str); 5] = [
        (|usr| fs::remove_dir_all(usr.join("lib/kernel")).unwrap(), "no kernel"),
        (
            |usr| fs::remove_dir_all(usr.join("lib/systemd")).unwrap(),
            "systemd-bootx64.efi",
        ),
        (
            |usr| fs::write(usr.join("lib/kernel/6.1.0/vmlinuz"), b"text").unwrap(),
            "not a program",
        ),
        (
            |usr| fs::write(usr.join("lib/systemd/boot/efi/systemd-bootx64.efi"), program(b"x")).unwrap(),
            "not systemd-boot",
        ),
        (
            |usr| fs::write(usr.join("lib/kernel/6.1.0/boot.json"), b"{").unwrap(),
            "boot.json",
        ),
    ];
    for (break_it, words) in breaks {
        let mut lab = Lab::new();
        let usr = lab.state(1);
        break_it(&usr);
        let error = lab
            .machine
            .sync(&lab.trees, &Policy::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{error}");
        assert!(lab.machine.esp.list("").unwrap().is_empty(), "{error}");
    }

    let mut lab = Lab::new();
    lab.state(1);
    let broken = lab.usr(1).join("lib/kernel/6.1.0/boot.json");
    lab.state(2);
    fs::write(broken, b"{").unwrap();
    let report = lab.sync();
    assert_eq!(report.states, [2]);
    assert!(
        matches!(report.warnings.as_slice(), [Warning::Skipped { state: 1, .. }]),
        "{:?}",
        report.warnings
    );
    assert!(matches!(
        lab.machine.sync(&[], &Policy::default()),
        Err(Error::NoActive)
    ));
}

#[test]
fn a_counter_is_never_given_back_and_a_good_state_never_counts_again() {
    let mut lab = Lab::new();
    lab.state(1);
    lab.sync();
    lab.count(1, "");
    lab.state(2);
    lab.sync();
    for counter in ["+2-1", "+1-2", "+0-3"] {
        lab.count(2, counter);
        match lab.machine.sync(&lab.trees, &Policy::default()) {
            Ok(report) => assert_eq!(report.next.state, Some(2)),
            Err(error) => {
                assert!(
                    matches!(
                        error,
                        Error::ActiveFailed {
                            state: 2,
                            instead: Some(1)
                        }
                    ),
                    "{error}"
                );
                assert_eq!(counter, "+0-3");
            }
        }
        assert!(lab.entry(2).ends_with(&format!("{counter}.conf")), "{}", lab.entry(2));
        assert!(!lab.entry(1).contains('+'));
    }
    assert_eq!(lab.next(), Some(1), "the machine comes back by itself");

    // The initrd activated the older state: now the failed one is a thing of the past, and said.
    lab.activate(1);
    lab.machine.booted.state = Some(1);
    let report = lab.sync();
    assert_eq!(report.next.state, Some(1));
    assert!(report.warnings.contains(&Warning::StateFailed { state: 2 }));
    let outcome = lab.machine.outcome().unwrap();
    assert_eq!((outcome.booted, outcome.health), (Some(1), Some(Health::Good)));
    assert_eq!(outcome.failed.len(), 1);
    assert_eq!((outcome.failed[0].state, outcome.failed[0].tries), (2, 3));
    assert_eq!(outcome.failed[0].kernel, "6.2.0");
}

#[test]
fn another_systems_entry_that_comes_first_is_said() {
    let mut lab = Lab::new();
    lab.state(1);
    lab.sync();
    let esp = &lab.machine.esp;
    esp.write_new("arch/vmlinuz", &mut program(b"arch").as_slice()).unwrap();
    esp.write_new(
        "loader/entries/arch.conf",
        &mut &b"title Arch\nsort-key aaa\nlinux /arch/vmlinuz\n"[..],
    )
    .unwrap();
    let report = lab.sync();
    assert_eq!(report.next.state, None);
    assert!(
        matches!(report.warnings.as_slice(), [Warning::AnotherStarts { starts, state: 1, .. }] if starts == "arch.conf"),
        "{:?}",
        report.warnings
    );

    esp.write_new("loader/loader.conf", &mut &b"default moult-*\n"[..])
        .unwrap();
    assert_eq!(lab.sync().next.why, Why::LoaderConf);
}

#[test]
fn kernels_go_to_xbootldr_and_the_loader_to_the_esp() {
    let mut lab = Lab::new();
    let extended = lab.folder.path().join("xbootldr");
    fs::create_dir(&extended).unwrap();
    lab.state(1);
    lab.sync();
    lab.machine.xbootldr = Some(Arc::new(Mounted::new(&extended)));
    lab.sync();

    assert!(extended.join("loader/entries").is_dir());
    assert!(!extended.join("EFI").exists());
    assert!(lab.entries().is_empty(), "the entries moved");
    assert_eq!(lab.read("loader/loader.conf"), b"timeout 3\n");
    let names: Vec<String> = lab
        .machine
        .esp
        .list("")
        .unwrap()
        .into_iter()
        .map(|item| item.name)
        .collect();
    assert_eq!(names, ["EFI", "loader"]);
}

/// States whose kernels are 600 KiB each, on a real FAT of a few MiB.
fn small(kibibytes: u64, states: u64) -> Lab {
    let folder = support::folder();
    let image = folder.path().join("fat");
    fat_image(&image, kibibytes, "12");
    let esp = Arc::new(Fat::open(&image, 0).unwrap());
    let mut lab = Lab::on(folder, esp);
    for state in 1..=states {
        lab.state_with(state, "6.12", &vec![state as u8; 600 * 1024]);
        lab.machine.sync(&lab.trees, &Policy::default()).unwrap();
        lab.count(state, "");
    }
    lab
}

#[test]
fn a_full_esp_is_refused_before_the_first_byte_with_what_would_help() {
    let mut lab = small(2200 + 2200, 5);
    lab.machine.booted.state = Some(5);
    let before = lab.machine.esp.space().unwrap().free;
    lab.state_with(6, "6.13", &vec![6; 2 << 20]);
    let error = lab.machine.sync(&lab.trees, &Policy::default()).unwrap_err();
    let Error::Full {
        needed,
        free,
        would_help,
        ..
    } = error
    else {
        panic!("{error}")
    };

    assert_eq!(
        lab.machine.esp.space().unwrap().free,
        before,
        "not one byte was written"
    );
    assert_eq!(free, before);
    assert!(needed > free);
    let states: Vec<u64> = would_help.iter().map(|freeable| freeable.state).collect();
    assert_eq!(states, [2, 3, 4], "the least useful first, never the one that runs");
    assert!(
        would_help
            .iter()
            .all(|freeable| (600 << 10..700 << 10).contains(&freeable.bytes)),
        "{would_help:?}"
    );

    // Letting go what is offered, as far as it is needed, makes it fit.
    let mut policy = Policy::default();
    let mut enough = false;
    for freeable in would_help {
        policy.without.insert(freeable.state);
        if let Ok(report) = lab.machine.sync(&lab.trees, &policy) {
            assert_eq!(report.next.state, Some(6));
            assert!(report.states.contains(&5));
            enough = true;
            break;
        }
    }
    assert!(enough);
}

#[test]
fn old_entries_go_first_where_there_is_no_space_for_both() {
    let mut lab = small(4400, 5);
    // The policy's sixth state takes the place of the first, which is on the volume until then.
    lab.state_with(6, "6.12", &vec![6; 900 * 1024]);
    let free = lab.machine.esp.space().unwrap().free;
    lab.state_with(7, "6.12", &vec![7; 900 * 1024]);
    let report = lab.sync();
    assert!(free < 1800 << 10, "{free} bytes are free: this tests nothing");
    assert_eq!(report.next.state, Some(7));
    assert!(!report.pruned.is_empty());
}

#[test]
fn a_state_that_does_not_fit_is_left_out_and_said() {
    let folder = support::folder();
    let image = folder.path().join("fat");
    fat_image(&image, 4400, "12");
    let mut lab = Lab::on(folder, Arc::new(Fat::open(&image, 0).unwrap()));
    for state in 1..=3 {
        lab.state_with(state, "6.12", &vec![state as u8; 1700 * 1024]);
    }
    let report = lab.sync();
    assert_eq!(report.states, [3, 2]);
    assert!(
        matches!(report.warnings.as_slice(), [Warning::NoSpace { state: 1, bytes }] if *bytes > 0),
        "{:?}",
        report.warnings
    );
}

#[test]
fn an_entry_that_systemd_blesses_meanwhile_stays_blessed() {
    let mut lab = Lab::new();
    lab.state(1);
    lab.sync();
    lab.count(1, "+2-1");
    let counted = lab.entry(1);
    let text = lab.text(1);
    lab.count(1, "");
    let blessed = lab.entry(1);
    // What a sync leaves that had read the entries before.
    lab.machine
        .esp
        .write_new(&format!("loader/entries/{counted}"), &mut text.as_bytes())
        .unwrap();
    lab.sync();
    assert_eq!(lab.entries(), [blessed]);
}
