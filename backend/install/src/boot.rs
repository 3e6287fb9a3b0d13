//! The boot menu of what was just installed: written to the new disk's EFI system partition, and followed as the firmware
//! and the boot loader will follow it.

use std::path::Path;
use std::sync::Arc;

use moult_boot::{EfiVariables, EspPartition, Fat, Machine, Mounted as MountedVolume, Policy, RootSource, Volume};
use moult_packages::{Asked, Engine, Selection, State, Unwatched};
use moult_storage::{Bus, Filesystem, Mounted, Plan, Prepared, Role};

use crate::error::Cause;
use crate::menu::trees;
use crate::proposal::{Installer, Proposal};
use crate::run::Watch;

/// The loader's program, below `/usr`; which one is asked for depends on the machine.
const LOADERS: &str = "lib/systemd/boot/efi/systemd-boot";

/// Whether a computer can be started from what these packages make: they bring a kernel and a boot loader.
pub(crate) fn starts(engine: &Engine, selection: &Selection) -> Result<bool, Cause> {
    let kernel = |path: &str| {
        let version = path
            .strip_prefix("lib/kernel/")
            .and_then(|rest| rest.strip_suffix("/vmlinuz"));
        version.is_some_and(|version| !version.is_empty() && !version.contains('/'))
    };
    let loader = |path: &str| path.strip_prefix(LOADERS).is_some_and(|rest| rest.ends_with(".efi"));
    let questions: [Asked<'_>; 2] = [&kernel, &loader];
    Ok(engine.brings(selection, &questions, &Unwatched)?)
}

impl Installer {
    /// Writes the menu. What was written is read back and followed to kernel and initrd.
    pub(crate) fn write_menu(
        &self,
        proposal: &Proposal,
        prepared: &Prepared,
        mounted: &Mounted,
        states: &[State],
        watch: &dyn Watch,
    ) -> Result<(), Cause> {
        let mut machine = Machine::new(
            volume(prepared, mounted)?,
            root_source(prepared),
            mounted.root().join("etc"),
        );
        let is_here = !self.offer.disk_images && proposal.plan.disk.bus != Bus::Loop;
        if is_here {
            machine.variables = EfiVariables::of_running();
            machine.esp_partition = esp_partition(&proposal.plan);
        }
        let report = machine.sync(&trees(mounted.root(), states), &Policy::default())?;
        for written in &report.written {
            watch.log(&format!("boot menu: {} ({} bytes)", written.path, written.bytes));
        }
        for warning in &report.warnings {
            watch.log(&format!("boot menu: {warning}"));
        }
        watch.log(&format!(
            "what starts next: {} by {}",
            report.next.id, report.next.loader
        ));
        Ok(())
    }
}

/// The EFI system partition: as the kernel has mounted it, or, where it has no vfat, written by this program itself.
fn volume(prepared: &Prepared, mounted: &Mounted) -> Result<Arc<dyn Volume>, Cause> {
    if let Some(at) = mounted.esp() {
        return Ok(Arc::new(MountedVolume::new(at)));
    }
    let node: &Path = &prepared.esp.node;
    let fat = Fat::open(node, 0).map_err(Cause::io("opening the EFI system partition", node))?;
    Ok(Arc::new(fat))
}

fn root_source(prepared: &Prepared) -> RootSource {
    RootSource {
        uuid: Some(prepared.root.uuid.clone()),
        partuuid: Some(prepared.root.partuuid.clone()),
        filesystem: prepared.filesystem.name().to_owned(),
        subvolume: (prepared.filesystem == Filesystem::Btrfs).then(|| "@".to_owned()),
        luks: Vec::new(),
    }
}

fn esp_partition(plan: &Plan) -> Option<EspPartition> {
    let esp = plan.partition(Role::Esp)?;
    let block = u64::from(plan.disk.sector_size);
    Some(EspPartition {
        number: esp.number,
        start: esp.range.start.checked_div(block)?,
        blocks: esp.range.size.checked_div(block)?,
        uuid: esp.uuid.to_lowercase(),
    })
}
