//! The one table of roles and rights.
use std::fmt;

use words::Wrong;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Head,
    Methodist,
    Teacher,
    Learner,
    Customer,
    Administrator,
    Auditor,
}

/// What a door may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Own studies, training, attestation and papers.
    Study,
    /// Numbers about everything.
    SeeOverview,
    /// п. 4.3.10: the head's decision on a programme.
    ApproveProgrammes,
    /// Drafts and versions of programmes.
    SeeProgrammes,
    /// Writing drafts and handing them to the head.
    EditProgrammes,
    SeeApplications,
    /// Entering who came to the office; a new password for a learner.
    TakeApplications,
    SeeLearners,
    /// Terms, expulsion, names.
    MoveLearners,
    SeeResults,
    /// Orders, protocols, the register of issued documents.
    SeePapers,
    /// The head's signature under papers.
    SignPapers,
    /// Closing a protocol by hand, duplicates, numbers of registries.
    ClosePapers,
    SeeQuestions,
    /// The commission's part of an attestation: written works.
    MarkWorks,
    /// Bringing questions in.
    EditQuestions,
    /// Lessons and consultations that were asked for; a teacher's are the own ones.
    SeeMeetings,
    /// A teacher and a time for them.
    PlanMeetings,
    /// A customer's own groups.
    SeeCompany,
    /// Who did what, and when.
    SeeJournal,
    /// Customers and who speaks for them.
    SeeCustomers,
    /// Written works, whoever marks them.
    SeeWorks,
    /// The groups that one teaches, and whoever one met alone.
    SeeOwnLearners,
    /// Letters, jobs, health.
    SeeWorkings,
    /// The centre's data, local acts, commission, numbering.
    ChangeCentre,
    /// Who works here, with which roles.
    ManageStaff,
}

use Right::{
    ApproveProgrammes, ChangeCentre, ClosePapers, EditProgrammes, EditQuestions, ManageStaff, MarkWorks,
    MoveLearners, PlanMeetings, SeeApplications, SeeCompany, SeeCustomers, SeeJournal, SeeLearners,
    SeeMeetings, SeeOverview, SeeOwnLearners, SeePapers, SeeProgrammes, SeeQuestions, SeeResults,
    SeeWorkings, SeeWorks, SignPapers, Study, TakeApplications,
};

impl Role {
    pub const ALL: [Self; 7] = [
        Self::Head,
        Self::Methodist,
        Self::Teacher,
        Self::Learner,
        Self::Customer,
        Self::Administrator,
        Self::Auditor,
    ];

    /// Nobody has a right to change a mark: there is no such right.
    pub const fn rights(self) -> &'static [Right] {
        match self {
            Self::Head => &[
                SeeOverview,
                ApproveProgrammes,
                SeeProgrammes,
                EditProgrammes,
                SeeApplications,
                SeeLearners,
                SeeResults,
                SeePapers,
                SignPapers,
                SeeQuestions,
                EditQuestions,
                ChangeCentre,
                ManageStaff,
                SeeMeetings,
                SeeCustomers,
                SeeWorks,
                SeeJournal,
            ],
            Self::Methodist => &[
                SeeOverview,
                SeeProgrammes,
                EditProgrammes,
                SeeApplications,
                TakeApplications,
                SeeLearners,
                MoveLearners,
                SeeResults,
                SeePapers,
                ClosePapers,
                SeeQuestions,
                EditQuestions,
                MarkWorks,
                SeeWorks,
                SeeMeetings,
                SeeCustomers,
                PlanMeetings,
            ],
            Self::Teacher => &[
                SeeOwnLearners,
                SeeProgrammes,
                SeeQuestions,
                EditQuestions,
                MarkWorks,
                SeeWorks,
                SeeMeetings,
            ],
            Self::Learner => &[Study],
            Self::Customer => &[SeeCompany],
            Self::Administrator => &[SeeWorkings, ChangeCentre, ManageStaff, SeeJournal],
            Self::Auditor => {
                &[SeeProgrammes, SeeLearners, SeeResults, SeeWorks, SeeCustomers, SeePapers, SeeJournal]
            }
        }
    }

    /// Whoever works here; learners and customers come from outside.
    pub const STAFF: [Self; 5] =
        [Self::Head, Self::Methodist, Self::Teacher, Self::Administrator, Self::Auditor];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Methodist => "methodist",
            Self::Teacher => "teacher",
            Self::Learner => "learner",
            Self::Customer => "customer",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
        }
    }

    pub fn parse(code: &str) -> Result<Self, Wrong> {
        Self::ALL
            .into_iter()
            .find(|role| role.code() == code)
            .ok_or_else(|| Wrong::new(format!("роль «{code}»")))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "Руководитель",
            Self::Methodist => "Методист",
            Self::Teacher => "Преподаватель",
            Self::Learner => "Слушатель",
            Self::Customer => "Заказчик",
            Self::Administrator => "Администратор",
            Self::Auditor => "Проверяющий",
        })
    }
}
