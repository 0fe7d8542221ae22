//! Orders, protocols, certificates, numbering, the register of issued documents, public check (п. 3.5).
pub mod archive;
mod awaited;
mod blank;
mod check;
mod credential;
mod declined;
mod examination;
mod learner_order;
mod listed;
mod number;
mod numbering;
mod order;
mod overtaken;
mod own;
mod paper;
mod programme;
mod protocol;
mod reference;
mod register;
mod registry;
mod replace;
mod sign;
mod signed;
mod specimen;
mod stock;
mod wording;

pub use awaited::awaits_diploma;
pub use blank::count_waiting as count_waiting_for_blanks;
pub use credential::Credential;
pub use listed::{Listed, Signed, count_unsigned, of_group, of_person};
pub use paper::jobs as paper_jobs;
pub use paper::print_memo;
pub use protocol::{draft_of_group, jobs as protocol_jobs};

use accounts::person::Renamed;
use accounts::{Declined, Door, Doors, Right};
use admissions::{Educated, Enrolled, Enrolment, Erased, Expelled, Extended, Started, Transferred};
use attestation::{Annulled, Settled};
use regulations::Consented;
use store::Listeners;
use trainer::Remarked;

pub fn routes() -> Doors {
    Doors::new()
        .get("/programmes/{code}/document", Door::Anyone, programme::public)
        .get("/office/programmes/{version}/document", Door::With(Right::SeeProgrammes), programme::staff)
        .get("/attempts/{attempt}/sheet.pdf", Door::With(Right::Study), examination::own)
        .get("/results/{attempt}/sheet.pdf", Door::With(Right::SeeResults), examination::staff)
        .get("/papers", Door::With(Right::Study), own::list)
        .get("/papers/{id}", Door::SignedIn, paper::show)
        .get("/papers/{id}/signature", Door::SignedIn, sign::signature)
        .get("/signing", Door::With(Right::SignPapers), sign::list)
        .post("/signing", Door::With(Right::SignPapers), sign::by_hand)
        .upload("/signing/files", Door::With(Right::SignPapers), sign::by_files)
        .get("/signing/papers.zip", Door::With(Right::SignPapers), sign::archive)
        .get("/archives", Door::With(Right::SeePapers), archive::made::show)
        .post("/archives", Door::With(Right::ClosePapers), archive::made::submit)
        .get("/archives/{name}", Door::With(Right::SeePapers), archive::made::send)
        .get("/orders", Door::With(Right::SeePapers), register::orders)
        .get("/orders.xlsx", Door::With(Right::SeePapers), register::orders_sheet)
        .post("/orders/{protocol}/closure", Door::With(Right::ClosePapers), register::close)
        .get("/register", Door::With(Right::SeePapers), register::credentials)
        .post("/enrolments/{id}/certificate", Door::With(Right::ClosePapers), register::issue)
        .get("/register.xlsx", Door::With(Right::SeePapers), register::sheet)
        .get("/blanks", Door::With(Right::SeePapers), stock::list)
        .get("/blanks.xlsx", Door::With(Right::SeePapers), stock::sheet)
        .post("/blanks", Door::With(Right::ClosePapers), stock::add)
        .post("/blanks/switch", Door::With(Right::ClosePapers), stock::switch)
        .get("/blanks/{id}", Door::With(Right::ClosePapers), stock::show)
        .post("/blanks/{id}", Door::With(Right::ClosePapers), stock::change)
        .get("/credentials/{id}/replacement", Door::With(Right::ClosePapers), replace::show)
        .post("/credentials/{id}/replacement", Door::With(Right::ClosePapers), replace::submit)
        .get("/protocols/{id}/registry", Door::With(Right::ClosePapers), registry::show)
        .post("/protocols/{id}/registry", Door::With(Right::ClosePapers), registry::submit)
        .get("/settings/specimens", Door::With(Right::ChangeCentre), specimen::list)
        .get("/settings/specimens/{kind}/{length}", Door::With(Right::ChangeCentre), specimen::show)
        .get("/settings/wordings/{kind}", Door::With(Right::ChangeCentre), wording::show)
        .post("/settings/wordings/{kind}", Door::With(Right::ChangeCentre), wording::submit)
        .post("/settings/wordings/{kind}/preview", Door::With(Right::ChangeCentre), wording::preview)
        .get("/settings/numbering", Door::With(Right::ChangeCentre), numbering::list)
        .get("/settings/numbering/{kind}", Door::With(Right::ChangeCentre), numbering::show)
        .post("/settings/numbering/{kind}", Door::With(Right::ChangeCentre), numbering::submit)
        .get("/check", Door::Anyone, check::ask)
        .get("/check/{token}", Door::Anyone, check::by_token)
}

pub fn listeners(on: &mut Listeners) {
    on.on(|work, fact: &Enrolled| {
        signed::of_enrolment(work, fact.enrolment)?;
        order::of_enrolment(work, fact.enrolment)
    });
    on.on(|work, fact: &Started| order::of_group(work, fact.group));
    on.on(|work, fact: &Expelled| {
        learner_order::of_expulsion(work, fact)?;
        match Enrolment::find(work, fact.enrolment)?.group {
            Some(group) => protocol::after_leaving(work, group),
            None => Ok(()),
        }
    });
    on.on(|work, fact: &Educated| awaited::issue(work, fact.enrolment));
    on.on(|work, fact: &Extended| learner_order::of_extension(work, fact));
    on.on(|work, fact: &Transferred| {
        order::of_transfer(work, fact)?;
        fact.from.map_or(Ok(()), |group| protocol::after_leaving(work, group))
    });
    on.on(|work, fact: &Consented| signed::of_consent(work, fact));
    on.on(|work, fact: &Erased| learner_order::of_erasure(work, fact));
    on.on(|work, fact: &Renamed| learner_order::of_name(work, fact));
    on.on(|work, fact: &Declined| declined::print_anew(work, fact));
    on.on(|work, fact: &Settled| protocol::add_line(work, fact));
    on.on(|work, fact: &Remarked| protocol::rescore_line(work, fact));
    on.on(|work, fact: &Annulled| protocol::drop_line(work, fact.attempt));
}
