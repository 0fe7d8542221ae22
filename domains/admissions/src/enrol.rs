//! Enrolment in one unit of work, whichever way the application came.
use accounts::person::{Person, add_account, grant, set_password};
use accounts::{Role, invite};
use programmes::Content;
use regulations::Centre;
use store::{Fault, Stored, Work, values};
use uuid::Uuid;
use words::{Day, Email, Phone, Snils};

use crate::Enrolled;
use crate::begun::{Begun, advance};
use crate::group::Group;

/// How a new person gets into the cabinet.
pub(crate) struct WayIn<'a> {
    pub login: &'a str,
    pub password_hash: Option<&'a str>,
    /// The password was given by the staff.
    pub once: bool,
    /// The link by which the person chooses a password.
    pub invitation: Option<Invitation<'a>>,
}

/// A personal link: its secret, and its whole address for the letter.
#[derive(Clone, Copy)]
pub(crate) struct Invitation<'a> {
    pub token: &'a str,
    pub address: &'a str,
}

/// п. 3.11.3: the set is whole, so the person, account, role, enrolment, order, access and letter appear together.
pub(crate) fn enrol(work: &mut Work, begun: &Begun, way_in: &WayIn, group: Option<&Group>) -> Stored<Uuid> {
    if !matches!(begun.state.as_str(), "agreed" | "signed") {
        return Err(Fault::Missing);
    }
    let application = &begun.application;
    let person = if let Some(person) = begun.applicant {
        person
    } else {
        let person = Person::add(
            work,
            &Person {
                name: application.name.clone(),
                sex: application.sex,
                birthday: Some(application.birthday),
                snils: Some(Snils::parse(&application.snils).map_err(Fault::data)?),
                phone: (!application.phone.is_empty())
                    .then(|| Phone::parse(&application.phone))
                    .transpose()
                    .map_err(Fault::data)?,
                email: application.address_of_letters().map(Email::parse).transpose().map_err(Fault::data)?,
            },
        )?;
        add_account(work, person, way_in.login, None)?;
        if let Some(hash) = way_in.password_hash {
            set_password(work, person, hash, way_in.once)?;
        }
        if let Some(invitation) = &way_in.invitation {
            invite(work, person, invitation.token)?;
        }
        person
    };
    grant(work, person, Role::Learner)?;
    let (enrolment, now, today) = (Uuid::now_v7(), work.now(), work.today());
    let starts = group.map_or(today, |group| group.starts.max(today));
    let ends = group.map_or_else(|| last_day(starts, &begun.version.content), |group| group.ends);
    let at_work = application.work.as_ref();
    work.run(
        "insert into enrolment (id, person, programme_version, application, state, starts_on, ends_on, position, employer, employer_inn, study_group, created_at, held)
         values (?1, ?2, ?3, ?4, 'active', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        values![
            enrolment, person, begun.version.id, begun.id, starts, ends,
            at_work.map(|work| work.position.as_str()), at_work.map(|work| work.employer.as_str()),
            at_work.map(|work| work.employer_inn.as_str()), group.map(|group| group.id), now,
            begun.version.content.sign_first
        ],
    )?;
    work.run("update application set enrolment = ?2 where id = ?1", values![begun.id, enrolment])?;
    advance(work, begun.id, &begun.state, "enrolled")?;
    work.note("enrolment.made", enrolment)?;
    work.tell(Enrolled { enrolment })?;
    welcome(work, begun, way_in, starts)?;
    Ok(person)
}

/// How long the materials stay open, in days, unless the programme itself takes longer.
const ACCESS_DAYS: i64 = 60;

/// The last day of access of whoever begins on `starts`.
pub fn last_day(starts: Day, content: &Content) -> Day {
    starts.plus(ACCESS_DAYS.max(content.days() * 2))
}

/// Nobody without an address is written to: such a person gets a slip of paper.
fn welcome(work: &mut Work, begun: &Begun, way_in: &WayIn, starts: Day) -> Stored<()> {
    let (name, content) = (&begun.application.name, &begun.version.content);
    let Some(to) = begun.application.address_of_letters() else { return Ok(()) };
    let entrance = if begun.applicant.is_some() {
        "Вход в кабинет у вас прежний.".to_owned()
    } else if let Some(invitation) = &way_in.invitation {
        format!(
            "Логин — {}. Пароль выберите по личной ссылке, она действует месяц:\n{}",
            way_in.login, invitation.address
        )
    } else if way_in.once {
        format!("Логин — {}, одноразовый пароль вам дали в центре.", way_in.login)
    } else {
        format!("Логин — {}, пароль вы придумали сами.", way_in.login)
    };
    let opened = if content.sign_first {
        "Материалы откроются, когда руководитель подпишет приказ о зачислении: об этом придёт письмо"
            .to_owned()
    } else if starts > work.today() {
        format!("Обучение начнётся {}: тогда в кабинете откроются материалы", starts.in_words())
    } else {
        "Материалы, тренировка и аттестация — в вашем кабинете".to_owned()
    };
    let studies = begun.application.education.as_ref().is_some_and(|one| !one.received);
    let document = if studies && Centre::load(work)?.with_diploma {
        format!(
            "\n\n{} выдадим вместе с вашим дипломом об образовании: когда получите его, покажите в центре или пришлите копию.",
            content.kind.document()
        )
    } else {
        String::new()
    };
    post::write(
        work,
        &post::Letter {
            to: to.to_owned(),
            secret: way_in.invitation.is_some(),
            subject: format!("Вы зачислены: {}", content.title),
            body: format!(
                "Здравствуйте, {}.\n\nВы зачислены на программу «{}» ({}). {opened}.\n\
             {entrance}{document}\n\nЕсли что-то не получается, ответьте на это письмо.",
                name.given,
                content.title,
                content.hours_in_words()
            ),
        },
    )?;
    Ok(())
}
