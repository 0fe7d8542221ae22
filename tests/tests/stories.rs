//! The stories of all domains. Each file lies beside the domain it tells of; they are compiled together, so that the
//! whole house is linked once (docs/decisions/0003).
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
#[path = "../../domains/admissions/stories_of_access.rs"]
mod access;
#[path = "../../domains/accounts/stories.rs"]
mod accounts;
#[path = "../../domains/admissions/stories.rs"]
mod admissions;
#[path = "../../domains/attestation/stories_of_annulment.rs"]
mod annulment;
#[path = "../../domains/attestation/stories.rs"]
mod attestation;
#[path = "../../domains/documents/stories_of_changes.rs"]
mod changes;
#[path = "../../domains/admissions/stories_of_copies.rs"]
mod copies;
#[path = "../../domains/trainer/stories_of_corrections.rs"]
mod corrections;
#[path = "../../domains/admissions/stories_of_data.rs"]
mod data;
#[path = "../stories/deaths.rs"]
mod deaths;
#[path = "../../domains/trainer/stories_of_delivery.rs"]
mod delivery;
#[path = "../../domains/documents/stories.rs"]
mod documents;
#[path = "../../domains/attestation/stories_of_duty.rs"]
mod duty;
#[path = "../stories/fields.rs"]
mod fields;
#[path = "../../domains/admissions/stories_of_groups.rs"]
mod groups;
#[path = "../../domains/questions/stories_of_kinds.rs"]
mod kinds;
#[path = "../../domains/learning/stories.rs"]
mod learning;
#[path = "../../domains/meetings/stories.rs"]
mod meetings;
#[path = "../../domains/monitoring/stories.rs"]
mod monitoring;
#[path = "../../domains/trainer/stories_of_packages.rs"]
mod packages;
#[path = "../../domains/attestation/stories_of_photos.rs"]
mod photos;
#[path = "../../domains/programmes/stories.rs"]
mod programmes;
#[path = "../../domains/documents/stories_of_proof.rs"]
mod proven;
#[path = "../../domains/questions/stories.rs"]
mod questions;
#[path = "../../domains/regulations/stories.rs"]
mod regulations;
#[path = "../../domains/trainer/stories.rs"]
mod trainer;
