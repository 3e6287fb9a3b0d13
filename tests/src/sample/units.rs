//! Enabled units. Debian's postinst enables them below `/etc`; here the links are in the stone, below `/usr/lib/systemd`.

use std::collections::BTreeSet;

use super::Error;
use super::deb::Node;
use super::draft::Draft;

const SUFFIXES: [&str; 7] = [".service", ".socket", ".timer", ".target", ".path", ".mount", ".slice"];

/// What a unit's `[Install]` section asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Install {
    wanted_by: Vec<String>,
    required_by: Vec<String>,
    alias: Vec<String>,
    also: Vec<String>,
    default_instance: Option<String>,
}

/// Makes the links for all units that the package's postinst would enable on a new system, but for those in `disabled`.
pub fn enable(draft: &mut Draft, disabled: &BTreeSet<String>) -> Result<(), Error> {
    let mut open = asked_for(&draft.postinst);
    let mut done = BTreeSet::new();

    while let Some((folder, unit)) = open.pop() {
        if disabled.contains(&unit) || !done.insert((folder, unit.clone())) {
            continue;
        }
        let file = template(&unit).unwrap_or_else(|| unit.clone());
        let path = format!("lib/systemd/{folder}/{file}");
        let Some(text) = draft.files.get(path.as_bytes()).and_then(Node::content) else {
            continue;
        };
        let install = parse(&String::from_utf8_lossy(text));

        let unit = match (&install.default_instance, unit.split_once("@.")) {
            (Some(instance), Some((name, suffix))) => format!("{name}@{instance}.{suffix}"),
            _ => unit,
        };
        let links = install.wanted_by.iter().map(|target| format!("{target}.wants/{unit}"));
        let links = links.chain(
            install
                .required_by
                .iter()
                .map(|target| format!("{target}.requires/{unit}")),
        );
        for link in links {
            add(draft, format!("lib/systemd/{folder}/{link}"), &format!("../{file}"))?;
        }
        for alias in &install.alias {
            add(draft, format!("lib/systemd/{folder}/{alias}"), &file)?;
        }
        open.extend(install.also.into_iter().map(|also| (folder, also)));
    }
    Ok(())
}

/// A link that the package already ships stays as it is.
fn add(draft: &mut Draft, path: String, target: &str) -> Result<(), Error> {
    if draft.files.contains_key(path.as_bytes()) {
        return Ok(());
    }
    draft.insert(path.into_bytes(), Node::symlink(target.as_bytes()))
}

/// `getty@tty1.service` -> `getty@.service`
fn template(unit: &str) -> Option<String> {
    let (name, rest) = unit.split_once('@')?;
    let (_, suffix) = rest.rsplit_once('.')?;
    Some(format!("{name}@.{suffix}"))
}

/// The units that a postinst enables: `deb-systemd-helper [--user] enable 'x.service'` and `systemctl … enable x.service`.
/// Units that debhelper only keeps enabled if they were (`debian-installed`) are not.
fn asked_for(postinst: &str) -> Vec<(&'static str, String)> {
    let only_kept: BTreeSet<String> = postinst
        .lines()
        .filter_map(|line| unit_after(line, "debian-installed"))
        .collect();

    postinst
        .lines()
        .filter(|line| line.contains("deb-systemd-helper") || line.contains("systemctl"))
        .filter_map(|line| {
            let unit = unit_after(line, "enable")?;
            let folder = if line.contains("--user") { "user" } else { "system" };
            (!only_kept.contains(&unit)).then_some((folder, unit))
        })
        .collect()
}

fn unit_after(line: &str, word: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let _ = words.find(|found| *found == word)?;
    let unit = words.next()?.trim_matches(['\'', '"', ';']);
    SUFFIXES
        .iter()
        .any(|suffix| unit.ends_with(suffix))
        .then(|| unit.to_owned())
}

fn parse(text: &str) -> Install {
    let mut install = Install::default();
    let mut inside = false;

    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[Install]";
            continue;
        }
        let Some((key, value)) = line.split_once('=').filter(|_| inside) else {
            continue;
        };
        let values = value.split_whitespace().map(str::to_owned);
        match key.trim() {
            "WantedBy" => install.wanted_by.extend(values),
            "RequiredBy" => install.required_by.extend(values),
            "Alias" => install.alias.extend(values),
            "Also" => install.also.extend(values),
            "DefaultInstance" => install.default_instance = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    install
}

#[cfg(test)]
mod tests {
    use super::super::deb::Kind;
    use super::*;

    fn package(postinst: &str, units: &[(&str, &str)]) -> Draft {
        let mut draft = Draft {
            postinst: postinst.to_owned(),
            ..Draft::own("a")
        };
        for (unit, text) in units {
            let path = format!("lib/systemd/system/{unit}");
            draft
                .insert(path.into_bytes(), Node::file(0o644, text.as_bytes().to_vec()))
                .unwrap();
        }
        draft
    }

    fn links(draft: &Draft) -> Vec<String> {
        let link = |(path, node): (&Vec<u8>, &Node)| match &node.kind {
            Kind::Symlink(target) => Some(format!(
                "{} -> {}",
                String::from_utf8_lossy(path),
                String::from_utf8_lossy(target)
            )),
            _ => None,
        };
        draft.files.iter().filter_map(link).collect()
    }

    #[test]
    fn what_the_postinst_enables_is_linked_in_the_stone() {
        let mut draft = package(
            "if deb-systemd-helper --quiet was-enabled 'nm.service'; then\n  deb-systemd-helper enable 'nm.service' >/dev/null || true\n",
            &[
                (
                    "nm.service",
                    "[Install]\nWantedBy=multi-user.target\nAlias=dbus-nm.service\nAlso=wait.service\n",
                ),
                ("wait.service", "[Install]\nRequiredBy=network-online.target\n"),
            ],
        );
        enable(&mut draft, &BTreeSet::new()).unwrap();

        assert_eq!(
            links(&draft),
            [
                "lib/systemd/system/dbus-nm.service -> nm.service",
                "lib/systemd/system/multi-user.target.wants/nm.service -> ../nm.service",
                "lib/systemd/system/network-online.target.requires/wait.service -> ../wait.service",
            ]
        );
    }

    #[test]
    fn a_template_is_enabled_for_its_instance() {
        let getty = [(
            "getty@.service",
            "[Install]\nWantedBy=getty.target\nDefaultInstance=tty1\n",
        )];
        let mut draft = package(
            "systemctl ${X:+--root=\"$X\"} enable getty@tty1.service || true\n",
            &getty,
        );
        enable(&mut draft, &BTreeSet::new()).unwrap();

        assert_eq!(
            links(&draft),
            ["lib/systemd/system/getty.target.wants/getty@tty1.service -> ../getty@.service"]
        );
    }

    #[test]
    fn units_that_debian_leaves_off_stay_off() {
        let postinst = "if deb-systemd-helper debian-installed 'a.service'; then deb-systemd-helper unmask 'a.service'\n\
                        deb-systemd-helper enable 'a.service'\ndeb-systemd-helper enable 'b.timer'\n";
        let mut draft = package(
            postinst,
            &[
                ("a.service", "[Install]\nWantedBy=x\n"),
                ("b.timer", "[Install]\nWantedBy=x\n"),
            ],
        );
        enable(&mut draft, &BTreeSet::from(["b.timer".to_owned()])).unwrap();

        assert_eq!(links(&draft), [""; 0]);
    }
}
