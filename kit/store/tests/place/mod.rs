//! A store of each kind for a test, with a table of its own, and a wire that can be cut at COMMIT.
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use store::{Store, Who};
use tempfile::TempDir;
use words::{Clock, Moment};

pub struct Place {
    pub store: Store,
    url: Option<String>,
    folder: TempDir,
    cutter: Option<Cutter>,
}

/// A Sunday noon in November 2026.
const NOON: Moment = Moment(1_795_338_000_000);

/// Runs `promise` on a runtime of its own.
pub fn run<F: Future<Output = ()>>(place: Place, promise: impl FnOnce(Place) -> F) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    runtime.block_on(async {
        place
            .store
            .write(Who::system(), |work| {
                work.run(
                    "create table sheet (id uuid primary key, owner bigint not null, note text not null unique, \
                     fair boolean not null, seal bytea, share double precision)",
                    &[],
                )
            })
            .await
            .expect("table");
        promise(place).await;
    });
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = TempDir::new().expect("folder");
        let store =
            Store::sqlite(&folder.path().join("test.db"), 2, Clock::at(NOON), schema::FILES).expect("opened");
        Self { store, url: None, folder, cutter: None }
    }

    pub fn postgres() -> Self {
        Self::over(fresh_database(), None)
    }

    pub fn postgres_behind_a_cutter() -> Self {
        let url = fresh_database();
        let config: postgres::Config = url.parse().expect("url");
        let port = config.get_ports()[0];
        let cutter = Cutter::before(port);
        let through = url.replace(&format!(":{port}/"), &format!(":{}/", cutter.port));
        Self::over(through, Some(cutter))
    }

    fn over(url: String, cutter: Option<Cutter>) -> Self {
        let store = Store::postgres(&url, 8, Clock::at(NOON), schema::FILES).expect("connected");
        Self { store, url: Some(url), folder: TempDir::new().expect("folder"), cutter }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("test.db")
    }

    pub fn cutter(&self) -> &Cutter {
        self.cutter.as_ref().expect("made with a cutter")
    }

    /// A second store over the same data, as after a restart.
    pub async fn reopened(&self) -> Store {
        let (url, file) = (self.url.clone(), self.file());
        let open = move || match url {
            Some(url) => Store::postgres(&url, 2, Clock::at(NOON), schema::FILES),
            None => Store::sqlite(&file, 1, Clock::at(NOON), schema::FILES),
        };
        tokio::task::spawn_blocking(open).await.expect("joined").expect("opened")
    }
}

/// A new database on the cluster that `make test` has started; its address is in `KAFEDRA_TEST_POSTGRES`.
fn fresh_database() -> String {
    let base = std::env::var("KAFEDRA_TEST_POSTGRES")
        .expect("KAFEDRA_TEST_POSTGRES is not set: run the tests through `make test`, which starts a private PostgreSQL");
    let name = format!("k{}", uuid::Uuid::new_v4().simple());
    let mut client = postgres::Client::connect(&base, postgres::NoTls).expect("connected");
    client.batch_execute(&format!("create database {name}")).expect("created");
    let (server, _) = base.rsplit_once('/').expect("an address with a database");
    format!("{server}/{name}")
}

/// At which side of the COMMIT the wire is cut.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    BeforeCommit = 1,
    AfterCommit = 2,
}

/// A wire to PostgreSQL that, once armed, is cut at the next COMMIT.
pub struct Cutter {
    pub port: u16,
    armed: Arc<AtomicU8>,
}

impl Cutter {
    fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
        let port = listener.local_addr().expect("address").port();
        let armed = Arc::new(AtomicU8::new(0));
        let shared = Arc::clone(&armed);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(("127.0.0.1", server)).expect("connected");
                let (to_server, to_client) =
                    (server.try_clone().expect("cloned"), client.try_clone().expect("cloned"));
                let (armed, silent) = (Arc::clone(&shared), Arc::new(AtomicBool::new(false)));
                let muted = Arc::clone(&silent);
                std::thread::spawn(move || forward(client, to_server, &armed, &silent));
                std::thread::spawn(move || back(server, to_client, &muted));
            }
        });
        Self { port, armed }
    }

    pub fn arm(&self, cut: Cut) {
        self.armed.store(cut as u8, Ordering::SeqCst);
    }
}

/// Passes on what the client says, up to the COMMIT at which the wire is to be cut.
fn forward(mut client: TcpStream, mut server: TcpStream, armed: &AtomicU8, silent: &AtomicBool) {
    let mut buffer = [0; 16_384];
    while let Ok(read @ 1..) = client.read(&mut buffer) {
        let said = &buffer[..read];
        let commits = said.windows(6).any(|window| window.eq_ignore_ascii_case(b"commit"));
        let cut = if commits { armed.swap(0, Ordering::SeqCst) } else { 0 };
        silent.fetch_or(cut != 0, Ordering::SeqCst);
        if cut != Cut::BeforeCommit as u8 && server.write_all(said).is_err() {
            break;
        }
        if cut != 0 {
            std::thread::sleep(std::time::Duration::from_millis(50));
            let _ = client.shutdown(Shutdown::Both);
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Both);
}

/// Passes on what the server says, unless the client is to hear no more.
fn back(mut server: TcpStream, mut client: TcpStream, silent: &AtomicBool) {
    let mut buffer = [0; 16_384];
    while let Ok(read @ 1..) = server.read(&mut buffer) {
        if !silent.load(Ordering::SeqCst) && client.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
}
