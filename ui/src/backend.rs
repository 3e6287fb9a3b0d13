//! The backend, as this side sees it: started as a child, spoken to over a private socket, and gone when the socket closes.
//!
//! Nobody else can reach it: one end of a socket pair is its standard input, the other is ours. Secrets cross as the
//! reading end of a pipe that is filled and closed before the call, so they are in no argument, environment or message.

use std::ffi::OsString;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use moult_api::{
    CONTRACT, Connectivity, Disk, Failure, FailureCode, InstallRequest, InstallerProxy, Job, JobsProxy, JoinRequest,
    LinkState, NetworkProxy, NetworkStatus, Offer, Proposal, SECRET_LIMIT, ServiceProxy, StateOfThings, WiredRequest,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::process::{Child, Command};
use zbus::{Connection, Fd};

/// Where the backend is installed. Fixed when Moult is built: nothing at run time may choose what becomes root.
pub const BACKEND: &str = match option_env!("MOULT_BACKEND") {
    Some(path) => path,
    None => "/usr/libexec/moult/moult-backend",
};

const PKEXEC: [&str; 2] = ["/usr/bin/pkexec", "/bin/pkexec"];
const SEARCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// How long a backend that hung up may take to end, so that its exit code can be told.
const GOODBYE: Duration = Duration::from_secs(5);

/// A connected `--admin` backend. Clones speak to the same one.
#[derive(Debug, Clone)]
pub struct Client {
    number: u64,
    connection: Connection,
}

/// Something that the backend says unasked.
#[derive(Debug, Clone)]
pub enum Event {
    /// Every job there is: said once, first.
    Jobs(Vec<Job>),
    /// A job moved.
    Job(Job),
    /// The network, once at first and whenever it changes.
    Network(NetworkStatus),
    /// The backend is gone. Nothing comes after this.
    Stopped,
}

impl Client {
    /// Starts a backend that may change things. The system may ask the person first, so this has no time limit.
    ///
    /// # Errors
    /// [`FailureCode::NotAuthorized`] if it was not allowed; [`FailureCode::BackendStopped`] if it ended at once;
    /// [`FailureCode::Internal`] if it is not installed or speaks another version of the contract.
    pub async fn start() -> Result<Self, Failure> {
        Ok(Self::of(privileged(&["--admin"]).await?))
    }

    fn of(connection: Connection) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);

        Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            connection,
        }
    }

    /// Speaks to a backend over a connected socket and compares the contract's version.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn over(socket: UnixStream) -> Result<Self, Failure> {
        Ok(Self::of(over(socket).await?))
    }

    /// What can be installed.
    pub async fn offer(&self) -> Result<Offer, Failure> {
        self.installer().await?.offer().await
    }

    /// Reads all of the medium that this system runs from: whether it is what it was made as.
    pub async fn check_medium(&self) -> Result<bool, Failure> {
        self.installer().await?.check_medium().await
    }

    /// Looks at every disk.
    pub async fn disks(&self) -> Result<Vec<Disk>, Failure> {
        self.installer().await?.disks().await
    }

    /// Plans an install; writes nothing.
    pub async fn propose(&self, request: &InstallRequest) -> Result<Proposal, Failure> {
        self.installer().await?.propose(request).await
    }

    /// Starts the approved plan; returns the job's id.
    pub async fn commit(&self, digest: &str, password: &SecretString) -> Result<String, Failure> {
        let password = sealed(password)?;

        self.installer().await?.commit(digest, Fd::from(password.as_fd())).await
    }

    /// Every job there is now.
    pub async fn jobs_now(&self) -> Result<Vec<Job>, Failure> {
        self.jobs().await?.list().await
    }

    /// Asks a job to stop.
    pub async fn cancel(&self, job: &str) -> Result<(), Failure> {
        self.jobs().await?.cancel(job).await
    }

    /// Forgets an ended job.
    pub async fn dismiss(&self, job: &str) -> Result<(), Failure> {
        self.jobs().await?.dismiss(job).await
    }

    /// Log lines of a job from a line on.
    pub async fn log(&self, job: &str, from: u32) -> Result<Vec<String>, Failure> {
        self.jobs().await?.log(job, from).await
    }

    /// Asks the wireless device to look around.
    pub async fn scan(&self) -> Result<(), Failure> {
        self.network().await?.scan().await
    }

    /// Joins a wireless network.
    pub async fn join(&self, request: &JoinRequest, key: &SecretString) -> Result<(), Failure> {
        let key = sealed(key)?;

        self.network().await?.join(request, Fd::from(key.as_fd())).await
    }

    /// Changes a wired link.
    pub async fn set_wired(&self, request: &WiredRequest) -> Result<(), Failure> {
        self.network().await?.set_wired(request).await
    }

    /// What the backend says unasked, until it is gone.
    pub fn events(&self) -> impl Stream<Item = Event> + use<> {
        let client = self.clone();

        stream::once(async move { client.listen().await }).flatten()
    }

    async fn listen(self) -> BoxStream<'static, Event> {
        // The signals first: what happens between the question and the listening must not be lost.
        let signals = async {
            let jobs = self.jobs().await?.receive_job_changed().await?;
            let network = self.network().await?.receive_network_changed().await?;

            Ok::<_, Failure>(stream::select(
                jobs.filter_map(|signal| async move { Some(Event::Job(signal.args().ok()?.job.clone())) }),
                network.filter_map(|signal| async move { Some(Event::Network(signal.args().ok()?.status.clone())) }),
            ))
        };
        let Ok(signals) = signals.await else {
            return stream::once(async { Event::Stopped }).boxed();
        };

        let at_first = [
            Event::Jobs(match self.jobs().await {
                Ok(jobs) => jobs.list().await.unwrap_or_default(),
                Err(_) => Vec::new(),
            }),
            Event::Network(match self.network().await {
                Ok(network) => network.status().await.unwrap_or_else(|_| no_network()),
                Err(_) => no_network(),
            }),
        ];
        let connection = self.connection.clone();
        let closed = Box::pin(async move { connection.closed().await });

        stream::iter(at_first)
            .chain(signals.take_until(closed))
            .chain(stream::once(async { Event::Stopped }))
            .boxed()
    }

    async fn installer(&self) -> Result<InstallerProxy<'static>, Failure> {
        Ok(InstallerProxy::new(&self.connection).await?)
    }

    async fn jobs(&self) -> Result<JobsProxy<'static>, Failure> {
        Ok(JobsProxy::new(&self.connection).await?)
    }

    async fn network(&self) -> Result<NetworkProxy<'static>, Failure> {
        Ok(NetworkProxy::new(&self.connection).await?)
    }
}

impl Hash for Client {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

impl PartialEq for Client {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

/// The network of a computer that has no service to ask.
pub fn no_network() -> NetworkStatus {
    NetworkStatus {
        connectivity: Connectivity::Unavailable,
        wired: Vec::new(),
        wireless: false,
        wireless_state: LinkState::Unplugged,
        access_points: Vec::new(),
    }
}

/// Starts a backend as root, by way of pkexec: its role, and what it is to be told. The system may ask the person first, so this has no time limit.
///
/// # Errors
/// As [`Client::start`].
pub(crate) async fn privileged(arguments: &[&str]) -> Result<Connection, Failure> {
    let pkexec = PKEXEC
        .into_iter()
        .find(|path| Path::new(path).exists())
        .ok_or_else(|| Failure::new(FailureCode::Internal, "pkexec is not installed"))?;
    installed()?;

    spawn(pkexec, &[&[BACKEND], arguments].concat(), &[]).await
}

/// Starts a backend with this user's own rights.
///
/// # Errors
/// As [`Client::start`].
pub(crate) async fn reader() -> Result<Connection, Failure> {
    installed()?;
    // Where this user's caches belong is the only thing that it is told.
    let caches = ["HOME", "XDG_CACHE_HOME"].map(|name| (name, std::env::var_os(name)));

    spawn(BACKEND, &["--reader"], &caches).await
}

fn installed() -> Result<(), Failure> {
    if Path::new(BACKEND).exists() {
        Ok(())
    } else {
        let detail = format!("{BACKEND} is not installed");
        Err(Failure::new(FailureCode::Internal, detail))
    }
}

async fn spawn(
    program: &str,
    arguments: &[&str],
    environment: &[(&str, Option<OsString>)],
) -> Result<Connection, Failure> {
    let (ours, theirs) = UnixStream::pair().map_err(|error| internal("socket pair", &error))?;

    let mut command = Command::new(program);
    let _ = command
        .args(arguments)
        .env_clear()
        .env("PATH", SEARCH_PATH)
        .envs(
            environment
                .iter()
                .filter_map(|(name, value)| Some((*name, value.as_ref()?))),
        )
        .current_dir("/")
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null());
    let mut child = command.spawn().map_err(|error| internal(program, &error))?;
    // The command holds the child's end too: were it kept, the end of the child would never be seen.
    drop(command);

    match over(ours).await {
        Ok(connection) => {
            // Waits for its end, so that no dead process stays behind.
            drop(tokio::spawn(async move { child.wait().await }));
            Ok(connection)
        }
        Err(failure) => Err(ended(&mut child).await.map_or(failure, told_by)),
    }
}

/// Speaks to a backend over a connected socket and compares the contract's version.
async fn over(socket: UnixStream) -> Result<Connection, Failure> {
    let connection = connect(socket).await?;
    let contract = ServiceProxy::new(&connection).await?.contract().await?;

    if contract != CONTRACT {
        let detail = format!("the backend speaks contract {contract}, this program {CONTRACT}");
        return Err(Failure::new(FailureCode::Internal, detail));
    }

    Ok(connection)
}

async fn connect(socket: UnixStream) -> Result<Connection, Failure> {
    socket
        .set_nonblocking(true)
        .map_err(|error| internal("socket", &error))?;

    zbus::connection::Builder::unix_stream(socket)
        .p2p()
        .build()
        .await
        .map_err(|error| Failure::new(FailureCode::BackendStopped, error.to_string()))
}

/// The reading end of a pipe that holds the secret; its writing end is closed already.
fn sealed(secret: &SecretString) -> Result<OwnedFd, Failure> {
    if secret.expose_secret().len() > SECRET_LIMIT {
        return Err(Failure::new(FailureCode::BadInput, "the secret is too long"));
    }

    let (read, write) =
        rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).map_err(|error| internal("pipe", &error.into()))?;
    // A pipe takes 4096 bytes without waiting for its reader; the limit is a quarter of that.
    std::fs::File::from(write)
        .write_all(secret.expose_secret().as_bytes())
        .map_err(|error| internal("pipe", &error))?;

    Ok(read)
}

async fn ended(child: &mut Child) -> Option<ExitStatus> {
    tokio::time::timeout(GOODBYE, child.wait()).await.ok()?.ok()
}

/// What the exit of `pkexec` says: 126 is a person's no, 127 the rules' no.
fn told_by(status: ExitStatus) -> Failure {
    match status.code() {
        Some(code @ (126 | 127)) => Failure::new(FailureCode::NotAuthorized, format!("pkexec ended with {code}"))
            .leaving(StateOfThings::Untouched),
        _ => Failure::new(
            FailureCode::BackendStopped,
            format!("moult-backend ended at once: {status}"),
        )
        .leaving(StateOfThings::Untouched),
    }
}

fn internal(what: &str, error: &std::io::Error) -> Failure {
    Failure::new(FailureCode::Internal, format!("{what}: {error}"))
}

#[cfg(test)]
#[path = "backend_tests.rs"]
mod tests;
