//! The programs that this crate runs. Nothing else is ever run.

use moult_tool::Tool;

/// Reads superblocks.
pub(crate) const BLKID: Tool = Tool::new("blkid", "util-linux");
/// Signs programs for Secure Boot.
pub(crate) const SBSIGN: Tool = Tool::new("sbsign", "sbsigntool");
/// Looks whether a program is signed with a key.
pub(crate) const SBVERIFY: Tool = Tool::new("sbverify", "sbsigntool");
