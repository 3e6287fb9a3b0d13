//! Disks: probe, propose, apply
