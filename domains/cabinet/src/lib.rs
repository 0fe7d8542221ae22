//! A learner as a whole, put together from the other domains: the learner's own home (п. 2.2, 3.12.1), and what the staff see
//! of one person.
mod card;
mod company;
mod file;
mod group;
mod groups;
mod home;
mod portfolio;
mod teaching;

use accounts::{Door, Doors, Right};

pub fn routes() -> Doors {
    Doors::new()
        .get("/cabinet", Door::With(Right::Study), home::show)
        .get("/own-data", Door::With(Right::Study), file::own)
        .get("/portfolio", Door::With(Right::Study), portfolio::show)
        .get("/learners/{person}", Door::With(Right::SeeLearners), card::show)
        .get("/groups", Door::With(Right::SeeLearners), groups::list)
        .get("/groups.xlsx", Door::With(Right::SeeLearners), groups::sheet)
        .get("/groups/new", Door::With(Right::TakeApplications), groups::ask)
        .post("/groups", Door::With(Right::TakeApplications), groups::submit)
        .get("/groups/{id}", Door::With(Right::SeeLearners), group::show)
        .get("/groups/{id}/sheet.xlsx", Door::With(Right::SeeLearners), group::sheet)
        .get("/groups/{id}/papers", Door::With(Right::SeePapers), group::papers)
        .get("/groups/{id}/papers.zip", Door::With(Right::SeePapers), group::papers_zip)
        .post("/groups/{id}/removal", Door::With(Right::TakeApplications), group::remove)
        .post("/groups/{id}/teacher", Door::With(Right::TakeApplications), group::assign)
        .get("/teaching", Door::With(Right::SeeOwnLearners), teaching::list)
        .get("/teaching/{id}", Door::With(Right::SeeOwnLearners), teaching::show)
        .get("/company", Door::With(Right::SeeCompany), company::list)
        .get("/company/groups/{id}", Door::With(Right::SeeCompany), company::show)
        .get("/company/groups/{id}/papers", Door::With(Right::SeeCompany), company::papers)
        .get("/company/groups/{id}/papers.zip", Door::With(Right::SeeCompany), company::papers_zip)
        .get("/learners/{person}/file", Door::With(Right::SeePapers), file::send)
}
