//! The wiring of the house: which domain answers what, who hears which fact, who does which job. No rules.
pub mod app;
pub mod commands;
pub mod config;
pub mod demo;
pub mod folder;
pub mod guest;
pub mod nightly;
