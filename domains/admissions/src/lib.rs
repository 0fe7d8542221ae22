//! Applications, consents and automatic enrolment (п. 3.11).
pub mod application;
mod apply;
mod attach;
mod begun;
mod bound;
mod check;
mod confirm;
mod consent;
mod contacts;
mod copies;
mod customer;
mod decline;
mod education;
mod enrol;
mod enrolment;
mod erase;
mod expel;
mod extend;
mod group;
mod list;
mod mail;
mod office;
mod payment;
mod rename;
mod roll;
mod roll_table;
mod slips;
mod transfer;

pub use begun::Agreement;
pub use bound::Kept;
pub use customer::Customer;
pub use education::Educated;
pub use enrol::last_day;
pub use enrolment::{Enrolment, Released, State, Why, complete, ordered, release};
pub use erase::Erased;
pub use expel::Expelled;
pub use extend::Extended;
pub use group::{Group, Removed, Started};
pub use mail::watch as watch_mail;
pub use transfer::Transferred;

use accounts::{Door, Doors, Right};
use files::Files;
use post::Post;
use store::{Db, Jobs, Store, Stored};
use uuid::Uuid;

/// Whether the key beside the data opens what applicants have written; `true` where nothing is sealed yet.
pub fn key_opens(db: &mut Db) -> Stored<bool> {
    let last = "select data from application where data like 'sealed:%' order by created_at desc limit 1";
    let sealed = db.maybe(last, &[], |row| row.get::<String>(0))?;
    Ok(sealed.is_none_or(|sealed| db.unseal::<serde_json::Value>(&sealed).is_ok()))
}

/// Somebody has been enrolled: an order, access and a letter follow.
pub struct Enrolled {
    pub enrolment: Uuid,
}

pub fn jobs(jobs: &mut Jobs, store: &Store, files: &Files, post: &Post) {
    group::jobs(jobs, store);
    copies::jobs(jobs, store, files);
    mail::jobs(jobs, store, files, post.inbox());
}

pub fn routes() -> Doors {
    Doors::new()
        .get("/programmes/{code}/application", Door::Anyone, apply::show)
        .post("/programmes/{code}/application", Door::Anyone, apply::submit)
        .get("/applications/{token}/data", Door::Anyone, apply::look_again)
        .post("/applications/{token}/data", Door::Anyone, apply::correct)
        .get("/applications/{token}/consent", Door::Anyone, consent::show)
        .post("/applications/{token}/consent", Door::Anyone, consent::submit)
        .get("/applications/{token}/copies", Door::Anyone, attach::show)
        .upload("/applications/{token}/copies", Door::Anyone, attach::submit)
        .post("/applications/{token}/copies/end", Door::Anyone, attach::finish)
        .get("/applications/{token}/copies/{id}", Door::Anyone, attach::file)
        .post("/applications/{token}/copies/{id}/removal", Door::Anyone, attach::remove)
        .get("/checks/{id}", Door::With(Right::SeeApplications), check::show)
        .get("/checks/{id}/copies", Door::With(Right::SeeApplications), bound::send)
        .post("/checks/{id}/removal", Door::With(Right::TakeApplications), erase::remove)
        .post("/checks/{id}/payment", Door::With(Right::TakeApplications), check::paid)
        .get("/checks/copies/{id}", Door::With(Right::TakeApplications), check::ask)
        .post("/checks/copies/{id}", Door::With(Right::TakeApplications), check::submit)
        .get("/checks/copies/{id}/file", Door::With(Right::SeeApplications), check::file)
        .get("/applications/{token}/agreement", Door::Anyone, confirm::agreement)
        .post("/applications/{token}/agreement", Door::Anyone, confirm::agree)
        .get("/applications/{token}/code", Door::Anyone, confirm::code)
        .post("/applications/{token}/code", Door::Anyone, confirm::sign)
        .get("/applications", Door::With(Right::SeeApplications), list::applications)
        .get("/customers.xlsx", Door::With(Right::SeeCustomers), customer::sheet)
        .get("/applications.xlsx", Door::With(Right::SeeApplications), list::applications_sheet)
        .get("/mail", Door::With(Right::SeeApplications), mail::list)
        .get("/mail.xlsx", Door::With(Right::SeeApplications), mail::sheet)
        .get("/mail/{id}", Door::With(Right::SeeApplications), mail::show)
        .get("/mail/{id}/files/{place}", Door::With(Right::SeeApplications), mail::file)
        .post("/mail/{id}/closure", Door::With(Right::TakeApplications), mail::close)
        .get("/office/applications", Door::With(Right::TakeApplications), office::programmes)
        .get("/office/applications/{code}", Door::With(Right::TakeApplications), office::show)
        .post("/office/applications/{code}", Door::With(Right::TakeApplications), office::submit)
        .get("/customers", Door::With(Right::SeeCustomers), customer::list)
        .post("/customers", Door::With(Right::TakeApplications), customer::add)
        .post("/customers/people/{person}/password", Door::With(Right::TakeApplications), customer::renew)
        .post("/customers/people/{person}/closure", Door::With(Right::TakeApplications), customer::close)
        .post("/customers/people/{person}/opening", Door::With(Right::TakeApplications), customer::reopen)
        .get("/groups/{id}/list", Door::With(Right::TakeApplications), roll::show)
        .post("/groups/{id}/slips", Door::With(Right::TakeApplications), slips::anew)
        .post("/company/groups/{id}/slips", Door::With(Right::SeeCompany), slips::anew_company)
        .get("/groups/{id}/list.xlsx", Door::With(Right::TakeApplications), roll::blank)
        .upload("/groups/{id}/list", Door::With(Right::TakeApplications), roll::submit)
        .get("/company/groups/{id}/list", Door::With(Right::SeeCompany), roll::show_company)
        .get("/company/groups/{id}/list.xlsx", Door::With(Right::SeeCompany), roll::blank_company)
        .upload("/company/groups/{id}/list", Door::With(Right::SeeCompany), roll::submit_company)
        .get("/learners", Door::With(Right::SeeLearners), list::learners)
        .get("/learners.xlsx", Door::With(Right::SeeLearners), list::sheet)
        .get("/learners/{person}/erasure", Door::With(Right::MoveLearners), erase::show)
        .post("/learners/{person}/erasure", Door::With(Right::MoveLearners), erase::submit)
        .get("/learners/{person}/contacts", Door::With(Right::MoveLearners), contacts::show)
        .post("/learners/{person}/contacts", Door::With(Right::MoveLearners), contacts::submit)
        .get("/learners/{person}/name/cases", Door::With(Right::MoveLearners), decline::show)
        .post("/learners/{person}/name/cases", Door::With(Right::MoveLearners), decline::submit)
        .get("/learners/{person}/name", Door::With(Right::MoveLearners), rename::show)
        .post("/learners/{person}/name", Door::With(Right::MoveLearners), rename::submit)
        .get("/enrolments/{id}/education", Door::With(Right::MoveLearners), education::show)
        .post("/enrolments/{id}/education", Door::With(Right::MoveLearners), education::submit)
        .get("/enrolments/{id}/expulsion", Door::With(Right::MoveLearners), expel::show)
        .post("/enrolments/{id}/expulsion", Door::With(Right::MoveLearners), expel::submit)
        .get("/enrolments/{id}/transfer", Door::With(Right::MoveLearners), transfer::show)
        .post("/enrolments/{id}/transfer", Door::With(Right::MoveLearners), transfer::submit)
        .get("/enrolments/{id}/extension", Door::With(Right::MoveLearners), extend::show)
        .post("/enrolments/{id}/extension", Door::With(Right::MoveLearners), extend::submit)
        .post("/learners/{person}/password", Door::With(Right::TakeApplications), office::renew)
}
