//! The lab, the sample system and the end-to-end tests
