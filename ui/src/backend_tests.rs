//! A small backend at the other end of the socket, so that the real client speaks over the real wire.

use std::io::Read;
use std::sync::{Arc, Mutex};

use moult_api::{Cancel, JobState, PATH, Phase};
use zbus::OwnedFd as PassedFd;
use zbus::object_server::SignalEmitter;

use super::*;

struct FakeService(u32);

#[zbus::interface(name = "org.moult.Service1")]
impl FakeService {
    fn contract(&self) -> u32 {
        self.0
    }
}

struct FakeInstaller(Arc<Mutex<String>>);

#[zbus::interface(name = "org.moult.Installer1")]
impl FakeInstaller {
    fn commit(&self, digest: &str, password: PassedFd) -> Result<String, Failure> {
        if digest != "approved" {
            return Err(Failure::new(FailureCode::PlanUnknown, "no such plan"));
        }
        let mut file = std::fs::File::from(OwnedFd::from(password));
        file.read_to_string(&mut self.0.lock().unwrap()).unwrap();

        Ok("job-1".to_owned())
    }
}

struct FakeJobs;

#[zbus::interface(name = "org.moult.Jobs1")]
impl FakeJobs {
    fn list(&self) -> Vec<Job> {
        vec![job(0.25)]
    }

    #[zbus(signal)]
    async fn job_changed(emitter: &SignalEmitter<'_>, job: Job) -> zbus::Result<()>;
}

struct FakeNetwork;

#[zbus::interface(name = "org.moult.Network1")]
impl FakeNetwork {
    fn status(&self) -> Result<NetworkStatus, Failure> {
        Err(Failure::new(FailureCode::NetworkUnavailable, ""))
    }

    #[zbus(signal)]
    async fn network_changed(emitter: &SignalEmitter<'_>, status: NetworkStatus) -> zbus::Result<()>;
}

fn job(progress: f64) -> Job {
    Job {
        id: "job-1".into(),
        kind: moult_api::JobKind::Install,
        state: JobState::Running,
        phase: Phase::Fetch,
        progress,
        bytes_done: 0,
        bytes_total: 0,
        items_done: 0,
        items_total: 0,
        current: String::new(),
        seconds_left: -1,
        cancel: Cancel::Free,
        subject: "KINGSTON".into(),
        failure: Failure::none(),
    }
}

async fn backend(socket: UnixStream, contract: u32, typed: Arc<Mutex<String>>) -> Connection {
    socket.set_nonblocking(true).unwrap();

    zbus::connection::Builder::unix_stream(socket)
        .server(zbus::Guid::generate())
        .p2p()
        .serve_at(PATH, FakeService(contract))
        .serve_at(PATH, FakeInstaller(typed))
        .serve_at(PATH, FakeJobs)
        .serve_at(PATH, FakeNetwork)
        .build()
        .await
        .unwrap()
}

async fn connected(contract: u32) -> (Result<Client, Failure>, Connection, Arc<Mutex<String>>) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let typed = Arc::new(Mutex::new(String::new()));
    let (client, server) = tokio::join!(Client::over(ours), backend(theirs, contract, typed.clone()));

    (client, server, typed)
}

#[tokio::test]
async fn the_password_crosses_as_a_descriptor_and_a_refusal_comes_back_typed() {
    let (client, _server, typed) = connected(CONTRACT).await;
    let client = client.unwrap();
    let password = SecretString::from("correct horse");

    assert_eq!(client.commit("approved", &password).await.unwrap(), "job-1");
    assert_eq!(*typed.lock().unwrap(), "correct horse");
    assert_eq!(
        client.commit("another", &password).await.unwrap_err().code,
        FailureCode::PlanUnknown
    );
}

#[tokio::test]
async fn another_contract_is_refused() {
    let (client, _server, _) = connected(CONTRACT + 1).await;

    assert_eq!(client.unwrap_err().code, FailureCode::Internal);
}

#[tokio::test]
async fn events_begin_with_the_jobs_follow_them_and_end_when_the_backend_dies() {
    let (client, server, _) = connected(CONTRACT).await;
    let mut events = Box::pin(client.unwrap().events());

    assert!(matches!(events.next().await, Some(Event::Jobs(jobs)) if jobs.len() == 1));
    assert!(
        matches!(events.next().await, Some(Event::Network(status)) if status.connectivity == Connectivity::Unavailable)
    );

    let emitter = SignalEmitter::new(&server, PATH).unwrap();
    FakeJobs::job_changed(&emitter, job(0.5)).await.unwrap();
    assert!(matches!(events.next().await, Some(Event::Job(job)) if job.progress > 0.4));

    drop(emitter);
    server.close().await.unwrap();
    assert!(matches!(events.next().await, Some(Event::Stopped)));
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn pkexec_that_says_no_is_told_apart_from_a_backend_that_broke() {
    let code = async |program: &str, arguments: &[&str]| spawn(program, arguments, &[]).await.unwrap_err().code;

    assert_eq!(code("/bin/sh", &["-c", "exit 126"]).await, FailureCode::NotAuthorized);
    assert_eq!(code("/bin/sh", &["-c", "exit 127"]).await, FailureCode::NotAuthorized);
    assert_eq!(code("/bin/sh", &["-c", "exit 1"]).await, FailureCode::BackendStopped);
    assert_eq!(code("/nowhere/at/all", &[]).await, FailureCode::Internal);
}

#[test]
fn a_secret_is_never_printed_and_never_too_long() {
    let long = SecretString::from("x".repeat(SECRET_LIMIT + 1));

    assert!(!format!("{:?}", SecretString::from("hunter2")).contains("hunter2"));
    assert_eq!(sealed(&long).unwrap_err().code, FailureCode::BadInput);
}
