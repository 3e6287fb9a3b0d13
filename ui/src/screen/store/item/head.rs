//! The head of the page: icon and name, the deed, and what it means.

use iced::widget::image::Handle;
use iced::widget::{Column, column, container};
use iced::{Center, Fill};
use moult_api::{ChangePlan, ItemDetails, PackageChange};
use moult_i18n::{Language, bytes, count, explain, fl};

use super::{AppPage, Deed, Message, NARROW, Plan, deed, takes_away};
use crate::format;
use crate::screen::store::{Look, naming};
use crate::store::launch::LaunchFailure;
use crate::store::pictures::LARGE_ICON;
use crate::store::{Entry, Stage, said};
use crate::theme::{self, Element, Theme, size, space};
use crate::widget::card::line;
use crate::widget::{Icon, banner, button, excerpt, picture, progress_bar, words};

/// The width of the deed and of what it means, beside the name.
pub(super) const DEED: f32 = 320.0;

impl AppPage {
    pub(super) fn head<'a>(&'a self, look: Look<'a>, details: &'a ItemDetails, width: f32) -> Element<'a, Message> {
        let direction = look.direction;
        let is_narrow = width < NARROW;
        let side = if is_narrow { 96.0 } else { LARGE_ICON };
        let handle = look.pictures.large_icon(&details.item.icon);
        let is_small = matches!(&handle, Some(Handle::Rgba { width, .. }) if (*width as f32) < side);
        let sign = container(picture(handle, side, naming::kind_icon(details.item.kind)));
        let name = direction
            .row([
                // A small icon stands on a ground: that begins where the text below it does.
                if is_small { sign.style(theme::raised) } else { sign }.into(),
                name(look, details),
            ])
            .spacing(if is_narrow { space::M } else { space::XL })
            .align_y(Center)
            .width(Fill);
        let deed = self.deed_view(look, details);

        let head: Element<'a, Message> = if is_narrow {
            column![name, deed].spacing(space::L).width(Fill).into()
        } else {
            direction
                .row([name.into(), container(deed).width(DEED).into()])
                .spacing(space::XL)
                .width(Fill)
                .into()
        };

        column![head]
            .push(self.launch_failure.as_ref().map(|failure| {
                let name = details.item.name.clone();
                banner::warn(not_started(look.language, failure, name))
            }))
            .spacing(space::M)
            .into()
    }

    fn deed_view<'a>(&'a self, look: Look<'a>, details: &'a ItemDetails) -> Element<'a, Message> {
        if let Some(entry) = look.queue.of_package(&details.item.package) {
            return under_way(look, entry);
        }

        let language = look.language;
        let deed = deed(details);
        let has_program = details.item.installed && !details.desktop_id.is_empty();
        let mut block = column![].spacing(space::XS).align_x(look.direction.start()).width(Fill);

        let label = match (deed, &self.plan) {
            (Deed::Install, Plan::Made(plan)) if takes_away(plan) => Some(fl!(language, "store-item-install-look")),
            (Deed::Install, _) => Some(fl!(language, "store-item-install")),
            (Deed::Update, Plan::Made(plan)) if takes_away(plan) => Some(fl!(language, "store-item-update-look")),
            (Deed::Update, _) => Some(fl!(language, "store-item-update")),
            (Deed::Open, _) => Some(fl!(language, "store-item-open")),
            (Deed::None, _) => None,
        };
        if let Some(label) = label {
            let can = match &self.plan {
                Plan::Failed(_) => false,
                Plan::Made(plan) => !plan.packages.is_empty(),
                Plan::None | Plan::OnItsWay => true,
            };
            block = block.push(
                button::primary(label)
                    .id("item-deed")
                    .on_press_maybe(can.then_some(Message::DeedPressed))
                    .width(Fill),
            );
        }
        if deed == Deed::Update && has_program {
            block = block.push(
                button::secondary(fl!(language, "store-item-open"))
                    .id("item-open")
                    .on_press(Message::OpenPressed)
                    .width(Fill),
            );
        }
        if details.item.installed {
            block = block.push(
                button::secondary(fl!(language, "store-item-remove"))
                    .id("item-remove")
                    .on_press(Message::RemovePressed)
                    .width(Fill),
            );
        }

        self.meaning(look, details, deed, block).into()
    }

    /// What the deed means, line by line.
    fn meaning<'a>(
        &'a self,
        look: Look<'a>,
        details: &'a ItemDetails,
        deed: Deed,
        block: Column<'a, Message, Theme>,
    ) -> Column<'a, Message, Theme> {
        let language = look.language;
        let quiet = |text| line(look.direction, Icon::Info, text, theme::quiet);
        let item = &details.item;

        let block = match (&self.plan, deed) {
            (Plan::OnItsWay, _) => block.push(quiet(fl!(language, "store-item-planning"))),
            (Plan::Failed(failure), _) => {
                let text = explain(language, failure, "");
                block
                    .push(line(look.direction, Icon::CircleAlert, text.what, theme::danger))
                    .push(words::body(text.todo).style(theme::quiet))
            }
            (Plan::Made(plan), _) => block.extend(lines(look, details, plan)),
            (Plan::None, Deed::None) if !item.installed => block.push(quiet(fl!(language, "store-item-nowhere"))),
            (Plan::None, _) => block,
        };

        block
            .push((item.installed && item.held).then(|| {
                line(
                    look.direction,
                    Icon::Pin,
                    fl!(language, "store-item-held"),
                    theme::quiet,
                )
            }))
            .push(
                (item.installed && item.repository.is_empty())
                    .then(|| quiet(fl!(language, "store-item-nowhere-any-more"))),
            )
    }
}

fn name<'a>(look: Look<'a>, details: &'a ItemDetails) -> Element<'a, Message> {
    let direction = look.direction;
    let by = (!details.developer.is_empty()).then(|| {
        excerpt(details.developer.as_str(), 1)
            .style(theme::accent)
            .direction(direction)
    });

    column![
        excerpt(details.item.name.as_str(), 2)
            .size(size::DISPLAY)
            .strong()
            .direction(direction)
    ]
    .push(by)
    .push(
        excerpt(details.item.summary.as_str(), 3)
            .size(size::SECTION)
            .style(theme::quiet)
            .direction(direction),
    )
    .push(naming::sign(look.language, &details.item).map(|sign| sign.view(direction)))
    .spacing(space::XXS)
    .align_x(direction.start())
    .width(Fill)
    .into()
}

/// What a plan takes and brings.
fn lines<'a>(look: Look<'a>, details: &ItemDetails, plan: &ChangePlan) -> Vec<Element<'a, Message>> {
    let language = look.language;
    let quiet = |sign, text| line(look.direction, sign, text, theme::quiet);
    let of = |change: PackageChange| {
        let others = plan
            .packages
            .iter()
            .filter(|package| package.name != details.item.package);
        others.filter(|package| package.change == change).count() as u64
    };
    let mut lines = Vec::new();

    let own = plan
        .packages
        .iter()
        .find(|package| package.name == details.item.package);
    if let Some((old, new)) = own.and_then(|own| Some((own.old.first()?, own.new.first()?))) {
        lines.push(quiet(
            Icon::CircleArrowUp,
            fl!(
                language,
                "store-item-versions",
                old = old.version.clone(),
                new = new.version.clone()
            ),
        ));
    }
    if plan.packages.is_empty() {
        lines.push(quiet(Icon::Info, fl!(language, "store-item-nothing-to-do")));
        return lines;
    }

    lines.push(quiet(
        Icon::Download,
        if plan.download_bytes == 0 {
            fl!(language, "store-item-download-nothing")
        } else {
            fl!(
                language,
                "store-item-download",
                size = bytes(language, plan.download_bytes)
            )
        },
    ));
    if plan.disk_bytes > 0 {
        lines.push(quiet(
            Icon::HardDrive,
            fl!(language, "store-item-disk", size = bytes(language, plan.disk_bytes)),
        ));
    }
    let (more, newer, gone) = (
        of(PackageChange::Install),
        of(PackageChange::Upgrade),
        of(PackageChange::Remove) + of(PackageChange::Downgrade),
    );
    if more > 0 {
        lines.push(quiet(
            Icon::Package,
            fl!(language, "store-item-more", count = more, shown = count(language, more)),
        ));
    }
    if newer > 0 {
        lines.push(quiet(
            Icon::Package,
            fl!(
                language,
                "store-item-newer",
                count = newer,
                shown = count(language, newer)
            ),
        ));
    }
    if gone > 0 {
        lines.push(line(
            look.direction,
            Icon::TriangleAlert,
            fl!(language, "store-item-gone", count = gone, shown = count(language, gone)),
            theme::warn,
        ));
    }
    if !plan.unsigned.is_empty() {
        lines.push(line(
            look.direction,
            Icon::ShieldAlert,
            fl!(language, "store-item-unsigned", repositories = plan.unsigned.join(", ")),
            theme::warn,
        ));
    }

    lines
}

/// What is being done with it, in the place of the deed.
fn under_way<'a>(look: Look<'a>, entry: &Entry) -> Element<'a, Message> {
    let language = look.language;
    let text = match (&entry.stage, &entry.job) {
        (Stage::Running, Some(job)) => {
            said::waits_for(job, language).unwrap_or_else(|| format::phase(language, job.phase))
        }
        (Stage::Starting, _) => fl!(language, "store-item-starting"),
        (Stage::Asking(_), _) => fl!(language, "store-item-asking"),
        (Stage::Stopping(_), _) => fl!(language, "store-item-stopping"),
        _ => fl!(language, "store-item-waiting"),
    };
    let cancel = button::secondary(fl!(language, "cancel"))
        .id("item-cancel")
        .on_press_maybe(entry.can_cancel().then_some(Message::CancelPressed(entry.id)))
        .width(Fill);

    column![words::body(text), progress_bar(entry.progress as f32), cancel]
        .spacing(space::S)
        .align_x(look.direction.start())
        .width(Fill)
        .into()
}

fn not_started(language: Language, failure: &LaunchFailure, name: String) -> String {
    match failure {
        LaunchFailure::Missing(_) => fl!(language, "store-launch-missing", name = name),
        LaunchFailure::Terminal => fl!(language, "store-launch-terminal", name = name),
        LaunchFailure::Malformed(_) => fl!(language, "store-launch-malformed", name = name),
        LaunchFailure::NoProgram(program) => fl!(language, "store-launch-no-program", program = program.clone()),
        LaunchFailure::System(reason) => fl!(language, "store-launch-system", name = name, reason = reason.clone()),
    }
}
