//! Whether a sync would find room, asked before anything else is done. Writes nothing.

use super::{Key, Record, Writer, loader, menu, space, wanted};
use crate::error::Error;
use crate::machine::Machine;
use crate::policy::Policy;
use crate::tree::Tree;

impl Machine {
    /// Whether [`Machine::sync`] would have room for these states: at least for the active one.
    ///
    /// # Errors
    /// As [`Machine::sync`] up to [`Error::Full`].
    pub fn check(&self, trees: &[Tree], policy: &Policy) -> Result<(), Error> {
        let active = wanted::active(trees)?;
        let program = loader(self, active)?;
        let key = Key::find(&self.etc)?;
        let before = menu::read(self)?;
        let mut warnings = Vec::new();
        let wanted = wanted::states(self, trees, &before, policy, &mut warnings)?;
        let writer = Writer {
            machine: self,
            key: key.as_ref(),
            record: Record::read(self.boot_volume(), &self.root.token())?,
            written: Vec::new(),
        };
        let missing = writer.missing(&wanted)?;
        let plan = writer.plan_loader(&program, &mut warnings)?;
        let question = space::Question {
            machine: self,
            menu: &before,
            wanted: &wanted,
            active: active.state,
            missing: &missing,
            loader: plan.bytes,
            signed: key.is_some(),
        };
        question.answer().map(drop)
    }
}
