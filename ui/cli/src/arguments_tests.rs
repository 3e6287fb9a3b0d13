#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use super::*;

fn understood(line: &str) -> bool {
    command(Language::English)
        .try_get_matches_from(std::iter::once("moultctl").chain(line.split(' ')))
        .is_ok()
}

#[test]
fn the_command_tree_is_sound() {
    for language in Language::ALL {
        command(language).debug_assert();
    }
}

#[test]
fn every_promised_form_is_understood() {
    for line in [
        "repo add main https://example.org/stone.index",
        "repo add main file:///srv/stone.index --priority 10",
        "repo add main https://example.org/ --version stream/unstable --channel main --architecture x86_64",
        "repo add main https://example.org/stone.index --key RWa --key b.pub --mirror https://b/ --description text",
        "repo list",
        "repo remove main",
        "repo enable main",
        "repo disable main",
        "repo versions main",
        "repo follow main tag/t1",
        "repo bridge main",
        "repo bridge main moult --dry-run",
        "repo index folder",
        "repo index folder --sign key --password-fd 3 --valid 30",
        "repo verify https://example.org/stone.index",
        "repo verify https://example.org/stone.index --key RWa",
        "repo refresh",
        "repo refresh main",
        "install bash",
        "install bash zsh ./local.stone --dry-run",
        "install bash=12-1 --reinstall",
        "remove bash zsh",
        "remove --orphans",
        "sync",
        "sync --dry-run",
        "search bash",
        "search text editor --limit 5",
        "list",
        "info bash",
        "files bash",
        "why bash",
        "hold bash zsh",
        "hold",
        "unhold bash",
        "mark bash --explicit",
        "mark bash --automatic",
        "state list",
        "state show 3",
        "state diff 1 2",
        "state activate 1",
        "state name 3 good",
        "state pin 3",
        "state unpin 3",
        "state verify",
        "state verify --repair",
        "state remove 1",
        "state remove 1 2",
        "state prune",
        "state prune --keep 3",
        "boot status",
        "boot status --json",
        "boot sync",
        "boot set-next 3",
        "boot set-next 3 --once",
        "boot set-next 3 --always",
        "model export",
        "model export 3",
        "model import system.kdl",
        "model import system.kdl --dry-run",
        "model sync",
        "model sync --dry-run",
        "model diff",
        "model diff system.kdl",
        "compose --model system.kdl --to out",
        "compose --model system.kdl --to out.tar",
        "compose --model system.kdl --to oci:out",
        "inspect a.stone",
        "--root /mnt --json --yes install bash",
        "install bash --root /mnt --json --yes",
        "-y state --json list --root /mnt",
    ] {
        assert!(understood(line), "{line}");
    }
}

#[test]
fn wrong_use_is_refused() {
    for line in [
        "dance",
        "install",
        "remove",
        "mark bash",
        "mark bash --explicit --automatic",
        "search",
        "state show",
        "state show none",
        "state show 0",
        "state diff 1",
        "state remove",
        "state remove 0",
        "state prune --keep -1",
        "state prune --keep many",
        "repo add main",
        "repo add main https://example.org/ --channel main",
        "repo remove",
        "repo follow main",
        "repo index folder --valid 30",
        "repo index folder --sign key --valid 0",
        "repo index folder --sign key --password-fd -1",
        "repo add main https://example.org --priority high",
        "repo refresh a b",
        "boot",
        "boot set-next",
        "boot set-next 0",
        "boot set-next 3 --once --always",
        "unhold",
        "list extra",
        "model",
        "model export 0",
        "model import",
        "compose",
        "compose --model system.kdl",
        "compose --to out",
    ] {
        assert!(!understood(line), "{line}");
    }
}

#[test]
fn every_command_and_every_argument_says_what_it_is_for_in_every_language() {
    fn look(language: Language, command: &Command) {
        if command.is_hide_set() {
            return;
        }
        let name = command.get_name();
        assert!(command.get_about().is_some(), "{language:?}: {name}");
        for argument in command.get_arguments() {
            assert!(
                argument.get_help().is_some(),
                "{language:?}: {name} {}",
                argument.get_id()
            );
        }
        for inner in command.get_subcommands() {
            look(language, inner);
        }
    }
    for language in Language::ALL {
        look(language, &command(language));
    }
}

#[test]
fn help_names_every_command_in_the_words_of_the_reader() {
    for (language, usage) in [
        (Language::English, "Usage:"),
        (Language::German, "Aufruf:"),
        (Language::French, "Utilisation :"),
    ] {
        let mut whole = command(language);
        let help = whole.render_help().to_string();
        assert!(help.contains(usage), "{help}");
        for inner in command(language).get_subcommands().filter(|inner| !inner.is_hide_set()) {
            assert!(help.contains(inner.get_name()), "{help}");
            assert!(help.contains(&inner.get_about().unwrap().to_string()), "{help}");
        }
        assert!(!help.contains("generate"), "{help}");
    }
}

#[test]
fn the_options_of_a_command_stand_before_those_that_every_command_has() {
    let mut whole = command(Language::English);
    whole.build();
    let install = whole.find_subcommand_mut("install").unwrap();
    let help = install.render_help().to_string();
    let places: Vec<_> = ["--reinstall", "--dry-run", "--root", "--json", "--yes", "--help"]
        .iter()
        .map(|option| help.find(option).unwrap_or_else(|| panic!("{option}: {help}")))
        .collect();
    assert!(places.is_sorted(), "{help}");
}
