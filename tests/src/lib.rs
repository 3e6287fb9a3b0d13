//! The lab, the sample system and the end-to-end tests

pub mod sample;

pub mod lab;
