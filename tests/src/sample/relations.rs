//! Dependencies, providers and conflicts: from Debian's fields and from the files, checked to be complete within the set.

use std::collections::{BTreeMap, BTreeSet};

use moult_stone::{Kind, Package, Provider};

use super::deb::Kind as NodeKind;
use super::draft::Draft;
use super::{Error, copyright};

/// Stands for a homepage that a package does not name.
pub const HOMEPAGE: &str = "https://www.debian.org/";

/// One name of a relationship field.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Relation {
    name: String,
    versioned: bool,
}

/// `a (>= 1) | b:any, c` -> `[[a, b], [c]]`
fn relations(field: &str) -> Vec<Vec<Relation>> {
    field
        .split(',')
        .map(|group| group.split('|').filter_map(relation).collect::<Vec<_>>())
        .filter(|group| !group.is_empty())
        .collect()
}

fn relation(text: &str) -> Option<Relation> {
    let name = text.trim().split([' ', '(', '[', '<', ':', '\n']).next()?;
    (!name.is_empty()).then(|| Relation {
        name: name.to_owned(),
        versioned: text.contains('('),
    })
}

/// What the whole set provides.
struct Universe<'a> {
    system: &'a BTreeSet<String>,
    left_out: &'a BTreeSet<String>,
    real: BTreeSet<&'a str>,
    virtuals: BTreeSet<String>,
    sonames: BTreeSet<&'a str>,
    interpreters: BTreeSet<&'a str>,
}

/// The packages that the drafts become, in the same order, and what should be known about them.
/// Fails with the whole list if a dependency has no provider.
///
/// A dependency on one of `left_out` is left out too, and noted. Of several alternatives a package of `system` takes one that
/// is in `system` itself, so that what else is in the repository does not change what is installed.
pub fn complete(
    drafts: &[Draft],
    system: &BTreeSet<String>,
    left_out: &BTreeSet<String>,
    architecture: &str,
) -> Result<(Vec<Package>, Vec<String>), Error> {
    let universe = Universe {
        system,
        left_out,
        real: drafts.iter().map(|draft| draft.name.as_str()).collect(),
        virtuals: drafts.iter().flat_map(provided_names).collect(),
        sonames: drafts
            .iter()
            .flat_map(|draft| &draft.elf.sonames)
            .map(String::as_str)
            .collect(),
        interpreters: drafts
            .iter()
            .flat_map(|draft| &draft.elf.interpreters)
            .map(String::as_str)
            .collect(),
    };
    let licences: BTreeMap<&str, &Draft> = drafts.iter().map(|draft| (draft.name.as_str(), draft)).collect();

    let mut packages = Vec::with_capacity(drafts.len());
    let mut missing = Vec::new();
    let mut notes = Vec::new();

    for draft in drafts {
        let documented = draft
            .documented_in
            .as_deref()
            .and_then(|other| licences.get(other))
            .map(|other| other.licences.as_slice());
        let dependencies = dependencies(draft, &universe, &mut missing, &mut notes);
        packages.push(Package {
            dependencies,
            conflicts: conflicts(draft, &universe),
            ..package(draft, documented.unwrap_or_default(), architecture)
        });
    }
    verify(&packages, &mut missing);

    if missing.is_empty() {
        Ok((packages, notes))
    } else {
        Err(Error::Unresolved(missing))
    }
}

/// The package that a draft becomes beside `packages`, which need nothing of it. Fails if they have not all that it needs.
pub fn beside(draft: &Draft, packages: &[Package], architecture: &str) -> Result<Package, Error> {
    let none = BTreeSet::new();
    let of = |kind: Kind| {
        let all = packages.iter().flat_map(|package| &package.providers);
        all.filter(move |provider| provider.kind == kind)
            .map(|provider| provider.target.as_str())
    };
    let universe = Universe {
        system: &none,
        left_out: &none,
        real: packages.iter().map(|package| package.name.as_str()).collect(),
        virtuals: of(Kind::Name).map(str::to_owned).collect(),
        sonames: of(Kind::Soname).collect(),
        interpreters: of(Kind::Interpreter).collect(),
    };
    let (mut missing, mut notes) = (Vec::new(), Vec::new());
    let dependencies = dependencies(draft, &universe, &mut missing, &mut notes);
    // A library that is nowhere is only worth a note in Debian's packages; a program of our own would not start.
    missing.append(&mut notes);
    if !missing.is_empty() {
        return Err(Error::Unresolved(missing));
    }
    Ok(Package {
        dependencies,
        conflicts: conflicts(draft, &universe),
        ..package(draft, &[], architecture)
    })
}

/// All but what it needs. `documented` are the licences of the package that has its copyright file.
fn package(draft: &Draft, documented: &[String], architecture: &str) -> Package {
    let (summary, description) = describe(draft.control.get("Description"), &draft.name);
    let source = draft
        .control
        .get("Source")
        .split(' ')
        .next()
        .filter(|source| !source.is_empty());
    let licenses = match (draft.licences.is_empty(), documented) {
        (false, _) => draft.licences.clone(),
        (true, []) => vec![copyright::UNKNOWN.to_owned()],
        (true, theirs) => theirs.to_vec(),
    };
    Package {
        name: draft.name.clone(),
        version: draft.version.clone(),
        source_release: draft.release,
        build_release: 1,
        architecture: architecture.to_owned(),
        summary,
        description,
        source_id: source.unwrap_or(&draft.name).to_owned(),
        homepage: Some(draft.control.get("Homepage"))
            .filter(|page| !page.is_empty())
            .unwrap_or(HOMEPAGE)
            .to_owned(),
        licenses,
        providers: providers(draft),
        ..Package::default()
    }
}

/// Holds the finished packages against each other once more, whatever made them.
fn verify(packages: &[Package], missing: &mut Vec<String>) {
    let provided: BTreeSet<Provider> = packages.iter().flat_map(Package::all_providers).collect();

    for package in packages {
        for dependency in package
            .dependencies
            .iter()
            .filter(|dependency| !provided.contains(dependency))
        {
            missing.push(format!("{dependency}, needed by {}", package.name));
        }
    }
}

/// Debian's description: the first line is the summary, ` .` is an empty line.
fn describe(field: &str, name: &str) -> (String, String) {
    let (summary, rest) = field.split_once('\n').unwrap_or((field, ""));
    let summary = if summary.is_empty() { name } else { summary };
    let lines: Vec<&str> = rest
        .lines()
        .map(|line| if line.trim() == "." { "" } else { line.trim_end() })
        .collect();
    let description = if lines.is_empty() {
        summary.to_owned()
    } else {
        lines.join("\n")
    };

    (summary.to_owned(), description)
}

fn dependencies(
    draft: &Draft,
    universe: &Universe<'_>,
    missing: &mut Vec<String>,
    notes: &mut Vec<String>,
) -> Vec<Provider> {
    let mut found = BTreeSet::new();

    for group in ["Pre-Depends", "Depends"]
        .into_iter()
        .flat_map(|field| relations(draft.control.get(field)))
    {
        let own = group
            .iter()
            .find(|relation| universe.system.contains(&draft.name) && universe.system.contains(&relation.name));
        let real = own.or_else(|| {
            group
                .iter()
                .find(|relation| universe.real.contains(relation.name.as_str()))
        });
        let any = real.or_else(|| group.iter().find(|relation| universe.virtuals.contains(&relation.name)));
        match any {
            Some(relation) if relation.name == draft.name => {}
            Some(relation) => drop(found.insert(Provider::name(&relation.name))),
            None => {
                let names: Vec<&str> = group.iter().map(|relation| relation.name.as_str()).collect();
                if names.iter().any(|name| universe.left_out.contains(*name)) {
                    notes.push(format!("{}: does without {}", draft.name, names.join(" or ")));
                    continue;
                }
                missing.push(format!("{}, needed by {}", names.join(" or "), draft.name));
            }
        }
    }

    for other in &draft.needs {
        if universe.real.contains(other.as_str()) {
            let _ = found.insert(Provider::name(other));
        } else {
            missing.push(format!("{other}, needed by {}", draft.name));
        }
    }
    for need in &draft.elf.needs {
        match need.targets().find(|target| universe.sonames.contains(target.as_str())) {
            Some(target) if draft.elf.sonames.contains(&target) => {}
            Some(target) => drop(found.insert(Provider::new(Kind::Soname, target))),
            None => notes.push(format!("{}: nothing in the set is {}", draft.name, need.library)),
        }
    }
    for interpreter in &draft.elf.interpreter_needs {
        if draft.elf.interpreters.contains(interpreter) {
            continue;
        }
        if universe.interpreters.contains(interpreter.as_str()) {
            let _ = found.insert(Provider::new(Kind::Interpreter, interpreter.as_str()));
        } else {
            notes.push(format!(
                "{}: nothing in the set is the interpreter {interpreter}",
                draft.name
            ));
        }
    }
    found.into_iter().collect()
}

fn provided_names(draft: &Draft) -> Vec<String> {
    relations(draft.control.get("Provides"))
        .into_iter()
        .flatten()
        .map(|relation| relation.name)
        .collect()
}

fn providers(draft: &Draft) -> Vec<Provider> {
    let mut given: BTreeSet<Provider> = BTreeSet::new();

    given.extend(
        provided_names(draft)
            .into_iter()
            .filter(|name| *name != draft.name)
            .map(Provider::name),
    );
    given.extend(
        draft
            .elf
            .sonames
            .iter()
            .map(|target| Provider::new(Kind::Soname, target.as_str())),
    );
    given.extend(
        draft
            .elf
            .interpreters
            .iter()
            .map(|target| Provider::new(Kind::Interpreter, target.as_str())),
    );

    for (path, node) in &draft.files {
        let Ok(path) = std::str::from_utf8(path) else { continue };
        if node.kind == NodeKind::Directory {
            continue;
        }
        let Some((folder, file)) = path.rsplit_once('/') else {
            continue;
        };
        match folder {
            "bin" => drop(given.insert(Provider::new(Kind::Binary, file))),
            "sbin" => drop(given.insert(Provider::new(Kind::SysBinary, file))),
            folder if folder == "share/pkgconfig" || (folder.starts_with("lib/") && folder.ends_with("/pkgconfig")) => {
                given.extend(
                    file.strip_suffix(".pc")
                        .map(|stem| Provider::new(Kind::PkgConfig, stem)),
                );
            }
            _ => {}
        }
    }
    given.into_iter().collect()
}

/// Unversioned conflicts with real packages alone. Two of one set would not have been chosen together, so these name what is outside of it;
/// a conflict with a virtual name is Debian's way of saying "only one of these", which exact providers cannot.
fn conflicts(draft: &Draft, universe: &Universe<'_>) -> Vec<Provider> {
    let own = provided_names(draft);

    let refused: BTreeSet<Provider> = ["Conflicts", "Breaks"]
        .into_iter()
        .flat_map(|field| relations(draft.control.get(field)))
        .flatten()
        .filter(|relation| !relation.versioned && relation.name != draft.name && !own.contains(&relation.name))
        .filter(|relation| {
            !universe.real.contains(relation.name.as_str()) && !universe.virtuals.contains(&relation.name)
        })
        .map(|relation| Provider::name(relation.name))
        .collect();
    refused.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::deb::{Control, Node};
    use super::*;

    fn draft(name: &str, control: &str) -> Draft {
        Draft {
            control: Control::parse(control),
            ..Draft::own(name)
        }
    }

    fn none() -> BTreeSet<String> {
        BTreeSet::new()
    }

    fn names(providers: &[Provider]) -> Vec<String> {
        providers.iter().map(Provider::to_string).collect()
    }

    #[test]
    fn the_first_alternative_that_the_set_has_is_the_dependency() {
        let drafts = [
            draft("a", "Depends: no | b (>= 2) | c:any, v [amd64]\n"),
            draft("b", "Provides: v (= 2), w\nConflicts: w, old, older (<< 2)\n"),
            draft("c", ""),
        ];
        let (packages, _) = complete(&drafts, &none(), &none(), "x86_64").unwrap();

        assert_eq!(names(&packages[0].dependencies), ["name(b)", "name(v)"]);
        assert_eq!(names(&packages[1].providers), ["name(v)", "name(w)"]);
        assert_eq!(names(&packages[1].conflicts), ["name(old)"]);
    }

    #[test]
    fn a_dependency_that_nothing_provides_fails_with_both_names() {
        let error = complete(&[draft("a", "Depends: b | c\n")], &none(), &none(), "x86_64").unwrap_err();

        assert_eq!(error.to_string(), "nothing in the set provides:\n  b or c, needed by a");
    }

    #[test]
    fn the_system_keeps_to_itself_and_does_without_what_was_left_out() {
        let drafts = [
            draft("a", "Depends: program | b, huge\n"),
            draft("b", ""),
            draft("program", "Depends: a\n"),
        ];
        let of = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<BTreeSet<String>>()
        };
        let (packages, notes) = complete(&drafts, &of(&["a", "b"]), &of(&["huge"]), "x86_64").unwrap();

        assert_eq!(names(&packages[0].dependencies), ["name(b)"]);
        assert_eq!(notes, ["a: does without huge"]);
    }

    #[test]
    fn programs_and_pkgconfig_files_are_providers() {
        let mut tool = draft("tool", "");
        for path in [
            "bin/t",
            "sbin/u",
            "lib/x86_64-linux-gnu/pkgconfig/t.pc",
            "share/pkgconfig/v.pc",
            "bin/sub/x",
        ] {
            tool.insert(path.into(), Node::file(0o755, Vec::new())).unwrap();
        }
        let (packages, _) = complete(&[tool], &none(), &none(), "x86_64").unwrap();

        assert_eq!(
            names(&packages[0].providers),
            ["pkgconfig(t)", "pkgconfig(v)", "binary(t)", "sysbinary(u)"]
        );
    }

    #[test]
    fn descriptions_lose_debians_dots() {
        let (summary, description) = describe("short\nlong\n.\n end", "x");

        assert_eq!(summary, "short");
        assert_eq!(description, "long\n\n end");
    }
}
