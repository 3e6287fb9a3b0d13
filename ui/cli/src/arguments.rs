//! What `moultctl` understands. The forms are a promise to scripts.

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgGroup, Command, ValueHint, value_parser};
use moult_i18n::{Language, fl};

/// States that a pruning keeps unless told otherwise.
pub(crate) const KEEP: &str = "10";
/// Rows of a search unless told otherwise.
const ROWS: &str = "50";

/// Place of the options that every command has: after its own.
const LAST: usize = 1000;

/// The whole program, in a language.
pub(crate) fn command(language: Language) -> Command {
    let root = Arg::new("root")
        .long("root")
        .value_name("DIR")
        .value_parser(value_parser!(OsString))
        .value_hint(ValueHint::DirPath)
        .help(fl!(language, "ctl-root-help"))
        .display_order(LAST)
        .global(true);
    let json = switch("json")
        .help(fl!(language, "ctl-json-help"))
        .display_order(LAST + 1)
        .global(true);
    let yes = switch("yes")
        .short('y')
        .help(fl!(language, "ctl-yes-help"))
        .display_order(LAST + 2)
        .global(true);

    let whole = Command::new("moultctl")
        .about(fl!(language, "ctl-about"))
        .after_help(fl!(language, "ctl-exit-codes"))
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .args([root, json, yes])
        .subcommands(packages(language))
        .subcommand(repositories(language))
        .subcommand(states(language))
        .subcommand(boot(language))
        .subcommand(model(language))
        .subcommand(compose(language))
        .subcommand(inspect(language))
        .subcommand(generate());

    spoken(language, whole)
}

fn packages(language: Language) -> Vec<Command> {
    let name = || {
        Arg::new("package")
            .value_name("PKG")
            .required(true)
            .help(fl!(language, "ctl-package-help"))
    };
    let names = || name().num_args(1..);
    let dry_run = || switch("dry-run").help(fl!(language, "ctl-dry-run-help"));
    let orphans = || switch("orphans").help(fl!(language, "ctl-orphans-help"));

    vec![
        Command::new("install")
            .about(fl!(language, "ctl-install-about"))
            .after_help(fl!(language, "ctl-install-more"))
            .arg(
                Arg::new("package")
                    .value_name("PKG|FILE.stone")
                    .value_parser(value_parser!(OsString))
                    .value_hint(ValueHint::FilePath)
                    .required(true)
                    .num_args(1..)
                    .help(fl!(language, "ctl-wanted-help")),
            )
            .arg(switch("reinstall").help(fl!(language, "ctl-reinstall-help")))
            .arg(dry_run()),
        Command::new("remove")
            .about(fl!(language, "ctl-remove-about"))
            .arg(names().required(false).required_unless_present("orphans"))
            .arg(orphans())
            .arg(dry_run()),
        Command::new("sync")
            .about(fl!(language, "ctl-sync-about"))
            .arg(names().required(false))
            .arg(orphans())
            .arg(dry_run()),
        Command::new("search")
            .about(fl!(language, "ctl-search-about"))
            .arg(
                Arg::new("term")
                    .value_name("TERM")
                    .required(true)
                    .num_args(1..)
                    .help(fl!(language, "ctl-term-help")),
            )
            .arg(
                Arg::new("limit")
                    .long("limit")
                    .value_name("N")
                    .value_parser(value_parser!(u32).range(1..))
                    .default_value(ROWS)
                    .help(fl!(language, "ctl-limit-help")),
            ),
        Command::new("list").about(fl!(language, "ctl-list-about")),
        Command::new("info").about(fl!(language, "ctl-info-about")).arg(name()),
        Command::new("files")
            .about(fl!(language, "ctl-files-about"))
            .arg(name()),
        Command::new("why").about(fl!(language, "ctl-why-about")).arg(name()),
        Command::new("hold")
            .about(fl!(language, "ctl-hold-about"))
            .arg(names().required(false)),
        Command::new("unhold")
            .about(fl!(language, "ctl-unhold-about"))
            .arg(names()),
        Command::new("mark")
            .about(fl!(language, "ctl-mark-about"))
            .arg(names())
            .arg(switch("explicit").help(fl!(language, "ctl-explicit-help")))
            .arg(switch("automatic").help(fl!(language, "ctl-automatic-help")))
            .group(ArgGroup::new("how").args(["explicit", "automatic"]).required(true)),
    ]
}

fn repositories(language: Language) -> Command {
    let name = || {
        Arg::new("name")
            .value_name("NAME")
            .required(true)
            .help(fl!(language, "ctl-repo-name-help"))
    };
    let uri = || {
        Arg::new("uri")
            .value_name("URI")
            .value_hint(ValueHint::Url)
            .required(true)
            .help(fl!(language, "ctl-uri-help"))
    };
    let key = || {
        Arg::new("key")
            .long("key")
            .value_name("KEY|FILE.pub")
            .value_hint(ValueHint::FilePath)
            .action(ArgAction::Append)
            .help(fl!(language, "ctl-key-help"))
    };
    let option =
        |name: &'static str, shown: &'static str, help: String| Arg::new(name).long(name).value_name(shown).help(help);

    family("repo", fl!(language, "ctl-repo-about")).subcommands([
        Command::new("add")
            .about(fl!(language, "ctl-repo-add-about"))
            .after_help(fl!(language, "ctl-repo-add-more"))
            .args([name(), uri()])
            .arg(
                Arg::new("priority")
                    .long("priority")
                    .value_name("N")
                    .value_parser(value_parser!(u64))
                    .default_value("0")
                    .help(fl!(language, "ctl-priority-help")),
            )
            .arg(option("description", "TEXT", fl!(language, "ctl-description-help")))
            .arg(key())
            .arg(
                option("mirror", "URI", fl!(language, "ctl-mirror-help"))
                    .value_hint(ValueHint::Url)
                    .action(ArgAction::Append),
            )
            .arg(
                Arg::new("follow")
                    .long("version")
                    .value_name("VERSION")
                    .help(fl!(language, "ctl-follow-help")),
            )
            .arg(option("channel", "NAME", fl!(language, "ctl-channel-help")).requires("follow"))
            .arg(option("architecture", "NAME", fl!(language, "ctl-architecture-help")).requires("follow")),
        Command::new("list").about(fl!(language, "ctl-repo-list-about")),
        Command::new("remove")
            .about(fl!(language, "ctl-repo-remove-about"))
            .arg(name()),
        Command::new("enable")
            .about(fl!(language, "ctl-repo-enable-about"))
            .arg(name()),
        Command::new("disable")
            .about(fl!(language, "ctl-repo-disable-about"))
            .arg(name()),
        Command::new("refresh")
            .about(fl!(language, "ctl-repo-refresh-about"))
            .arg(name().required(false)),
        Command::new("versions")
            .about(fl!(language, "ctl-repo-versions-about"))
            .arg(name()),
        Command::new("follow")
            .about(fl!(language, "ctl-repo-follow-about"))
            .arg(name())
            .arg(
                Arg::new("version")
                    .value_name("VERSION")
                    .required(true)
                    .help(fl!(language, "ctl-version-name-help")),
            ),
        Command::new("bridge")
            .about(fl!(language, "ctl-repo-bridge-about"))
            .after_help(fl!(language, "ctl-repo-bridge-more"))
            .arg(name())
            .arg(
                Arg::new("package")
                    .value_name("PKG")
                    .help(fl!(language, "ctl-bridge-package-help")),
            )
            .arg(switch("dry-run").help(fl!(language, "ctl-dry-run-help"))),
        Command::new("index")
            .about(fl!(language, "ctl-repo-index-about"))
            .after_help(fl!(language, "ctl-repo-index-more"))
            .arg(
                Arg::new("folder")
                    .value_name("DIR")
                    .value_parser(value_parser!(OsString))
                    .value_hint(ValueHint::DirPath)
                    .required(true)
                    .help(fl!(language, "ctl-index-folder-help")),
            )
            .arg(
                option("sign", "KEYFILE", fl!(language, "ctl-sign-help"))
                    .value_parser(value_parser!(OsString))
                    .value_hint(ValueHint::FilePath),
            )
            .arg(
                option("password-fd", "N", fl!(language, "ctl-password-fd-help"))
                    .value_parser(value_parser!(i32).range(0..))
                    .requires("sign"),
            )
            .arg(
                option("valid", "DAYS", fl!(language, "ctl-valid-help"))
                    .value_parser(value_parser!(u32).range(1..=36_500))
                    .requires("sign"),
            ),
        Command::new("verify")
            .about(fl!(language, "ctl-repo-verify-about"))
            .arg(uri())
            .arg(key()),
    ])
}

fn states(language: Language) -> Command {
    let number = |name: &'static str, shown: &'static str| {
        Arg::new(name)
            .value_name(shown)
            .value_parser(value_parser!(u64).range(1..))
            .required(true)
            .help(fl!(language, "ctl-state-help"))
    };

    family("state", fl!(language, "ctl-state-about")).subcommands([
        Command::new("list").about(fl!(language, "ctl-state-list-about")),
        Command::new("show")
            .about(fl!(language, "ctl-state-show-about"))
            .arg(number("state", "N")),
        Command::new("diff")
            .about(fl!(language, "ctl-state-diff-about"))
            .args([number("from", "A"), number("to", "B")]),
        Command::new("activate")
            .about(fl!(language, "ctl-state-activate-about"))
            .arg(number("state", "N")),
        Command::new("name")
            .about(fl!(language, "ctl-state-name-about"))
            .arg(number("state", "N"))
            .arg(
                Arg::new("text")
                    .value_name("TEXT")
                    .required(true)
                    .help(fl!(language, "ctl-state-text-help")),
            ),
        Command::new("pin")
            .about(fl!(language, "ctl-state-pin-about"))
            .arg(number("state", "N")),
        Command::new("unpin")
            .about(fl!(language, "ctl-state-unpin-about"))
            .arg(number("state", "N")),
        Command::new("verify")
            .about(fl!(language, "ctl-state-verify-about"))
            .arg(switch("repair").help(fl!(language, "ctl-repair-help"))),
        Command::new("remove")
            .about(fl!(language, "ctl-state-remove-about"))
            .arg(number("state", "N").num_args(1..)),
        Command::new("prune").about(fl!(language, "ctl-state-prune-about")).arg(
            Arg::new("keep")
                .long("keep")
                .value_name("N")
                .value_parser(value_parser!(u32))
                .default_value(KEEP)
                .help(fl!(language, "ctl-keep-help")),
        ),
    ])
}

fn boot(language: Language) -> Command {
    family("boot", fl!(language, "ctl-boot-about")).subcommands([
        Command::new("status")
            .about(fl!(language, "ctl-boot-status-about"))
            .after_help(fl!(language, "ctl-boot-status-more")),
        Command::new("sync").about(fl!(language, "ctl-boot-sync-about")),
        Command::new("set-next")
            .about(fl!(language, "ctl-boot-set-next-about"))
            .after_help(fl!(language, "ctl-boot-set-next-more"))
            .arg(
                Arg::new("state")
                    .value_name("STATE")
                    .value_parser(value_parser!(u64).range(1..))
                    .required(true)
                    .help(fl!(language, "ctl-state-help")),
            )
            .arg(switch("once").help(fl!(language, "ctl-boot-once-help")))
            .arg(
                switch("always")
                    .conflicts_with("once")
                    .help(fl!(language, "ctl-boot-always-help")),
            ),
    ])
}

fn model(language: Language) -> Command {
    let file = || {
        Arg::new("file")
            .value_name("FILE")
            .value_parser(value_parser!(OsString))
            .value_hint(ValueHint::FilePath)
    };
    let dry_run = || switch("dry-run").help(fl!(language, "ctl-dry-run-help"));

    family("model", fl!(language, "ctl-model-about")).subcommands([
        Command::new("export")
            .about(fl!(language, "ctl-model-export-about"))
            .arg(
                Arg::new("state")
                    .value_name("STATE")
                    .value_parser(value_parser!(u64).range(1..))
                    .help(fl!(language, "ctl-state-help")),
            ),
        Command::new("import")
            .about(fl!(language, "ctl-model-import-about"))
            .arg(file().required(true).help(fl!(language, "ctl-model-file-help")))
            .arg(dry_run()),
        Command::new("sync")
            .about(fl!(language, "ctl-model-sync-about"))
            .arg(dry_run()),
        Command::new("diff")
            .about(fl!(language, "ctl-model-diff-about"))
            .arg(file().help(fl!(language, "ctl-model-diff-help"))),
    ])
}

fn compose(language: Language) -> Command {
    Command::new("compose")
        .about(fl!(language, "ctl-compose-about"))
        .after_help(fl!(language, "ctl-compose-more"))
        .arg(
            Arg::new("model")
                .long("model")
                .value_name("FILE")
                .value_parser(value_parser!(OsString))
                .value_hint(ValueHint::FilePath)
                .required(true)
                .help(fl!(language, "ctl-model-file-help")),
        )
        .arg(
            Arg::new("to")
                .long("to")
                .value_name("DIR|FILE.tar|oci:DIR")
                .value_parser(value_parser!(OsString))
                .value_hint(ValueHint::AnyPath)
                .required(true)
                .help(fl!(language, "ctl-compose-to-help")),
        )
}

fn inspect(language: Language) -> Command {
    Command::new("inspect").about(fl!(language, "ctl-inspect-about")).arg(
        Arg::new("file")
            .value_name("FILE")
            .value_parser(value_parser!(OsString))
            .value_hint(ValueHint::FilePath)
            .required(true)
            .help(fl!(language, "ctl-file-help")),
    )
}

/// For whoever packages this program: writes the man page and the completions.
fn generate() -> Command {
    Command::new("generate").hide(true).arg(
        Arg::new("folder")
            .value_name("DIR")
            .value_parser(value_parser!(OsString))
            .required(true),
    )
}

fn family(name: &'static str, about: String) -> Command {
    Command::new(name)
        .about(about)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
}

fn switch(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

/// The words that clap would say in English, in the reader's language.
fn spoken(language: Language, command: Command) -> Command {
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::Help)
        .help(fl!(language, "ctl-help-help"))
        .display_order(LAST + 3)
        .help_heading(fl!(language, "ctl-heading-options"));
    let template = format!(
        "{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}{{after-help}}",
        fl!(language, "ctl-heading-usage")
    );
    let mut command = command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .help_template(template)
        .subcommand_help_heading(fl!(language, "ctl-heading-commands"))
        .subcommand_value_name("COMMAND")
        .mut_args(|argument| {
            let heading = if argument.is_positional() {
                fl!(language, "ctl-heading-arguments")
            } else {
                fl!(language, "ctl-heading-options")
            };
            argument.help_heading(heading)
        })
        .arg(help);
    if command.get_version().is_some() {
        command = command.arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help(fl!(language, "ctl-version-help"))
                .display_order(LAST + 4)
                .help_heading(fl!(language, "ctl-heading-options")),
        );
    }

    command.mut_subcommands(|inner| spoken(language, inner))
}

#[cfg(test)]
#[path = "arguments_tests.rs"]
mod tests;
