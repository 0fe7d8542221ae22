//! Applications by e-mail (п. 3.11.1) from a real mail server: Debian's dovecot over IMAP, on a port and in a folder of its own.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::http::StatusCode;
use kafedra::app::{App, Parts, build, listeners};
use kafedra::demo;
use kafedra::guest::Guest;
use post::{Inbox, Post};
use stage::NOON;
use store::{Store, Who};
use words::Clock;

/// A mail server that runs until it is dropped.
struct Dovecot {
    server: Child,
    maildir: PathBuf,
    port: u16,
}

impl Dovecot {
    fn start(folder: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let maildir = folder.join("mail");
        for part in ["new", "cur", "tmp"] {
            fs::create_dir_all(maildir.join(part)).unwrap();
        }
        // As root the server itself drops to users that Debian's package made; otherwise it runs as whoever runs the test.
        let id = |flag: &str| {
            String::from_utf8(Command::new("id").arg(flag).output().unwrap().stdout)
                .unwrap()
                .trim()
                .to_owned()
        };
        let root = id("-u") == "0";
        let (user, login, owner) = if root {
            ("dovecot".to_owned(), "dovenull".to_owned(), "mail".to_owned())
        } else {
            (id("-un"), id("-un"), id("-un"))
        };
        let at = folder.display();
        let config = format!(
            "base_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\nprotocols = imap\nlisten = 127.0.0.1\nssl = no\n\
             disable_plaintext_auth = no\nmail_location = maildir:{at}/mail\nfirst_valid_uid = 0\nfirst_valid_gid = 0\n\
             default_internal_user = {user}\ndefault_internal_group = {user}\ndefault_login_user = {login}\nauth_mechanisms = plain\n\
             service imap-login {{\n inet_listener imap {{\n port = {port}\n }}\n inet_listener imaps {{\n port = 0\n }}\n}}\n\
             service anvil {{\n chroot =\n}}\nservice imap-login {{\n chroot =\n}}\n\
             passdb {{\n driver = static\n args = password=secret\n}}\nuserdb {{\n driver = static\n args = uid={owner} gid={owner} home={at}\n}}\n"
        );
        fs::write(folder.join("dovecot.conf"), config).unwrap();
        if root {
            Command::new("chmod").args(["755", &folder.display().to_string()]).status().unwrap();
            Command::new("chown").args(["-R", &owner, &maildir.display().to_string()]).status().unwrap();
        }
        let binary = ["/usr/sbin/dovecot", "dovecot"]
            .into_iter()
            .find(|path| Path::new(path).exists())
            .unwrap_or("dovecot");
        let server = Command::new(binary)
            .args(["-F", "-c", &folder.join("dovecot.conf").display().to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("dovecot is installed by scripts/need");
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { server, maildir, port }
    }

    /// As another server would deliver.
    fn deliver(&self, name: &str, letter: &[u8]) {
        let (draft, place) = (self.maildir.join("tmp").join(name), self.maildir.join("new").join(name));
        fs::write(&draft, letter).unwrap();
        Command::new("chown").args(["mail", &draft.display().to_string()]).status().unwrap();
        fs::rename(draft, place).unwrap();
    }

    fn stop(&mut self) {
        let _ = Command::new("kill").arg(self.server.id().to_string()).status();
        let _ = self.server.wait();
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.stop();
    }
}

fn letter(id: &str, from: &str, extra: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!(
        "From: {from}\r\nTo: info@meridian.example\r\nSubject: =?utf-8?B?0JfQsNGP0LLQu9C10L3QuNC1?=\r\nMessage-ID: <{id}@example.ru>\r\n{extra}\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"part\"\r\n\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nПрошу принять на обучение.\r\n"
    );
    for (name, base64) in files {
        text += &format!(
            "--part\r\nContent-Type: application/octet-stream; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{base64}\r\n"
        );
    }
    (text + "--part--\r\n").into_bytes()
}

async fn count(app: &App, sql: &'static str) -> i64 {
    app.house.store.read(move |db| db.count(sql, &[])).await.unwrap()
}

#[test]
fn a_letter_with_scans_becomes_an_application() {
    let folder = tempfile::TempDir::new().unwrap();
    let post = folder.path().join("post");
    fs::create_dir(&post).unwrap();
    Command::new("chmod").args(["755", &folder.path().display().to_string()]).status().unwrap();
    let mut dovecot = Dovecot::start(&post);
    let clock = Clock::at(NOON);
    let store = Store::sqlite(&folder.path().join("kafedra.db"), 1, clock.clone(), schema::FILES).unwrap();
    let files = files::Files::open(&folder.path().join("files")).unwrap();
    let store = store.hearing(listeners()).sealing(files.seal());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let centre = demo::found(&store).await.unwrap();
        let inbox = Inbox::parse(&format!("imap://info:secret@127.0.0.1:{}", dovecot.port)).unwrap();
        let app = build(Parts {
            store: store.clone(),
            files: files.clone(),
            post: Post::none().reading(Some(inbox)),
            base_url: "http://test".into(),
            demo: false,
            behind_proxy: false,
            brand: centre.brand(),
            probe: false,
        });
        demo::publish_one(&app, &files, "labour-16").await.unwrap();
        store.write(Who::system(), admissions::watch_mail).await.unwrap();
        let look = async || {
            clock.set(clock.now().plus_minutes(1));
            app.jobs.drain(&store).await.unwrap();
        };

        // A PDF and a picture of one pixel; a program that calls itself a scan.
        let scans = [
            ("passport.pdf", "JVBERi0xLjcgcGFzc3BvcnQ="),
            ("diploma.png", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
            ("scan.pdf", "TVqQAAMAAAA="),
        ];
        let vera = "=?utf-8?B?0KHQvtC60L7Qu9C+0LLQsCDQktC10YDQsCDQkNC90LTRgNC10LXQstC90LA=?= <vera@example.ru>";
        dovecot.deliver("1.one", &letter("one", vera, "", &scans));
        dovecot.deliver("2.two", &letter("two", "MAILER-DAEMON@example.ru", "Auto-Submitted: auto-replied\r\n", &[]));
        dovecot.deliver("3.three", b"\xff\xfe no letter at all");
        look().await;
        look().await;
        assert_eq!(count(&app, "select cast(count(*) as bigint) from incoming").await, 3);
        assert_eq!(count(&app, "select cast(count(*) as bigint) from incoming_file").await, 3);
        let letters = store.read(|db| post::outbox(db, 100)).await.unwrap();
        let answers: Vec<_> = letters.iter().filter(|one| one.letter.subject == "Письмо получено").collect();
        assert_eq!((answers.len(), answers[0].letter.to.as_str()), (1, "vera@example.ru"), "machines are not answered");

        // The same letter delivered once more, as after a mailbox was moved.
        dovecot.deliver("4.one-again", &letter("one", vera, "", &scans));
        look().await;
        assert_eq!(count(&app, "select cast(count(*) as bigint) from incoming").await, 3);

        let methodist = Guest::new(&app.router);
        methodist.sign_in("methodist", demo::PASSWORD).await.unwrap();
        let list = methodist.get("/mail").await.unwrap().ok().unwrap();
        assert!(list.text().contains("Соколова Вера Андреевна") && list.text().contains("3 файла"), "{}", list.text());
        let before = list.body.split("Соколова Вера").next().unwrap();
        let page = before.rsplit("href=\"").next().unwrap().split('"').next().unwrap().to_owned();
        let page_of_letter = page.clone();
        let open = methodist.get(&page).await.unwrap().ok().unwrap();
        assert!(open.text().contains("Прошу принять на обучение"), "{}", open.text());
        let scan = methodist.get(&format!("{page}/files/0")).await.unwrap().ok().unwrap();
        assert_eq!(scan.bytes, b"%PDF-1.7 passport");
        assert_eq!(methodist.get(&format!("{page}/files/9")).await.unwrap().status, StatusCode::NOT_FOUND);
        let id = page.rsplit('/').next().unwrap().to_owned();
        let form_page = methodist.get(&format!("/office/applications/labour-16?letter={id}")).await.unwrap().ok().unwrap();
        assert!(form_page.body.contains("value=\"Соколова\"") && form_page.body.contains("value=\"vera@example.ru\""));
        let mut form = serde_json::to_value(demo::applicant(0)).unwrap();
        form["papers"] = "yes".into();
        form["letter"] = id.clone().into();
        let fields: Vec<(String, String)> = form
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect();
        let entered = methodist.post("/office/applications/labour-16", &fields).await.unwrap().ok().unwrap();
        assert!(entered.text().contains("Одноразовый пароль"), "{}", entered.text());
        app.jobs.drain(&store).await.unwrap();
        assert_eq!(count(&app, "select cast(count(*) as bigint) from enrolment where state = 'active'").await, 1);
        assert_eq!(count(&app, "select cast(count(*) as bigint) from application_copy where kind = 'scan'").await, 2, "what is no scan is no copy");
        // Whoever checks a scan says what it shows; a passport goes after its term, as any other.
        let check = methodist.get("/applications").await.unwrap().link("/checks/").unwrap();
        let page = methodist.get(&check).await.unwrap().ok().unwrap();
        let copy = page.body.split("/checks/copies/").nth(1).unwrap()[..36].to_owned();
        let nameless = methodist.post(&format!("/checks/copies/{copy}"), &[("verdict", "accepted")]).await.unwrap();
        assert!(nameless.text().contains("Что на скане: выберите"), "{}", nameless.text());
        let judged = [("verdict", "accepted"), ("kind", "passport")];
        methodist.post(&format!("/checks/copies/{copy}"), &judged).await.unwrap().ok().unwrap();
        assert_eq!(count(&app, "select cast(count(*) as bigint) from application_copy where kind = 'passport' and file is not null").await, 1);
        clock.set(clock.now().plus_days(31));
        app.jobs.drain(&store).await.unwrap();
        assert_eq!(count(&app, "select cast(count(*) as bigint) from application_copy where kind = 'passport' and file is null").await, 1);
        assert_eq!(count(&app, "select cast(count(*) as bigint) from application_copy where kind = 'scan' and file is not null").await, 1);
        methodist.sign_in("methodist", demo::PASSWORD).await.unwrap();
        let letter = methodist.get(&page_of_letter).await.unwrap().ok().unwrap();
        assert!(letter.text().contains("копия не хранится"), "{}", letter.text());
        let letters = store.read(|db| post::outbox(db, 100)).await.unwrap();
        assert!(letters.iter().any(|one| one.letter.subject.starts_with("Вы зачислены") && one.letter.body.contains("/invitation/")));
        let again = methodist.get(&format!("/office/applications/labour-16?letter={id}")).await.unwrap();
        assert_eq!(again.status, StatusCode::NOT_FOUND, "a letter is used once");

        // The mail server is down: nothing breaks, and the next look is left.
        dovecot.stop();
        look().await;
        assert!(store.dead_jobs().await.unwrap().is_empty());
        assert_eq!(count(&app, "select cast(count(*) as bigint) from job where kind = 'mail.fetch'").await, 1);
    });
}
