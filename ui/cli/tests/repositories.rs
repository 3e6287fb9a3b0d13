//! Repositories, through the real program with the real backend: added, trusted or not, made, checked.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

#[allow(dead_code, reason = "the other tests use the rest")]
mod lab;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use minisign::KeyPair;
use serde_json::Value;

use crate::lab::{Lab, names, package, place_program, program, stderr};

/// A minisign key, and the two files that minisign would make of it.
struct Keys {
    pair: KeyPair,
    secret: PathBuf,
    public: PathBuf,
}

impl Keys {
    fn new(lab: &Lab, name: &str) -> Keys {
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let file = |ending: &str| lab.beside(&format!("{name}.{ending}"));
        let keys = Keys {
            secret: file("key"),
            public: file("pub"),
            pair,
        };
        fs::write(&keys.secret, keys.pair.sk.to_box(None).unwrap().into_string()).unwrap();
        fs::write(&keys.public, keys.pair.pk.to_box().unwrap().into_string()).unwrap();
        keys
    }

    /// Signs any text as the statement about a list.
    fn state(&self, folder: &Path, text: &str) {
        let signature = minisign::sign(None, &self.pair.sk, text.as_bytes(), Some("x"), Some("y")).unwrap();
        fs::write(folder.join("stone.index.json"), text).unwrap();
        fs::write(folder.join("stone.index.json.minisig"), signature.to_bytes()).unwrap();
    }
}

trait Signed {
    fn index_signed(&self, keys: &Keys) -> Value;
}

impl Signed for Lab {
    fn index_signed(&self, keys: &Keys) -> Value {
        let (folder, key) = (self.pool(), keys.secret.clone());
        self.tells(&[
            "repo",
            "index",
            folder.to_str().unwrap(),
            "--sign",
            key.to_str().unwrap(),
        ])
    }
}

/// A repository of stones, of which nothing is known to the root yet.
fn unknown() -> Lab {
    let lab = Lab::new();
    let _ = lab.stone(&package("app", 1), &[("bin/app", 0o755, "one")]);
    let _ = lab.tells(&["repo", "index", lab.pool().to_str().unwrap()]);
    lab
}

#[test]
fn an_unsigned_repository_says_so_wherever_it_is_shown() {
    let lab = unknown();
    let said = lab.does(&["repo", "add", "shop", &lab.uri(), "--description", "Some things"]);
    assert!(
        said.contains("not signed") && said.contains("a new list (packages: 1)"),
        "{said}"
    );
    let listed = lab.does(&["repo", "list"]);
    assert!(
        listed.contains("not signed") && listed.contains("Some things"),
        "{listed}"
    );
    let row = lab.only();
    assert_eq!((&row["trust"], &row["packages"]), (&"unsigned".into(), &1.into()));
    assert_ne!(row["refreshed"], 0);
    assert_eq!(row["file"], "/etc/moult/repo.d/shop.kdl");

    let plan = lab.tells(&["install", "app", "--dry-run"]);
    assert_eq!(plan["unsigned"], serde_json::json!(["shop"]));
    let text = lab.does(&["install", "app", "--dry-run"]);
    assert!(text.contains("Not signed") && text.contains("shop"), "{text}");
    let done = lab.does(&["-y", "install", "app"]);
    assert!(done.contains("Not signed"), "{done}");
    let _ = lab.stone(&package("other", 1), &[("bin/other", 0o755, "")]);
    let _ = lab.tells(&["repo", "index", lab.pool().to_str().unwrap()]);
    let _ = lab.does(&["repo", "refresh"]);
    let _ = lab.does(&["-y", "install", "other"]);
    let removal = lab.tells(&["remove", "app", "--dry-run"]);
    assert_eq!(
        removal["unsigned"],
        serde_json::json!([]),
        "nothing comes from anywhere"
    );
}

#[test]
fn a_signed_repository_says_by_whom_until_when_and_what_is_not_vouched_for_is_refused() {
    let lab = unknown();
    let (ours, other) = (Keys::new(&lab, "ours"), Keys::new(&lab, "other"));
    let made = lab.index_signed(&ours);
    assert_eq!(made["packages"], 1);
    assert_eq!(made["signed"][0]["public_key"], ours.pair.pk.to_base64());
    let statement = |name: &str| fs::read(lab.pool().join(name)).unwrap();
    let older = ["stone.index", "stone.index.json", "stone.index.json.minisig"].map(|name| (name, statement(name)));

    let said = lab.does(&[
        "repo",
        "add",
        "shop",
        &lab.uri(),
        "--key",
        ours.public.to_str().unwrap(),
    ]);
    let key = made["signed"][0]["key"].as_str().unwrap();
    assert!(said.contains(&format!("signed by {key} until ")), "{said}");
    let row = lab.only();
    assert_eq!((&row["trust"], &row["signed_by"]), (&"signed".into(), &key.into()));
    assert_eq!(row["expires"], made["signed"][0]["expires"]);
    assert!(lab.does(&["repo", "list"]).contains(&format!("signed by {key} until ")));
    assert_eq!(
        lab.tells(&["install", "app", "--dry-run"])["unsigned"],
        serde_json::json!([])
    );

    let refused = |because: &str| {
        let failure = lab.refuses(&["repo", "refresh", "shop"]);
        assert_eq!(failure["code"], "repository-untrusted", "{failure}");
        assert!(
            failure["args"]["reason"].as_str().unwrap().contains(because),
            "{failure}"
        );
        let row = lab.only();
        assert_eq!(row["packages"], 1, "the list before stays in use");
        assert!(row["failure"].as_str().unwrap().contains(because), "{row}");
        assert!(lab.does(&["repo", "list"]).contains(because));
    };
    let _ = lab.stone(&package("more", 1), &[]);
    let _ = lab.index_signed(&ours);
    let refreshed = lab.tells(&["repo", "refresh"]);
    assert_eq!(refreshed["refreshed"][0]["packages"], 2);
    for (name, bytes) in &older {
        fs::write(lab.pool().join(name), bytes).unwrap();
    }
    let failure = lab.refuses(&["repo", "refresh", "shop"]);
    assert!(
        failure["args"]["reason"].as_str().unwrap().contains("older"),
        "{failure}"
    );

    let _ = fs::remove_file(lab.pool().join("more-1.stone"));
    let _ = lab.index_signed(&ours);
    let now: Value = serde_json::from_slice(&statement("stone.index.json")).unwrap();
    let _ = lab.tells(&["repo", "refresh"]);
    let mut past = now.clone();
    past["expires"] = "2001-01-01T00:00:00Z".into();
    ours.state(&lab.pool(), &past.to_string());
    refused("expired");
    other.state(&lab.pool(), &now.to_string());
    refused("none of the repository's keys");
    let _ = lab.tells(&["repo", "index", lab.pool().to_str().unwrap()]);
    refused("not signed");

    let public = other.pair.pk.to_base64();
    let failure = lab.refuses(&["repo", "add", "strange", &lab.uri(), "--key", &public]);
    assert_eq!(failure["code"], "repository-untrusted");
    let all = lab.tells(&["repo", "list"]);
    assert_eq!(names(&all["repositories"]), ["shop", "strange"]);
    assert_eq!(all["repositories"][1]["trust"], "not-yet");
    assert!(lab.does(&["repo", "list"]).contains("not yet verified"));
}

#[test]
fn what_cannot_be_read_at_first_is_written_down_and_that_is_said() {
    let lab = unknown();
    fs::rename(lab.pool().join("stone.index"), lab.beside("hidden")).unwrap();
    let output = lab.run(&["repo", "add", "shop", &lab.uri()]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    for part in [
        "written down and offers nothing yet",
        "repo refresh shop",
        "repo remove shop",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let row = lab.only();
    assert_eq!((&row["refreshed"], &row["packages"]), (&0.into(), &0.into()));
    assert!(lab.does(&["repo", "list"]).contains("never"));

    fs::rename(lab.beside("hidden"), lab.pool().join("stone.index")).unwrap();
    assert!(
        lab.does(&["repo", "refresh", "shop"])
            .contains("a new list (packages: 1)")
    );
    assert_eq!(lab.only()["failed"], 0);
}

#[test]
fn a_repository_is_switched_off_and_on_again_and_taken_away() {
    let lab = unknown();
    let _ = lab.does(&["repo", "add", "shop", &lab.uri(), "--priority", "7"]);
    let off = lab.tells(&["repo", "disable", "shop"]);
    assert_eq!((&off["enabled"], &off["priority"]), (&false.into(), &7.into()));
    assert!(lab.does(&["repo", "list"]).contains("switched off, not signed"));
    assert_eq!(lab.refuses(&["-y", "install", "app"])["code"], "unresolvable");
    assert_eq!(lab.refuses(&["repo", "refresh", "shop"])["code"], "bad-input");
    let on = lab.tells(&["repo", "enable", "shop"]);
    assert_eq!((&on["enabled"], &on["packages"]), (&true.into(), &1.into()));
    assert_eq!(lab.tells(&["repo", "remove", "shop"])["masked"], "");
    assert_eq!(lab.tells(&["repo", "list"])["repositories"], serde_json::json!([]));
    for command in ["remove", "enable", "disable"] {
        assert_eq!(lab.refuses(&["repo", command, "shop"])["code"], "repository-unknown");
    }

    let vendor = lab.usr("share/moss/repo.d");
    fs::create_dir_all(&vendor).unwrap();
    fs::write(vendor.join("shop.kdl"), format!("shop {{ uri \"{}\" }}\n", lab.uri())).unwrap();
    let said = lab.does(&["repo", "remove", "shop"]);
    assert!(
        said.contains("/usr/share/moss/repo.d/shop.kdl") && said.contains("repo enable shop"),
        "{said}"
    );
    assert_eq!(lab.only()["enabled"], false);
}

#[test]
fn one_repository_that_fails_keeps_no_other_from_being_read() {
    let lab = unknown();
    let _ = lab.does(&["repo", "add", "good", &lab.uri()]);
    let _ = lab.run(&["repo", "add", "bad", "file:///nowhere/stone.index", "--priority", "9"]);
    let output = lab.run(&["--json", "repo", "refresh"]);
    assert_eq!(output.status.code(), Some(1));
    let outcome: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = &outcome["refreshed"];
    assert_eq!(names(rows), ["bad", "good"]);
    assert_eq!(
        (&rows[0]["result"], &rows[1]["result"]),
        (&"failed".into(), &"updated".into())
    );
    assert_eq!(rows[0]["failure"][0]["code"], "repository-unreachable");
    let text = String::from_utf8(lab.run(&["repo", "refresh"]).stdout).unwrap();
    assert!(
        text.contains("bad: not read") && text.contains("good: a new list (packages: 1)"),
        "{text}"
    );
}

#[test]
fn a_broken_file_is_named_and_hides_nothing_else() {
    let lab = unknown();
    let _ = lab.does(&["repo", "add", "shop", &lab.uri()]);
    let folder = lab.root().join("etc/moult/repo.d");
    fs::write(folder.join("odd.kdl"), "odd {\n  uri 5\n}\n").unwrap();
    fs::write(folder.join("torn.kdl"), "torn { uri \n").unwrap();
    let all = lab.tells(&["repo", "list"]);
    assert_eq!(names(&all["repositories"]), ["shop"]);
    let broken = all["broken"].as_array().unwrap();
    assert_eq!(broken.len(), 2, "{all}");
    assert_eq!(
        (&broken[0]["path"], &broken[0]["repository"]),
        (&"/etc/moult/repo.d/odd.kdl".into(), &"odd".into())
    );
    assert_eq!(broken[0]["line"], 2);
    let text = lab.does(&["repo", "list"]);
    assert!(
        text.contains("/etc/moult/repo.d/odd.kdl:2:") && text.contains("/etc/moult/repo.d/torn.kdl"),
        "{text}"
    );
    let refreshed = lab.tells(&["repo", "refresh"]);
    assert_eq!(refreshed["warnings"].as_array().unwrap().len(), 2, "{refreshed}");
}

/// The program as somebody without any rights runs it.
fn nobody(lab: &Lab, programs: &Path, arguments: &[&str]) -> Output {
    Command::new(programs.join("moultctl"))
        .arg("--root")
        .arg(lab.root())
        .args(arguments)
        .env("LC_ALL", "C")
        .uid(65_534)
        .gid(65_534)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// The build folder may be closed to others.
fn programs_for_all(lab: &Lab) -> PathBuf {
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(lab.root().parent().unwrap(), open.clone()).unwrap();
    let folder = lab.beside("programs");
    fs::create_dir(&folder).unwrap();
    for name in ["moultctl", "moult-backend"] {
        let _ = place_program(name, &folder);
    }
    fs::set_permissions(&folder, open).unwrap();
    folder
}

#[test]
fn a_password_in_an_address_is_shown_nowhere_and_somebody_who_is_not_root_may_list_but_not_add() {
    let lab = unknown();
    let _ = lab.does(&["repo", "add", "shop", &lab.uri()]);
    let secret = "http://me:verysecret@127.0.0.1:1/stone.index";
    let mut shown = String::new();
    let mut see = |output: Output| {
        shown += &String::from_utf8_lossy(&output.stdout);
        shown += &stderr(&output);
        output.status.code()
    };
    assert_eq!(
        see(lab.run(&["repo", "add", "net", secret, "--mirror", secret])),
        Some(1)
    );
    assert_eq!(see(lab.run(&["--json", "repo", "add", "net", secret])), Some(1));
    assert_eq!(
        see(lab.run(&["repo", "add", "odd", "http://me:verysecret@127.0.0.1:99999/"])),
        Some(1)
    );
    assert_eq!(see(lab.run(&["repo", "verify", secret])), Some(1));
    for list in [
        &["repo", "list"][..],
        &["--json", "repo", "list"],
        &["repo", "disable", "net"],
    ] {
        assert_eq!(see(lab.run(list)), Some(0));
    }
    let programs = programs_for_all(&lab);
    let listed = nobody(&lab, &programs, &["--json", "repo", "list"]);
    let all: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert!(names(&all["repositories"]).contains(&"shop"), "{all}");
    let _ = see(listed);
    let refused = nobody(&lab, &programs, &["repo", "add", "mine", &lab.uri()]);
    assert!(stderr(&refused).contains("Only root"), "{}", stderr(&refused));
    assert_eq!(see(refused), Some(1));
    assert!(!shown.contains("verysecret"), "{shown}");
    assert!(!lab.root().join("etc/moult/repo.d/mine.kdl").exists());
}

#[test]
fn a_repository_is_made_and_checked_without_any_rights_and_a_fault_ends_with_1() {
    let lab = unknown();
    let keys = Keys::new(&lab, "ours");
    let programs = programs_for_all(&lab);
    let mine = lab.beside("mine");
    fs::create_dir(&mine).unwrap();
    for name in ["app", "more"] {
        let stone = lab.stone(&package(name, 1), &[("bin/x", 0o755, name)]);
        let _ = fs::copy(stone, mine.join(format!("{name}.stone"))).unwrap();
    }
    for path in [&mine, &keys.secret] {
        std::os::unix::fs::chown(path, Some(65_534), Some(65_534)).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
    }
    let (folder, key) = (mine.to_str().unwrap(), keys.secret.to_str().unwrap());
    let does = |arguments: &[&str]| {
        let output = nobody(&lab, &programs, arguments);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let made = does(&["repo", "index", folder, "--sign", key, "--valid", "3"]);
    assert!(
        made.contains("Packages listed: 2") && made.contains(&keys.pair.pk.to_base64()),
        "{made}"
    );

    let uri = format!("file://{folder}/stone.index");
    let public = keys.pair.pk.to_base64();
    let good = does(&["repo", "verify", &uri, "--key", &public]);
    assert!(good.contains("packages: 2") && good.contains("signed by"), "{good}");
    assert!(does(&["repo", "verify", &uri]).contains("Not signed"));
    fs::write(mine.join("more.stone"), b"something else").unwrap();
    let bad = nobody(&lab, &programs, &["--json", "repo", "verify", &uri, "--key", &public]);
    assert_eq!(bad.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&bad.stdout).unwrap();
    assert_eq!(report["faults"][0]["package"], "more");
    let text = String::from_utf8(nobody(&lab, &programs, &["repo", "verify", &uri]).stdout).unwrap();
    assert!(
        text.contains("1 of 2 packages cannot be installed") && text.contains("more"),
        "{text}"
    );

    let closed = nobody(&lab, &programs, &["repo", "index", "/root"]);
    assert_eq!(
        closed.status.code(),
        Some(1),
        "a folder of somebody else is not written"
    );
    let broken = nobody(&lab, &programs, &["--json", "repo", "index", folder]);
    let failure: Value = serde_json::from_slice(&broken.stderr).unwrap();
    assert!(
        failure["detail"]
            .as_str()
            .unwrap()
            .contains(&format!("{folder}/more.stone")),
        "{failure}"
    );
    assert_eq!(failure["state"], "untouched");
}

#[test]
fn a_key_with_a_password_is_opened_with_what_a_descriptor_says_and_never_without() {
    let lab = unknown();
    let pair = KeyPair::generate_encrypted_keypair(Some("open sesame".into())).unwrap();
    let key = lab.beside("locked.key");
    fs::write(&key, pair.sk.to_box(None).unwrap().into_string()).unwrap();
    let password = lab.beside("password");
    let index = |text: &str| {
        fs::write(&password, text).unwrap();
        program()
            .args(["--json", "repo", "index"])
            .arg(lab.pool())
            .arg("--sign")
            .arg(&key)
            .args(["--password-fd", "0"])
            .stdin(fs::File::open(&password).unwrap())
            .output()
            .unwrap()
    };
    let good = index("open sesame\n");
    assert_eq!(good.status.code(), Some(0), "{}", stderr(&good));
    let report: Value = serde_json::from_slice(&good.stdout).unwrap();
    assert_eq!(report["signed"][0]["public_key"], pair.pk.to_base64());
    let wrong = index("close");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(!stderr(&wrong).contains("close"), "{}", stderr(&wrong));
}
