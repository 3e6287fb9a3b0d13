//! The engine as a whole, on roots in temporary folders, with small real stones. Needs root: owners and set-id bits are
//! part of what is proved.

mod install;
mod lab;
mod network;
mod recover;
mod refuse;
mod resolve;
