//! Letters against a mail server that is slow, busy, cut off, forgetful or refuses: none is lost, none waits for another, and a
//! repeated one is known by its Message-ID.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use post::{Letter, Post};
use store::{Jobs, Store, Who};
use words::Clock;

/// A Python of the system, where the packages of the system are.
const PYTHON: &str = "/usr/bin/python3";

struct Server {
    child: Child,
    port: u16,
    /// Whom each letter was for, and its Message-ID.
    taken: Arc<Mutex<Vec<(String, String)>>>,
}

impl Server {
    fn start() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new(PYTHON)
            .args(["tests/faults.py", &port.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 with aiosmtpd: scripts/need installs them");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(lines.next().expect("aiosmtpd: scripts/need installs it").unwrap(), "ready");
        let taken: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let kept = Arc::clone(&taken);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let letter: serde_json::Value = serde_json::from_str(&line).unwrap();
                let part = |name: &str| letter[name].as_str().unwrap().to_owned();
                kept.lock().unwrap().push((part("to"), part("id")));
            }
        });
        Self { child, port, taken }
    }

    /// The Message-IDs under which letters came to somebody.
    fn came(&self, to: &str) -> Vec<String> {
        self.taken.lock().unwrap().iter().filter(|(one, _)| one == to).map(|(_, id)| id.clone()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// The state of each letter by whom it is for.
async fn states(store: &Store) -> BTreeMap<String, String> {
    let letters = store.read(|db| post::outbox(db, 100)).await.unwrap();
    letters.into_iter().map(|one| (one.letter.to.split('@').next().unwrap().to_owned(), one.state)).collect()
}

#[test]
fn no_letter_is_lost_whatever_the_mail_server_does() {
    let server = Server::start();
    let folder = tempfile::TempDir::new().unwrap();
    let store = Store::sqlite(&folder.path().join("kafedra.db"), 1, Clock::system(), schema::FILES).unwrap();
    let files = files::Files::open(&folder.path().join("files")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let address = format!("smtp://127.0.0.1:{}", server.port);
        let post = Post::smtp(&address, "Центр <no-reply@centre.example>").unwrap();
        let mut jobs = Jobs::default();
        post::jobs(&mut jobs, &store, &files, post);
        Arc::new(jobs).work(&store, 2);
        let everybody = ["slow", "busy", "cut", "forgetful", "nobody", "ordinary"];
        let began = Instant::now();
        for to in everybody {
            let letter = Letter {
                to: format!("{to}@example.ru"),
                subject: "Письмо".into(),
                body: "Здравствуйте.".into(),
                secret: false,
            };
            store.write(Who::system(), move |work| post::write(work, &letter)).await.unwrap();
        }
        let mut overtook = false;
        let settled = loop {
            let states = states(&store).await;
            overtook |= states["ordinary"] == "sent" && states["slow"] == "waiting";
            let waits = states.iter().any(|(to, state)| to != "nobody" && state == "waiting");
            if !waits || began.elapsed() > Duration::from_mins(1) {
                break states;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        assert!(overtook, "a slow recipient holds nobody up");
        for to in ["slow", "busy", "cut", "forgetful", "ordinary"] {
            assert_eq!(settled[to], "sent", "{to}: {settled:?}");
        }
        let dead = store.dead_jobs().await.unwrap();
        assert_eq!(dead.len(), 1, "whom the server does not know, it is not asked about again");
        for to in ["slow", "busy", "cut", "ordinary"] {
            assert_eq!(server.came(to).len(), 1, "{to}");
        }
        let twice = server.came("forgetful");
        assert!(twice.len() == 2 && twice[0] == twice[1] && !twice[0].is_empty(), "{twice:?}");
        assert!(server.came("nobody").is_empty());
    });
}
